"""Properties of SSIM and MS-SSIM, the slips of thesis S2, and what is refused."""

import math

import numpy as np
import pytest
import torch
from paper_ssim import STANDARD, images, paper_window, renormalised, rule

from aeviz.errors import ConfigError, DataError
from aeviz.objectives import MsSsim, ms_ssim, ms_ssim_loss, ssim
from aeviz.objectives.ms_ssim import (
    _bounded_power,
    _contrast_structure,
    _gaussian_taps,
    _luminance,
    _Moments,
    _stabilisers,
)

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


# The slips of thesis S2 and of the code that it follows, one test each


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
