"""Bottlenecks: how the features of an image become a latent point, or a distribution of latent points."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aeviz.language import mark
from aeviz.records import require
from aeviz.registry.base import Registry, Target

if TYPE_CHECKING:
    from aeviz.config import ModelConfig
else:
    ModelConfig = Any  # which imports this module


@dataclass(frozen=True, slots=True, kw_only=True)
class BottleneckSpec:
    """A bottleneck."""

    name: str
    """Value of model.bottleneck."""
    title: str
    """As a menu shows it."""
    build: Target
    """Function of a ModelConfig and of the width F of the encoder's output that returns an
    `aeviz.models.bottlenecks.Bottleneck`: (N, F) to (N, D), float32."""
    is_variational: bool
    """Whether an image is encoded to a distribution instead of a point; such a model has a KL divergence and can be
    sampled."""
    has_closed_form_kl: bool = False
    """Whether that distribution is a Gaussian N(mean, sigma^2), whose KL divergence is known in closed form; only
    then pages draw posteriors as ellipses."""
    is_quantized: bool = False
    """Whether a latent point consists of codes of a code book."""
    check: Callable[[ModelConfig], None] = lambda config: None
    """Raises ConfigError for a ModelConfig that it cannot be built from."""


MAX_DISTANCES = 65_536
"""Most differences between the latent coordinates of an image and those of the codes: 0.5 GB for 2,048 images."""


def _check_groups(config: ModelConfig) -> None:
    require(
        config.latent_dim % config.code_dim == 0,
        f"model.latent_dim={config.latent_dim} cannot be split into codes of model.code_dim={config.code_dim} numbers; "
        f"choose a multiple, for example {-(-config.latent_dim // config.code_dim) * config.code_dim}",
    )
    require(
        config.latent_dim * config.codes <= MAX_DISTANCES,
        f"model.latent_dim={config.latent_dim} times model.codes={config.codes} is more than {MAX_DISTANCES}; "
        f"choose at most {max(2, MAX_DISTANCES // config.latent_dim)} codes",
    )


BOTTLENECKS = Registry(
    "bottleneck",
    BottleneckSpec(
        name="deterministic",
        title=mark("a point (autoencoder)"),
        build="aeviz.models.bottlenecks.deterministic:DeterministicBottleneck",
        is_variational=False,
    ),
    BottleneckSpec(
        name="gaussian",
        title=mark("a Gaussian (VAE)"),
        build="aeviz.models.bottlenecks.gaussian:GaussianBottleneck",
        is_variational=True,
        has_closed_form_kl=True,
    ),
    BottleneckSpec(
        name="flow",
        title=mark("Gaussian with a normalizing flow (IAF)"),
        build="aeviz.models.bottlenecks.flow:FlowBottleneck",
        is_variational=True,
    ),
    BottleneckSpec(
        name="quantized",
        title=mark("codes of a code book (VQ-VAE)"),
        build="aeviz.models.bottlenecks.quantized:QuantizedBottleneck",
        is_variational=False,
        is_quantized=True,
        check=_check_groups,
    ),
)
