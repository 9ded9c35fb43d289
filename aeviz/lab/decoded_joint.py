"""ln p(x, z) of a variational autoencoder with a latent plane, as its objective means it.

p(z) is N(0, I). p(x | z) is the distribution of pixels that the reconstruction loss stands for, with all constants, as
in the ELBO of `aeviz.analysis.variational`.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch

from aeviz.analysis.variational import importance_weighted_bound, log_weights
from aeviz.errors import ConfigError
from aeviz.lab.plane_integral import Box, LogJoint
from aeviz.objectives import LogLikelihood, log_likelihood
from aeviz.training.run import BATCH, Run

SURVEY_SAMPLES = 50
"""K of the bound of a survey."""
_LOG_2PI = math.log(2 * math.pi)
_CUT = 100.0
"""PyTorch's cross-entropy cuts logarithms off there, its gradient does not."""


def joint_of(run: Run, image: np.ndarray) -> LogJoint:
    """Return ln p(x, z) of an image, (C, H, W), float32 in [0, 1], as a function of points, (M, 2).

    Raises:
        ConfigError: The model's objective is no likelihood.
    """
    likelihood = _likelihood(run)
    x = torch.tensor(image, dtype=torch.float32)[None]

    @torch.no_grad()
    def log_joint(points: np.ndarray) -> np.ndarray:
        parts = []
        for start in range(0, len(points), BATCH):
            z = torch.tensor(points[start : start + BATCH], dtype=torch.float32)
            y = run.model.decode(z).clamp(0, 1)
            parts.append(likelihood(y, x.expand_as(y)).double().numpy())
        nats: np.ndarray = np.concatenate(parts) + log_prior(points)
        return nats

    return log_joint


def log_prior(points: np.ndarray) -> np.ndarray:
    """Return ln p(z) = ln N(z; 0, I) at points, (M, 2): (M,), float64."""
    logs: np.ndarray = -(points.astype(np.float64) ** 2).sum(axis=1) / 2 - _LOG_2PI
    return logs


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DecodedGrid:
    """Decoded points as the likelihood sees them, so that ln p(x, z) of any image is one product.

    For Bernoulli and Gaussian pixels ln p(x | z) = slope(z) . x + offset(z) + a term of x alone.
    """

    slope: np.ndarray
    """(M, P), float16 or float32."""
    offset: np.ndarray
    """ln p(0 | z) + ln p(z), (M,), float32."""

    def log_joint(self, images: np.ndarray) -> np.ndarray:
        """Return ln p(x, z) at all points, up to a constant of each image, for images, (N, C, H, W): (N, M)."""
        flat = images.reshape(len(images), -1).astype(np.float32)
        parts = [flat @ self.slope[i : i + BATCH].astype(np.float32).T for i in range(0, len(self.slope), BATCH)]
        values: np.ndarray = np.concatenate(parts, axis=1) + self.offset
        return values


def decode_grid(run: Run, box: Box) -> DecodedGrid:
    """Decode the centres of a grid once for all images; in float16, which suffices to find where the mass lies.

    Raises:
        ConfigError: The model's objective is no likelihood.
    """
    likelihood, points = _likelihood(run), box.centres()
    parts = [_decode(run, likelihood, points[i : i + BATCH]) for i in range(0, len(points), BATCH)]
    return DecodedGrid(
        slope=np.concatenate([part.slope.astype(np.float16) for part in parts]),
        offset=np.concatenate([part.offset for part in parts]),
    )


def _decode(run: Run, likelihood: LogLikelihood, points: np.ndarray) -> DecodedGrid:
    with torch.no_grad():
        y = run.model.decode(torch.tensor(points, dtype=torch.float32)).clamp(0, 1)
    x = torch.zeros_like(y, requires_grad=True)
    nats = likelihood(y, x)
    (slope,) = torch.autograd.grad(nats.sum(), x)
    slope = slope.nan_to_num(posinf=_CUT, neginf=-_CUT)  # where a probability is 0 or 1
    offset = nats.detach().numpy() + log_prior(points)
    return DecodedGrid(slope=slope.flatten(1).numpy(), offset=offset.astype(np.float32))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Survey:
    """ln p(x) of many images and bounds on it, (N,), float64, in nats."""

    log_evidence: np.ndarray
    """By the midpoint rule on one grid for all images, not refined."""
    elbo: np.ndarray
    """Of the encoder's q, estimated from `SURVEY_SAMPLES` draws."""
    bound: np.ndarray
    """Importance-weighted, from the same draws."""

    @property
    def gap(self) -> np.ndarray:
        """KL(q || p(z | x)) of each image, (N,), float64, up to the errors of both estimates."""
        gap: np.ndarray = self.log_evidence - self.elbo
        return gap


def survey(run: Run, images: np.ndarray, box: Box, *, seed: int = 0) -> Survey:
    """Estimate ln p(x), the ELBO and the importance-weighted bound of images, (N, C, H, W), float32 in [0, 1].

    Args:
        run: The model.
        images: The images.
        box: Its cells are the grid; they should not be wider than the posteriors.
        seed: Seed of the draws.

    Raises:
        ConfigError: The model's objective is no likelihood.
    """
    likelihood, points = _likelihood(run), box.centres()
    total = np.full(len(images), -np.inf)
    for start in range(0, len(points), BATCH):
        values = _decode(run, likelihood, points[start : start + BATCH]).log_joint(images).astype(np.float64)
        top = values.max(axis=1)
        total = np.logaddexp(total, top + np.log(np.exp(values - top[:, None]).sum(axis=1)))
    x = torch.tensor(images, dtype=torch.float32)
    with torch.no_grad():
        y = run.model.decode(torch.zeros(1, 2)).clamp(0, 1).expand_as(x)
        own = likelihood(y, x).double().numpy()  # with the term of x alone, which the products leave out
    origin = _decode(run, likelihood, np.zeros((1, 2)))
    own += float(log_prior(np.zeros((1, 2)))[0]) - origin.log_joint(images)[:, 0]
    chance = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        weights = log_weights(run, x, None, likelihood, chance, SURVEY_SAMPLES).double()
    return Survey(
        log_evidence=total + own + 2 * math.log(box.side / box.n),
        elbo=weights.mean(dim=0).numpy(),
        bound=importance_weighted_bound(weights).numpy(),
    )


def encode(run: Run, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and log-variance of the encoder's q(z | x) for images, (N, C, H, W), float32: (N, 2) each."""
    spread = run.encode_log_variance(images)
    assert spread is not None
    return run.encode(images).numpy().astype(np.float64), spread.numpy().astype(np.float64)


def _likelihood(run: Run) -> LogLikelihood:
    found = log_likelihood(run.config)
    if found is None:
        raise ConfigError(
            f"the objective of '{run.name}' corresponds to no distribution of pixels, so ln p(x) is not defined; "
            "take a model trained with bce, or with mse and a KL weight above 0"
        )
    return found
