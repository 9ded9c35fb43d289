"""The experiments of the Lab, in the order of its list: add a module with an `EXPERIMENT`, and its entry here."""

from aeviz.web.kernel.experiments import Experiment, show_grouped_experiments
from aeviz.web.lab import (
    backpropagation,
    code_book,
    convolution,
    distance,
    divergence,
    entropy,
    linear_posterior,
    neuron,
    true_posterior,
)

GROUPS = (
    "Information and probability",
    "Latent variables",
    "ELBO",
    "Gradients through noise",
    "Neurons and layers",
    "Learning",
    "Images",
    "Losses on images",
    "Dimension and compression",
    "Generation",
)
"""Groups in the order of the list."""
EXPERIMENTS: tuple[Experiment, ...] = tuple(
    sorted(
        (
            divergence.EXPERIMENT,
            entropy.EXPERIMENT,
            distance.EXPERIMENT,
            true_posterior.EXPERIMENT,
            linear_posterior.EXPERIMENT,
            neuron.EXPERIMENT,
            backpropagation.EXPERIMENT,
            convolution.EXPERIMENT,
            code_book.EXPERIMENT,
        ),
        key=lambda experiment: GROUPS.index(experiment.group),
    )
)
"""In the order of their groups, within a group in that of this list."""


def show_lab() -> None:
    """Let the visitor choose an experiment and show it."""
    show_grouped_experiments(EXPERIMENTS)
