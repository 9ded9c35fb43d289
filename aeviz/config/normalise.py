"""The rules by which some settings follow from others, so that a choice of encoder or bottleneck is one choice."""

import copy
import math
import typing
from collections.abc import Collection, Mapping
from types import SimpleNamespace
from typing import Any

from aeviz.config.model import MAX_WIDTH, ModelConfig
from aeviz.registry import BOTTLENECKS, ENCODERS

HEAD_FEATURES = 64
"""Fewest features before the heads of a variational bottleneck."""
FEATURES_PER_DIMENSION = 4
"""Features for each latent dimension: with fewer ReLU units than dimensions a wide latent would be capped."""


def normalise(values: Mapping[str, Any], keep: Collection[str] = ()) -> dict[str, Any]:
    """Return settings in which what follows from the encoder and the bottleneck is set accordingly.

    - The decoder mirrors the encoder.
    - An encoder without a choice of activation keeps its own.
    - A linear encoder has an output without activation; any other has a sigmoid in its place.
    - A point as latent has neither KL divergence nor prior, and its reconstruction loss has weight 1; a sigmoid bounds
      it for the KL sparsity penalty.
    - A latent that is no multiple of the size of a code has the greatest common divisor of both as that size.
    - A distribution as latent has no penalty and is not bounded; an encoder that would end in the latent gets features
      before the heads, 4 for each dimension, at least 64 and at most the widest layer there may be.

    Args:
        values: The groups "model" and "objective" with all their settings, as `RunConfig.to_dict` has them; others are
            left alone. They need not fit each other yet.
        keep: Dotted keys that stay as they are, such as "model.decoder".

    Raises:
        ConfigError: Encoder or bottleneck are no text, or not registered.
    """
    result = copy.deepcopy(dict(values))
    model, objective = result["model"], result["objective"]

    def follow(key: str, value: Any) -> None:
        group, name = key.split(".")
        if key not in keep:
            result[group][name] = value

    encoder = ENCODERS.find("model.encoder", model["encoder"])
    bottleneck = BOTTLENECKS.find("model.bottleneck", model["bottleneck"])
    follow("model.decoder", model["encoder"])
    sizes = (model["latent_dim"], model["code_dim"])
    if bottleneck.is_quantized and all(isinstance(size, int) and size >= 1 for size in sizes):
        follow("model.code_dim", math.gcd(*sizes))
    if encoder.activation is None:
        follow("model.activation", "default")
    if encoder.is_linear:
        follow("model.output", "identity")
    elif model["output"] == "identity":
        follow("model.output", "sigmoid")
    if not bottleneck.is_variational:
        follow("objective.kl_weight", 0.0)
        follow("objective.reconstruction_weight", 1.0)
        follow("model.prior", "standard")
        if objective["penalty"] == "kl_sparsity":
            follow("model.latent", "sigmoid")
        return result
    follow("objective.penalty", "none")
    follow("model.latent", "identity")
    latent_dim = model["latent_dim"]
    draft = typing.cast(ModelConfig, SimpleNamespace(**model))
    if isinstance(latent_dim, int) and encoder.ends_in_latent(draft):
        follow("model.features", min(MAX_WIDTH, max(HEAD_FEATURES, FEATURES_PER_DIMENSION * latent_dim)))
    return result
