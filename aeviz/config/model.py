"""The network."""

from dataclasses import dataclass
from typing import Literal

from aeviz.records import require, shorten
from aeviz.registry import BOTTLENECKS, ENCODERS, FOREIGN, BottleneckSpec, EncoderSpec

MAX_WIDTH = 16_384
"""Widest layer: with its weights to a neighbour of the same width, already a gigabyte."""
MAX_LAYERS = 32
"""Most hidden layers, or convolutions, of an encoder."""
MAX_CODES = 4096
"""Most codes in a code book."""
MAX_CLASSES = 1000
"""Most anchors of an anchored prior."""

PriorName = Literal["standard", "anchored"]
ActivationName = Literal["default", "relu", "leaky_relu", "elu", "prelu", "tanh", "sigmoid"]
InitName = Literal["default", "xavier", "he", "small", "zero"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """The network: decoder(bottleneck(encoder(x)))."""

    image_shape: tuple[int, int, int] = (1, 28, 28)
    """(C, H, W) of the images: channels, then height and width in pixels."""
    encoder: str = "mlp"
    """A name in `aeviz.registry.ENCODERS`; "foreign" for a model that was imported."""
    bottleneck: str = "deterministic"
    """A name in `aeviz.registry.BOTTLENECKS`."""
    decoder: str = "mlp"
    """The encoder that the decoder mirrors, usually the same."""
    latent_dim: int = 2
    """D, the number of coordinates of a latent point."""
    hidden: tuple[int, ...] = (128, 64, 12)
    """Widths of the mlp encoder's hidden layers, from image to latent; the mlp decoder mirrors them."""
    channels: tuple[int, ...] = (16, 32)
    """Channels of the conv encoder's stride-2 convolutions; the conv decoder mirrors them."""
    features: int | None = None
    """Width of a conv encoder's output before the latent; None lets its last convolution give the latent itself."""
    activation: ActivationName = "default"
    """After each hidden layer of encoder and decoder; default is the encoder's own: ReLU, of conv_bn LeakyReLU."""
    init: InitName = "default"
    """Law of the initial weights, as `aeviz.models.initialise` says; default is torch's."""
    output: Literal["sigmoid", "identity", "tanh"] = "sigmoid"
    """Activation that bounds the decoder's output; identity belongs to linear decoders, clamped to [0, 1] only when
    shown; tanh is mapped from (-1, 1) to (0, 1)."""
    latent: Literal["identity", "sigmoid"] = "identity"
    """Activation that bounds the latent of a deterministic bottleneck; sigmoid belongs to the KL sparsity penalty."""
    prior: PriorName = "standard"
    """Of a gaussian or flow bottleneck: N(0, I), or N(m_y, I) with an anchor m_y for each class."""
    classes: int = 10
    """Number of anchors of an anchored prior; that of the data's classes."""
    flow_steps: int = 4
    """Inverse autoregressive transformations of a flow bottleneck."""
    flow_hidden: int = 64
    """Units of the hidden layer of each of them."""
    codes: int = 32
    """K, the number of codes in the code book of a quantized bottleneck."""
    code_dim: int = 2
    """d, the numbers of a code; latent_dim is a multiple of it."""
    commitment: float = 0.25
    """Weight of the commitment loss of a quantized bottleneck, beside 1 for the loss of its code book."""

    def __post_init__(self) -> None:
        require(
            len(self.image_shape) == 3 and all(side >= 1 for side in self.image_shape),
            f"model.image_shape={self.image_shape!r} is no (channels, height, width); expected for example (1, 28, 28)",
        )
        require(self.latent_dim >= 1, f"model.latent_dim={self.latent_dim!r}; expected a whole number from 1 up")
        pixels = self.image_shape[0] * self.image_shape[1] * self.image_shape[2]
        require(
            self.latent_dim <= pixels,
            f"model.latent_dim={self.latent_dim} is wider than the input of {pixels} values; choose at most {pixels}",
        )
        for name in ("hidden", "channels"):
            widths = getattr(self, name)
            require(
                len(widths) <= MAX_LAYERS and all(1 <= width <= MAX_WIDTH for width in widths),
                f"model.{name}={shorten(widths)}; expected at most {MAX_LAYERS} whole numbers from 1 to {MAX_WIDTH}",
            )
        require(
            self.features is None or 1 <= self.features <= MAX_WIDTH,
            f"model.features={self.features!r}; expected 1 to {MAX_WIDTH}",
        )
        self._check_bottleneck()
        require(
            self.activation == "default" or None not in (self.encoder_spec.activation, self.decoder_spec.activation),
            f"model.activation={self.activation!r}, but a {self.encoder} encoder with a {self.decoder} decoder has no "
            "activation to choose; use model.activation=default",
        )
        self.encoder_spec.check(self)
        self.decoder_spec.check(self)
        self.bottleneck_spec.check(self)

    def _check_bottleneck(self) -> None:
        require(
            not (self.is_variational and self.encoder_spec.ends_in_latent(self)),
            f"model.bottleneck={self.bottleneck!r} needs features for its heads, but the {self.encoder} encoder ends "
            "in the latent; set model.features, for example to 64",
        )
        require(
            self.latent == "identity" or not self.is_variational,
            f"model.latent={self.latent!r} bounds a deterministic latent, but model.bottleneck={self.bottleneck!r}; "
            "use model.latent=identity",
        )
        require(
            self.prior == "standard" or self.is_variational,
            f"model.prior={self.prior!r} belongs to a gaussian or flow bottleneck; use model.bottleneck=gaussian",
        )
        require(
            self.prior == "standard" or self.latent_dim >= 2,
            "model.prior='anchored' puts its anchors on two rings, which takes model.latent_dim of 2 or more",
        )
        require(2 <= self.classes <= MAX_CLASSES, f"model.classes={self.classes!r}; expected 2 to {MAX_CLASSES}")
        require(1 <= self.flow_steps <= 64, f"model.flow_steps={self.flow_steps!r}; expected 1 to 64")
        require(
            1 <= self.flow_hidden <= MAX_WIDTH, f"model.flow_hidden={self.flow_hidden!r}; expected 1 to {MAX_WIDTH}"
        )
        require(2 <= self.codes <= MAX_CODES, f"model.codes={self.codes!r}; expected 2 to {MAX_CODES}")
        require(1 <= self.code_dim <= MAX_WIDTH, f"model.code_dim={self.code_dim!r}; expected 1 to {MAX_WIDTH}")
        require(0 <= self.commitment <= 1000, f"model.commitment={self.commitment!r}; expected 0 to 1000")

    @property
    def encoder_spec(self) -> EncoderSpec:
        """The registered entry of the encoder."""
        return FOREIGN if self.encoder == FOREIGN.name else ENCODERS.find("model.encoder", self.encoder)

    @property
    def decoder_spec(self) -> EncoderSpec:
        """The registered entry of the encoder that the decoder mirrors."""
        return FOREIGN if self.decoder == FOREIGN.name else ENCODERS.find("model.decoder", self.decoder)

    @property
    def bottleneck_spec(self) -> BottleneckSpec:
        """The registered entry of the bottleneck."""
        return BOTTLENECKS.find("model.bottleneck", self.bottleneck)

    @property
    def is_imported(self) -> bool:
        """Whether another program made the network, which lies beside the weights."""
        return self.encoder == FOREIGN.name

    @property
    def is_variational(self) -> bool:
        """Whether an image is encoded to a distribution instead of a point."""
        return self.bottleneck_spec.is_variational
