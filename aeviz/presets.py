"""The experiments of the sources, by name, with the sources' own settings.

References:
    [S1] M. Sevkovych, On variational autoencoders: theory and applications, Univ. of Stuttgart, 2023, Algorithm 4 and
    section 2.3; layer sizes and batch size from the author's public code.
"""

import difflib
from dataclasses import dataclass

from aeviz.config import DataConfig, ModelConfig, OptimizerConfig, OptimizerName, RunConfig, TrainConfig
from aeviz.errors import ConfigError


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """An experiment: its settings and a sentence on what it shows."""

    config: RunConfig
    summary: str
    """One sentence for the list of presets."""
    thesis_val_mse: float | None = None
    """Validation MSE that the author's log ends at, after the thesis's 10,000 epochs of 3 steps each."""

    @property
    def name(self) -> str:
        """Name of the experiment."""
        return self.config.preset


_OPTIMIZERS: dict[OptimizerName, str] = {"adam": "ADAM", "amsgrad": "AMSGrad", "sgd": "SGD"}


def _mlp(latent_dim: int, optimizer: OptimizerName, thesis: float) -> Preset:
    return Preset(
        config=RunConfig(
            preset=f"mlp-{latent_dim}d-{optimizer}",
            data=DataConfig(name="mnist"),
            model=ModelConfig(latent_dim=latent_dim),
            optimizer=OptimizerConfig(name=optimizer, learning_rate=3e-4),
            train=TrainConfig(epochs=10_000, batch_size=512),
        ),
        summary=f"MNIST, 784-128-64-12-{latent_dim} and back, {_OPTIMIZERS[optimizer]} (S1, Algorithm 4)",
        thesis_val_mse=thesis,
    )


def _small(
    name: str,
    data: str,
    model: ModelConfig,
    optimizer: OptimizerName,
    epochs: int,
    summary: str,
    learning_rate: float = 3e-3,
) -> Preset:
    return Preset(
        config=RunConfig(
            preset=name,
            data=DataConfig(name=data),
            model=model,
            optimizer=OptimizerConfig(name=optimizer, learning_rate=learning_rate, schedule="one_cycle"),
            train=TrainConfig(epochs=epochs, batch_size=64),
        ),
        summary=summary,
    )


_DIGITS_MODEL = ModelConfig(image_shape=(1, 8, 8), latent_dim=2, hidden=(64, 32, 16))
_PRESETS = (
    _mlp(2, "adam", 0.03794),
    _mlp(2, "amsgrad", 0.03829),
    _mlp(3, "adam", 0.03301),
    _mlp(3, "amsgrad", 0.03261),
    _mlp(10, "amsgrad", 0.02254),
    _mlp(64, "adam", 0.02373),
    _mlp(64, "amsgrad", 0.01809),
    Preset(
        config=RunConfig(
            preset="conv-64d-amsgrad",
            data=DataConfig(name="mnist"),
            model=ModelConfig(encoder="conv", decoder="conv", latent_dim=64, channels=(16, 32)),
            optimizer=OptimizerConfig(name="amsgrad", learning_rate=3e-4),
            train=TrainConfig(epochs=10_000, batch_size=512),
        ),
        summary="MNIST, convolutions 1-16-32-64 and back, AMSGrad (S1, section 2.3)",
        thesis_val_mse=0.00314,
    ),
    _small("digits-2d-adam", "digits", _DIGITS_MODEL, "adam", 300, "8x8 digits, 64-64-32-16-2 and back, ADAM"),
    _small("digits-2d-amsgrad", "digits", _DIGITS_MODEL, "amsgrad", 300, "8x8 digits, 64-64-32-16-2 and back, AMSGrad"),
    _small(
        "circles-3d",
        "circles",
        ModelConfig(image_shape=(1, 28, 28), latent_dim=3, hidden=(256, 128, 64)),
        "adam",
        200,
        "discs of known centre and radius: three numbers make each image, and three should describe it",
    ),
    _small(
        "quick-look",
        "digits",
        _DIGITS_MODEL,
        "adam",
        100,
        "a useful map within half a minute: 8x8 digits, 64-64-32-16-2 and back",
        learning_rate=1e-2,
    ),
    Preset(
        config=RunConfig(
            preset="quick-look-mnist",
            data=DataConfig(name="mnist"),
            model=ModelConfig(latent_dim=2),
            optimizer=OptimizerConfig(name="adam", learning_rate=5e-3, schedule="one_cycle"),
            train=TrainConfig(epochs=12, batch_size=512),
        ),
        summary="the thesis's network on MNIST in 12 epochs instead of 10,000",
    ),
)
PRESETS: dict[str, Preset] = {preset.name: preset for preset in _PRESETS}


def get_preset(name: str) -> Preset:
    """Return the preset of that name.

    Raises:
        ConfigError: There is none; the message names the nearest and all others.
    """
    if name in PRESETS:
        return PRESETS[name]
    near = difflib.get_close_matches(name, PRESETS, n=1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise ConfigError(f"no preset {name!r}; {hint}expected one of: {', '.join(PRESETS)}")
