"""Structural similarity of images at one scale (SSIM) and at several (MS-SSIM), for images of any size from 3x3.

Notation: x and y are two images, mu their local means, sigma^2 and sigma_xy their local variances and covariance, each
weighted by a Gaussian window. With C1 = (0.01 L)^2 and C2 = (0.03 L)^2, where L is the range of the pixels,

    luminance            l  = (2 mu_x mu_y + C1) / (mu_x^2 + mu_y^2 + C1)
    contrast-structure   cs = (2 sigma_xy + C2) / (sigma_x^2 + sigma_y^2 + C2)

References:
    [W04] Wang, Bovik, Sheikh and Simoncelli, Image Quality Assessment: From Error Visibility to Structural Similarity,
    IEEE Transactions on Image Processing 13(4), 2004. https://doi.org/10.1109/TIP.2003.819861
    [W03] Wang, Simoncelli and Bovik, Multi-scale Structural Similarity for Image Quality Assessment, 37th Asilomar
    Conference on Signals, Systems and Computers, 2003. https://doi.org/10.1109/ACSSC.2003.1292216
    Where the papers leave a choice, the authors' own program (msssim.m) decides.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from aeviz.errors import ConfigError, DataError
from aeviz.objectives.pairs import matched_pair
from aeviz.scales import SMALLEST_WINDOW, STANDARD_WEIGHTS, fits, most_scales, usual_window, widest_window

_K1, _K2 = 0.01, 0.03
_SIGMA = 1.5
"""Standard deviation of the Gaussian window in pixels."""
_STEEPEST_AT = 1e-3
"""Below this term, a power's gradient no longer grows (it would be infinite at 0)."""
_CHANNELS_AT_ONCE = 16
"""Channels in one step of the widest CPU kernel for a convolution with a group a channel (AVX-512, float32)."""


class MsSsim(NamedTuple):
    """MS-SSIM of each image of a batch, and at how many scales and with which window it was measured."""

    value: Float[Tensor, " N"]
    """Similarity from 0 to 1 (for pixels of one sign), 1 where the images are identical."""
    scales: int
    """Number of scales that were compared: the image itself, its half, its quarter and so on."""
    window: int
    """Width of the square Gaussian window in pixels, odd, the same at every scale."""


def ssim(
    x: Float[Tensor, "..."], y: Float[Tensor, "..."], *, data_range: float = 1.0, window: int | None = None
) -> Float[Tensor, " N"]:
    """Measure how similar images are in local luminance, contrast and structure.

    Reduction: mean over channels and window positions, one value an image. Only positions where the window lies wholly
    inside the image count. Differentiable in both, symmetric.

    Args:
        x: Images, (N, C, H, W), floating point, in [0, data_range], sides of 3 pixels or more.
        y: Images to compare with, as `x`.
        data_range: L, the difference between the largest and the smallest value a pixel can take.
        window: Width of the Gaussian window in pixels, odd, from 3 to the smaller side; None takes 11, or the largest
            odd number that fits. Its standard deviation stays 1.5 pixels.

    Returns:
        (N,), float32 or finer, on the device of `x`: in (-1, 1], 1 where the images are identical, negative where
        structure is inverted.

    Raises:
        DataError: The shapes differ or are not (N, C, H, W), the pixels are whole numbers or a side is below 3 pixels.
        ConfigError: The window is even, below 3 or wider than the image, or the data range is not positive.

    References:
        [W04] equation (13), statistics by (14) to (16), mean by (17).
        Departure: a smaller window for sides below 11 pixels, where the original is undefined.
        Departure: channels count like further positions; the paper knows grey images only.
    """
    return ssim_map(x, y, data_range=data_range, window=window).mean(dim=(1, 2))


