"""What the playground is sent: the graphs of a network, and the images that it learns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aeviz.web.components.kit.bundles import COMPONENTS
from aeviz.web.components.kit.wire import pack

_STYLES = ("kit/experiment.css", "playground/playground.css")
NO_LABEL = 255
"""Label of an image without a class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaygroundImages:
    """The images of a playground, in the page's blob store."""

    blob: str
    """Name of the blob, a digest of its content."""
    content: bytes
    shape: tuple[int, int, int]
    """(C, H, W)."""
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of a model that the visitor keeps."""

    text: str
    links: Sequence[tuple[str, str]] = ()
    """Title and address of each page to go on with."""


def pack_images(train: NDArray[np.uint8], held: NDArray[np.uint8], labels: NDArray[np.int64] | None) -> bytes:
    """Pack images to learn, (N, C, H, W), others to measure on, (M, C, H, W), and the labels of the first, (N,)."""
    if labels is None:
        found = np.full(len(train), NO_LABEL, np.uint8)
    else:
        found = np.where(labels < NO_LABEL, labels, NO_LABEL).astype(np.uint8)
    return pack({"images": train.reshape(len(train), -1), "held": held.reshape(len(held), -1), "labels": found})


def playground_payload(
    *,
    values: Mapping[str, str],
    options: Mapping[str, Sequence[tuple[str, str]]],
    defaults: Mapping[str, str],
    structure: str,
    plan: Mapping[str, object] | None,
    images: PlaygroundImages | None,
    message: str,
    kept: Kept | None,
    colours: Sequence[str],
    train: int | None = None,
) -> bytes:
    """Pack all that the component shows.

    Args:
        values: The settings, by the names and in the texts of the address.
        options: Value and title of each choice, by the name of the setting.
        defaults: Hidden layers that suit each data set.
        structure: Stands for plan and images: equal for equal ones.
        plan: `aeviz.playground.plan.Plan`; None where the settings make no network.
        images: Without their content; None likewise.
        message: Why there is no plan, as a sentence.
        kept: Of the model that was kept last.
        colours: Of the first and the second network.
        train: Steps that the networks make by themselves, 0 for none and the initial weights; None as they are.
    """
    data = None if images is None else {"blob": images.blob, "shape": images.shape, "classes": images.classes}
    links = [] if kept is None else [{"title": title, "href": href} for title, href in kept.links]
    return pack(
        {
            "values": values,
            "options": options,
            "defaults": defaults,
            "structure": structure,
            "plan": plan,
            "data": data,
            "message": message,
            "kept": None if kept is None else {"text": kept.text, "links": links},
            "colours": colours,
            "train": train,
        }
    )


def playground_style() -> str:
    """Return the rules of the component: its own after those that it shares, and those of the pad for the pad alone."""
    shared = [(COMPONENTS / path).read_text(encoding="utf-8") for path in _STYLES]
    return "\n".join([*shared, ".own {", (COMPONENTS / "drawing/drawing.css").read_text(encoding="utf-8"), "}"])
