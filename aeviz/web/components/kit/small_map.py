"""What the small map of a latent space shows: the encoded images, in a plane, under what a section draws on it."""

from collections.abc import Sequence

import numpy as np

from aeviz.figures.palette import class_colour
from aeviz.web.components.kit.wire import pack

NO_LABEL = 65535
"""Label of a point without a class."""


def ground_payload(
    places: np.ndarray,
    labels: np.ndarray | None,
    class_names: Sequence[str],
    *,
    view: np.ndarray,
    axes: tuple[str, str],
    words: str,
    ellipse: tuple[float, ...] | None = None,
) -> bytes:
    """Pack the ground of a small map for the page's blob store; kit/small_map.js draws it.

    Args:
        places: Where the encoded images lie, (N, 2), floating point; N may be 0.
        labels: Their classes, (N,), integer, or None.
        class_names: Names of the classes.
        view: The part of the plane to show, (2, 2), a row (low, high) for each axis.
        axes: What lies across and what upwards.
        words: What the plane is.
        ellipse: Centre and root of the covariance row by row, 6 numbers, whose ellipses stand for points that are not
            there.
    """
    named = labels is not None and len(places) > 0
    classes = []
    for label, name in enumerate(class_names if named else ()):
        mine = places[labels == label]
        centre = None if not len(mine) else np.median(mine, axis=0).astype(float).tolist()
        classes.append({"name": name, "colour": class_colour(label), "centre": centre})
    return pack(
        {
            "places": places.astype(np.float32),
            "labels": (labels if named and labels is not None else np.full(len(places), NO_LABEL)).astype(np.uint16),
            "classes": classes,
            "view": np.asarray(view, dtype=float).tolist(),
            "axes": list(axes),
            "words": words,
            "ellipse": None if ellipse is None else list(ellipse),
        }
    )
