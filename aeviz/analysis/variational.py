"""The ELBO of a variational autoencoder and its parts.

All in nats per image. The decoder is the distribution that the objective takes it for: Bernoulli pixels for the binary
cross-entropy; for the mean squared error N(reconstruction, v I), where the KL weight fixes v
(`aeviz.objectives.kl_scales`). MS-SSIM corresponds to no distribution, so it has no ELBO.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from aeviz.data import ImageDataset
from aeviz.objectives import LogLikelihood, log_likelihood
from aeviz.training.run import BATCH, Run

IMPORTANCE_SAMPLES = 50
"""K of the importance-weighted bound."""
SCORE_SAMPLES = 8
"""Samples of each image's posterior over which its reconstruction term is averaged."""
IMPORTANCE_IMAGES = 1000
"""Images over which the bound's gain is averaged, evenly spaced over the split: each is decoded K times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariationalMeasures:
    """Measures of a variational autoencoder on a split, in nats per image."""

    kl: float
    """Divergence from posterior to prior."""
    kl_per_dimension: tuple[float, ...]
    """The same by latent dimension, in the latent's own order."""
    elbo: float | None
    """Expected log-likelihood minus divergence; None where the objective is no likelihood."""
    elbo_error: float | None
    """Standard error of that mean over the images."""
    reconstruction: float | None
    """The expected log-likelihood log p(x | z)."""
    bound_gain: float | None
    """By how much the importance-weighted bound with K samples exceeds the ELBO: both of the same images, at most
    1,000, and from the same samples. At least 0 on each image."""
    bound_gain_error: float | None
    """Standard error of that mean over these images."""

    @property
    def log_likelihood_bound(self) -> float | None:
        """Importance-weighted bound on log p(x) of all images: the ELBO and the gain."""
        return None if self.elbo is None or self.bound_gain is None else self.elbo + self.bound_gain


@torch.no_grad()
def elbo_parts(
    run: Run, dataset: ImageDataset, *, seed: int = 0, samples: int = SCORE_SAMPLES
) -> tuple[np.ndarray, np.ndarray] | None:
    """Return the two parts of minus the ELBO of each image; None where the run is not variational or has no likelihood.

    Args:
        run: The trained model.
        dataset: The images; their classes choose the prior of an anchored model.
        seed: Seed of the noise.
        samples: Draws from each posterior, from 1.

    Returns:
        The mean of -log p(x | z) over the draws, (N,), and the divergence of the posterior from the prior, (N,), each
        float64, in nats.
    """
    likelihood = log_likelihood(run.config)
    if not run.config.model.is_variational or likelihood is None:
        return None
    chance = torch.Generator(run.device).manual_seed(seed)
    nats, kl = np.zeros(len(dataset)), np.zeros(len(dataset))
    for start in range(0, len(dataset), BATCH):
        places = np.arange(start, min(start + BATCH, len(dataset)))
        x, labels = _batch(run, dataset, places)
        for _ in range(samples):
            passed = run.model.autoencode(x, _noise(run, len(x), chance), labels)
            assert passed.code.kl is not None
            nats[places] -= likelihood(passed.reconstruction.clamp(0, 1), x).double().cpu().numpy() / samples
            kl[places] += passed.code.kl.double().sum(dim=1).cpu().numpy() / samples
    return nats, kl


