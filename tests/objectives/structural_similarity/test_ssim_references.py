"""SSIM and MS-SSIM against scikit-image, torchmetrics and a slow second implementation from the papers.

Tolerances: 1e-9 between float64 implementations of one formula; 1e-4 against torchmetrics, in float32, where the
variances are small differences of large means.
"""

import math

import numpy as np
import pytest
import torch
from paper_ssim import STANDARD, images, paper_ms_ssim, paper_ssim, renormalised, rule
from skimage.metrics import structural_similarity
from torchmetrics.functional.image import (
    multiscale_structural_similarity_index_measure,
    structural_similarity_index_measure,
)

from aeviz.objectives import ms_ssim, ssim, ssim_map

# SSIM


@pytest.mark.parametrize("noise", [0.02, 0.2, 1.0])
def test_ssim_of_grey_images_matches_scikit_image(noise):
    x, y = images(3, 1, 40, 33, noise=noise)
    expected = [
        structural_similarity(
            a[0], b[0], gaussian_weights=True, sigma=1.5, use_sample_covariance=False, win_size=11, data_range=1.0
        )
        for a, b in zip(x.numpy(), y.numpy(), strict=True)
    ]
    np.testing.assert_allclose(ssim(x, y), expected, atol=1e-9)


def test_ssim_of_colour_images_matches_scikit_image():
    x, y = images(2, 3, 28, 28)
    expected = [
        structural_similarity(
            a, b, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1.0, channel_axis=0
        )
        for a, b in zip(x.numpy(), y.numpy(), strict=True)
    ]
    np.testing.assert_allclose(ssim(x, y), expected, atol=1e-9)


@pytest.mark.parametrize("channels", [1, 3])
def test_ssim_matches_torchmetrics_on_the_valid_region(channels):
    x, y = images(4, channels, 64, 48, dtype=torch.float32)
    # torchmetrics averages over a reflected border of 5 pixels too; its map lets us leave that out.
    _, full = structural_similarity_index_measure(x, y, data_range=1.0, return_full_image=True, reduction="none")
    np.testing.assert_allclose(ssim(x, y), full[..., 5:-5, 5:-5].mean(dim=(1, 2, 3)), atol=1e-5)


@pytest.mark.parametrize(("side", "window"), [(3, 3), (4, 3), (8, 7), (10, 9), (11, 11), (12, 11), (40, 11)])
def test_ssim_takes_the_largest_window_that_fits(side, window):
    x, y = images(2, 2, side, side + 3)
    np.testing.assert_allclose(ssim(x, y), paper_ssim(x, y, window), atol=1e-9)
    np.testing.assert_array_equal(ssim(x, y), ssim(x, y, window=window))


def test_ssim_map_matches_scikit_image_at_each_position():
    x, y = images(3, 1, 40, 33)
    found = ssim_map(x, y)
    for image, other, values in zip(x, y, found, strict=True):
        full = structural_similarity(
            image[0].numpy(), other[0].numpy(), data_range=1.0, gaussian_weights=True, sigma=1.5,
            use_sample_covariance=False, full=True,
        )[1]  # fmt: skip
        np.testing.assert_allclose(values, full[5:-5, 5:-5], atol=1e-9)
    np.testing.assert_allclose(found.mean(dim=(1, 2)), ssim(x, y), atol=1e-12)


def test_ssim_scales_with_data_range():
    x, y = images(2, 1, 20, 20)
    np.testing.assert_allclose(ssim(255 * x, 255 * y, data_range=255.0), ssim(x, y), atol=1e-9)
    assert (ssim(x, y, data_range=255.0) > ssim(x, y) + 0.1).all()


