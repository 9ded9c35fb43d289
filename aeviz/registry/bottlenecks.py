"""Bottlenecks: how the features of an image become a latent point, or a distribution of latent points."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
    description: str
    """The code of an image, as a part of a sentence; fields of the config in braces, such as {flow_steps}."""
    build: Target
    """Function of a ModelConfig and of the width F of the encoder's output that returns an
    `aeviz.models.bottlenecks.Bottleneck`: (N, F) to (N, D), float32."""
    is_variational: bool
    """Whether an image is encoded to a distribution instead of a point; such a model has a KL divergence and can be
    sampled."""
    has_closed_form_kl: bool = False
    """Whether that distribution is a Gaussian N(mean, sigma^2), whose KL divergence is known in closed form; only
    then pages draw posteriors as ellipses."""
    fields: tuple[str, ...] = ()
    """Fields of ModelConfig that it uses, beside latent_dim."""
    check: Callable[[ModelConfig], None] = lambda config: None
    """Raises ConfigError for a ModelConfig that it cannot be built from."""

    def describe(self, config: ModelConfig) -> str:
        """Return the description with the numbers of a model."""
        return self.description.format_map({field: getattr(config, field) for field in self.fields})


BOTTLENECKS = Registry(
    "bottleneck",
    BottleneckSpec(
        name="deterministic",
        title="a point (autoencoder)",
        description="a point",
        build="aeviz.models.bottlenecks.deterministic:DeterministicBottleneck",
        is_variational=False,
        fields=("latent",),
    ),
    BottleneckSpec(
        name="gaussian",
        title="a Gaussian (VAE)",
        description="a Gaussian posterior that is sampled",
        build="aeviz.models.bottlenecks.gaussian:GaussianBottleneck",
        is_variational=True,
        has_closed_form_kl=True,
        fields=("prior", "classes"),
    ),
    BottleneckSpec(
        name="flow",
        title="Gaussian with a normalizing flow (IAF)",
        description="a Gaussian posterior with a normalizing flow (IAF, {flow_steps} steps)",
        build="aeviz.models.bottlenecks.flow:FlowBottleneck",
        is_variational=True,
        fields=("prior", "classes", "flow_steps", "flow_hidden"),
    ),
)
