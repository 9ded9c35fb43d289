"""Encoders, each with the decoder that mirrors it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from aeviz.errors import ConfigError
from aeviz.language import mark
from aeviz.records import require
from aeviz.registry.base import Registry, Target

if TYPE_CHECKING:
    from aeviz.config import ModelConfig
else:
    ModelConfig = Any  # which imports this module


@dataclass(frozen=True, slots=True, kw_only=True)
class EncoderSpec:
    """An encoder and the decoder that mirrors it."""

    name: str
    """Value of model.encoder and model.decoder."""
    title: str
    """As a menu shows it."""
    summary: str
    """The layers between image and latent, as a part of a sentence."""
    build_encoder: Target
    """Function of a ModelConfig that returns an `aeviz.models.encoders.Encoder`: (N, C, H, W) to (N, F), float32."""
    build_decoder: Target
    """Function of a ModelConfig that returns a list of layers: (N, D) to (N, C, H, W), float32. The activation that
    model.output names is added to them."""
    fields: tuple[str, ...] = ()
    """Fields of ModelConfig that it uses, beside image_shape and latent_dim."""
    check: Callable[[ModelConfig], None] = lambda config: None
    """Raises ConfigError for a ModelConfig that it cannot be built from, be it as encoder or as decoder."""
    ends_in_latent: Callable[[ModelConfig], bool] = lambda config: False
    """Whether its last layer gives the latent point itself, so that a deterministic bottleneck needs no head and a
    variational one cannot be built."""
    activation: str | None = None
    """Its own activation, a name of `aeviz.models.activations`, which model.activation may replace; None where there
    is nothing to replace."""
    is_linear: bool = False
    """Whether it is linear: its decoder then has output=identity."""

    def widths(self, config: ModelConfig) -> tuple[int, ...]:
        """Return the widths of its layers from image to latent, as its fields give them."""
        return tuple(
            width for field in self.fields if isinstance(value := getattr(config, field), tuple) for width in value
        )


def check_strides(config: ModelConfig) -> None:
    """Raise ConfigError where there is no stride-2 convolution, or one more than the smaller side allows."""
    smallest = min(config.image_shape[1:])
    require(
        len(config.channels) >= 1 and 2 ** len(config.channels) <= 2 * smallest,
        f"model.channels={config.channels!r} halves images of {smallest} pixels {len(config.channels)} times; "
        "choose from 1 to as many convolutions as the smaller side allows",
    )


def _check_both(config: ModelConfig) -> None:
    require(
        config.encoder == config.decoder,
        f"model.encoder={config.encoder!r} with model.decoder={config.decoder!r}; an imported model has both, and "
        "cannot be mixed with layers of aeviz",
    )


def _refuse(config: ModelConfig) -> NoReturn:
    raise ConfigError(
        "an imported model is kept as operators of another program and is not trained here; train a new network, or "
        "train it there and import it again"
    )


FOREIGN = EncoderSpec(
    name="foreign",
    title="imported from another program",
    summary="operators that network.json of the run lists",
    build_encoder=_refuse,
    build_decoder=_refuse,
    check=_check_both,
    ends_in_latent=lambda config: not config.is_variational,
)
"""Stands for the networks of an imported run. It is in no menu, since no such network is built from settings."""

ENCODERS = Registry(
    "encoder",
    EncoderSpec(
        name="mlp",
        title=mark("fully connected (MLP)"),
        summary=mark("dense layers"),
        build_encoder="aeviz.models.encoders.mlp:build_encoder",
        build_decoder="aeviz.models.encoders.mlp:build_decoder",
        fields=("hidden",),
        activation="relu",
    ),
    EncoderSpec(
        name="conv",
        title=mark("convolutional"),
        summary=mark("stride-2 convolutions"),
        build_encoder="aeviz.models.encoders.conv:build_encoder",
        build_decoder="aeviz.models.encoders.conv:build_decoder",
        fields=("channels", "features"),
        activation="relu",
        check=check_strides,
        ends_in_latent=lambda config: config.features is None,
    ),
    EncoderSpec(
        name="conv_bn",
        title=mark("convolutional, batch-normalised"),
        summary=mark("stride-2 convolutions with batch normalisation"),
        build_encoder="aeviz.models.encoders.conv_bn:build_encoder",
        build_decoder="aeviz.models.encoders.conv_bn:build_decoder",
        fields=("channels",),
        activation="leaky_relu",
        check=check_strides,
    ),
    EncoderSpec(
        name="linear",
        title=mark("linear (PCA)"),
        summary=mark("one linear layer, which learns the PCA subspace"),
        build_encoder="aeviz.models.encoders.linear:build_encoder",
        build_decoder="aeviz.models.encoders.linear:build_decoder",
        is_linear=True,
    ),
)
