"""The settings of the playground, each a parameter of the address."""

import re
from collections.abc import Callable, Mapping

from aeviz.playground.choices import DATA, DEFAULTS, HIDDEN, OPTIONS, Values
from aeviz.web.kernel.url import UrlState

MAX_HIDDEN, MAX_UNITS, MAX_LATENT = 5, 1024, 64


def _choice(name: str) -> Callable[[str], str | None]:
    known = {value for value, _ in OPTIONS[name]}
    return lambda text: text if text in known else None


def _number(low: float, high: float) -> Callable[[str], str | None]:
    def parse(text: str) -> str | None:
        is_plain = re.fullmatch(r"[0-9]{1,7}(\.[0-9]{1,12})?", text, re.ASCII) is not None
        return text if is_plain and low <= float(text) <= high else None

    return parse


def _whole(low: int, high: int) -> Callable[[str], str | None]:
    return lambda text: text if re.fullmatch(r"[1-9]?[0-9]{1,6}", text) and low <= int(text) <= high else None


def _widths(text: str) -> str | None:
    if re.fullmatch(r"[0-9]{1,4}(\.[0-9]{1,4})*", text, re.ASCII) is None:
        return None
    widths = [int(part) for part in text.split(".")]
    return text if len(widths) <= MAX_HIDDEN and all(1 <= width <= MAX_UNITS for width in widths) else None


def _state(name: str, parse: Callable[[str], str | None]) -> UrlState[str]:
    return UrlState(name, parse, default=DEFAULTS[name])


FIELDS: dict[str, UrlState[str]] = {
    field.name: field
    for field in (
        _state("latent", _whole(1, MAX_LATENT)),
        _state("bottleneck", _choice("bottleneck")),
        _state("kl", _number(0, 1000)),
        _state("loss", _choice("loss")),
        _state("optimizer", _choice("optimizer")),
        _state("rate", _number(1e-8, 100)),
        _state("momentum", _number(0, 0.9999)),
        _state("second", _choice("second")),
        _state("rate2", _number(1e-8, 100)),
        _state("activation", _choice("activation")),
        _state("batch", _whole(1, 512)),
        _state("noise", _choice("noise")),
        _state("level", _number(0, 1)),
        _state("penalty", _choice("penalty")),
        _state("weight", _number(0, 1000)),
        _state("sparsity", _number(0.001, 0.999)),
        _state("init", _choice("init")),
        _state("seed", _whole(0, 999_999)),
        _state("beta1", _number(0, 0.999999)),
        _state("beta2", _number(0, 0.999999)),
        _state("epsilon", _number(1e-12, 1)),
    )
}
"""Every setting but the data and the hidden layers, whose defaults depend on this machine and on the data."""


def data_state(known: Mapping[str, str], default: str) -> UrlState[str]:
    """Return the parameter of the data set: one of `known`, which gives a title by name."""
    return UrlState(DATA, lambda text: text if text in known else None, default=default)


def hidden_state(default: str) -> UrlState[str]:
    """Return the parameter of the hidden layers: widths joined by dots, from the image to the latent point."""
    return UrlState(HIDDEN, _widths, default=default)


def parse_values(texts: Values, data: UrlState[str], hidden: Callable[[str], UrlState[str]]) -> dict[str, str]:
    """Return all settings of a message or an address; what cannot be read takes its default."""

    def read(field: UrlState[str]) -> str:
        text = texts.get(field.name)
        return (None if text is None else field.parse(text)) or field.default or ""

    name = read(data)
    return {DATA: name, HIDDEN: read(hidden(name)), **{field.name: read(field) for field in FIELDS.values()}}
