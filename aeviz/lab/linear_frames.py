"""Frames of a linear autoencoder's film: the same few images, state by state."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aeviz.analysis.alignment import align
from aeviz.lab.components import Components
from aeviz.lab.linear_autoencoder import LinearState


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearFrame:
    """One state of training."""

    state: LinearState
    plane: np.ndarray
    """(N, 2), float64: the first two latent numbers of each image."""
    aligned: np.ndarray
    """(N, 2), float64: the first two after the rotation, reflection and scaling that lay them over those of PCA."""
    match: float
    """Share of the variance of PCA's latent points that the aligned ones explain, in [0, 1]."""
    reconstructions: np.ndarray
    """(S, d), float64, of the first S images, mean added."""


def linear_frames(
    images: np.ndarray, mean: np.ndarray, components: Components, states: Sequence[LinearState], shown: int
) -> list[LinearFrame]:
    """Show a few images to every state.

    Args:
        images: (N, d), floating point in [0, 1].
        mean: (d,), float64, what is taken from them first; zeros without centring.
        components: PCA of as many components as the states have.
        states: In the order of training.
        shown: S, images that are reconstructed.
    """
    x = images - mean
    target = x @ components.axes
    frames = []
    for state in states:
        z = x @ state.encoder.T
        found = align(z, target)
        frames.append(
            LinearFrame(
                state=state,
                plane=as_plane(z),
                aligned=as_plane(found.apply(z)),
                match=found.explained,
                reconstructions=z[:shown] @ state.decoder.T + mean,
            )
        )
    return frames


def as_plane(z: np.ndarray) -> np.ndarray:
    """Return the first two of k latent numbers, (N, 2), float64; a line is spread by the number of the image."""
    if z.shape[1] > 1:
        return z[:, :2].astype(np.float64)
    spread = np.linspace(-1, 1, len(z))[:, None] * max(float(np.ptp(z)), 1e-9) / 4
    return np.hstack([z, spread]).astype(np.float64)
