"""What an import came to: whether it fits, its best and worst images, its map, and all models that came in so."""

from collections.abc import Callable

import numpy as np
import streamlit as st

from aeviz.bring.settings import Imported, advise
from aeviz.data import ImageDataset
from aeviz.errors import AevizError
from aeviz.figures.images import shrink, to_data_uri, to_grey_or_rgb
from aeviz.language import current_language, mark, number, tr, trc
from aeviz.paths import runs_root
from aeviz.web.components.import_map.component import show_import_map
from aeviz.web.components.kit.small_map import ground_payload
from aeviz.web.kernel import jobs, projections
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.images import TILE_PX, find_originals, is_large
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.text import escape
from aeviz.workers import importing
from aeviz.workers.task import Task

TASK = "import.task"
"""Session key: the import of this visitor that works, or is done."""
SHOWN = 5
"""Test images that are shown as the best ones, and as the worst."""
MOST = 2500
"""Test images on the map at most, evenly spread."""
TAIL = 0.005
"""Share of them that may lie beyond each edge of the map."""
_DIAGNOSED = "import.diagnosed"
"""Session key: name of the puzzle whose fault the visitor has asked for."""
_MEND = {
    "transposed": mark("Mend it: transpose each image"),
    "upside down": mark("Mend it: turn each image over"),
    "inverted": mark("Mend it: invert each image"),
}
_CHANGED = {
    "transposed": mark("**Each image** is transposed before the encoder and behind the decoder."),
    "upside down": mark("**Each image** is upside down before the encoder and behind the decoder."),
    "inverted": mark("**Each image** is inverted before the encoder and behind the decoder."),
}
_TARGETS = (
    (mark("Generate"), "pages/generate.py", ":material/auto_awesome:"),
    (mark("Reconstruct"), "pages/reconstruct.py", ":material/compare:"),
    (mark("Network"), "pages/network.py", ":material/lan:"),
)
_BETTER = mark(
    "Its mean squared error on the test images of {data} is {error:.4f}, below that of the mean image, {usual:.4f}."
)
_WORSE = mark(
    "Its mean squared error on the test images of {data} is {error:.4f}, not below that of the mean image, {usual:.4f}."
)
_VARIATIONAL = mark(
    "**{name}** is imported: a variational autoencoder of {shape} images with {dimensions} latent dimensions and "
    "{weights:,} weights."
)
_PLAIN = mark(
    "**{name}** is imported: an autoencoder of {shape} images with {dimensions} latent dimensions and {weights:,} "
    "weights."
)
_STYLE = """<style>
.import-ends { display: flex; flex-wrap: wrap; gap: 0.4rem 1.5rem; }
.import-ends table { border-collapse: collapse; font-size: 0.8125rem; margin: 0; }
.import-ends caption { text-align: left; font-weight: 600; padding-bottom: 0.2rem; caption-side: top; color: inherit; }
.import-ends :is(th, td) { padding: 1px 2px; border: 0; font-weight: 400; text-align: center; }
.import-ends th { text-align: left; padding-right: 0.5rem; }
.import-ends img { display: block; width: 3.4rem; max-width: 13vw; border-radius: 0.15rem; border: 1px solid #8888; }
.import-ends .crisp { image-rendering: pixelated; }
</style>"""


def show_result(made: Imported, mend: Callable[[], None] | None) -> None:
    """Show a model that was imported just now.

    Args:
        made: What came of it.
        mend: Imports its files again so that they fit; None where that is not known, or not needed.
    """
    model = list_models().get(made.name)
    if model is None:
        st.info(
            tr("{name} was imported; it is not there any more, or another folder has its name.", name=escape(made.name))
        )
        return
    with st.container(border=True):
        is_secret = (
            made.name.startswith("puzzle-") and bool(made.remedy) and st.session_state.get(_DIAGNOSED) != made.name
        )
        _show_verdict(made, model, mend, is_secret=is_secret)
        images, plane, facts = st.columns([8, 7, 7], gap="medium")  # in the order that a phone shows
        with images:
            try:
                _show_ends(model)
            except AevizError as error:
                st.error(escape(str(error)), icon=":material/error:")
        with plane:
            if model.has_latents:
                show_import_map(_map(model, current_language()), key="import.map")
        with facts:
            _show_facts(made, is_secret=is_secret)


