"""Images for experiments of the Lab: photographs that ship with scikit-learn, digits, and what data sets are there."""

import numpy as np
from PIL import Image

from aeviz.data import is_available
from aeviz.web.kernel.caching import shared

SIDE = 64
"""Pixels along a side of the photographs."""


@shared(max_entries=2)  # 12 kB
def photographs() -> dict[str, np.ndarray]:
    """Return parts of scikit-learn's two photographs, (64, 64), uint8, grey; CC BY 2.0."""
    from sklearn.datasets import load_sample_image

    found = {}
    for title, name, (left, top, side) in (
        ("photograph: temple", "china.jpg", (100, 60, 320)),
        ("photograph: flower", "flower.jpg", (190, 40, 340)),
    ):
        image = Image.fromarray(load_sample_image(name)).convert("L").crop((left, top, left + side, top + side))
        found[title] = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX))
    return found


@shared(max_entries=2)
def digit_images() -> dict[str, np.ndarray]:
    """Return an 8x8 digit, which ships, and a digit of 28x28 pixels where MNIST is there: (S, S), uint8."""
    from aeviz.data.digits import read_digits
    from aeviz.data.sources import load_dataset

    found = {"digit 3, 8 x 8": _first(read_digits("test"), 3)}
    if is_available("mnist"):
        found["MNIST 5, 28 x 28"] = _first(load_dataset("mnist", "test"), 5)
    return found


def _first(data: object, label: int) -> np.ndarray:
    image: np.ndarray = data.images[np.flatnonzero(data.labels == label)[0], 0]  # type: ignore[attr-defined]
    return image
