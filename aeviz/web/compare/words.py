"""Names of settings in words, for the table of what differs."""

from aeviz.language import mark, tr
from aeviz.web.kernel.text import escape
from aeviz.web.kernel.titles import OPTIMIZER_TITLES

SETTINGS = {
    "preset": mark("preset"),
    "data.name": mark("data"),
    "data.validation_fraction": mark("validation share"),
    "data.split_seed": mark("seed of the split"),
    "data.image_size": mark("image size (pixels)"),
    "data.without": mark("class left out"),
    "model.image_shape": mark("image shape"),
    "model.encoder": mark("encoder"),
    "model.bottleneck": mark("bottleneck"),
    "model.decoder": mark("decoder"),
    "model.latent_dim": mark("latent dimensions"),
    "model.hidden": mark("hidden layers (units)"),
    "model.channels": mark("convolutions (channels)"),
    "model.features": mark("features before the bottleneck"),
    "model.activation": mark("activation"),
    "model.init": mark("initial weights"),
    "model.output": mark("output activation"),
    "model.latent": mark("latent activation"),
    "model.prior": mark("prior"),
    "model.classes": mark("classes"),
    "model.flow_steps": mark("flow steps"),
    "model.flow_hidden": mark("hidden units of the flow"),
    "model.codes": mark("codes in the code book"),
    "model.code_dim": mark("numbers of a code"),
    "model.commitment": mark("commitment weight"),
    "objective.reconstruction": mark("reconstruction loss"),
    "objective.reconstruction_weight": mark("reconstruction weight"),
    "objective.kl_weight": mark("KL weight"),
    "objective.kl_reduction": mark("KL over dimensions"),
    "objective.annealing": mark("KL annealing"),
    "objective.annealing_epochs": mark("epochs of KL annealing"),
    "objective.free_bits": mark("free bits"),
    "objective.penalty": mark("penalty"),
    "objective.penalty_weight": mark("penalty weight"),
    "objective.sparsity": mark("target activation (sparsity)"),
    "objective.corruption": mark("corruption"),
    "objective.corruption_level": mark("corruption level"),
    "optimizer.name": mark("optimizer"),
    "optimizer.learning_rate": mark("learning rate"),
    "optimizer.schedule": mark("learning-rate schedule"),
    "optimizer.decay": mark("decay of the learning rate"),
    "optimizer.beta1": mark("beta1"),
    "optimizer.beta2": mark("beta2"),
    "optimizer.epsilon": mark("epsilon"),
    "optimizer.momentum": mark("momentum (SGD)"),
    "train.epochs": mark("epochs"),
    "train.batch_size": mark("batch size (images)"),
    "train.seed": mark("seed"),
    "train.device": mark("device"),
    "train.precision": mark("precision of a step"),
    "train.shuffle": mark("mixing of the images"),
    "train.flip": mark("random flips"),
    "train.gradient_clip": mark("gradient clip"),
}
"""Setting, as `RunConfig.settings` names it, to its name in words."""
_VALUES = {"null": mark("none"), "true": mark("yes"), "false": mark("no")}


def name_setting(key: str) -> str:
    """Return the name of a setting in words, as Markdown; of one that has none, its key."""
    return tr(SETTINGS[key]) if key in SETTINGS else escape(key)


def name_value(key: str, value: str) -> str:
    """Return what a setting is set to, in words where it has some."""
    if key == "optimizer.name":
        return OPTIMIZER_TITLES.get(value, value)
    return tr(_VALUES[value]) if value in _VALUES else value