def ssim_map(
    x: Float[Tensor, "..."], y: Float[Tensor, "..."], *, data_range: float = 1.0, window: int | None = None
) -> Float[Tensor, "N H2 W2"]:
    """Measure how similar images are at each position of the window: the map whose mean is SSIM.

    Arguments, errors and reference: see `ssim`. Reduction: mean over channels.

    Returns:
        (N, H - w + 1, W - w + 1) for a window of w pixels, in (-1, 1]. The value at (i, j) is that of the window whose
        first pixel is (i, j) and whose middle is (w - 1) / 2 pixels further down and right.
    """
    x, y = matched_pair(x, y)
    side = _smaller_side(x)
    window = widest_window(side, scales=1) if window is None else _checked_window(window, side)
    c1, c2 = _stabilisers(data_range)
    moments = _local_moments(x, y, _gaussian_taps(window, x))
    return (_luminance(moments, c1) * _contrast_structure(moments, c2)).mean(dim=1)


def ms_ssim(
    x: Float[Tensor, "..."],
    y: Float[Tensor, "..."],
    *,
    data_range: float = 1.0,
    window: int | None = None,
    weights: Sequence[float] | None = None,
) -> MsSsim:
    """Measure how similar images are in contrast and structure at several scales, and in luminance at the last.

    With the means over channels and window positions, and M scales that halve the image each time,

        MS-SSIM = mean(cs_1)^w_1 * ... * mean(cs_(M-1))^w_(M-1) * mean(l_M cs_M)^w_M

    Scales and window follow from the smaller side S by one rule: *the window keeps its 11 pixels as long as two scales
    fit, and then as many scales as fit, up to five.* M scales fit a window of w pixels if the image, halved M - 1
    times, is not smaller than the window: S > (w - 1) * 2^(M-1).

        S        above 160   81-160   41-80 (64)   21-40 (28)   17-20   13-16   9-12   5-8   3-4
        scales           5        4            3            2       2       2      2     2     1
        window          11       11           11           11       9       7      5     3     3

    Why: the window's 11 pixels and each scale's weight were measured together, as bands of spatial frequency. A small
    image has lost the coarse bands and kept the fine ones, so it drops the coarse scales and leaves the others as they
    were measured; a narrower window would change what every scale measures. Only where one scale would be left, which
    is SSIM with its few window positions, does the window give way. Fewer than five weights are the first of the
    standard ones, divided by their sum, so that values keep their scale: an image alike to degree c in all its bands
    has MS-SSIM c whatever its size.

    Args:
        x: Images, (N, C, H, W), floating point, in [0, data_range], sides of 3 pixels or more.
        y: Images to compare with, as `x`.
        data_range: L, the difference between the largest and the smallest value a pixel can take.
        window: Width of the Gaussian window in pixels, odd, from 3; its standard deviation stays 1.5 pixels. None
            follows the rule, or takes the largest up to 11 that fits the given weights.
        weights: Exponents w_1 to w_M, finest scale first, at least 0, used as they are; their number is the number of
            scales. None takes the standard weights for as many scales as fit the window.

    Returns:
        The value of each image, (N,), float32 or finer, on the device of `x`, with the scales and the window used.
        Differentiable in both, symmetric. Gradients are always finite; they are 0 for an image whose term at some
        scale is not positive, for example an inverted one: there the value is 0 and stays 0 nearby.

    Raises:
        DataError: The shapes differ or are not (N, C, H, W), the pixels are whole numbers or a side is below 3 pixels.
        ConfigError: Window and weights do not fit the image or are no window and weights, or the data range is not
            positive.

    References:
        [W03] equation (7), weights of section 3.2 (there alpha_M = beta_M = gamma_M, beta_j = gamma_j).
        Departure: the rule above for S <= 160, where the original is undefined.
        Departure: negative terms count as 0, since their powers are not real; the paper does not say.
        Departure: the gradient of a term's power stops growing where the term is below 0.001; it is infinite at 0.
        Departure: channels count like further positions; the paper knows grey images only.
        As in msssim.m: the low-pass filter before halving is the mean of 2x2 pixels, an odd side is halved upwards
        with its last pixels averaged alone, and luminance is averaged together with cs at the last scale.
    """
    x, y = matched_pair(x, y)
    window, exponents = _plan(_smaller_side(x), window, weights)
    c1, c2 = _stabilisers(data_range)
    taps = _gaussian_taps(window, x)
    value = torch.ones(x.shape[0], dtype=x.dtype, device=x.device)
    for scale, exponent in enumerate(exponents, start=1):
        moments = _local_moments(x, y, taps)
        term = _contrast_structure(moments, c2)
        if scale == len(exponents):
            term = _luminance(moments, c1) * term
        else:
            x, y = _halve(x), _halve(y)
        value = value * _bounded_power(term.mean(dim=(1, 2, 3)), exponent)
    return MsSsim(value, len(exponents), window)


