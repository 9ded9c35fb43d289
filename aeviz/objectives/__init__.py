"""What training makes small, and the similarities by which results are judged."""

from aeviz.objectives.ms_ssim import MsSsim, ms_ssim, ms_ssim_loss, ssim
from aeviz.objectives.reconstruction import bce, mse, reconstruction_loss

__all__ = ["MsSsim", "bce", "ms_ssim", "ms_ssim_loss", "mse", "reconstruction_loss", "ssim"]
