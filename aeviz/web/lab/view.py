"""The experiments of the Lab, in the order of its list: add a module with an `EXPERIMENT`, and its entry here."""

from aeviz.web.kernel.experiments import Experiment, show_grouped_experiments
from aeviz.web.lab import (
    backpropagation,
    basis,
    batches,
    bayes,
    circles,
    code_book,
    convolution,
    denoising_field,
    dimension,
    distance,
    divergence,
    drawn_network,
    entropy,
    foreign_decoder,
    gradient_moments,
    gradients,
    identity_shortcut,
    image_descent,
    image_losses,
    image_numbers,
    initialisation,
    jensen,
    linear_posterior,
    manifold_walk,
    maximum_entropy,
    mixture,
    natural_images,
    neuron,
    one_vae,
    pixel_losses,
    projection,
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
            maximum_entropy.EXPERIMENT,
            jensen.EXPERIMENT,
            distance.EXPERIMENT,
            bayes.EXPERIMENT,
            mixture.EXPERIMENT,
            true_posterior.EXPERIMENT,
            linear_posterior.EXPERIMENT,
            circles.EXPERIMENT,
            manifold_walk.EXPERIMENT,
            foreign_decoder.EXPERIMENT,
            denoising_field.EXPERIMENT,
            gradients.EXPERIMENT,
            one_vae.EXPERIMENT,
            neuron.EXPERIMENT,
            basis.EXPERIMENT,
            drawn_network.EXPERIMENT,
            backpropagation.EXPERIMENT,
            natural_images.EXPERIMENT,
            convolution.EXPERIMENT,
            image_numbers.EXPERIMENT,
            image_losses.EXPERIMENT,
            pixel_losses.EXPERIMENT,
            initialisation.EXPERIMENT,
            batches.EXPERIMENT,
            gradient_moments.EXPERIMENT,
            projection.EXPERIMENT,
            image_descent.EXPERIMENT,
            dimension.EXPERIMENT,
            identity_shortcut.EXPERIMENT,
            code_book.EXPERIMENT,
        ),
        key=lambda experiment: GROUPS.index(experiment.group),
    )
)
"""In the order of their groups, within a group in that of this list."""


def show_lab() -> None:
    """Let the visitor choose an experiment and show it."""
    show_grouped_experiments(EXPERIMENTS)
