"""The weights of a KL divergence and of a penalty in words, on the scales that papers use."""

import math

from aeviz.config import RunConfig
from aeviz.language import mark, tr, trn
from aeviz.scales import kl_scales, most_scales, penalty_scales, usual_window
from aeviz.web.kernel.models import Model


def describe_scales(model: Model) -> str:
    """Say what the KL weight of a variational model is on the scales that papers use."""
    config = model.config
    scales = kl_scales(config.objective, config.model.latent_dim, math.prod(config.model.image_shape))
    if scales is None:
        return (
            tr("Trained without the KL term.")
            if config.objective.kl_weight == 0
            else tr("Trained on the KL term only.")
        )
    loss = config.objective.loss_spec
    message = mark("KL weight {weight:.3g}: of the KL summed over dimensions, beside the {loss}")
    if loss.distribution:
        message = mark(
            "KL weight {weight:.3g}: of the KL summed over dimensions, beside the {loss} as a mean over pixels"
        )
    text = tr(message, weight=scales.of_sum_kl, loss=tr(loss.title))
    if config.objective.kl_reduction == "mean":
        text += " " + tr("(trained as {weight:.3g} of the mean over dimensions)", weight=scales.of_mean_kl)
    if loss.distribution == "Bernoulli":
        return tr(
            "{text}. Beside the sum over pixels this is beta = {beta:.3g} (1 is the ELBO of a Bernoulli decoder); "
            "Snell's C = {c:,.0f}.",
            text=text,
            beta=scales.beta_of_bernoulli,
            c=scales.snell_c,
        )
    if loss.distribution == "Gaussian":
        return tr(
            "{text}. Beside half the sum over pixels this is beta = {beta:.3g}, the ELBO of a Gaussian decoder with "
            "variance {variance:.3g}; Snell's C = {c:,.0f}.",
            text=text,
            beta=scales.beta,
            variance=scales.variance,
            c=scales.snell_c,
        )
    return tr("{text}; Snell's C = {c:,.0f}.", text=text, c=scales.snell_c)


def describe_penalty(config: RunConfig) -> str:
    """Say what the weight of a penalty is beside losses that are sums; empty for a model without penalty."""
    scales = penalty_scales(config.objective, config.model.latent_dim, math.prod(config.model.image_shape))
    if scales is None:
        return ""
    what, summed = {
        "l1": (mark("the mean of |z|"), mark("the sum of |z|")),
        "l2": (mark("the mean of z²"), mark("the sum of z²")),
        "kl_sparsity": (mark("the KL divergence summed over units"), mark("it")),
    }[config.objective.penalty]
    loss = tr(config.objective.loss_spec.title)
    text = tr(
        "Penalty: weight {weight:g} of {what}, beside the {loss}, a mean over pixels. Beside its sum over pixels "
        "{summed} has weight {beside:.3g} (the scale of S3)",
        weight=config.objective.penalty_weight,
        what=tr(what),
        loss=loss,
        summed=tr(summed),
        beside=scales.beside_sum,
    )
    if config.objective.loss_spec.distribution == "Gaussian":
        half = scales.beside_half_sum
        text += tr("; beside half the summed squared error, {weight:.3g} (S2)", weight=half)
    return text + "."


def describe_ms_ssim(config: RunConfig) -> str:
    """Say at which scales and with which window the MS-SSIM of a model's images is measured."""
    side = min(config.model.image_shape[1:])
    window = usual_window(side)
    scales = most_scales(side, window)
    return trn("{count} scale, window {window} px", "{count} scales, window {window} px", scales, window=window)
