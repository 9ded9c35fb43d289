"""SSIM and MS-SSIM against scikit-image, torchmetrics and a slow second implementation from the papers.

Tolerances: 1e-9 between float64 implementations of one formula; 1e-4 against torchmetrics, in float32, where the
variances are small differences of large means.
"""

import math

import numpy as np
import pytest
import torch
from scipy.signal import correlate2d
from skimage.metrics import structural_similarity
from torchmetrics.functional.image import (
    multiscale_structural_similarity_index_measure,
    structural_similarity_index_measure,
)

from aeviz.errors import ConfigError, DataError
from aeviz.objectives import MsSsim, ms_ssim, ms_ssim_loss, ssim, ssim_map
from aeviz.objectives.ms_ssim import (
    _bounded_power,
    _contrast_structure,
    _gaussian_taps,
    _luminance,
    _Moments,
    _stabilisers,
)


@pytest.fixture(autouse=True)
def one_thread():
    # The images are small: more threads only wait for each other, for seconds where another process has the cores.
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


STANDARD = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def images(n, channels, height, width, seed=0, noise=0.2, dtype=torch.float64):
    """Smooth random images and noisy copies, in [0, 1]."""
    generator = torch.Generator().manual_seed(seed)
    coarse = torch.rand(n, channels, 5, 5, generator=generator, dtype=dtype)
    x = torch.nn.functional.interpolate(coarse, (height, width), mode="bilinear", align_corners=False)
    y = x + noise * torch.randn(x.shape, generator=generator, dtype=dtype)
    return x.clamp(0, 1), y.clamp(0, 1)


# A second implementation, in loops, from the papers.


def paper_window(width):
    offsets = np.arange(width) - width // 2
    window = np.exp(-(offsets[:, None] ** 2 + offsets[None, :] ** 2) / (2 * 1.5**2))
    return window / window.sum()


def paper_maps(x, y, width, data_range):
    """Maps of l and cs for two 2-D images: Wang et al. 2004, equations (6), (9), (10), (14) to (16)."""
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2

    def weighted(values):
        return correlate2d(values, paper_window(width), mode="valid")

    mean_x, mean_y = weighted(x), weighted(y)
    variance_x, variance_y = weighted(x * x) - mean_x**2, weighted(y * y) - mean_y**2
    deviation = np.sqrt(variance_x.clip(0) * variance_y.clip(0))
    covariance = weighted(x * y) - mean_x * mean_y
    luminance = (2 * mean_x * mean_y + c1) / (mean_x**2 + mean_y**2 + c1)
    contrast = (2 * deviation + c2) / (variance_x + variance_y + c2)
    structure = (covariance + c2 / 2) / (deviation + c2 / 2)
    return luminance, contrast * structure


def paper_halve(image):
    """Filter with ones(2)/4 over a symmetric border and take every second pixel, as msssim.m does."""
    padded = np.pad(image, ((0, 1), (0, 1)), mode="symmetric")
    return correlate2d(padded, np.full((2, 2), 0.25), mode="valid")[::2, ::2]


def paper_ssim(x, y, width, data_range=1.0):
    values = []
    for image, other in zip(x.numpy(), y.numpy(), strict=True):
        maps = [paper_maps(a, b, width, data_range) for a, b in zip(image, other, strict=True)]
        values.append(np.mean([luminance * cs for luminance, cs in maps]))
    return np.array(values)


def paper_ms_ssim(x, y, width, weights, data_range=1.0):
    """Wang et al. 2003, equation (7), for every image; channels averaged with the positions."""
    values = []
    for image, other in zip(x.numpy(), y.numpy(), strict=True):
        xs, ys, value = list(image), list(other), 1.0
        for scale, weight in enumerate(weights, start=1):
            maps = [paper_maps(a, b, width, data_range) for a, b in zip(xs, ys, strict=True)]
            last = scale == len(weights)
            term = np.mean([luminance * cs if last else cs for luminance, cs in maps])
            value *= max(term, 0.0) ** weight
            xs, ys = [paper_halve(a) for a in xs], [paper_halve(b) for b in ys]
        values.append(value)
    return np.array(values)


def rule(side):
    """The scales and the window that the docstring promises, from its table."""
    for above, scales, window in [
        (160, 5, 11),
        (80, 4, 11),
        (40, 3, 11),
        (20, 2, 11),
        (16, 2, 9),
        (12, 2, 7),
        (8, 2, 5),
    ]:
        if side > above:
            return scales, window
    return (2, 3) if side > 4 else (1, 3)


