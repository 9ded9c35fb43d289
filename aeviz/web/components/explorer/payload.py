"""What the in-page studio needs: a latent space with its axes and encoded images, and what is shown of it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import numpy as np

from aeviz.analysis.alignment import LatentTranslation
from aeviz.analysis.basis import Basis
from aeviz.figures.palette import class_colour

NO_LABEL = 65535
"""Label of a point without a class."""
MOST_CODES = 1_000_000
"""Coordinates of encoded images, two bytes each, that a page is sent: 10,000 images along the first 100 axes."""
Part = Literal["pad", "sliders", "strip", "scrubber", "way", "overview"]
Backdrop = Literal["images", "points", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network for the page, as components/kit/engine.js checks it."""

    name: str
    """Under which its bytes lie on the page's shelf."""
    part: Literal["decoder", "encoder"]
    latent_dim: int
    image_shape: tuple[int, int, int]
    digest: str
    """Of the weights that it must have been made from."""
    limit: int
    """Bytes that it has at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """One model's image of the point."""

    title: str
    alt: str
    shape: tuple[int, int, int]
    smooth: bool
    """Whether its images are enlarged smoothly, as photographs are."""
    spec: Network | None
    """Its decoder; None where the server must decode."""
    why: str = ""
    """Why there is no decoder for the page."""
    bridge: str | None = None
    """Name on the shelf of the map from the space shown to the model's own; None where that is the space shown."""
    via: Network | None = None
    """Its encoder, where it stands at the point that this gives to the first model's image."""
    bridge_words: str = ""
    """How the point is found, as a sentence with a space after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the server says to a question of the page."""

    number: int
    kind: Literal["decode", "far"]
    far: tuple[bool, ...] | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What the studio shows. Where `view` differs from the last one, everything is built anew."""

    view: str
    space: str
    """Name on the shelf of what `space_payload` packed."""
    point: tuple[float, ...]
    turn: int
    """Rises whenever Python moved the point by itself."""
    pair: tuple[int, int]
    along: int
    backdrop: Backdrop
    side: int
    """Images along each side of the decoded plane."""
    parts: tuple[Part, ...]
    lenses: tuple[Lens, ...]
    stops: tuple[tuple[float, ...], ...] = ()
    spherical: bool = False
    """Whether the way between stops is an arc around the origin."""
    answer: Answer | None = None


def space_payload(
    basis: Basis, coordinates: np.ndarray | None, labels: np.ndarray | None, class_names: Sequence[str]
) -> bytes:
    """Pack a latent space of D dimensions for the page: see components/explorer/space.js.

    Args:
        basis: Its axes.
        coordinates: Of the encoded images along these axes, (N, D), floating point; None where there are none. Those of
            the first axes only are packed where all would be more than `MOST_CODES`.
        labels: Classes, (N,), integer, or None.
        class_names: Names of the classes.
    """
    count = 0 if coordinates is None else len(coordinates)
    known = np.empty((0, 0)) if coordinates is None else coordinates[:, : max(2, MOST_CODES // max(1, count))]
    low, high = (known.min(axis=0), known.max(axis=0)) if count else (np.empty(0), np.empty(0))
    codes = np.round((known - low) / np.where(high > low, high - low, 1) * 65535).astype("<u2")
    numbers = np.full(count, NO_LABEL, dtype="<u2") if labels is None or not count else labels.astype("<u2")
    header = {
        "axes": [
            {"name": name, "note": note, "rest": rest, "deviation": deviation, "low": bounds[0], "high": bounds[1]}
            for name, note, rest, deviation, bounds in zip(
                basis.names,
                basis.notes,
                basis.rest.tolist(),
                basis.deviations.tolist(),
                basis.ranges.tolist(),
                strict=True,
            )
        ],
        "classes": [{"name": name, "colour": class_colour(label)} for label, name in enumerate(class_names)],
        "spans": np.column_stack([low, high]).tolist(),
        "count": count,
    }
    text = json.dumps(header).encode()
    padding = -(4 + len(text)) % 4
    return b"".join(
        [
            len(text).to_bytes(4, "little"),
            text,
            bytes(padding),
            basis.origin.astype("<f4").tobytes(),
            np.ascontiguousarray(basis.axes.T, dtype="<f4").tobytes(),
            np.ascontiguousarray(codes.T).tobytes(),
            numbers.tobytes(),
        ]
    )


def bridge_payload(found: LatentTranslation) -> bytes:
    """Pack an affine map for the page: the matrix row by row, then the shift, float32."""
    return found.matrix.astype("<f4").tobytes() + found.shift.astype("<f4").tobytes()


def view_payload(view: View, images: np.ndarray | None = None) -> bytes:
    """Pack what the studio shows, and the images that answer a question: see components/explorer/studio.js.

    Args:
        view: What it shows.
        images: (N, C, H, W), floating point in [0, 1], or None.
    """
    text = json.dumps(asdict(view)).encode()
    pixels = b"" if images is None else np.round(np.clip(images, 0, 1) * 255).astype(np.uint8).tobytes()
    return len(text).to_bytes(4, "little") + text + pixels


def shelf_name(kind: str, payload: bytes) -> str:
    """Return the name under which bytes lie on the page's shelf."""
    return f"{kind}-{hashlib.blake2b(payload, digest_size=12).hexdigest()}"