def _show_verdict(made: Imported, model: Model, mend: Callable[[], None] | None, *, is_secret: bool) -> None:
    """Say whether the model fits, what is wrong where it does not, unless that is asked for, and what to do next."""
    is_better = made.mse < made.mean_image_mse
    name = escape(made.name)
    error = tr(_BETTER if is_better else _WORSE, data=escape(made.data), error=made.mse, usual=made.mean_image_mse)
    advice = advise(made)
    is_right = is_better and not advice
    fits = tr("**{name} fits.**", name=name) if is_right else tr("**{name} does not fit.**", name=name)
    if is_right:
        st.success(f"{fits} {error}", icon=":material/check_circle:")
    else:
        why = escape(advice) or tr("Are these the images that it knows?")
        if is_secret:
            why = tr("**In class:** what do the outputs have in common? Which images come out best? What went wrong?")
        st.warning(f"{fits} {error}\n\n{why}", icon=":material/warning:")
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if is_secret:
            if st.button(tr("Show the fault"), type="primary", icon=":material/search:", key="import.diagnose"):
                st.session_state[_DIAGNOSED] = made.name
                st.rerun()
        elif mend is not None:
            how = _MEND.get(made.remedy)
            if st.button(
                tr("Mend it: take pixels as {range}", range=made.remedy_in) if how is None else tr(how),
                type="primary",
                icon=":material/build:",
                key="import.mend",
                help=tr("Imports the same files again."),
            ):
                mend()
        if st.button(
            tr("Explore it"),
            type="primary" if is_right else "secondary",
            icon=":material/scatter_plot:",
            key="import.explore",
        ):
            st.switch_page("pages/explore.py", query_params={"model": made.name})
        for label, target, icon in _TARGETS:
            st.page_link(target, label=tr(label), icon=icon, query_params={"model": made.name})
        _offer_deletion(model)


def _show_facts(made: Imported, *, is_secret: bool) -> None:
    shape = " x ".join(map(str, made.image_shape))
    st.markdown(
        tr(
            _VARIATIONAL if made.is_variational else _PLAIN,
            name=escape(made.name),
            shape=shape,
            dimensions=made.latent_dim,
            weights=made.parameters,
        )
    )
    facts = [
        tr(
            "**Shapes**: image {shape}, latent point {dimensions}, image {shape} again.",
            shape=shape,
            dimensions=made.latent_dim,
        )
    ]
    if not is_secret:
        facts.append(
            tr(
                "**Pixels** go in as {first} and come out as {second}.",
                first=escape(made.pixels_in),
                second=escape(made.pixels_out),
            )
        )
    if made.change:
        facts.append(tr(_CHANGED[made.change]))
    st.markdown("\n".join(f"- {fact}" for fact in facts))
    if not made.remedy:
        st.caption(
            tr(
                "**In class:** why does it fail on the worst images? Find one on the map of Explore and compare its "
                "neighbours."
            )
        )


