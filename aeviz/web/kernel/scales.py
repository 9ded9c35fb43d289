"""The weight of a KL divergence in words, on the scales that papers use."""

import math

from aeviz.scales import kl_scales
from aeviz.web.kernel.models import Model


def describe_scales(model: Model) -> str:
    """Say what the KL weight of a variational model is on the scales that papers use."""
    config = model.config
    scales = kl_scales(config.objective, config.model.latent_dim, math.prod(config.model.image_shape))
    if scales is None:
        return "Its KL has no weight in the objective." if config.objective.kl_weight == 0 else "Only its KL counts."
    if config.objective.loss_spec.distribution == "Bernoulli":
        return (
            f"KL weight {scales.of_mean_kl:.3g} on the mean over dimensions, {scales.of_sum_kl:.3g} on their sum, both "
            f"beside the mean cross-entropy; that is beta = {scales.beta_of_bernoulli:.3g} beside the cross-entropy "
            f"summed over pixels (1 is the ELBO of a Bernoulli decoder), and Snell's C = {scales.snell_c:,.0f}."
        )
    if config.objective.loss_spec.distribution != "Gaussian":
        return f"KL weight {scales.of_sum_kl:.3g} on nats an image (C = {scales.snell_c:,.0f} of Snell et al.)."
    return (
        f"KL weight {scales.of_mean_kl:.3g} on the mean over dimensions, {scales.of_sum_kl:.3g} on their sum, both "
        f"beside the mean squared error; that is beta = {scales.beta:.3g} beside half the summed squared error, the "
        f"ELBO of a Gaussian decoder of variance {scales.variance:.3g}, and Snell's C = {scales.snell_c:,.0f}."
    )
