"""Recipes: other settings of a preset's training, for the same network and the same error in less time.

The presets have the settings of their sources, which train for 30,000 steps and more. A recipe changes how a network is
trained and leaves the network itself, its data and its objective alone. benchmarks/quality.py measures both.
"""

from collections.abc import Mapping

from aeviz.config import RunConfig
from aeviz.errors import ConfigError

FAST = ("model.init=he", "optimizer.schedule=one_cycle", "optimizer.learning_rate=0.01", "train.epochs=29")
"""A learning rate 33 times that of [S1] that rises and falls (L. Smith, arXiv:1708.07120), and initial weights for ReLU
(K. He et al., arXiv:1502.01852)."""
RECIPES: Mapping[str, tuple[str, ...]] = {"fast": FAST}
"""Name of a recipe to its settings, as `RunConfig.with_settings` takes them."""


def with_recipe(config: RunConfig, name: str) -> RunConfig:
    """Return the settings of a preset with those of a recipe.

    Args:
        config: A preset's settings.
        name: Of the recipe.

    Raises:
        ConfigError: There is no such recipe, or the network is not of the kind that it was tried for.
    """
    if name not in RECIPES:
        raise ConfigError(f"no recipe {name!r}; expected one of: {', '.join(RECIPES)}")
    model, objective = config.model, config.objective
    is_tried = (
        (model.encoder, model.decoder, model.bottleneck) == ("mlp", "mlp", "deterministic")
        and objective.reconstruction == "mse"
        and objective.penalty == "none"
        and config.optimizer.name in ("adam", "amsgrad")
    )
    if not is_tried:
        raise ConfigError(
            f"the recipe {name!r} is for plain dense autoencoders with the squared error, trained by Adam or AMSGrad; "
            f"{config.preset!r} is another kind; leave the recipe out, or set its settings one by one: "
            f"{' '.join('--set ' + each for each in RECIPES[name])}"
        )
    return config.with_settings(RECIPES[name])
