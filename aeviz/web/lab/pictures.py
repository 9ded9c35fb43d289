"""Images for experiments of the Lab: photographs that ship with scikit-learn, digits, and what data sets are there."""

import numpy as np
from PIL import Image

from aeviz.data import is_available
from aeviz.language import mark, tr
from aeviz.web.kernel.caching import shared

SIDE = 64
"""Pixels along a side of the photographs."""


@shared(max_entries=2)  # 12 kB
def photographs() -> dict[str, np.ndarray]:
    """Return parts of scikit-learn's two photographs, (64, 64), uint8, grey; CC BY 2.0."""
    from sklearn.datasets import load_sample_image

    found = {}
    for title, name, (left, top, side) in (
        (mark("photograph: temple"), "china.jpg", (100, 60, 320)),
        (mark("photograph: flower"), "flower.jpg", (190, 40, 340)),
    ):
        image = Image.fromarray(load_sample_image(name)).convert("L").crop((left, top, left + side, top + side))
        found[title] = np.asarray(image.resize((SIDE, SIDE), Image.Resampling.BOX))
    return found


@shared(max_entries=1)  # 192 bytes
def small_flower() -> np.ndarray:
    """Return scikit-learn's photograph of a flower in colour, (8, 8, 3), uint8; CC BY 2.0, vultilion."""
    from sklearn.datasets import load_sample_image

    image = Image.fromarray(load_sample_image("flower.jpg")).crop((190, 40, 530, 380))
    return np.asarray(image.resize((8, 8), Image.Resampling.BOX))


@shared(max_entries=2)
def digit_images() -> dict[str, np.ndarray]:
    """Return an 8x8 digit, which ships, and a digit of 28x28 pixels where MNIST is there: (S, S), uint8."""
    from aeviz.data.digits import read_digits
    from aeviz.data.sources import load_dataset

    found = {mark("digit 3, 8 x 8"): _first(read_digits("test"), 3)}
    if is_available("mnist"):
        found[mark("MNIST 5, 28 x 28")] = _first(load_dataset("mnist", "test"), 5)
    return found


@shared(max_entries=1)  # 5 kB
def digit_levels() -> dict[str, tuple[int, ...]]:
    """Return an 8x8 image of each digit in the source's 17 levels, 0 to 16, row by row."""
    from aeviz.data.digits import read_digits

    digits = read_digits("test")
    levels = {label: np.rint(_first(digits, label).ravel() * (16 / 255)).astype(int) for label in range(10)}
    return {f"digit {label}": tuple(int(level) for level in image) for label, image in levels.items()}


def shown_name(name: str) -> str:
    """Return a name of `digit_levels`, of the others or of another message as the visitor reads it."""
    kind, _, label = name.partition(" ")
    return tr("digit {label}", label=label) if kind == "digit" and label.isdigit() else tr(name)


def _first(data: object, label: int) -> np.ndarray:
    image: np.ndarray = data.images[np.flatnonzero(data.labels == label)[0], 0]  # type: ignore[attr-defined]
    return image
