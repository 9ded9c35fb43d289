"""Rounding of pixels and images as vectors, with the numbers of S1."""

import numpy as np
import pytest
from PIL import Image

from aeviz.lab.pixels import (
    GREY_WEIGHTS,
    count_ties_that_differ,
    flatten,
    from_levels,
    grey_levels,
    to_levels,
    to_levels_even,
    unflatten,
)


def test_ties_go_down_in_the_source_and_to_even_in_numpy():
    assert (to_levels(np.array(0.5)), to_levels_even(np.array(0.5))) == (127, 128)
    assert count_ties_that_differ() == (127, 255)
    p = np.linspace(0, 1, 10_001)
    assert ((to_levels(p) != to_levels_even(p)) <= ((255 * p) % 1 == 0.5)).all()


@pytest.mark.parametrize("bits", [1, 4, 8])
def test_rounding_is_off_by_at_most_half_a_level_and_keeps_levels(bits):
    top = 2**bits - 1
    p = np.random.default_rng(0).random(1000)
    assert np.abs(from_levels(to_levels(p, bits), bits) - p).max() <= 1 / (2 * top)
    levels = np.arange(top + 1)
    assert (to_levels(from_levels(levels, bits), bits) == levels).all()


def test_image_is_a_vector_row_by_row_and_comes_back():
    image = np.arange(12).reshape(3, 4)
    assert flatten(image).tolist() == list(range(12))
    assert (unflatten(flatten(image), 4) == image).all()
    with pytest.raises(ValueError, match="reshape"):
        unflatten(flatten(image), 5)


def test_grey_is_that_of_pillow_and_white_stays_white():
    image = np.random.default_rng(0).integers(0, 256, (20, 30, 3)).astype(np.uint8)
    found = grey_levels(image, GREY_WEIGHTS["BT.601 (Pillow)"])
    assert np.abs(found - np.asarray(Image.fromarray(image).convert("L"))).max() < 0.51
    for weights in GREY_WEIGHTS.values():
        assert grey_levels(np.array([255, 255, 255]), weights) == pytest.approx(255)
