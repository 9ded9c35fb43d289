"""One image through encoder, noise and decoder of a VAE with a latent plane, and the gradients that come back.

Its numbers: both coordinates of the noise, the number of draws, their seed, and a factor of the encoder's sigma.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

ONE_VAE = ExperimentComponent("one_vae", script="one_vae/one_vae.js")