@torch.no_grad()
def measure_variational(
    run: Run,
    dataset: ImageDataset,
    *,
    seed: int = 0,
    samples: int = IMPORTANCE_SAMPLES,
    importance_images: int = IMPORTANCE_IMAGES,
    on_progress: Callable[[float], None] | None = None,
) -> VariationalMeasures | None:
    """Measure KL, ELBO and the importance-weighted bound of a run; None for a plain autoencoder.

    Args:
        run: The trained model.
        dataset: The images; their classes choose the prior of an anchored model.
        seed: Seed of the noise.
        samples: K.
        importance_images: Images, at most, over which the gain of the bound is averaged.
        on_progress: Called with the share that is done, in [0, 1].

    References:
        Y. Burda, R. Grosse, R. Salakhutdinov, Importance weighted autoencoders, ICLR 2016, arXiv:1509.00519, (8).
    """
    if not run.config.model.is_variational:
        return None
    report = on_progress or (lambda share: None)
    chance = torch.Generator(run.device).manual_seed(seed)
    likelihood = log_likelihood(run.config)
    kl, nats = [], []
    for start in range(0, len(dataset), BATCH):
        report(start / len(dataset) / 2)
        x, labels = _batch(run, dataset, np.arange(start, min(start + BATCH, len(dataset))))
        passed = run.model.autoencode(x, _noise(run, len(x), chance), labels)
        assert passed.code.kl is not None
        kl.append(passed.code.kl.double().cpu())
        if likelihood is not None:
            nats.append(likelihood(passed.reconstruction.clamp(0, 1), x).double().cpu())
    divergence = torch.cat(kl)
    elbo = torch.cat(nats) - divergence.sum(dim=1) if nats else None
    gain = None
    if likelihood is not None:
        chosen = np.linspace(0, len(dataset) - 1, min(importance_images, len(dataset))).round().astype(np.int64)
        gains: list[Tensor] = []
        parts = np.array_split(chosen, max(1, len(chosen) // 100))
        for part in parts:
            report(0.5 + len(gains) / len(parts) / 2)
            x, labels = _batch(run, dataset, part)
            weights = log_weights(run, x, labels, likelihood, chance, samples).double().cpu()
            gains.append(importance_weighted_bound(weights) - weights.mean(dim=0))
        gain = torch.cat(gains)
    return VariationalMeasures(
        kl=float(divergence.mean(dim=0).sum()),
        kl_per_dimension=tuple(divergence.mean(dim=0).tolist()),
        elbo=None if elbo is None else float(elbo.mean()),
        elbo_error=_standard_error(elbo),
        reconstruction=float(torch.cat(nats).mean()) if nats else None,
        bound_gain=None if gain is None else float(gain.mean()),
        bound_gain_error=_standard_error(gain),
    )


def log_weights(
    run: Run,
    x: Float[Tensor, "N C H W"],
    labels: Tensor | None,
    likelihood: LogLikelihood,
    chance: torch.Generator,
    samples: int,
) -> Float[Tensor, "K N"]:
    """Return log p(x | z_k) p(z_k) / q(z_k | x) for K samples of each image's posterior, in nats.

    Their mean over k estimates the ELBO.
    """
    features = run.model.encoder(x)
    prior_mean = run.model.prior_mean(labels)
    terms = []
    for _ in range(samples):
        noise = _noise(run, len(x), chance)
        z, ratio = run.model.bottleneck.log_ratio(features, noise, prior_mean)
        terms.append(likelihood(run.model.decode(z).clamp(0, 1), x) - ratio)
    return torch.stack(terms)


def importance_weighted_bound(weights: Float[Tensor, "K N"]) -> Float[Tensor, " N"]:
    """Return log (1/K) sum_k exp(log-weight) for each image, in nats: a bound on log p(x)."""
    return torch.logsumexp(weights, dim=0) - math.log(len(weights))


def _standard_error(values: Tensor | None) -> float | None:
    """Return the standard error of a mean over images; None of fewer than two."""
    return None if values is None or len(values) < 2 else float(values.std() / math.sqrt(len(values)))


def _batch(run: Run, dataset: ImageDataset, indices: np.ndarray) -> tuple[Tensor, Tensor | None]:
    part = dataset.take(indices)
    x = torch.tensor(np.ascontiguousarray(part.images), device=run.device).to(torch.float32).div_(255)
    return x, None if part.labels is None else torch.tensor(part.labels, device=run.device)


def _noise(run: Run, count: int, chance: torch.Generator) -> Tensor:
    return torch.randn(count, run.config.model.latent_dim, generator=chance, device=run.device)