def renormalised(scales):
    return STANDARD if scales == 5 else tuple(np.array(STANDARD[:scales]) / sum(STANDARD[:scales]))


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


# Properties


@pytest.mark.parametrize("side", [8, 28, 64, 176])
def test_identical_images_score_exactly_one(side):
    x, _ = images(3, 1, side, side, dtype=torch.float32)
    assert (ssim(x, x.clone()) == 1).all()
    assert (ms_ssim(x, x.clone()).value == 1).all()
    assert ms_ssim_loss(x, x.clone()).item() == 0


@pytest.mark.parametrize("side", [8, 28, 64])
def test_similarity_is_symmetric(side):
    x, y = images(3, 3, side, side)
    np.testing.assert_array_equal(ssim(x, y), ssim(y, x))
    np.testing.assert_array_equal(ms_ssim(x, y).value, ms_ssim(y, x).value)


@pytest.mark.parametrize("channels", [1, 2, 3])
@pytest.mark.parametrize("n", [1, 2, 5, 8])
def test_value_does_not_depend_on_the_rest_of_the_batch(n, channels):
    x, y = images(n, channels, 20, 24)
    apart = [ms_ssim(x[i : i + 1], y[i : i + 1]).value.item() for i in range(n)]
    np.testing.assert_allclose(ms_ssim(x, y).value, apart, atol=1e-12)


@pytest.mark.parametrize("channels", [1, 3])
def test_value_does_not_depend_on_the_layout_in_memory(channels):
    x, y = images(4, channels, 20, 24)
    last = [batch.contiguous(memory_format=torch.channels_last) for batch in (x, y)]
    np.testing.assert_allclose(ms_ssim(*last).value, ms_ssim(x, y).value, atol=1e-12)
    np.testing.assert_allclose(ms_ssim(x, last[1]).value, ms_ssim(x, y).value, atol=1e-12)


@pytest.mark.parametrize("side", [8, 28, 64])
def test_more_noise_scores_less(side):
    scores = [ms_ssim(*images(4, 1, side, side, noise=noise)).value.mean().item() for noise in (0.02, 0.1, 0.3)]
    assert 1 > scores[0] > scores[1] > scores[2] > 0


def test_loss_is_one_minus_mean_value():
    x, y = images(3, 1, 28, 28)
    assert ms_ssim_loss(x, y).item() == pytest.approx(1 - ms_ssim(x, y).value.mean().item(), abs=1e-12)
    assert ms_ssim_loss(x, y, window=7, weights=(0.5, 0.5)).item() == pytest.approx(
        1 - ms_ssim(x, y, window=7, weights=(0.5, 0.5)).value.mean().item(), abs=1e-12
    )


def test_ms_ssim_returns_a_named_tuple():
    found = ms_ssim(*images(3, 1, 28, 28))
    assert isinstance(found, MsSsim)
    value, scales, window = found
    assert value.shape == (3,)
    assert (scales, window) == (2, 11)


def pairs_that_break_gradients(side):
    generator = torch.Generator().manual_seed(side)
    random, other = (torch.rand(2, 1, side, side, generator=generator) for _ in range(2))
    zeros, ones = torch.zeros_like(random), torch.ones_like(random)
    return {
        "identical": (random, random.clone()),
        "inverted": (random, 1 - random),
        "random": (random, other),
        "same constant": (ones / 2, ones / 2),
        "black and black": (zeros, zeros.clone()),
        "black and white": (zeros, ones),
        "constant and random": (ones / 2, random),
        "binary": (random.round(), 1 - random.round()),
    }


@pytest.mark.parametrize("side", [3, 8, 28, 64, 161])
def test_value_and_gradient_are_finite(side):
    for name, (x, y) in pairs_that_break_gradients(side).items():
        x, y = x.clone().requires_grad_(), y.clone().requires_grad_()
        loss = ms_ssim_loss(x, y) + ssim(x, y).mean()
        loss.backward()
        value = ms_ssim(x, y).value
        assert ((value >= 0) & (value <= 1)).all(), name
        assert x.grad.isfinite().all(), name
        assert y.grad.isfinite().all(), name


