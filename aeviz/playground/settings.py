"""The settings that the page may change between two steps, by the names of RunConfig."""

import dataclasses

from aeviz.config import RunConfig


def page_settings(config: RunConfig) -> dict[str, float | str]:
    """Return the settings of a run that the page's learner takes; JSON."""
    objective, optimizer = config.objective, config.optimizer
    numbers = {
        field.name: getattr(optimizer, field.name)
        for field in dataclasses.fields(optimizer)
        if field.name not in ("name", "schedule", "decay")
    }
    return {
        "optimizer": optimizer.name,
        **numbers,
        "reconstruction_weight": objective.reconstruction_weight,
        "kl_weight": objective.kl_weight,
        "penalty_weight": objective.penalty_weight,
        "sparsity": objective.sparsity,
        "corruption": objective.corruption,
        "corruption_level": objective.corruption_level,
        "batch_size": config.train.batch_size,
        "seed": config.train.seed,
    }
