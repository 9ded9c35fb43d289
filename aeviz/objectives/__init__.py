"""The objective that training minimises, and the similarities by which results are judged."""

from aeviz.objectives.corruption import corrupt
from aeviz.objectives.divergence import annealing_factor, reduced_kl
from aeviz.objectives.likelihoods import LogLikelihood, log_likelihood
from aeviz.objectives.ms_ssim import MsSsim, ms_ssim, ms_ssim_loss, ssim, ssim_map
from aeviz.objectives.objective import Loss, Objective
from aeviz.objectives.penalties import latent_penalty
from aeviz.objectives.reconstruction import bce, l1, mse, reconstruction_loss
from aeviz.scales import KlScales, kl_scales

__all__ = [
    "KlScales",
    "LogLikelihood",
    "Loss",
    "MsSsim",
    "Objective",
    "annealing_factor",
    "bce",
    "corrupt",
    "kl_scales",
    "l1",
    "latent_penalty",
    "log_likelihood",
    "ms_ssim",
    "ms_ssim_loss",
    "mse",
    "reconstruction_loss",
    "reduced_kl",
    "ssim",
    "ssim_map",
]
