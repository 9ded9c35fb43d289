"""The weight of a KL divergence in words, on the scales that papers use."""

import math

from aeviz.scales import kl_scales
from aeviz.web.kernel.models import Model


def describe_scales(model: Model) -> str:
    """Say what the KL weight of a variational model is on the scales that papers use."""
    config = model.config
    scales = kl_scales(config.objective, config.model.latent_dim, math.prod(config.model.image_shape))
    if scales is None:
        return "Trained without the KL term." if config.objective.kl_weight == 0 else "Trained on the KL term only."
    if config.objective.loss_spec.distribution == "Bernoulli":
        return (
            f"KL weight: {scales.of_mean_kl:.3g} (mean over dimensions) or {scales.of_sum_kl:.3g} (sum), with the "
            f"mean cross-entropy. With the summed cross-entropy this is beta = {scales.beta_of_bernoulli:.3g} (1 "
            f"is the ELBO of a Bernoulli decoder); Snell's C = {scales.snell_c:,.0f}."
        )
    if config.objective.loss_spec.distribution != "Gaussian":
        return f"KL weight {scales.of_sum_kl:.3g} per nat (Snell's C = {scales.snell_c:,.0f})."
    return (
        f"KL weight: {scales.of_mean_kl:.3g} (mean over dimensions) or {scales.of_sum_kl:.3g} (sum), with the mean "
        f"squared error. With half the summed squared error this is beta = {scales.beta:.3g}, the ELBO of a "
        f"Gaussian decoder with variance {scales.variance:.3g}; Snell's C = {scales.snell_c:,.0f}."
    )
