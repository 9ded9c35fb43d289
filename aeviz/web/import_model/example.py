"""Three broken imports, whose fault a class finds, and one that fits: images on their way through two files."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

import numpy as np
import streamlit as st

from aeviz.bring.settings import Fault, ImportSettings
from aeviz.data import is_available
from aeviz.export.beside import PARTS, PartName, beside, is_current
from aeviz.language import mark, tr
from aeviz.web.components.import_way.component import IMPORT_WAY
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.client_inference import prepare_networks
from aeviz.web.kernel.images import find_originals
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.plain_models import layers_of, send_layers
from aeviz.workers import importing

EXAMPLES = ("vae-2d", "digits-2d-adam")
"""Models with a latent plane whose files are offered: the first one whose images are on this machine."""
_CODES = 700
"""Latent points behind the one that moves, evenly spaced over the test set."""
_STRIP = 10
"""Images that take turns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One way to import the example. Names and titles keep to themselves what is wrong: a class finds out."""

    name: str
    """Of the model that it becomes."""
    title: str
    """In English."""
    suffix: str = ""
    """Of the names of its files."""
    fault: Fault | None = None


KINDS = (
    Kind(name="puzzle-a", title=mark("Puzzle A"), suffix="-a", fault="range"),
    Kind(name="puzzle-b", title=mark("Puzzle B"), suffix="-b", fault="axes"),
    Kind(name="puzzle-c", title=mark("Puzzle C"), suffix="-c", fault="inverted"),
    Kind(name="example", title=mark("As it should be")),
)
_TASK = mark("**Three broken imports: find the fault.** Compare images with outputs, then guess.")
_OF_PART: dict[PartName, str] = {
    "encoder": mark("The encoder of this example. Drop it below, or draw it with netron.app."),
    "decoder": mark("The decoder of this example. Drop it below, or draw it with netron.app."),
}
_TOLD = "-1..1"
"""The range that an import with a wrong one is told."""

Begin = Callable[[bytes, bytes, ImportSettings], None]
"""Starts an import of an encoder's and a decoder's content."""


def show_example(begin: Begin, back: Callable[[], None] | None, *, is_busy: bool) -> None:
    """Show the way of an image through the two files of the example, and offer to import them.

    Args:
        begin: Starts an import.
        back: Leads from a result to the way; None where the way is shown.
        is_busy: Whether an import is at work.
    """
    model = _model()
    if model is None:
        return
    if not all(is_current(model.folder, part) for part in PARTS):
        prepare_networks(model, tr("there is no example to import"))
        return
    with_way = back is None
    with st.container(border=True):
        titles = [kind.title for kind in KINDS]
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown(tr(_TASK) if with_way else tr("**Another example:**"), width="content")
            chosen = st.radio(
                tr("Example"),
                titles,
                format_func=tr,
                horizontal=True,
                key="import.kind",
                label_visibility="collapsed",
                width="content",
            )
        kind = KINDS[titles.index(chosen)]
        if with_way:
            _show_way(model, kind)
        _offer(model, kind, begin, back, is_busy=is_busy)
    if with_way:
        send_layers([model])


def files_of(name: str) -> tuple[bytes, bytes] | None:
    """Return the encoder and the decoder of the example that became a model of this name, or None."""
    model = _model()
    kind = next((kind for kind in reversed(KINDS) if name.startswith(kind.name)), None)
    if model is None or kind is None or not all(is_current(model.folder, part) for part in PARTS):
        return None
    encoder, decoder = (example_file(model, part, kind.fault) for part in ("encoder", "decoder"))
    return encoder, decoder


def _model() -> Model | None:
    models = list_models()
    usable = (each for name in EXAMPLES if (each := models.get(name)) and is_available(each.config.data.name))
    return next(usable, None)


def _offer(model: Model, kind: Kind, begin: Begin, back: Callable[[], None] | None, *, is_busy: bool) -> None:
    """Offer to import and to download an example."""
    hints = [tr("As you would import files of your own: both are checked, and measured on the test images.")]
    hints += [tr("With the fault, also where you have mended it above.")] if kind.fault else []
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if st.button(
            tr("Import {title}", title=tr(kind.title)) if kind.fault else tr("Import the example"),
            icon=":material/play_arrow:",
            type="tertiary" if kind.fault else "secondary" if back else "primary",
            key="import.example",
            disabled=is_busy,
            help=" ".join(hints),
        ):
            told = _TOLD if kind.fault == "range" else None
            data = model.config.data.name
            settings = ImportSettings(name=kind.name, data=data, pixels_in=told, pixels_out=told, source=model.name)
            files = files_of(kind.name)
            assert files is not None
            begin(*files, with_free_name(*files, settings))
        if back:
            st.button(tr("Back to the images on their way"), icon=":material/undo:", key="import.back", on_click=back)
        for part in reversed(PARTS):
            name = f"{part}{kind.suffix}.onnx"
            st.download_button(
                name,
                partial(example_file, model, part, kind.fault),
                file_name=name,
                mime="application/octet-stream",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
                key=f"import.download.{part}",
                help=tr(_OF_PART[part]),
            )


def with_free_name(encoder: bytes, decoder: bytes, settings: ImportSettings) -> ImportSettings:
    """Return the settings with a name that no other model has; the same import as before keeps its own."""
    models = list_models()
    named = settings
    for number in count(2):
        if named.name not in models or importing.read_imported(importing.importing_task(encoder, decoder, named)):
            break
        named = replace(settings, name=f"{settings.name}-{number}")
    return named


@shared(max_entries=8)  # 0.2 MB each
def example_file(model: Model, part: PartName, fault: Fault | None) -> bytes:
    """Return a file of the example."""
    content = beside(model.folder, part).read_bytes()
    if fault is None:
        return content
    from aeviz.bring.examples import with_fault  # with onnx, which only these need

    return with_fault(content, fault)


def _show_way(model: Model, kind: Kind) -> None:
    layers, dataset = layers_of(model), find_originals(model)[0]
    if layers is None or dataset is None:
        return
    chosen = _one_of_each(dataset.labels, len(dataset.images))
    IMPORT_WAY.show(
        [0],
        key="import.way",
        on_change=lambda: None,
        more={
            "networks": [layers.name],
            "images": dataset.images[chosen].reshape(len(chosen), -1).tolist(),
            "shape": list(model.config.model.image_shape),
            "classes": [None if dataset.labels is None else int(dataset.labels[place]) for place in chosen],
            "names": list(model.class_names),
            "title": tr(kind.title),
            "fault": kind.fault or "",
            "broken": None if kind.fault is None else _codes_with_fault(model, kind.fault),
            **_codes(model),
        },
    )


def _one_of_each(labels: np.ndarray | None, count: int) -> list[int]:
    """Return the places of the first test image of each class, at most `_STRIP`; without classes those of the first."""
    if labels is None:
        return list(range(min(_STRIP, count)))
    return [int(np.flatnonzero(labels == label)[0]) for label in np.unique(labels)[:_STRIP]]


def _chosen(count: int) -> np.ndarray:
    """Return the places of the test images that stand for all."""
    return np.unique(np.linspace(0, count - 1, _CODES).round().astype(int))


@shared(max_entries=2)
def _codes(model: Model) -> dict[str, object]:
    table = model.require_latents()
    chosen = _chosen(len(table.z))
    labels = None if table.labels is None else table.labels[chosen].tolist()
    return {"codes": _rounded(table.z[chosen]), "labels": labels}


@shared(max_entries=4)
def _codes_with_fault(model: Model, fault: Fault) -> list[list[float]] | None:
    """Return the latent points of the same images where the import has a fault."""
    dataset = find_originals(model)[0]
    if dataset is None:
        return None
    from aeviz.bring.examples import codes_with_fault

    return _rounded(codes_with_fault(model.network(), dataset.images[_chosen(len(dataset.images))], fault))


def _rounded(z: np.ndarray) -> list[list[float]]:
    points: list[list[float]] = z.astype(np.float64).round(3).tolist()
    return points
