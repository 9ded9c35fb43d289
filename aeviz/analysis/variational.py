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
IMPORTANCE_IMAGES = 1000
"""Images whose bound is averaged, evenly spaced over the split: each is decoded K times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VariationalMeasures:
    """Measures of a variational autoencoder on a split, in nats per image."""

    kl: float
    """Divergence from posterior to prior."""
    kl_per_dimension: tuple[float, ...]
    """The same by latent dimension, in the latent's own order."""
    elbo: float | None
    """Expected log-likelihood minus divergence; None where the objective is no likelihood."""
    reconstruction: float | None
    """The expected log-likelihood log p(x | z)."""
    log_likelihood_bound: float | None
    """Importance-weighted bound on log p(x) with K samples, over at most 1,000 of the images: in expectation at least
    the ELBO of these, which differs from that of all images by chance."""


@torch.no_grad()
def measure_variational(
    run: Run,
    dataset: ImageDataset,
    *,
    seed: int = 0,
    samples: int = IMPORTANCE_SAMPLES,
    on_progress: Callable[[float], None] | None = None,
) -> VariationalMeasures | None:
    """Measure KL, ELBO and the importance-weighted bound of a run; None for a plain autoencoder.

    Args:
        run: The trained model.
        dataset: The images; their classes choose the prior of an anchored model.
        seed: Seed of the noise.
        samples: K.
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
    per_dimension = torch.cat(kl).mean(dim=0)
    total = float(per_dimension.sum())
    reconstruction = float(torch.cat(nats).mean()) if nats else None
    bound = None
    if likelihood is not None:
        chosen = np.linspace(0, len(dataset) - 1, min(IMPORTANCE_IMAGES, len(dataset))).round().astype(np.int64)
        bounds: list[Tensor] = []
        for part in np.array_split(chosen, max(1, len(chosen) // 100)):
            report(0.5 + len(bounds) / max(1, len(chosen) // 100) / 2)
            x, labels = _batch(run, dataset, part)
            bounds.append(importance_weighted_bound(run, x, labels, likelihood, chance, samples).double().cpu())
        bound = float(torch.cat(bounds).mean())
    return VariationalMeasures(
        kl=total,
        kl_per_dimension=tuple(per_dimension.tolist()),
        elbo=None if reconstruction is None else reconstruction - total,
        reconstruction=reconstruction,
        log_likelihood_bound=bound,
    )


def importance_weighted_bound(
    run: Run,
    x: Float[Tensor, "N C H W"],
    labels: Tensor | None,
    likelihood: LogLikelihood,
    chance: torch.Generator,
    samples: int,
) -> Float[Tensor, " N"]:
    """Return log (1/K) sum_k p(x | z_k) p(z_k) / q(z_k | x) for each image, in nats: a bound on log p(x)."""
    features = run.model.encoder(x)
    prior_mean = run.model.prior_mean(labels)
    terms = []
    for _ in range(samples):
        noise = _noise(run, len(x), chance)
        z, ratio = run.model.bottleneck.log_ratio(features, noise, prior_mean)
        terms.append(likelihood(run.model.decode(z).clamp(0, 1), x) - ratio)
    return torch.logsumexp(torch.stack(terms), dim=0) - math.log(samples)


def _batch(run: Run, dataset: ImageDataset, indices: np.ndarray) -> tuple[Tensor, Tensor | None]:
    part = dataset.take(indices)
    x = torch.tensor(np.ascontiguousarray(part.images), device=run.device).to(torch.float32).div_(255)
    return x, None if part.labels is None else torch.tensor(part.labels, device=run.device)


def _noise(run: Run, count: int, chance: torch.Generator) -> Tensor:
    return torch.randn(count, run.config.model.latent_dim, generator=chance, device=run.device)
