"""What can be chosen on the playground, each choice a text of the address, and the run that the choices describe."""

import math
from collections.abc import Mapping

from aeviz.config import RunConfig
from aeviz.errors import ConfigError
from aeviz.language import mark

Values = Mapping[str, str]
"""Settings by name, in the texts of the address."""
OPTIONS: dict[str, tuple[tuple[str, str], ...]] = {
    "bottleneck": (("deterministic", mark("a point")), ("gaussian", mark("Gaussian (VAE)"))),
    "loss": (("mse", mark("squared (MSE)")), ("bce", mark("entropy (BCE)")), ("l1", mark("absolute (L1)"))),
    "optimizer": (("adam", "Adam"), ("amsgrad", "AMSGrad"), ("sgd", mark("SGD, momentum"))),
    "second": (
        ("none", "none"),
        ("adam", "Adam"),
        ("amsgrad", "AMSGrad"),
        ("sgd", mark("SGD, momentum")),
        ("seed", mark("another seed")),
    ),
    "activation": (
        ("relu", "ReLU"),
        ("leaky_relu", "Leaky ReLU"),
        ("elu", "ELU"),
        ("tanh", "tanh"),
        ("sigmoid", mark("sigmoid")),
    ),
    "noise": (
        ("none", "none"),
        ("gaussian", mark("Gaussian")),
        ("masking", mark("masking")),
        ("salt_pepper", mark("salt and pepper")),
    ),
    "penalty": (("none", "none"), ("l1", "L1"), ("l2", "L2"), ("kl_sparsity", mark("KL sparsity"))),
    "init": (
        ("default", mark("PyTorch's")),
        ("xavier", "Xavier"),
        ("he", "He"),
        ("small", mark("small")),
        ("zero", mark("zero")),
    ),
}
"""Value and title of each choice that does not depend on what is on this machine; a title of words is a message."""


DEFAULTS: dict[str, str] = {
    "latent": "2",
    "bottleneck": "deterministic",
    "kl": "0.001",
    "loss": "mse",
    "optimizer": "adam",
    "rate": "0.001",
    "momentum": "0.9",
    "second": "none",
    "rate2": "0.001",
    "activation": "relu",
    "batch": "64",
    "noise": "none",
    "level": "0.3",
    "penalty": "none",
    "weight": "0.001",
    "sparsity": "0.05",
    "init": "he",  # with PyTorch's, S1's network and seed 0 put MNIST on a line
    "seed": "0",
    "beta1": "0.9",
    "beta2": "0.999",
    "epsilon": "0.00000001",
}
"""Every setting but the data and the hidden layers, whose defaults depend on the machine and on the data."""
DATA, HIDDEN = "data", "hidden"
STRUCTURE = ("latent", "bottleneck", "loss", "activation", "noise", "penalty", "init")
"""Settings that, with data and hidden layers, decide about the graphs."""


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
