"""All settings of one training run."""

import dataclasses
import functools
import json
import operator
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aeviz.config.data import DataConfig
from aeviz.config.model import ModelConfig
from aeviz.config.normalise import normalise
from aeviz.config.objective import ObjectiveConfig
from aeviz.config.optimizer import OptimizerConfig
from aeviz.config.text import format_value, leaf_keys, parse_value
from aeviz.config.train import TrainConfig
from aeviz.records import field_type, from_mapping, require

FORMAT_VERSION = 1
"""Version of config.json. Raised when a reader of the old version would misunderstand the new one."""


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
        self.objective.loss_spec.check(self)
        require(
            self.objective.kl_weight == 0 or self.model.is_variational,
            f"objective.kl_weight={self.objective.kl_weight!r} needs a posterior, but model.bottleneck="
            f"{self.model.bottleneck!r}; use model.bottleneck=gaussian",
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

    @classmethod
    def normalised(cls, values: Mapping[str, Any], *, keep: Collection[str] = ()) -> "RunConfig":
        """Build a config from settings that need not fit each other yet, as somebody chose them one by one.

        The decoder follows the encoder, a linear one has no activation at its output, and so on: the rules of
        `aeviz.config.normalise`.

        Args:
            values: As for `from_dict`; missing settings take their defaults.
            keep: Dotted keys that stay as they are because they were chosen on purpose, such as "model.decoder".

        Raises:
            ConfigError: A key is unknown, a value has the wrong type or range, or a kept setting does not fit.
        """
        complete = {**cls().to_dict(), **values}
        for group in ("model", "objective"):
            if not isinstance(values.get(group, {}), Mapping):
                return cls.from_dict(values)  # which says what is wrong with it
            complete[group] = {**cls().to_dict()[group], **values.get(group, {})}
        return cls.from_dict(normalise(complete, keep))

    def differs_in_optimizer_alone(self, other: "RunConfig") -> bool:
        """Whether the runs are a fair comparison of two optimizers: all else is equal, learning rate and seed too."""
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
            key: format_value(functools.reduce(operator.getitem, path, plain), field_type(type(self), path))
            for key in leaf_keys(plain)
            for path in [key.split(".")]
        }

    def with_settings(self, settings: Sequence[str], *, normalise: bool = False) -> "RunConfig":
        """Return a copy with settings written as on the command line, such as "optimizer.learning_rate=1e-3".

        Values are JSON, or plain words for text: "train.epochs=5", "model.hidden=[256,64]", "optimizer.name=sgd".
        Where text is wanted, a number is text too: "data.without=7".

        Args:
            settings: Any number of them; of two with the same key the later counts.
            normalise: Whether what was not named follows from what was, as in `normalised`.

        Raises:
            ConfigError: A setting is not key=value, the key is unknown or the value does not fit.
        """
        values, named = self.to_dict(), set[str]()
        for setting in settings:
            key, equals, text = setting.partition("=")
            path = key.strip().split(".")
            known = sorted(leaf_keys(values))
            require(
                bool(equals) and key.strip() in known,
                f"setting {setting!r} names no known key; expected key=value with one of: {', '.join(known)}",
            )
            target = values
            for part in path[:-1]:
                target = target[part]
            target[path[-1]] = parse_value(text.strip(), field_type(RunConfig, path))
            named.add(key.strip())
        return self.normalised(values, keep=named) if normalise else self.from_dict(values)
