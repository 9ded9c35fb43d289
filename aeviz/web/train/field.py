"""A field of the training form, and when the settings beside it make it matter."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from aeviz.language import tr
from aeviz.registry import BOTTLENECKS, ENCODERS

Values = Mapping[str, Any]
"""What stands in the form, by key of the setting."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One setting in the form. Its label, help and choices are messages: `tools.messages` finds them here."""

    key: str
    """As `RunConfig.settings` names it."""
    label: str
    help: str | Callable[[], str]
    """One sentence on what it does, with unit and range; a function, which translates it, where it names what is
    registered or a limit."""
    kind: Literal["whole", "real", "choice", "widths", "text"]
    low: int | float = 0
    high: int | float = 0
    form: str = "%g"
    """How a real number is written."""
    step: float = 0.01
    """Step of the buttons beside a real number."""
    choices: Mapping[str, str] | Callable[[], Mapping[str, str]] = field(default_factory=dict)
    """Value to name, for a choice; a function where it lists what is registered."""
    optional: bool = False
    """Whether 0, or an empty text, stands for none."""
    applies: Callable[[Values], bool] = lambda values: True
    """Whether it matters beside what stands in the fields before it; a field that does not is not shown."""

    @property
    def title(self) -> str:
        """The label, translated."""
        return tr(self.label)

    @property
    def hint(self) -> str:
        """The sentence of `help`, translated."""
        return self.help() if callable(self.help) else tr(self.help)

    @property
    def options(self) -> Mapping[str, str]:
        """The names of `choices` by their values, translated."""
        choices = self.choices() if callable(self.choices) else self.choices
        return {value: tr(name) for value, name in choices.items()}


def uses(name: str) -> Callable[[Values], bool]:
    """Return whether the encoder uses a field of ModelConfig."""
    return lambda values: name in ENCODERS[values["model.encoder"]].fields


def is_variational(values: Values) -> bool:
    """Whether the chosen bottleneck has a posterior."""
    return BOTTLENECKS[values["model.bottleneck"]].is_variational


def is_quantized(values: Values) -> bool:
    """Whether the chosen bottleneck has a code book."""
    return BOTTLENECKS[values["model.bottleneck"]].is_quantized


def divides(values: Values) -> bool:
    """Whether the optimizer divides by a running mean of squared gradients."""
    return bool(values["optimizer.name"] != "sgd")


def is_penalised(values: Values) -> bool:
    """Whether a penalty on the codes counts."""
    return not is_variational(values) and values["objective.penalty"] != "none"
