"""PCA and a linear autoencoder on the same images: the figures of `aeviz pca`."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from aeviz.data import ImageDataset
from aeviz.errors import ConfigError
from aeviz.lab.components import find_components
from aeviz.lab.linear_autoencoder import CLOSE, NEAR_DEG, LinearConfig, LinearState, train_linear
from aeviz.lab.moments import measure_moments

FINISH_STEPS = 2000
"""Steps of least squares at most, where Adam alone does not arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PcaMatch:
    """How close a trained linear autoencoder came to PCA with as many components."""

    pca_mse: float
    """Mean squared error over images and pixels in [0, 1]."""
    linear_ae_mse: float
    relative_excess: float
    """(linear_ae_mse - pca_mse) / pca_mse; over the total variance where the components lose nothing."""
    max_principal_angle_deg: float | None
    """Between the two subspaces, in degrees; None where the best subspace is not unique."""
    seconds: float
    """For the moments and the training, without reading the images and without PCA."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Matched:
    """The figures and how they came about."""

    figures: PcaMatch
    state: LinearState
    optimizers: tuple[str, ...]
    """One, or two where the second finished what the first had begun."""


def match_pca(
    dataset: ImageDataset, config: LinearConfig, on_progress: Callable[[float, str], None] | None = None
) -> Matched:
    """Train a linear autoencoder from a random start and measure it against PCA.

    Where Adam has not arrived after its steps, as with components of a millionth of the variance, alternating least
    squares goes on from its weights; without an L2 penalty and with free weights.

    Raises:
        ConfigError: There are more components than pixels.
        DataError: There are no images, they are too large, or all are equal.
    """
    channels, height, width = dataset.image_shape
    pixels = channels * height * width
    if config.latent_dim > pixels:
        raise ConfigError(
            f"{config.latent_dim} components of images of {pixels:,} pixels in {dataset.name!r}; expected a whole "
            f"number from 1 to {pixels:,}"
        )
    start = time.perf_counter()
    moments = measure_moments(dataset, on_progress)
    seconds = time.perf_counter() - start
    components = find_components(moments, config.latent_dim, centred=config.centred)
    start = time.perf_counter()
    *_, state = train_linear(moments, components, config)
    optimizers = [str(config.optimizer)]
    if config.optimizer == "adam" and not config.is_tied and config.penalty == "none" and not _has_arrived(state):
        finish = replace(config, optimizer="least squares", steps=FINISH_STEPS)
        *_, state = train_linear(moments, components, finish, state)
        optimizers.append(finish.optimizer)
    seconds += time.perf_counter() - start
    figures = PcaMatch(
        pca_mse=components.mse,
        linear_ae_mse=state.mse,
        relative_excess=state.relative_excess,
        max_principal_angle_deg=state.max_angle_deg,
        seconds=seconds,
    )
    return Matched(figures=figures, state=state, optimizers=tuple(optimizers))


def _has_arrived(state: LinearState) -> bool:
    return state.relative_excess <= CLOSE and (state.max_angle_deg is None or state.max_angle_deg <= NEAR_DEG)
