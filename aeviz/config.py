"""Every choice that defines a training run, as frozen dataclasses.

A `RunConfig` and the data it names determine a run on the CPU exactly. The classes here import neither torch nor
Streamlit, so that a page can show and check settings in no time.
"""

import dataclasses
import functools
import json
import operator
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from aeviz.records import field_type, from_mapping, require

FORMAT_VERSION = 1
"""Version of config.json. Raised when a reader of the old version would misunderstand the new one."""

MAX_WIDTH = 16_384
"""Widest layer: with its weights to a neighbour of the same width, already a gigabyte."""
MAX_LAYERS = 32
"""Most hidden layers, or convolutions, of an encoder."""

ArchitectureName = Literal["linear", "mlp", "conv", "conv_bn"]
BottleneckName = Literal["deterministic", "gaussian", "flow"]
PriorName = Literal["standard", "anchored"]
ReconstructionName = Literal["mse", "bce", "ms_ssim"]
KlReduction = Literal["mean", "sum"]
AnnealingName = Literal["constant", "linear", "cyclical"]
PenaltyName = Literal["none", "l1", "l2", "kl_sparsity"]
CorruptionName = Literal["none", "gaussian", "masking", "salt_pepper"]
OptimizerName = Literal["adam", "amsgrad", "sgd"]
ScheduleName = Literal["constant", "one_cycle", "exponential"]
DeviceName = Literal["auto", "cpu", "cuda", "mps"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataConfig:
    """Which images to learn from and how they are split."""

    name: str = "mnist"
    """A data set that `aeviz data list` names, or folder:PATH."""
    validation_fraction: float = 1 / 6
    """Share of the training images held out for validation, in (0, 1); 1/6 leaves 50,000 | 10,000 of MNIST."""
    split_seed: int = 0
    """Seed of the permutation that chooses the validation images. Every run of a comparison must share it."""
    image_size: int | None = None
    """For folder:PATH only: side in pixels to which images are cropped and resized; None wants them all alike."""
    without: str | None = None
    """Name of a class that training and validation leave out, so that its test images are anomalies; None leaves out
    none."""

    def __post_init__(self) -> None:
        require(self.split_seed >= 0, f"data.split_seed={self.split_seed!r}; expected a whole number from 0 up")
        require(bool(self.name), "data.name is empty; name a data set, for example 'digits' or 'folder:my_images'")
        require(self.without != "", "data.without=''; expected the name of a class, or none to leave out no class")
        require(
            0 < self.validation_fraction < 1,
            f"data.validation_fraction={self.validation_fraction!r} leaves nothing to train on or to validate with; "
            "expected a number between 0 and 1, for example 0.1667",
        )
        require(
            self.image_size is None or 4 <= self.image_size <= 512,
            f"data.image_size={self.image_size!r} is outside 4 to 512 pixels; choose for example 64",
        )
        require(
            self.image_size is None or self.name.startswith("folder:"),
            f"data.image_size={self.image_size!r} applies to folder:PATH, not to {self.name!r}; leave it out",
        )

    def shares_test_images(self, other: "DataConfig") -> bool:
        """Whether two runs are tested on the same images: what training leaves out does not matter to that."""
        return dataclasses.replace(other, without=self.without) == self


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelConfig:
    """The network: decoder(bottleneck(encoder(x)))."""

    image_shape: tuple[int, int, int] = (1, 28, 28)
    """(C, H, W) of the images: channels, then height and width in pixels."""
    encoder: ArchitectureName = "mlp"
    bottleneck: BottleneckName = "deterministic"
    decoder: ArchitectureName = "mlp"
    latent_dim: int = 2
    """D, the number of coordinates of a latent point."""
    hidden: tuple[int, ...] = (128, 64, 12)
    """Widths of the mlp encoder's hidden layers, from image to latent; the mlp decoder mirrors them."""
    channels: tuple[int, ...] = (16, 32)
    """Channels of the conv encoder's stride-2 convolutions; the conv decoder mirrors them."""
    features: int | None = None
    """Width of a conv encoder's output before the latent; None lets its last convolution give the latent itself."""
    output: Literal["sigmoid", "identity", "tanh"] = "sigmoid"
    """What bounds the decoder's output; identity belongs to linear decoders, clamped to [0, 1] only when shown; tanh is
    mapped from (-1, 1) to (0, 1)."""
    latent: Literal["identity", "sigmoid"] = "identity"
    """What bounds the latent of a deterministic bottleneck; sigmoid belongs to the KL sparsity penalty."""
    prior: PriorName = "standard"
    """Of a gaussian or flow bottleneck: N(0, I), or N(m_y, I) with an anchor m_y for each class."""
    classes: int = 10
    """Number of anchors of an anchored prior; that of the data's classes."""
    flow_steps: int = 4
    """Inverse autoregressive transformations of a flow bottleneck."""
    flow_hidden: int = 64
    """Units of the hidden layer of each of them."""

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
                f"model.{name}={widths!r}; expected at most {MAX_LAYERS} whole numbers from 1 to {MAX_WIDTH}",
            )
        require(
            self.features is None or 1 <= self.features <= MAX_WIDTH,
            f"model.features={self.features!r}; expected 1 to {MAX_WIDTH}",
        )
        self._check_bottleneck()
        if {"conv", "conv_bn"} & {self.encoder, self.decoder}:
            smallest = min(self.image_shape[1:])
            require(
                len(self.channels) >= 1 and 2 ** len(self.channels) <= 2 * smallest,
                f"model.channels={self.channels!r} halves images of {smallest} pixels {len(self.channels)} times; "
                "choose from 1 to as many convolutions as the smaller side allows",
            )

    def _check_bottleneck(self) -> None:
        require(
            self.bottleneck == "deterministic" or self.features is not None or self.encoder != "conv",
            f"model.bottleneck={self.bottleneck!r} needs features for its heads, but the conv encoder ends in the "
            "latent; set model.features, for example to 64",
        )
        require(
            self.latent == "identity" or self.bottleneck == "deterministic",
            f"model.latent={self.latent!r} bounds a deterministic latent, but model.bottleneck={self.bottleneck!r}; "
            "use model.latent=identity",
        )
        require(
            self.prior == "standard" or self.bottleneck != "deterministic",
            f"model.prior={self.prior!r} belongs to a gaussian or flow bottleneck; use model.bottleneck=gaussian",
        )
        require(
            self.prior == "standard" or self.latent_dim >= 2,
            "model.prior='anchored' puts its anchors on two rings, which takes model.latent_dim of 2 or more",
        )
        require(2 <= self.classes <= 1000, f"model.classes={self.classes!r}; expected 2 to 1000")
        require(1 <= self.flow_steps <= 64, f"model.flow_steps={self.flow_steps!r}; expected 1 to 64")
        require(
            1 <= self.flow_hidden <= MAX_WIDTH, f"model.flow_hidden={self.flow_hidden!r}; expected 1 to {MAX_WIDTH}"
        )

    @property
    def is_variational(self) -> bool:
        """Whether an image is encoded to a distribution instead of a point."""
        return self.bottleneck != "deterministic"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectiveConfig:
    """What training makes small.

    It is reconstruction_weight * reconstruction + kl_weight(t) * KL + penalty_weight * penalty.
    """

    reconstruction: ReconstructionName = "mse"
    """mse or bce, each the mean over pixels and images, or ms_ssim: 1 minus MS-SSIM, the mean over images."""
    reconstruction_weight: float = 1.0
    """Weight of the reconstruction; 0 leaves the KL alone, which shows what it does by itself."""
    kl_weight: float = 0.0
    """Weight of the KL divergence from posterior to prior, in nats, reduced as `kl_reduction` says."""
    kl_reduction: KlReduction = "sum"
    """Over the latent dimensions: sum, nats an image (S2), or mean, nats a dimension (S1). Over images always the
    mean."""
    annealing: AnnealingName = "constant"
    """How the KL weight rises: not at all, linearly from 0 once, or in cycles of rise and rest."""
    annealing_epochs: int = 10
    """Epochs of the linear rise; of a whole cycle, of which the first half rises, for cyclical."""
    free_bits: float = 0.0
    """Nats a dimension, averaged over the batch, below which the KL is not pressed further (Kingma et al. 2016)."""
    penalty: PenaltyName = "none"
    """On the latent: l1, the mean of |z|; l2, the mean of z^2; kl_sparsity, the KL from a target activation."""
    penalty_weight: float = 0.0
    """Weight of that penalty."""
    sparsity: float = 0.05
    """Target activation of kl_sparsity, rho in (0, 1); the latent must be a sigmoid's."""
    corruption: CorruptionName = "none"
    """What training images suffer before they are encoded; the loss compares with the clean ones (denoising)."""
    corruption_level: float = 0.3
    """Standard deviation of gaussian noise, pixels in [0, 1]; share of the pixels for masking and salt_pepper."""

    def __post_init__(self) -> None:
        for name in ("reconstruction_weight", "kl_weight", "free_bits", "penalty_weight"):
            value = getattr(self, name)
            require(value >= 0, f"objective.{name}={value!r}; expected a number from 0 up")
        require(0 < self.sparsity < 1, f"objective.sparsity={self.sparsity!r}; expected a number between 0 and 1")
        require(
            0 <= self.corruption_level <= 1,
            f"objective.corruption_level={self.corruption_level!r}; expected a number from 0 to 1",
        )
        require(
            self.annealing_epochs >= 1,
            f"objective.annealing_epochs={self.annealing_epochs!r}; expected a whole number from 1 up",
        )
        require(
            self.reconstruction_weight + self.kl_weight > 0,
            "objective.reconstruction_weight and objective.kl_weight are both 0, so there is nothing to learn",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerConfig:
    """How training makes it small."""

    name: OptimizerName = "adam"
    """adam (Kingma & Ba 2015), amsgrad (Reddi, Kale & Kumar 2018) or sgd with momentum."""
    learning_rate: float = 3e-4
    """Step size; the peak of the schedule."""
    schedule: ScheduleName = "constant"
    """constant; one_cycle: cosine rise over the first 30 % of the steps, then cosine fall to zero; exponential:
    times `decay` after each epoch."""
    decay: float = 0.95
    """Factor an epoch of the exponential schedule, in (0, 1]."""
    beta1: float = 0.9
    """Decay of the running mean of gradients (Adam, AMSGrad), in [0, 1)."""
    beta2: float = 0.999
    """Decay of the running mean of squared gradients (Adam, AMSGrad), in [0, 1)."""
    epsilon: float = 1e-8
    """Added to the root of the second moment (Adam, AMSGrad)."""
    momentum: float = 0.9
    """Decay of the velocity (sgd), in [0, 1)."""

    def __post_init__(self) -> None:
        require(
            self.learning_rate > 0,
            f"optimizer.learning_rate={self.learning_rate!r}; expected a positive number, for example 3e-4",
        )
        require(0 < self.decay <= 1, f"optimizer.decay={self.decay!r} is outside (0, 1]; a common value is 0.95")
        for name in ("beta1", "beta2", "momentum"):
            value = getattr(self, name)
            require(0 <= value < 1, f"optimizer.{name}={value!r} is outside [0, 1); a common value is 0.9")
        require(self.epsilon > 0, f"optimizer.epsilon={self.epsilon!r}; expected a positive number, for example 1e-8")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainConfig:
    """How long, how much at once, from which seed and where."""

    epochs: int = 50
    """Passes through the training images."""
    batch_size: int = 512
    """Images in an optimizer step; the last step of an epoch takes what is left."""
    seed: int = 0
    """Seed of the initial weights and of the batch order; the optimizer has no part in either."""
    device: DeviceName = "auto"
    """auto takes CUDA, else Apple's MPS, else the CPU."""
    flip: bool = False
    """Whether training images are mirrored left to right with probability 1/2 (S2, faces); never those measured on."""
    gradient_clip: float | None = None
    """Largest norm of the whole gradient; None switches clipping off."""

    def __post_init__(self) -> None:
        require(self.epochs >= 1, f"train.epochs={self.epochs!r}; expected a whole number from 1 up")
        require(self.batch_size >= 1, f"train.batch_size={self.batch_size!r}; expected a whole number from 1 up")
        require(0 <= self.seed < 2**31, f"train.seed={self.seed!r}; expected a whole number from 0 to 2147483647")
        require(
            self.gradient_clip is None or self.gradient_clip > 0,
            f"train.gradient_clip={self.gradient_clip!r}; expected a positive norm, or none to switch clipping off",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RunConfig:
    """One training run: data, model, objective, optimizer and training."""

    preset: str = "custom"
    """Name of the experiment this run started from."""
    data: DataConfig = field(default_factory=DataConfig)
    model: ModelConfig = field(default_factory=ModelConfig)
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)
    optimizer: OptimizerConfig = field(default_factory=OptimizerConfig)
    train: TrainConfig = field(default_factory=TrainConfig)

    def __post_init__(self) -> None:
        require(
            self.objective.reconstruction != "bce" or self.model.output != "identity",
            "objective.reconstruction='bce' needs outputs in (0, 1), but model.output='identity'; use 'mse' or "
            "model.output=sigmoid",
        )
        require(
            self.objective.reconstruction != "ms_ssim" or min(self.model.image_shape[1:]) >= 3,
            f"objective.reconstruction='ms_ssim' needs sides of 3 pixels or more, but model.image_shape="
            f"{self.model.image_shape!r}; use 'mse'",
        )
        require(
            self.objective.kl_weight == 0 or self.model.is_variational,
            f"objective.kl_weight={self.objective.kl_weight!r} needs a posterior, but model.bottleneck="
            "'deterministic'; use model.bottleneck=gaussian",
        )
        require(
            self.objective.penalty != "kl_sparsity" or self.model.latent == "sigmoid",
            "objective.penalty='kl_sparsity' takes activations in (0, 1), but model.latent='identity'; "
            "set model.latent=sigmoid",
        )
        require(
            self.objective.penalty == "none" or not self.model.is_variational,
            f"objective.penalty={self.objective.penalty!r} is for a deterministic latent; a "
            f"{self.model.bottleneck} one has its KL",
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the config as nested dictionaries of JSON values."""
        plain: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(self)))
        return plain

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "RunConfig":
        """Rebuild a config from `to_dict`'s result.

        Raises:
            ConfigError: A key is unknown, or a value has the wrong type or range; every unknown key is listed.
        """
        return from_mapping(cls, values)

    def differs_in_optimizer_alone(self, other: "RunConfig") -> bool:
        """Whether the two runs are a fair comparison of two optimizers: all else, step sizes and seed too, is equal."""
        alike = dataclasses.replace(
            other, preset=self.preset, optimizer=dataclasses.replace(other.optimizer, name=self.optimizer.name)
        )
        return alike == self and other.optimizer.name != self.optimizer.name

    def differs_in_reconstruction_alone(self, other: "RunConfig") -> bool:
        """Whether the two runs compare two reconstruction losses: all else, weights and seed too, is equal."""
        alike = dataclasses.replace(
            other,
            preset=self.preset,
            objective=dataclasses.replace(other.objective, reconstruction=self.objective.reconstruction),
        )
        return alike == self and other.objective.reconstruction != self.objective.reconstruction

    def settings(self) -> dict[str, str]:
        """Return every setting as `with_settings` reads it: dotted key to JSON, words without quotes."""
        plain = self.to_dict()
        return {
            key: _format_value(functools.reduce(operator.getitem, path, plain), field_type(type(self), path))
            for key in _leaf_keys(plain)
            for path in [key.split(".")]
        }

    def with_settings(self, settings: Sequence[str]) -> "RunConfig":
        """Return a copy with settings written as on the command line, such as "optimizer.learning_rate=1e-3".

        Values are JSON, or plain words for text: "train.epochs=5", "model.hidden=[256,64]", "optimizer.name=sgd".
        Where text is wanted, a number is text too: "data.without=7".

        Raises:
            ConfigError: A setting is not key=value, the key is unknown or the value does not fit.
        """
        values = self.to_dict()
        for setting in settings:
            key, equals, text = setting.partition("=")
            path = key.strip().split(".")
            known = sorted(_leaf_keys(values))
            require(
                bool(equals) and key.strip() in known,
                f"setting {setting!r} names no known key; expected key=value with one of: {', '.join(known)}",
            )
            target = values
            for part in path[:-1]:
                target = target[part]
            target[path[-1]] = _parse_value(text.strip(), field_type(RunConfig, path))
        return self.from_dict(values)


def _leaf_keys(values: Mapping[str, Any], prefix: str = "") -> list[str]:
    keys = []
    for key, value in values.items():
        keys += _leaf_keys(value, f"{prefix}{key}.") if isinstance(value, dict) else [prefix + key]
    return keys


def _format_value(value: Any, hint: Any) -> str:
    is_plain = isinstance(value, str) and _parse_value(value, hint) == value
    return value if is_plain else json.dumps(value, separators=(",", ":"))


def _parse_value(text: str, hint: Any) -> Any:
    if text.lower() in ("none", "null") and text not in typing.get_args(hint):
        return None
    try:
        value = json.loads(text)
    except ValueError:  # no JSON, or a number of thousands of digits
        return text
    wants_text = str in (hint, *typing.get_args(hint))
    return text if wants_text and not isinstance(value, str) else value