def ms_ssim_loss(
    x: Float[Tensor, "..."],
    y: Float[Tensor, "..."],
    *,
    data_range: float = 1.0,
    window: int | None = None,
    weights: Sequence[float] | None = None,
) -> Float[Tensor, ""]:
    """Return 1 - MS-SSIM, averaged over images.

    Reduction: mean over images; within an image MS-SSIM takes means over channels and positions, so no sum over pixels
    corresponds to it and it is no log-likelihood. Arguments and errors: see `ms_ssim`.

    Returns:
        A scalar in [0, 1], 0 where all images are identical.
    """
    return 1 - ms_ssim(x, y, data_range=data_range, window=window, weights=weights).value.mean()


def _smaller_side(x: Float[Tensor, "N C H W"]) -> int:
    side = min(x.shape[2:])
    if side < SMALLEST_WINDOW:
        raise DataError(
            f"images of {x.shape[2]}x{x.shape[3]} pixels are too small for structural similarity; expected sides of "
            f"{SMALLEST_WINDOW} pixels or more"
        )
    return int(side)


def _stabilisers(data_range: float) -> tuple[float, float]:
    """Return C1 and C2, [W04] after equations (6) and (9)."""
    if not (data_range > 0 and math.isfinite(data_range)):
        raise ConfigError(
            f"data_range={data_range!r}; expected a positive number, for example 1.0 for images in [0, 1]"
        )
    return (_K1 * data_range) ** 2, (_K2 * data_range) ** 2


def _checked_window(window: int, side: int) -> int:
    if window % 2 == 0 or not SMALLEST_WINDOW <= window <= side:
        raise ConfigError(
            f"window={window!r} does not fit images whose smaller side is {side} pixels; choose an odd number from "
            f"{SMALLEST_WINDOW} to {side - 1 + side % 2}, or None"
        )
    return window


def _plan(side: int, window: int | None, weights: Sequence[float] | None) -> tuple[int, tuple[float, ...]]:
    """Return the window and one exponent a scale, by the rule that `ms_ssim` states."""
    if window is not None:
        window = _checked_window(window, side)
    if weights is None:
        window = window or usual_window(side)
        kept = STANDARD_WEIGHTS[: most_scales(side, window)]
        whole = len(kept) == len(STANDARD_WEIGHTS)
        return window, kept if whole else tuple(weight / sum(kept) for weight in kept)
    exponents = tuple(float(weight) for weight in weights)
    if not exponents or not all(0 <= weight < math.inf for weight in exponents):
        raise ConfigError(
            f"weights={weights!r}; expected one number a scale, each at least 0, finest scale first, for example "
            f"{STANDARD_WEIGHTS}"
        )
    scales = len(exponents)
    widest = widest_window(side, scales)
    window = window or max(widest, SMALLEST_WINDOW)
    if not fits(side, window, scales):
        narrower = f", or window={widest} or less" if widest >= SMALLEST_WINDOW else ""
        raise ConfigError(
            f"{scales} weights (scales) with window={window} need sides of more than "
            f"{(window - 1) << (scales - 1)} pixels, but the smaller side is {side}; choose at most "
            f"{most_scales(side, window)} weights{narrower}, or None for both"
        )
    return window, exponents