def test_gradient_of_a_term_near_zero_is_bounded_and_its_value_exact():
    term = torch.tensor([-1.0, 0.0, 1e-30, 1e-6, 1e-3, 0.5], dtype=torch.float64, requires_grad=True)
    value = _bounded_power(term, 0.0448)
    value.sum().backward()
    np.testing.assert_allclose(value.detach(), np.maximum(term.detach().numpy(), 0) ** 0.0448, rtol=1e-12)
    assert term.grad[0] == 0
    assert term.grad.max().item() <= 0.0448 * 1e-3 ** (0.0448 - 1) * (1 + 1e-12)
    assert term.grad[-1].item() == pytest.approx(0.0448 * 0.5 ** (0.0448 - 1))


@pytest.mark.parametrize("side", [5, 9])
def test_ms_ssim_passes_gradcheck(side):
    x, y = images(1, 1, side, side, noise=0.1)
    x, y = 0.1 + 0.8 * x, 0.1 + 0.8 * y
    x.requires_grad_()
    y.requires_grad_()
    # Fast mode compares random projections of the Jacobian; the slow one is kept for the smallest image.
    assert torch.autograd.gradcheck(lambda a, b: ms_ssim(a, b).value, (x, y), fast_mode=side > 5)
    assert torch.autograd.gradcheck(ssim, (x, y), fast_mode=True)


def test_a_gradient_step_makes_images_more_alike():
    x, y = images(2, 1, 28, 28)
    y.requires_grad_()
    before = ms_ssim_loss(x, y)
    before.backward()
    assert ms_ssim_loss(x, y.detach() - 0.5 * y.grad) < before


def test_similarity_is_measured_in_float32_under_autocast_and_for_half_precision():
    x, y = images(2, 1, 28, 28, dtype=torch.float32)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        under_autocast = ms_ssim(x, y).value
    np.testing.assert_array_equal(under_autocast, ms_ssim(x, y).value)
    assert ms_ssim(x.half(), y.half()).value.dtype == torch.float32


# The slips of thesis S2 and of the code that it follows (design.md, section 5), one test each


def test_window_has_its_minus_sign_so_the_centre_weighs_most():
    """Slip: exp(+d^2 / 2 sigma^2), a window whose ends weigh most."""
    taps = _gaussian_taps(11, torch.zeros(1, dtype=torch.float64)).numpy()
    assert taps.argmax() == 5
    assert (np.diff(taps[:6]) > 0).all()
    np.testing.assert_allclose(np.outer(taps, taps), paper_window(11), atol=1e-15)

    grey = torch.full((1, 1, 11, 11), 0.5, dtype=torch.float64)
    centre, corner = grey.clone(), grey.clone()
    centre[..., 5, 5] = corner[..., 0, 0] = 1.0
    assert ssim(grey, centre).item() < 0.5 < ssim(grey, corner).item()


@pytest.mark.parametrize("side", [28, 64, 192])
def test_last_scale_is_not_raised_to_the_fourth_power(side):
    """Slip: prod(cs[:-1] * last), which multiplies the last scale's term in once for every other scale."""
    # Two constant greys: cs is 1 at every scale, so only the last scale's luminance is left, to its own weight.
    x, y = torch.full((1, 1, side, side), 0.2, dtype=torch.float64), torch.full((1, 1, side, side), 0.7).double()
    luminance = (2 * 0.2 * 0.7 + 1e-4) / (0.2**2 + 0.7**2 + 1e-4)
    weight = renormalised(rule(side)[0])[-1]
    assert ms_ssim(x, y).value.item() == pytest.approx(luminance**weight, abs=1e-6)
    assert ms_ssim(x, y).value.item() != pytest.approx(luminance ** (4 * weight), abs=1e-2)


def test_luminance_is_compared_at_the_last_scale_only():
    """Slip: the full SSIM at every scale (S2, definition 4.4.1)."""
    x, y = torch.full((1, 1, 192, 192), 0.2, dtype=torch.float64), torch.full((1, 1, 192, 192), 0.7).double()
    luminance = (2 * 0.2 * 0.7 + 1e-4) / (0.2**2 + 0.7**2 + 1e-4)
    # The slip would give luminance to the sum of the weights, 1.0001.
    assert ms_ssim(x, y).value.item() > luminance + 0.2


def test_negative_terms_are_clamped_not_shifted():
    """Slip: (cs + 1) / 2 instead of max(cs, 0), which calls an inverted image half alike."""
    noise = torch.rand(2, 1, 28, 28, generator=torch.Generator().manual_seed(3))
    assert (ms_ssim(noise, 1 - noise).value == 0).all()


