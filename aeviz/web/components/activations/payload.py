"""The networks and the images of the activations: what their component in the page needs."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np

from aeviz.web.components.kit.network import Network
from aeviz.web.components.kit.wire import pack

NO_LABEL = 65535
"""Label of an image without a class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkRow:
    """A model, which has a row of layers in the page."""

    title: str
    encoder: Network | None
    decoder: Network | None
    why: str
    """Why one of them is missing, as the end of a sentence; empty where both are there."""
    parameters: int
    """Number of all weights and biases."""
    unseen: str
    """What the files that the page runs lack or merge, as the end of a sentence; empty where they hold all."""
    smooth: bool
    """Whether enlarged images are blended, as photographs should be."""


def activations_payload(rows: Sequence[NetworkRow], images: str, origin: str, image: int | None = None) -> bytes:
    """Pack the models for the component.

    Args:
        rows: The models, the first one on top.
        images: Name in the blob store of what `images_payload` packed.
        origin: Where the images come from, a sentence for the visitor.
        image: Index in the test set of the image to show; None for the first one.
    """
    return pack({"rows": [asdict(row) for row in rows], "images": images, "origin": origin, "image": image})


def images_payload(
    *,
    images: np.ndarray | None,
    codes: np.ndarray | None,
    places: np.ndarray,
    labels: np.ndarray | None,
    class_names: Sequence[str],
    first: int = 0,
) -> bytes:
    """Pack the images that the visitor can choose from, or latent points that the first model decodes to images.

    Args:
        images: (N, C, H, W), uint8, or None.
        codes: (N, D), floating point, where there are no images.
        places: (N,), integer: index of each image in the test set.
        labels: (N,), integer, or None.
        class_names: Names of the classes.
        first: The one that is chosen at first, from 0 to N - 1.

    Raises:
        ValueError: Both or neither of images and codes are given.
    """
    if (images is None) == (codes is None):
        raise ValueError("give either images or codes, not both or neither of them")
    named = labels is not None and len(class_names) > 0
    return pack(
        {
            "images": images,
            "codes": None if codes is None else codes.astype(np.float32),
            "places": places.astype(np.uint32),
            "labels": np.asarray(labels if named else np.full(len(places), NO_LABEL)).astype(np.uint16),
            "classes": list(class_names) if named else [],
            "first": first,
        }
    )
