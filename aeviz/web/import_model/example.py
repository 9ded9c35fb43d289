"""The example: one image on its way through two files, and imports of these files that fit or teach what does not."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import count

import numpy as np
import streamlit as st

from aeviz.bring.settings import ImportSettings
from aeviz.data import is_available
from aeviz.export.beside import PARTS, PartName, beside, is_current
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
    """One way to import the example."""

    name: str
    """Of the model that it becomes."""
    title: str
    caption: str
    pixels: str | None = None
    """The range that is told; None lets the import find it."""
    is_swapped: bool = False
    """Whether its files have columns before rows."""

    @property
    def fault(self) -> str:
        """What the picture shows of it: "range", "axes" or nothing."""
        return "axes" if self.is_swapped else "range" if self.pixels else ""


KINDS = (
    Kind(name="example", title="It fits", caption="The files as they were exported."),
    Kind(
        name="example-range",
        title="Wrong range",
        caption="The same files, imported as [-1, 1].",
        pixels="-1..1",
    ),
    Kind(
        name="example-axes",
        title="Swapped axes",
        caption="Files that take columns before rows.",
        is_swapped=True,
    ),
)


def show_example(begin: Callable[[bytes, bytes, ImportSettings], None], *, with_way: bool, is_busy: bool) -> None:
    """Show the way of an image through the two files of the example, and offer to import them.

    Args:
        begin: Starts an import of an encoder's and a decoder's content.
        with_way: Whether to show the way; else only what is offered.
        is_busy: Whether an import is at work.
    """
    models = list_models()
    usable = [each for name in EXAMPLES if (each := models.get(name)) and is_available(each.config.data.name)]
    if not usable:
        return
    model = usable[0]
    if not all(is_current(model.folder, part) for part in PARTS):
        prepare_networks(model, "there is no example to import")
        return
    with st.container(border=True):
        if not with_way:
            _offer(model, begin, is_busy, is_first=False)
            return
        way, offer = st.columns([7, 3], gap="medium")
        with offer:
            kind = _offer(model, begin, is_busy, is_first=True)
            st.caption(
                "**In class:** before the point moves, guess where the next digit lands. Then drag z to make a digit."
                if not kind.fault
                else "**In class:** what do the outputs have in common? What is wrong with the input?"
            )
        with way:
            _show_way(model, kind)
    send_layers([model])


def _offer(
    model: Model, begin: Callable[[bytes, bytes, ImportSettings], None], is_busy: bool, *, is_first: bool
) -> Kind:
    """Offer the examples; return the one that is chosen."""
    titles = [kind.title for kind in KINDS]
    chosen = st.radio(
        "**Import an example**" if is_first else "**Another example**",
        titles,
        captions=[kind.caption for kind in KINDS],
        horizontal=not is_first,
        key="import.kind",
    )
    kind = KINDS[titles.index(chosen)]
    if st.button(
        "Try the example",
        icon=":material/play_arrow:",
        type="primary" if is_first else "secondary",
        key="import.example",
        disabled=is_busy,
    ):
        data = model.config.data.name
        settings = ImportSettings(
            name=kind.name, data=data, pixels_in=kind.pixels, pixels_out=kind.pixels, source=model.name
        )
        encoder, decoder = (example_file(model, part, kind.is_swapped) for part in ("encoder", "decoder"))
        begin(encoder, decoder, _with_free_name(encoder, decoder, settings))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        for part in reversed(PARTS):
            name = f"{part}{'-swapped' if kind.is_swapped else ''}.onnx"
            st.download_button(
                name,
                partial(example_file, model, part, kind.is_swapped),
                file_name=name,
                mime="application/octet-stream",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
                key=f"import.download.{part}",
                help=f"The {part} of this example. Drop it below, or draw it with netron.app.",
            )
    return kind


def _with_free_name(encoder: bytes, decoder: bytes, settings: ImportSettings) -> ImportSettings:
    """Return the settings with a name that no other model has; the same import as before keeps its own."""
    models = list_models()
    named = settings
    for number in count(2):
        if named.name not in models or importing.read_imported(importing.importing_task(encoder, decoder, named)):
            break
        named = replace(settings, name=f"{settings.name}-{number}")
    return named


@shared(max_entries=8)  # 0.2 MB each
def example_file(model: Model, part: PartName, is_swapped: bool) -> bytes:
    """Return a file of the example."""
    content = beside(model.folder, part).read_bytes()
    if not is_swapped:
        return content
    from aeviz.bring.examples import swap_axes  # with onnx, which only this needs

    return swap_axes(content)


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
            "fault": kind.fault,
            **_codes(model),
        },
    )


def _one_of_each(labels: np.ndarray | None, count: int) -> list[int]:
    """Return the places of the first test image of each class, at most `_STRIP`; without classes those of the first."""
    if labels is None:
        return list(range(min(_STRIP, count)))
    return [int(np.flatnonzero(labels == label)[0]) for label in np.unique(labels)[:_STRIP]]


@shared(max_entries=2)
def _codes(model: Model) -> dict[str, object]:
    table = model.require_latents()
    chosen = np.unique(np.linspace(0, len(table.z) - 1, _CODES).round().astype(int))
    labels = None if table.labels is None else table.labels[chosen].tolist()
    return {"codes": table.z[chosen].astype(np.float64).round(3).tolist(), "labels": labels}
