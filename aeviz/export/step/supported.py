"""Which runs can be trained in the page."""

from aeviz.config import RunConfig
from aeviz.errors import ConfigError
from aeviz.export.step.layout import layout_of

ACTIVATIONS = ("relu", "leaky_relu", "elu", "tanh", "sigmoid")
"""Activations with a gradient written as ONNX operators."""
MAX_PARAMETERS = 2_000_000
"""Most weights and biases: with Adam's two moments 24 MB, copied in and out of the runtime with each call."""


def check_supported(config: RunConfig) -> None:
    """Check that the training step of a run can be written as an ONNX graph.

    These can: dense encoder and decoder; a point or a Gaussian as latent with the standard prior; mse, l1 or bce; every
    penalty; every corruption, which is made outside of the graph; Adam, AMSGrad and SGD with momentum. Schedule,
    annealing and numbers of the optimizer are inputs of the graph.

    Raises:
        ConfigError: It cannot; the message names the setting.
    """
    model, objective = config.model, config.objective

    def refuse(setting: str, value: object, expected: str) -> None:
        raise ConfigError(f"{setting}={value!r} cannot be trained in the page; expected {expected}")

    for part in ("encoder", "decoder"):
        if (name := getattr(model, part)) not in ("mlp", "linear"):
            refuse(f"model.{part}", name, "mlp or linear")
    if model.bottleneck not in ("deterministic", "gaussian"):
        refuse("model.bottleneck", model.bottleneck, "deterministic or gaussian")
    if model.prior != "standard":
        refuse("model.prior", model.prior, "standard")
    if model.activation not in ("default", *ACTIVATIONS):
        refuse("model.activation", model.activation, f"one of {', '.join(ACTIVATIONS)}")
    if model.output == "tanh":
        refuse("model.output", model.output, "sigmoid or identity")
    if objective.reconstruction not in ("mse", "l1", "bce"):
        refuse("objective.reconstruction", objective.reconstruction, "mse, l1 or bce")
    if objective.free_bits > 0:
        refuse("objective.free_bits", objective.free_bits, "0")
    if config.train.gradient_clip is not None:
        refuse("train.gradient_clip", config.train.gradient_clip, "none")
    if config.train.precision != "fp32":
        refuse("train.precision", config.train.precision, "fp32")
    if config.train.flip:
        refuse("train.flip", config.train.flip, "false")
    if (size := layout_of(config.model).size) > MAX_PARAMETERS:
        raise ConfigError(
            f"this network has {size:,} weights; the page trains at most {MAX_PARAMETERS:,}; choose narrower layers"
        )
