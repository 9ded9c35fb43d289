"""The settings of the playground, each a parameter of the address, and the run that they describe."""

import math
import re
from collections.abc import Callable, Mapping

from aeviz.config import RunConfig
from aeviz.errors import ConfigError
from aeviz.web.kernel.url import UrlState

Values = Mapping[str, str]
"""Settings by name, in the texts of the address."""
MAX_HIDDEN, MAX_UNITS, MAX_LATENT = 5, 1024, 64
OPTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "bottleneck": (("deterministic", "a point"), ("gaussian", "Gaussian (VAE)")),
    "loss": (("mse", "squared (MSE)"), ("bce", "entropy (BCE)"), ("l1", "absolute (L1)")),
    "optimizer": (("adam", "Adam"), ("amsgrad", "AMSGrad"), ("sgd", "SGD, momentum")),
    "second": (
        ("none", "none"),
        ("adam", "Adam"),
        ("amsgrad", "AMSGrad"),
        ("sgd", "SGD, momentum"),
        ("seed", "another seed"),
    ),
    "activation": (
        ("relu", "ReLU"),
        ("leaky_relu", "Leaky ReLU"),
        ("elu", "ELU"),
        ("tanh", "tanh"),
        ("sigmoid", "sigmoid"),
    ),
    "noise": (("none", "none"), ("gaussian", "Gaussian"), ("masking", "masking"), ("salt_pepper", "salt and pepper")),
    "penalty": (("none", "none"), ("l1", "L1"), ("l2", "L2"), ("kl_sparsity", "KL sparsity")),
    "init": (("default", "PyTorch's"), ("xavier", "Xavier"), ("he", "He"), ("small", "small"), ("zero", "zero")),
}
"""Value and title of each choice that does not depend on what is on this machine."""


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


def _state(name: str, default: str, parse: Callable[[str], str | None]) -> UrlState[str]:
    return UrlState(name, parse, default=default)


FIELDS: dict[str, UrlState[str]] = {
    field.name: field
    for field in (
        _state("latent", "2", _whole(1, MAX_LATENT)),
        _state("bottleneck", "deterministic", _choice("bottleneck")),
        _state("kl", "0.001", _number(0, 1000)),
        _state("loss", "mse", _choice("loss")),
        _state("optimizer", "adam", _choice("optimizer")),
        _state("rate", "0.001", _number(1e-8, 100)),
        _state("momentum", "0.9", _number(0, 0.9999)),
        _state("second", "none", _choice("second")),
        _state("rate2", "0.001", _number(1e-8, 100)),
        _state("activation", "relu", _choice("activation")),
        _state("batch", "64", _whole(1, 512)),
        _state("noise", "none", _choice("noise")),
        _state("level", "0.3", _number(0, 1)),
        _state("penalty", "none", _choice("penalty")),
        _state("weight", "0.001", _number(0, 1000)),
        _state("sparsity", "0.05", _number(0.001, 0.999)),
        _state("init", "he", _choice("init")),  # with PyTorch's, S1's network and seed 0 put MNIST on a line
        _state("seed", "0", _whole(0, 999_999)),
        _state("beta1", "0.9", _number(0, 0.999999)),
        _state("beta2", "0.999", _number(0, 0.999999)),
        _state("epsilon", "0.00000001", _number(1e-12, 1)),
    )
}
"""Every setting but the data and the hidden layers, whose defaults depend on this machine and on the data."""
DATA, HIDDEN = "data", "hidden"
STRUCTURE = ("latent", "bottleneck", "loss", "activation", "noise", "penalty", "init")
"""Settings that, with data and hidden layers, decide about the graphs."""


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


def usual_hidden(pixels: int) -> str:
    """Return hidden layers that suit images of that size: those of S1's networks from 784 pixels up."""
    if pixels <= 256:
        return "64.32"
    return "128.64.12" if pixels < 3000 else "64.32"


def config_of(values: Values, shape: tuple[int, int, int]) -> RunConfig:
    """Return the run that settings describe, of images of shape (C, H, W).

    Raises:
        ConfigError: They do not fit each other.
    """
    is_variational = values["bottleneck"] == "gaussian"
    penalty = "none" if is_variational else values["penalty"]
    pixels = math.prod(shape)
    if int(values["latent"]) > pixels:
        raise ConfigError(f"latent={values['latent']} is wider than an image of {pixels} values; choose fewer")
    return RunConfig.from_dict(
        {
            "preset": "playground",
            "data": {"name": values[DATA]},
            "model": {
                "image_shape": list(shape),
                "latent_dim": int(values["latent"]),
                "hidden": [int(part) for part in values[HIDDEN].split(".")],
                "bottleneck": values["bottleneck"],
                "activation": values["activation"],
                "latent": "sigmoid" if penalty == "kl_sparsity" else "identity",
                "init": values["init"],
            },
            "objective": {
                "reconstruction": values["loss"],
                "kl_weight": float(values["kl"]) if is_variational else 0.0,
                "penalty": penalty,
                "penalty_weight": float(values["weight"]) if penalty != "none" else 0.0,
                "sparsity": float(values["sparsity"]),
                "corruption": values["noise"],
                "corruption_level": float(values["level"]),
            },
            "optimizer": {
                "name": values["optimizer"],
                "learning_rate": float(values["rate"]),
                **{name: float(values[name]) for name in ("beta1", "beta2", "epsilon", "momentum")},
            },
            "train": {"batch_size": int(values["batch"]), "seed": int(values["seed"])},
        }
    )