def test_64_pixels_do_not_run_five_scales_with_eleven_taps():
    """Slip: five scales and 11 taps at 64x64, where the windows of the last two scales exceed the image."""
    assert ms_ssim(*images(1, 3, 64, 64))[1:] == (3, 11)
    with pytest.raises(ConfigError, match="need sides of more than 160 pixels"):
        ms_ssim(*images(1, 3, 64, 64), window=11, weights=STANDARD)


def test_arithmetic_of_the_example_in_s2():
    """Slip: example 4.4.2 has covariance 1, variance of y 2 and 0.98; it is 1.75, 2.5 and 0.933, with L = 255 0.9955.

    The example takes K1 and K2 for C1 and C2, and plain means over four pixels.
    """
    # Four pixels with the example's means, variances (divided by 4) and covariance; its fractions follow from these.
    x, y = np.array([49.0, 50.0, 51.0, 52.0]), np.array([47.0, 48.0, 50.0, 51.0])
    assert (x.mean(), y.mean(), x.var(), y.var()) == (50.5, 49.0, 1.25, 2.5)
    assert np.cov(x, y, bias=True)[0, 1] == 1.75
    means = (x.mean(), y.mean(), (x * x + y * y).mean(), (x * y).mean())
    moments = _Moments(*(torch.full((1, 1, 1, 1), mean, dtype=torch.float64) for mean in means))
    assert _luminance(moments, 0.01).item() == pytest.approx(4949.01 / 4951.26, rel=1e-12)

    def value(c1, c2):
        return (_luminance(moments, c1) * _contrast_structure(moments, c2)).item()

    assert value(0.01, 0.03) == pytest.approx(0.933, abs=5e-4)
    assert value(*_stabilisers(255.0)) == pytest.approx(0.9955, abs=5e-5)
    as_printed = 4950.01 / 5050.01 * (2 * 1 + 0.03) / (1.25 + 2 + 0.03)
    assert as_printed == pytest.approx(0.607, abs=5e-4)


# Errors


def test_shapes_that_differ_are_refused():
    with pytest.raises(DataError, match=r"shapes \(1, 1, 8, 8\) and \(1, 1, 8, 9\); expected two batches"):
        ms_ssim(torch.zeros(1, 1, 8, 8), torch.zeros(1, 1, 8, 9))
    with pytest.raises(DataError, match=r"shapes \(8, 8\) and \(8, 8\)"):
        ssim(torch.zeros(8, 8), torch.zeros(8, 8))


def test_images_below_three_pixels_are_refused():
    with pytest.raises(DataError, match=r"images of 2x9 pixels are too small .* expected sides of 3 pixels or more"):
        ssim(torch.zeros(1, 1, 2, 9), torch.zeros(1, 1, 2, 9))


@pytest.mark.parametrize("measure", [ssim, ms_ssim, ms_ssim_loss])
@pytest.mark.parametrize("window", [-3, 0, 1, 4, 9, 11])
def test_window_that_does_not_fit_is_refused_naming_what_fits(measure, window):
    x = torch.zeros(1, 1, 12, 8)
    with pytest.raises(
        ConfigError, match=f"window={window} does not fit .* 8 pixels; choose an odd number from 3 to 7"
    ):
        measure(x, x, window=window)


def test_weights_that_do_not_fit_are_refused_naming_what_fits():
    x = torch.zeros(1, 1, 28, 28)
    with pytest.raises(ConfigError, match=r"3 weights .* window=11 .* at most 2 weights, or window=7 or less"):
        ms_ssim(x, x, window=11, weights=STANDARD[:3])
    with pytest.raises(
        ConfigError, match=r"5 weights .* window=3 need sides of more than 32 .* at most 4 weights, or None"
    ):
        ms_ssim(x, x, weights=STANDARD)


@pytest.mark.parametrize("weights", [(), (-0.1, 1.0), (math.nan,), (math.inf,)])
def test_weights_that_are_no_exponents_are_refused(weights):
    x = torch.zeros(1, 1, 28, 28)
    with pytest.raises(ConfigError, match="expected one number a scale, each at least 0"):
        ms_ssim(x, x, weights=weights)


@pytest.mark.parametrize("data_range", [0.0, -1.0, math.inf, math.nan])
def test_data_range_that_is_not_positive_is_refused(data_range):
    x = torch.zeros(1, 1, 28, 28)
    with pytest.raises(ConfigError, match="expected a positive number"):
        ssim(x, x, data_range=data_range)
