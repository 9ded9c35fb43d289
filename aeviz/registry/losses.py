"""Reconstruction losses: how a reconstruction is compared with its image."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aeviz.language import mark
from aeviz.records import require
from aeviz.registry.base import Registry, Target

if TYPE_CHECKING:
    from aeviz.config import RunConfig
else:
    RunConfig = Any  # which imports this module


@dataclass(frozen=True, slots=True, kw_only=True)
class LossSpec:
    """A reconstruction loss."""

    name: str
    """Value of objective.reconstruction."""
    title: str
    """As a menu and a caption show it, in running text."""
    symbol: str
    """As a formula shows it."""
    summary: str
    """The comparison, as a part of a sentence."""
    function: Target
    """Function of (reconstructions, images), each (N, C, H, W), floating point, that returns a scalar >= 0."""
    distribution: str | None = None
    """Distribution of the pixels whose negative log-likelihood it is, up to scale and constant; None if there is
    none."""
    log_likelihood: Target | None = None
    """Function of a RunConfig that returns a function of (reconstructions, images), each (N, C, H, W), that returns
    log p(x | z) in nats, (N,); or that returns None where the objective fixes no such distribution."""
    check: Callable[[RunConfig], None] = lambda config: None
    """Raises ConfigError for a RunConfig with which it cannot be computed."""


def check_unit_interval(config: RunConfig) -> None:
    """Raise ConfigError where the outputs of the decoder need not lie in (0, 1)."""
    require(
        config.model.output != "identity",
        f"objective.reconstruction={config.objective.reconstruction!r} needs outputs in (0, 1), but "
        "model.output='identity'; use 'mse' or model.output=sigmoid",
    )


def check_three_pixels(config: RunConfig) -> None:
    """Raise ConfigError where a side of the images is shorter than the 3 pixels of the smallest window."""
    require(
        min(config.model.image_shape[1:]) >= 3,
        f"objective.reconstruction={config.objective.reconstruction!r} needs sides of 3 pixels or more, but "
        f"model.image_shape={config.model.image_shape!r}; use 'mse'",
    )


LOSSES = Registry(
    "loss",
    LossSpec(
        name="mse",
        title=mark("mean squared error"),
        symbol="MSE",
        summary=mark("mean squared error of the pixels"),
        function="aeviz.objectives.reconstruction:mse",
        distribution="Gaussian",
        log_likelihood="aeviz.objectives.likelihoods:gaussian",
    ),
    LossSpec(
        name="l1",
        title=mark("mean absolute error"),
        symbol="MAE",
        summary=mark("mean absolute error of the pixels, which forgives single large errors more"),
        function="aeviz.objectives.reconstruction:l1",
        distribution="Laplace",
        log_likelihood="aeviz.objectives.likelihoods:laplace",
    ),
    LossSpec(
        name="bce",
        title=mark("binary cross-entropy"),
        symbol="BCE",
        summary=mark("cross-entropy of pixels as probabilities (nats), which penalises a wrong black or white more"),
        function="aeviz.objectives.reconstruction:bce",
        distribution="Bernoulli",
        log_likelihood="aeviz.objectives.likelihoods:bernoulli",
        check=check_unit_interval,
    ),
    LossSpec(
        name="ms_ssim",
        title=mark("1 - MS-SSIM"),
        symbol="(1 - MS-SSIM)",
        summary=mark("1 - MS-SSIM (structural similarity at several scales)"),
        function="aeviz.objectives.ms_ssim:ms_ssim_loss",
        check=check_three_pixels,
    ),
)
