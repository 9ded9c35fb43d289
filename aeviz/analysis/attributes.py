"""Attributes of images as directions in a latent space: what it means there to add a smile. NumPy only."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from aeviz.training.summary import LatentSummary

FEW = 20
"""Images with an attribute, or without it, below which their mean is too noisy to use."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Attribute:
    """A yes-or-no property of images, as the step from those without it to those with it."""

    direction: np.ndarray
    """Mean latent point of the images with it less that of those without, (D,), float64."""
    without_count: int
    """Images without it."""
    with_count: int
    """Images with it."""

    @property
    def is_rare(self) -> bool:
        """Whether one of the two means is over so few images that it is mostly chance."""
        return min(self.without_count, self.with_count) < FEW


def list_attributes(summary: LatentSummary) -> dict[str, Attribute]:
    """Return the attributes that some images have and others lack, by readable name, in alphabetical order."""
    if summary.attribute_means is None or summary.attribute_counts is None:
        return {}
    result = {
        read_name(name): Attribute(direction=means[1] - means[0], without_count=int(lack), with_count=int(have))
        for name, means, (lack, have) in zip(
            summary.attribute_names, summary.attribute_means, summary.attribute_counts, strict=True
        )
        if min(lack, have) > 0
    }
    return dict(sorted(result.items(), key=lambda item: item[0].lower()))


def read_name(name: str) -> str:
    """Return the name of an attribute as people write it: 'Wearing_Hat' is 'Wearing hat'."""
    return name.replace("_o_Clock", "_o'clock").replace("_", " ").strip().capitalize()


def add_attributes(start: np.ndarray, directions: np.ndarray, strengths: np.ndarray) -> np.ndarray:
    """Return start + sum over a of strengths[:, a] directions[a].

    Args:
        start: Latent point, (D,), floating point.
        directions: The vector that a strength of 1 adds, (A, D).
        strengths: How much of each, (S, A).

    Returns:
        (S, D), float32.
    """
    points: np.ndarray = start.astype(np.float64) + strengths.astype(np.float64) @ directions
    return points.astype(np.float32)


def vary_one(strengths: np.ndarray, which: int, values: np.ndarray) -> np.ndarray:
    """Return the strengths, (A,), once for each value, (S,), that the one of index `which` takes: (S, A), float64."""
    rows = np.tile(strengths.astype(np.float64), (len(values), 1))
    rows[:, which] = values
    return rows


def most_alike(attributes: Mapping[str, Attribute], name: str, count: int) -> list[tuple[str, float]]:
    """Return the other attributes whose directions are most nearly parallel to that of one, or opposite to it.

    Returns:
        At most `count` pairs of a name and the cosine of the angle between the directions, in [-1, 1], the largest
        absolute value first; directions of no length are left out.
    """
    one = attributes[name].direction
    cosines = {}
    for other, attribute in attributes.items():
        product = np.linalg.norm(one) * np.linalg.norm(attribute.direction)
        if other != name and product > 0:
            cosines[other] = float(np.clip(one @ attribute.direction / product, -1, 1))
    return sorted(cosines.items(), key=lambda pair: -abs(pair[1]))[:count]