def test_ssim_of_inverted_structure_is_negative():
    x, _ = images(2, 1, 20, 20)
    noise = torch.rand(2, 1, 20, 20, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    assert (ssim(noise, 1 - noise) < -0.5).all()
    assert (ssim(x, 1 - x) < 0).any()


def test_ssim_in_float32_is_close_to_float64():
    x, y = images(4, 3, 64, 64)
    np.testing.assert_allclose(ssim(x.float(), y.float()), ssim(x, y), atol=2e-6)


# MS-SSIM against others


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("side", [192, 256])
def test_ms_ssim_matches_torchmetrics_in_the_contrast_terms(side, channels):
    # torchmetrics takes the last scale's mean over a reflected border as well, so that scale is given weight 0 here.
    weights = (*STANDARD[:4], 0.0)
    x, y = images(2, channels, side, side, noise=0.3, dtype=torch.float32)
    expected = multiscale_structural_similarity_index_measure(
        x, y, kernel_size=11, data_range=1.0, betas=weights, normalize="relu", reduction="none"
    )
    found = ms_ssim(x, y, weights=weights)
    assert (found.scales, found.window) == (5, 11)
    assert (found.value < 0.8).all()
    np.testing.assert_allclose(found.value, expected, atol=1e-4)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("side", [192, 256])
def test_ms_ssim_matches_torchmetrics_at_the_standard_weights(side, channels):
    # The contrast terms of four scales from torchmetrics' MS-SSIM, the last from its SSIM map without the border.
    x, y = images(2, channels, side, side, noise=0.3, dtype=torch.float32)
    contrast = multiscale_structural_similarity_index_measure(
        x, y, kernel_size=11, data_range=1.0, betas=(*STANDARD[:4], 0.0), normalize="relu", reduction="none"
    )
    small = [torch.nn.functional.avg_pool2d(batch, 16) for batch in (x, y)]
    _, full = structural_similarity_index_measure(*small, data_range=1.0, return_full_image=True, reduction="none")
    expected = contrast * full[..., 5:-5, 5:-5].mean(dim=(1, 2, 3)) ** STANDARD[4]
    np.testing.assert_allclose(ms_ssim(x, y).value, expected, atol=1e-4)


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("side", [192, 256])
def test_ms_ssim_matches_torchmetrics_where_the_last_scale_is_flat(side, channels):
    # Detail of every size up to 16 pixels that averages to nothing in blocks of 16: the last scale is one grey, so
    # torchmetrics' border does not show, and the standard weights can be compared, luminance included.
    generator = torch.Generator().manual_seed(side + channels)

    def detail():
        total = torch.zeros(2, channels, side, side)
        for scale in range(4):
            blocks = torch.rand(2, channels, side >> scale, side >> scale, generator=generator) - 0.5
            mean = torch.nn.functional.avg_pool2d(blocks, 2)
            blocks = blocks - torch.nn.functional.interpolate(mean, scale_factor=2)
            total += torch.nn.functional.interpolate(blocks, scale_factor=2**scale) if scale else blocks
        return total / 10

    shared = detail()
    x, y = 0.3 + shared + 0.5 * detail(), 0.6 + shared + 0.5 * detail()
    expected = multiscale_structural_similarity_index_measure(
        x, y, kernel_size=11, data_range=1.0, normalize="relu", reduction="none"
    )
    found = ms_ssim(x, y)
    assert ((found.value > 0.3) & (found.value < 0.9)).all()
    np.testing.assert_allclose(found.value, expected, atol=1e-4)


@pytest.mark.parametrize(
    ("channels", "height", "width"),
    [(1, 192, 192), (3, 192, 200), (1, 161, 161), (1, 177, 203), (1, 160, 160), (1, 81, 99), (3, 64, 64), (1, 64, 64)],
)
def test_ms_ssim_matches_the_paper_at_standard_window(channels, height, width):
    x, y = images(2, channels, height, width)
    scales, window = rule(min(height, width))
    found = ms_ssim(x, y)
    assert (found.scales, found.window) == (scales, window)
    assert window == 11
    np.testing.assert_allclose(found.value, paper_ms_ssim(x, y, window, renormalised(scales)), atol=1e-9)


@pytest.mark.parametrize("side", [3, 4, 5, 7, 8, 9, 12, 13, 16, 17, 20, 21, 27, 28, 32, 33])
def test_ms_ssim_of_small_images_matches_the_paper_under_the_stated_rule(side):
    x, y = images(2, 2, side, side + 1)
    scales, window = rule(side)
    found = ms_ssim(x, y)
    assert (found.scales, found.window) == (scales, window)
    np.testing.assert_allclose(found.value, paper_ms_ssim(x, y, window, renormalised(scales)), atol=1e-9)


@pytest.mark.parametrize(("window", "weights"), [(3, STANDARD), (5, (0.5, 0.5)), (11, (1.0,)), (7, (0.2, 2.0, 0.0))])
def test_ms_ssim_with_explicit_window_and_weights_matches_the_paper(window, weights):
    x, y = images(2, 1, 34, 37)
    found = ms_ssim(x, y, window=window, weights=weights)
    assert (found.scales, found.window) == (len(weights), window)
    np.testing.assert_allclose(found.value, paper_ms_ssim(x, y, window, weights), atol=1e-9)


def test_ms_ssim_at_one_scale_is_ssim():
    x, y = images(2, 3, 28, 28)
    np.testing.assert_allclose(ms_ssim(x, y, weights=(1.0,)).value, ssim(x, y), atol=1e-12)


# The rule for scales and window


def test_ms_ssim_window_fits_at_every_scale():
    for side in [*range(3, 45), 80, 81, 159, 160, 161, 162, 175, 176]:
        found = ms_ssim(torch.zeros(1, 1, side, side), torch.zeros(1, 1, side, side))
        assert (found.scales, found.window) == rule(side)
        assert math.ceil(side / 2 ** (found.scales - 1)) >= found.window


def test_ms_ssim_given_a_window_takes_all_scales_that_fit():
    x, y = images(1, 1, 28, 28)
    assert ms_ssim(x, y, window=3)[1:] == (4, 3)
    assert ms_ssim(x, y, window=7)[1:] == (3, 7)


def test_ms_ssim_given_weights_takes_the_largest_window_that_fits():
    x, y = images(1, 1, 64, 64)
    assert ms_ssim(x, y, weights=STANDARD)[1:] == (5, 3)
    assert ms_ssim(x, y, weights=STANDARD[:4])[1:] == (4, 7)
