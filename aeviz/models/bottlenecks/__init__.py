"""Bottlenecks: features (N, F), float32, to latent points (N, D), float32, and their divergence from the prior.

A bottleneck owns the heads that map features to the latent. The deterministic one gives a point; the gaussian one a
posterior N(mean, sigma^2); the flow one transforms a sample of that by an inverse autoregressive flow; the quantized
one gives a point that consists of codes of a code book. A module here holds one of them; `aeviz.registry.BOTTLENECKS`
names them.

References:
    [S1] M. Sevkovych, On variational autoencoders: theory and applications, Univ. of Stuttgart, 2023: the author's
    public code. The text ends before the VAE itself.
    [S2] R. Grabovac, Variational autoencoders with applications, Univ. of Zagreb, 2025, 3.5 and Algorithm 4, where
    z = mean + sigma^2 * noise is a slip for mean + sigma * noise.
    D. Kingma, M. Welling, Auto-encoding variational Bayes, ICLR 2014, arXiv:1312.6114, 2.4 and appendix B.
"""

from aeviz.models.bottlenecks.base import Bottleneck, Code, Posterior, build_bottleneck
from aeviz.models.bottlenecks.deterministic import DeterministicBottleneck
from aeviz.models.bottlenecks.flow import FlowBottleneck
from aeviz.models.bottlenecks.gaussian import GaussianBottleneck, GaussianPosterior, gaussian_kl
from aeviz.models.bottlenecks.priors import anchor_points
from aeviz.models.bottlenecks.quantized import QuantizedBottleneck, nearest_code, quantization_loss

__all__ = [
    "Bottleneck",
    "Code",
    "DeterministicBottleneck",
    "FlowBottleneck",
    "GaussianBottleneck",
    "GaussianPosterior",
    "Posterior",
    "QuantizedBottleneck",
    "anchor_points",
    "build_bottleneck",
    "gaussian_kl",
    "nearest_code",
    "quantization_loss",
]
