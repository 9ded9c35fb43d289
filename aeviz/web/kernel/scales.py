"""The weights of a KL divergence and of a penalty in words, on the scales that papers use."""

import math

from aeviz.config import RunConfig
from aeviz.scales import kl_scales, most_scales, penalty_scales, usual_window
from aeviz.web.kernel.models import Model


def describe_scales(model: Model) -> str:
    """Say what the KL weight of a variational model is on the scales that papers use."""
    config = model.config
    scales = kl_scales(config.objective, config.model.latent_dim, math.prod(config.model.image_shape))
    if scales is None:
        return "Trained without the KL term." if config.objective.kl_weight == 0 else "Trained on the KL term only."
    loss = config.objective.loss_spec
    mean = " as a mean over pixels" if loss.distribution else ""
    text = f"KL weight {scales.of_sum_kl:.3g}: of the KL summed over dimensions, beside the {loss.title}{mean}"
    if config.objective.kl_reduction == "mean":
        text += f" (trained as {scales.of_mean_kl:.3g} of the mean over dimensions)"
    if loss.distribution == "Bernoulli":
        return (
            f"{text}. Beside the sum over pixels this is beta = {scales.beta_of_bernoulli:.3g} (1 is the ELBO of a "
            f"Bernoulli decoder); Snell's C = {scales.snell_c:,.0f}."
        )
    if loss.distribution == "Gaussian":
        return (
            f"{text}. Beside half the sum over pixels this is beta = {scales.beta:.3g}, the ELBO of a Gaussian decoder "
            f"with variance {scales.variance:.3g}; Snell's C = {scales.snell_c:,.0f}."
        )
    return f"{text}; Snell's C = {scales.snell_c:,.0f}."


def describe_penalty(config: RunConfig) -> str:
    """Say what the weight of a penalty is beside losses that are sums; empty for a model without penalty."""
    scales = penalty_scales(config.objective, config.model.latent_dim, math.prod(config.model.image_shape))
    if scales is None:
        return ""
    what, summed = {
        "l1": ("the mean of |z|", "the sum of |z|"),
        "l2": ("the mean of z²", "the sum of z²"),
        "kl_sparsity": ("the KL divergence summed over units", "it"),
    }[config.objective.penalty]
    loss = config.objective.loss_spec.title
    text = (
        f"Penalty: weight {config.objective.penalty_weight:g} of {what}, beside the {loss}, a mean over pixels. Beside "
        f"its sum over pixels {summed} has weight {scales.beside_sum:.3g} (the scale of S3)"
    )
    if config.objective.loss_spec.distribution == "Gaussian":
        text += f"; beside half the summed squared error, {scales.beside_half_sum:.3g} (S2)"
    return text + "."


def describe_ms_ssim(config: RunConfig) -> str:
    """Say at which scales and with which window the MS-SSIM of a model's images is measured."""
    side = min(config.model.image_shape[1:])
    window = usual_window(side)
    scales = most_scales(side, window)
    return f"{scales} scale{'' if scales == 1 else 's'}, window {window} px"
