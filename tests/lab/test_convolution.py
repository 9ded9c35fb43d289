"""Convolution, pooling and transposed convolution against PyTorch, and the numbers that the sources print."""

import numpy as np
import pytest
import torch
from torch.nn import functional

from aeviz.lab.convolution import (
    FIGURE_INPUT,
    FIGURE_KERNEL,
    convolution_parameters,
    convolve,
    dense_parameters,
    image_layer,
    output_side,
    pool,
    receptive_field,
    transpose_convolve,
    transposed_side,
)

IMAGE = np.random.default_rng(0).integers(-9, 17, (8, 8)).astype(np.float64)
GIVEN = torch.tensor(IMAGE)[None, None]


def kernel_of(size):
    return np.random.default_rng(size).integers(-4, 5, (size, size)).astype(np.float64)


@pytest.mark.parametrize(("size", "stride", "padding"), [(3, 1, 0), (3, 2, 1), (5, 3, 2), (2, 2, 0), (1, 1, 0)])
def test_convolutions_are_those_of_pytorch(size, stride, padding):
    kernel = kernel_of(size)
    weight = torch.tensor(kernel)[None, None]
    found = convolve(IMAGE, kernel, stride=stride, padding=padding)
    np.testing.assert_allclose(found, functional.conv2d(GIVEN, weight, stride=stride, padding=padding)[0, 0])
    assert len(found) == output_side(8, size, stride=stride, padding=padding)
    back = transpose_convolve(found, kernel, stride=stride, padding=padding)
    given = torch.tensor(found)[None, None]
    expected = functional.conv_transpose2d(given, weight, stride=stride, padding=padding)[0, 0]
    np.testing.assert_allclose(back, expected)
    assert len(back) == transposed_side(len(found), size, stride=stride, padding=padding)


@pytest.mark.parametrize(("size", "stride"), [(2, 2), (3, 1), (3, 2)])
def test_poolings_are_those_of_pytorch(size, stride):
    greatest = functional.max_pool2d(GIVEN, size, stride)[0, 0]
    least = -functional.max_pool2d(-GIVEN, size, stride)[0, 0]
    np.testing.assert_allclose(pool(IMAGE, "max", size, stride=stride), greatest)
    np.testing.assert_allclose(pool(IMAGE, "min", size, stride=stride), least)
    mean = functional.avg_pool2d(GIVEN, size, stride)[0, 0]
    np.testing.assert_allclose(pool(IMAGE, "average", size, stride=stride), mean)


def test_transposed_convolution_is_the_transpose():
    """<conv(x), y> = <x, transposed(y)>."""
    kernel, other = kernel_of(3), np.random.default_rng(1).standard_normal((4, 4))
    image = IMAGE[:7, :7]
    left = (convolve(image, kernel, stride=2, padding=1) * other).sum()
    back = transpose_convolve(other, kernel, stride=2, padding=1)
    assert left == pytest.approx((image * back).sum())


def test_numbers_of_the_sources():
    found = convolve(np.reshape(FIGURE_INPUT, (6, 6)), np.reshape(FIGURE_KERNEL, (3, 3)))
    assert found[:2, :2].ravel().tolist() == [4, 1, 2, 0]  # S2, Figure 2.6
    assert pool(found, "max", 2, stride=2)[0, 0] == 4
    assert convolution_parameters(3, 3, 64) == 1792  # S2, Example 2.3.2
    assert dense_parameters(3 * 32 * 32, 64) == 196_672
    side = 1
    for size, stride, padding in ((7, 1, 0), (4, 2, 1), (4, 2, 1)):
        side = transposed_side(side, size, stride=stride, padding=padding)
    assert side == 28
    assert receptive_field([(3, 1), (2, 2)]) == 4


def test_layer_on_images_is_that_of_pytorch():
    kernel = kernel_of(3)
    expected = functional.conv2d(GIVEN, torch.tensor(kernel)[None, None], torch.tensor([-4.0], dtype=torch.float64))
    found = image_layer(IMAGE, kernel, bias=-4, activation="relu")
    np.testing.assert_allclose(found, expected.relu()[0, 0])
    np.testing.assert_allclose(image_layer(IMAGE, kernel, bias=-4, activation="sigmoid"), expected.sigmoid()[0, 0])
