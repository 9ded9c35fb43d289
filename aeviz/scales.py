"""Weights of the KL divergence and of a penalty on the usual scales; scales and window of MS-SSIM. Needs no torch.

Notation: P pixels an image (channels included), D latent dimensions, KL in nats per image, summed over D.
"""

from dataclasses import dataclass

from aeviz.config import ObjectiveConfig


@dataclass(frozen=True, slots=True, kw_only=True)
class KlScales:
    """One KL weight on the scales that papers use, for the mean squared error as reconstruction loss unless said."""

    of_mean_kl: float
    """Weight of the KL averaged over the latent dimensions, beside the MSE averaged over pixels, as in the public code
    of S1's author."""
    of_sum_kl: float
    """Weight of the KL summed over the latent dimensions, beside the MSE averaged over pixels (S2, 4.3)."""
    beta_of_bernoulli: float
    """Weight of the KL beside the cross-entropy summed over pixels, for the mean over pixels as reconstruction loss:
    the beta of a beta-VAE whose decoder is a Bernoulli distribution. At 1 the objective is the ELBO itself."""
    beta: float
    """Weight of the KL beside half the squared error summed over pixels: the beta of a beta-VAE (Higgins et al. 2017)
    whose decoder is a Gaussian of variance 1."""
    variance: float
    """Variance of the Gaussian decoder for which the objective is the ELBO itself; equal to beta."""
    snell_c: float
    """1 / of_sum_kl: the weight of the reconstruction beside the KL (S2, 3.5, after Snell et al. 2017)."""


def kl_scales(config: ObjectiveConfig, latent_dim: int, pixels: int) -> KlScales | None:
    """Return what a KL weight means on other scales; None where the weight is 0.

    MSE + w KL, times P / (2 w P / 2), is SSE / (2 v) + KL with v = w P / 2: minus the ELBO, up to a constant, of a
    decoder N(reconstruction, v I).

    Args:
        config: The objective.
        latent_dim: D.
        pixels: P.
    """
    if config.kl_weight == 0 or config.reconstruction_weight == 0:
        return None
    weight = config.kl_weight / config.reconstruction_weight
    of_sum = weight / latent_dim if config.kl_reduction == "mean" else weight
    return KlScales(
        of_mean_kl=of_sum * latent_dim,
        of_sum_kl=of_sum,
        beta_of_bernoulli=of_sum * pixels,
        beta=of_sum * pixels / 2,
        variance=of_sum * pixels / 2,
        snell_c=1 / of_sum,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyScales:
    """The weight of a penalty beside losses that are sums over the pixels of an image.

    L1 and L2 are then sums over the units; the sparsity penalty is a sum over units on every scale.
    """

    beside_sum: float
    """Beside the reconstruction loss summed over pixels, as [S3] has the squared error."""
    beside_half_sum: float
    """Beside half of that sum, as [S2] 3.1 has the squared error."""


def penalty_scales(config: ObjectiveConfig, latent_dim: int, pixels: int) -> PenaltyScales | None:
    """Return what the weight of a penalty means on other scales; None where there is none.

    MSE + w mean|z|, times P, is SSE + (w P / D) sum|z|; the sparsity penalty, which has no mean over D, gets w P.

    Args:
        config: The objective.
        latent_dim: D.
        pixels: P.
    """
    if config.penalty == "none" or config.penalty_weight == 0:
        return None
    weight = config.penalty_weight / config.reconstruction_weight * pixels
    weight = weight if config.penalty == "kl_sparsity" else weight / latent_dim
    return PenaltyScales(beside_sum=weight, beside_half_sum=weight / 2)


LARGEST_WINDOW = 11
SMALLEST_WINDOW = 3
"""Widths of the window of SSIM and MS-SSIM in pixels."""
STANDARD_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
"""Of the scales of MS-SSIM, finest first: Z. Wang, E. Simoncelli, A. Bovik, Asilomar 2003, section 3.2. They sum to
1.0001; five scales use them as printed."""


def fits(side: int, window: int, scales: int) -> bool:
    """Tell whether an image, halved scales - 1 times (rounded up), is at least as wide as the window."""
    return (window - 1) << (scales - 1) < side


def widest_window(side: int, scales: int) -> int:
    """Return the widest window up to the standard one that fits the scales; 1 where none does."""
    return max((width for width in range(3, LARGEST_WINDOW + 1, 2) if fits(side, width, scales)), default=1)


def most_scales(side: int, window: int) -> int:
    """Return how many scales fit the window, at most five."""
    return sum(fits(side, window, scales) for scales in range(1, len(STANDARD_WEIGHTS) + 1))


def usual_window(side: int) -> int:
    """Return the window of MS-SSIM for images of that smaller side, by the rule that `aeviz.objectives.ms_ssim` states.

    The scales are then `most_scales(side, usual_window(side))`.
    """
    return max(widest_window(side, scales=2), SMALLEST_WINDOW)
