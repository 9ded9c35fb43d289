"""Every choice that defines a training run, as frozen dataclasses.

A `RunConfig` and the data it names determine a run on the CPU exactly. The classes here import neither torch nor
Streamlit, so that a page can show and check settings in no time.
"""

from aeviz.config.data import DataConfig
from aeviz.config.model import (
    MAX_CLASSES,
    MAX_CODES,
    MAX_LAYERS,
    MAX_WIDTH,
    ActivationName,
    InitName,
    ModelConfig,
    PriorName,
)
from aeviz.config.objective import (
    AnnealingName,
    CorruptionName,
    KlReduction,
    ObjectiveConfig,
    PenaltyName,
)
from aeviz.config.optimizer import OptimizerConfig, OptimizerName, ScheduleName
from aeviz.config.run import FORMAT_VERSION, RunConfig
from aeviz.config.train import DeviceName, TrainConfig

__all__ = [
    "FORMAT_VERSION",
    "MAX_CLASSES",
    "MAX_CODES",
    "MAX_LAYERS",
    "MAX_WIDTH",
    "ActivationName",
    "AnnealingName",
    "CorruptionName",
    "DataConfig",
    "DeviceName",
    "InitName",
    "KlReduction",
    "ModelConfig",
    "ObjectiveConfig",
    "OptimizerConfig",
    "OptimizerName",
    "PenaltyName",
    "PriorName",
    "RunConfig",
    "ScheduleName",
    "TrainConfig",
]
