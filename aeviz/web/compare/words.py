"""Names of settings in words, for the table of what differs."""

from aeviz.web.kernel.text import escape
from aeviz.web.kernel.titles import OPTIMIZER_TITLES

SETTINGS = {
    "preset": "preset",
    "data.name": "data",
    "data.validation_fraction": "validation share",
    "data.split_seed": "seed of the split",
    "data.image_size": "image size (pixels)",
    "data.without": "class left out",
    "model.image_shape": "image shape",
    "model.encoder": "encoder",
    "model.bottleneck": "bottleneck",
    "model.decoder": "decoder",
    "model.latent_dim": "latent dimensions",
    "model.hidden": "hidden layers (units)",
    "model.channels": "convolutions (channels)",
    "model.features": "features before the bottleneck",
    "model.activation": "activation",
    "model.init": "initial weights",
    "model.output": "output activation",
    "model.latent": "latent activation",
    "model.prior": "prior",
    "model.classes": "classes",
    "model.flow_steps": "flow steps",
    "model.flow_hidden": "hidden units of the flow",
    "model.codes": "codes in the code book",
    "model.code_dim": "numbers of a code",
    "model.commitment": "commitment weight",
    "objective.reconstruction": "reconstruction loss",
    "objective.reconstruction_weight": "reconstruction weight",
    "objective.kl_weight": "KL weight",
    "objective.kl_reduction": "KL over dimensions",
    "objective.annealing": "KL annealing",
    "objective.annealing_epochs": "epochs of KL annealing",
    "objective.free_bits": "free bits",
    "objective.penalty": "penalty",
    "objective.penalty_weight": "penalty weight",
    "objective.sparsity": "target activation (sparsity)",
    "objective.corruption": "corruption",
    "objective.corruption_level": "corruption level",
    "optimizer.name": "optimizer",
    "optimizer.learning_rate": "learning rate",
    "optimizer.schedule": "learning-rate schedule",
    "optimizer.decay": "decay of the learning rate",
    "optimizer.beta1": "beta1",
    "optimizer.beta2": "beta2",
    "optimizer.epsilon": "epsilon",
    "optimizer.momentum": "momentum (SGD)",
    "train.epochs": "epochs",
    "train.batch_size": "batch size (images)",
    "train.seed": "seed",
    "train.device": "device",
    "train.precision": "precision of a step",
    "train.shuffle": "mixing of the images",
    "train.flip": "random flips",
    "train.gradient_clip": "gradient clip",
}
"""Setting, as `RunConfig.settings` names it, to its name in words."""
_VALUES = {"null": "none", "true": "yes", "false": "no"}


def name_setting(key: str) -> str:
    """Return the name of a setting in words, as Markdown; of one that has none, its key."""
    return SETTINGS.get(key) or escape(key)


def name_value(key: str, value: str) -> str:
    """Return what a setting is set to, in words where it has some."""
    return OPTIMIZER_TITLES.get(value, value) if key == "optimizer.name" else _VALUES.get(value, value)
