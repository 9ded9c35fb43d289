"""Names of settings as people say them, the same on every page."""

from types import MappingProxyType

from aeviz.config import ObjectiveConfig

LOSSES = MappingProxyType({"mse": "mean squared error", "bce": "binary cross-entropy", "ms_ssim": "1 - MS-SSIM"})
"""What training makes small, by the name of the reconstruction loss."""


def name_objective(config: ObjectiveConfig) -> str:
    """Return what training makes small in words: the loss, and what is added to it."""
    parts = [LOSSES[config.reconstruction]] if config.reconstruction_weight > 0 else []
    parts += ["KL"] if config.kl_weight > 0 else []
    parts += ["penalty"] if config.penalty != "none" and config.penalty_weight > 0 else []
    return " + ".join(parts)