def _gaussian_taps(window: int, like: Tensor) -> Float[Tensor, " T"]:
    """Return the weights of the window along one axis: most in the middle, symmetric, sum 1."""
    offsets = torch.arange(window, dtype=like.dtype, device=like.device) - (window - 1) / 2
    taps = torch.exp(-(offsets**2) / (2 * _SIGMA**2))
    return taps / taps.sum()


class _Moments(NamedTuple):
    """Window-weighted means of x, y, x^2 + y^2 and xy, each (N, C, H', W') over the valid positions."""

    x: Tensor
    y: Tensor
    squares: Tensor
    product: Tensor


def _local_moments(x: Float[Tensor, "N C H W"], y: Float[Tensor, "N C H W"], taps: Float[Tensor, " T"]) -> _Moments:
    """Filter everything that the formulas need at once, by one convolution along each axis.

    Four moments and not five, since the two variances occur only as their sum. The planes lie side by side as channels
    with a group each, as many as the CPU's kernel takes in one step, also those of different images, since grey ones
    have too few of their own. On the CPU that kernel wants the channels last; on CUDA the dense layout keeps PyTorch on
    its own kernel, in full float32; TF32 would swallow variances as small as C2.
    """
    planes = torch.stack([x, y, x * x + y * y, x * y])  # (4, N, C, H, W)
    count = planes.shape[:3].numel()
    channels = math.gcd(count, _CHANNELS_AT_ONCE)
    layout = torch.channels_last if x.device.type == "cpu" else torch.contiguous_format
    stacked = planes.reshape(count // channels, channels, *x.shape[2:])
    row = taps.expand(channels, 1, 1, -1)  # (channels, 1, 1, T)
    column = taps[:, None].expand(channels, 1, -1, -1)  # (channels, 1, T, 1)
    with torch.autocast(device_type=x.device.type, enabled=False):
        filtered = functional.conv2d(stacked.contiguous(memory_format=layout), row, groups=channels)
        filtered = functional.conv2d(filtered, column, groups=channels)
    return _Moments(*filtered.reshape(*planes.shape[:3], *filtered.shape[2:]))


def _luminance(moments: _Moments, c1: float) -> Float[Tensor, "N C H W"]:
    """[W04] equation (6)."""
    return (2 * moments.x * moments.y + c1) / (moments.x**2 + moments.y**2 + c1)


def _contrast_structure(moments: _Moments, c2: float) -> Float[Tensor, "N C H W"]:
    """[W04] equations (9) and (10) multiplied, with C3 = C2 / 2."""
    covariance = moments.product - moments.x * moments.y
    variances = moments.squares - (moments.x**2 + moments.y**2)
    return (2 * covariance + c2) / (variances + c2)


def _halve(images: Float[Tensor, "N C H W"]) -> Float[Tensor, "N C H2 W2"]:
    """Average blocks of 2x2 pixels; at an odd side the last block holds only the pixels that there are."""
    return functional.avg_pool2d(images, 2, ceil_mode=True)


def _bounded_power(term: Float[Tensor, " N"], exponent: float) -> Float[Tensor, " N"]:
    """Return max(term, 0)^exponent with a gradient that is finite everywhere.

    The value is exact. Between 0 and _STEEPEST_AT the gradient is the one at _STEEPEST_AT; below 0 it is 0.
    """
    if exponent == 0:
        return torch.ones_like(term)
    positive = term.clamp(min=0)
    slope: float = exponent * _STEEPEST_AT ** (exponent - 1)
    differentiable = torch.where(term < _STEEPEST_AT, slope * positive, term.clamp(min=_STEEPEST_AT) ** exponent)
    exact = positive.detach() ** exponent
    return differentiable + (exact - differentiable.detach())
