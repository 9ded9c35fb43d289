"""The data of the in-page explorer: a latent space with its axes and encoded images, and the view of it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from aeviz.analysis.alignment import LatentTranslation
from aeviz.analysis.basis import Basis
from aeviz.analysis.latent_gaussian import LatentGaussian
from aeviz.figures.palette import class_colour
from aeviz.web.components.kit.network import Network
from aeviz.web.components.kit.wire import pack

FARTHEST = 1e6
"""Coordinates of a point that the page reports are below that."""
NO_LABEL = 65535
"""Label of a point without a class."""
MOST_CODES = 1_000_000
"""Coordinates of encoded images, two bytes each, that a page is sent: 10,000 images along the first 100 axes."""
Part = Literal["pad", "sliders", "strip", "waypoints", "overview", "hover", "image", "nearest", "own"]
Backdrop = Literal["images", "points", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecoderView:
    """One model's image of the point."""

    title: str
    alt: str
    shape: tuple[int, int, int]
    smooth: bool
    """Whether its images are enlarged smoothly, as photographs are."""
    network: Network | None
    """Its decoder; None where the server must decode."""
    why: str = ""
    """Why there is no decoder for the page."""
    bridge: str | None = None
    """Name in the blob store of the map from the space shown to the model's own; None where that is the space shown."""
    via: Network | None = None
    """Its encoder, where it stands at the point that this gives to the first model's image."""
    own_encoder: Network | None = None
    """The encoder of a second model, with which it encodes the visitor's image itself."""
    bridge_words: str = ""
    """How the point is found, as a sentence with a space after it."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Own:
    """An image that the visitor brought."""

    key: str
    """Changes with the image."""
    name: str
    image: np.ndarray
    """As the network sees it, (C, H, W), uint8."""
    z: tuple[float, ...]
    """Its latent point."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """The server's answer to a request of the page; the images come beside it."""

    number: int
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """The state that the explorer shows. Where `view` differs from the last one, everything is built anew."""

    view: str
    space: str
    """Name in the blob store of what `space_payload` packed."""
    point: tuple[float, ...]
    revision: int
    """Rises whenever Python moved the point by itself."""
    pair: tuple[int, int]
    along: int
    backdrop: Backdrop
    side: int
    """Images along each side of the decoded plane."""
    parts: tuple[Part, ...]
    decoder_views: tuple[DecoderView, ...]
    model: str = ""
    """Name of the model whose point and chosen image it shares with the map beside it; see components/kit/link.js."""
    sprite: str | None = None
    """Name in the blob store of small versions of the test images; None where they are not on this machine."""
    waypoints: tuple[tuple[float, ...], ...] = ()
    own: Own | None = None
    """The visitor's image, shown in place of a chosen test image until one is chosen; needs "image" or "own"."""
    response: Response | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Support:
    """Where the data lies in a latent space of D dimensions, so that the page knows which points lie far from it."""

    limit: float
    """The distance beyond which a point is far: from the tenth nearest encoded image, or from a Gaussian's mean."""
    used: np.ndarray
    """The dimensions in which distances from encoded images count, (D,), bool."""
    gaussian: LatentGaussian | None = None
    """The Gaussian of the latent points where there are no encoded images; then distances are Mahalanobis'."""


def most_axes(count: int) -> int:
    """Return along how many axes the codes of so many images are packed."""
    return max(2, MOST_CODES // max(1, count))


def space_payload(
    basis: Basis,
    coordinates: np.ndarray | None,
    labels: np.ndarray | None,
    class_names: Sequence[str],
    support: Support | None = None,
) -> bytes:
    """Pack a latent space of D dimensions for the page: see components/explorer/space.js.

    Args:
        basis: Its axes.
        coordinates: Of the encoded images along these axes, (N, D), floating point; None where there are none. Those of
            the first axes only are packed where all would be more than `MOST_CODES`.
        labels: Classes, (N,), integer, or None.
        class_names: Names of the classes.
        support: Where the data lies; None where that is unknown. If not all coordinates are packed, distances from
            encoded images are those along the packed axes.
    """
    count = 0 if coordinates is None else len(coordinates)
    known = np.empty((0, 0)) if coordinates is None else coordinates[:, : most_axes(count)]
    low, high = (known.min(axis=0), known.max(axis=0)) if count else (np.empty(0), np.empty(0))
    codes = np.round((known - low) / np.where(high > low, high - low, 1) * 65535).astype(np.uint16)
    bounds = basis.ranges.tolist()
    axes = zip(basis.names, basis.notes, basis.rest.tolist(), basis.deviations.tolist(), bounds, strict=True)
    return pack(
        {
            "axes": [
                {"name": name, "note": note, "rest": rest, "deviation": deviation, "low": least, "high": most}
                for name, note, rest, deviation, (least, most) in axes
            ],
            "classes": [{"name": name, "colour": class_colour(label)} for label, name in enumerate(class_names)],
            "spans": np.column_stack([low, high]).tolist(),
            "count": count,
            "origin": basis.origin.astype(np.float32),
            "directions": basis.axes.T.astype(np.float32),
            "codes": list(codes.T),
            "support": None if support is None else _support_payload(support),
            "labels": np.full(count, NO_LABEL, np.uint16) if labels is None or not count else labels.astype(np.uint16),
        }
    )


def _support_payload(support: Support) -> dict[str, object]:
    gaussian, none = support.gaussian, np.empty(0, np.float32)
    return {
        "limit": support.limit,
        "used": support.used.astype(np.uint8),
        "mean": none if gaussian is None else gaussian.mean.astype(np.float32),
        "whitening": none if gaussian is None else gaussian.whitening.astype(np.float32),
    }


def bridge_payload(found: LatentTranslation) -> bytes:
    """Pack an affine map z -> A z + b for the page: the matrix and the shift, float32."""
    return pack({"matrix": found.matrix.astype(np.float32), "shift": found.shift.astype(np.float32)})


def view_payload(view: View, images: np.ndarray | None = None) -> bytes:
    """Pack what the explorer shows, and the images of a response: see components/explorer/explorer.js.

    Args:
        view: What it shows.
        images: (N, C, H, W), floating point in [0, 1], or None.
    """
    pixels = None if images is None else np.round(np.clip(images, 0, 1) * 255).astype(np.uint8)
    return pack({**asdict(view), "images": pixels})