@shared(max_entries=16)  # 25 kB each
def _map(model: Model, language: str) -> bytes:
    """Pack the map of the test images: the latent plane, or their first two principal components."""
    found, labels = projections.projection(model, 2), model.require_latents().labels
    ends = np.quantile(found.points.astype(np.float64), [TAIL, 1 - TAIL], axis=0)
    middle, half = ends.mean(axis=0), max(1.06 * float((ends[1] - ends[0]).max()) / 2, 1e-9)
    step = -(-len(found.points) // MOST)
    return ground_payload(
        found.points[::step],
        None if labels is None else labels[::step],
        model.class_names,
        view=np.stack([middle - half, middle + half], axis=1),
        axes=(found.axis_names[0], tr(found.axis_names[1])),  # that of a line is the error
        words="",
    )


def list_imported(but: str = "") -> None:
    """List the imported models of this machine, newest first, each with a link to Explore and a way to delete it.

    Args:
        but: Name of a model that is shown above and left out here.
    """
    imported = [model for model in list_models().values() if model.config.model.is_imported and model.name != but]
    if not imported:
        return
    st.markdown(tr("**Imported earlier**") if but else tr("**Imported models**"))
    for model in imported:
        with st.container(horizontal=True, vertical_alignment="center", key=f"imported-{model.name}"):
            st.page_link(
                "pages/explore.py",
                label=escape(model.name),
                icon=":material/scatter_plot:",
                query_params={"model": model.name},
            )
            shape = " x ".join(map(str, model.config.model.image_shape))
            words = tr("{shape}, {dimensions} latent dimensions", shape=shape, dimensions=model.config.model.latent_dim)
            st.markdown(words, width="content")
            _offer_deletion(model)


def _offer_deletion(model: Model) -> None:
    if model.path.resolve().parent != runs_root().resolve() or not jobs.may_manage(model.path):
        return
    with st.popover(tr("Delete"), icon=":material/delete:"):
        st.markdown(tr("Delete **{name}** with its weights? This cannot be undone.", name=escape(model.name)))
        st.button(tr("Delete permanently"), key=f"delete-{model.name}", on_click=_delete, args=(model.path.name,))


def _delete(name: str) -> None:
    job: Task | None = st.session_state.get(TASK)
    made = None if job is None else importing.read_imported(job)
    try:
        jobs.delete(name)
    except AevizError as error:
        st.toast(escape(str(error)), icon=":material/error:")
        return
    if made is not None and made.name == name:
        del st.session_state[TASK]


def _show_ends(model: Model) -> None:
    """Show the test images with the smallest and with the largest errors, each above its reconstruction."""
    dataset, why = find_originals(model)
    if dataset is None:
        st.caption(tr("The test images cannot be shown: {why}", why=why))
        return
    st.html(_STYLE + f'<div class="import-ends">{_ends(model, current_language(), dataset)}</div>')


@shared(max_entries=16)  # at most 0.5 MB each
def _ends(model: Model, language: str, _dataset: ImageDataset) -> str:
    """Return both tables; the model stands for its test images too."""
    error = model.require_latents().error.astype(np.float64) ** 2 / np.prod(model.config.model.image_shape)
    order = np.argsort(error, kind="stable")
    count = min(SHOWN, len(order) // 2)
    tables, names = [], (trc("of a network", "input"), trc("of a network", "output"))
    for title, chosen in ((tr("Best: smallest error"), order[:count]), (tr("Worst: largest error"), order[-count:])):
        images = _dataset.images[chosen]
        rows = np.asarray(images, np.float32) / 255, model.network().reconstruct(images).numpy()
        lines = [
            f"<tr><th scope='row'>{name}</th>{''.join(f'<td>{_image(each, name, model)}</td>' for each in row)}</tr>"
            for name, row in zip(names, rows, strict=True)
        ]
        numbers = "".join(f"<td>{number(value, '.3f')}</td>" for value in error[chosen])
        tables.append(
            f"<table><caption>{title}</caption>{''.join(lines)}<tr><th scope='row'>{tr('error')}</th>{numbers}</tr>"
            "</table>"
        )
    return "".join(tables)


def _image(image: np.ndarray, name: str, model: Model) -> str:
    kind = "" if is_large(model) else " class='crisp'"
    return f"<img{kind} alt='{name}' src='{to_data_uri(to_grey_or_rgb(shrink(image[None], TILE_PX))[0])}'>"
