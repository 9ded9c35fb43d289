"""What models are called where their names alone would say little, what is special about them, and their groups."""

import re
from collections.abc import Iterable
from typing import Protocol, TypeVar

from aeviz.config import RunConfig
from aeviz.language import mark, tr, trn
from aeviz.presets import PRESETS, Preset

OPTIMIZER_TITLES = {"adam": "Adam", "amsgrad": "AMSGrad", "sgd": "SGD"}
_SOURCE = re.compile(r" \(([^()]*)\)$")


def title_of(config: RunConfig) -> str:
    """Return the title of a model: its kind, the dimensions of its latent space and its optimizer."""
    dimensions = config.model.latent_dim
    return trn(
        "{kind}, {count} dimension, {optimizer}",
        "{kind}, {count} dimensions, {optimizer}",
        dimensions,
        kind=_kind(config),
        optimizer=optimizer_of(config),
    )


def optimizer_of(config: RunConfig) -> str:
    """Return the name of the optimizer; of an imported model nothing is known of it."""
    return tr("imported") if config.model.is_imported else OPTIMIZER_TITLES[config.optimizer.name]


def _kind(config: RunConfig) -> str:
    model, objective = config.model, config.objective
    if model.is_imported:
        return "VAE" if model.is_variational else tr("Autoencoder")
    if model.is_variational:
        if not objective.reconstruction_weight:
            return tr("VAE, KL divergence only")
        if not objective.kl_weight:
            return tr("VAE without KL divergence")
        kind = "MSSIM-VAE" if objective.reconstruction == "ms_ssim" else "VAE"
        if model.bottleneck == "flow":
            kind = tr("{kind} with a normalizing flow", kind=kind)
        return tr("{kind} with an anchor for each class", kind=kind) if model.prior == "anchored" else kind
    if model.bottleneck_spec.is_quantized:
        return "VQ-VAE"
    if objective.corruption != "none":
        return tr("Denoising autoencoder")
    if objective.penalty in ("l1", "kl_sparsity"):
        return tr("Sparse autoencoder")
    names = {"linear": mark("Linear autoencoder"), "conv": mark("Convolutional autoencoder")}
    return tr(names.get(model.encoder, "Autoencoder"))


class Listed(Protocol):
    """A run in a gallery."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def config(self) -> RunConfig: ...  # noqa: D102
    @property
    def is_shipped(self) -> bool: ...  # noqa: D102
    @property
    def has_latents(self) -> bool: ...  # noqa: D102


Run = TypeVar("Run", bound=Listed)
OWN = mark("Your own runs")
"""Group of the models that did not come with aeviz."""


def special_of(run: Listed) -> str:
    """Say what is special about a model that ships; nothing of others, whose settings are free."""
    preset = PRESETS.get(run.name) if run.is_shipped else None
    if preset is None:
        return ""
    return tr(short_summary(preset))


def short_summary(preset: Preset) -> str:
    """Return the sentence on a preset, in English, without its source, which the pages of the model say."""
    words = _SOURCE.sub("", preset.summary)
    return words[0].upper() + words[1:]


def source_of(preset: Preset) -> str:
    """Return the source that the sentence on a preset ends with, in English; empty where it names none."""
    found = _SOURCE.search(preset.summary)
    return found[1] if found else ""


def terms_of(run: Listed) -> str:
    """Return the terms of a model whose data asks for some, a sentence; empty for others."""
    if run.config.data.name != "celeba":
        return ""
    return tr("Trained on CelebA: model and images are for non-commercial research only.")


def groups_of(runs: Iterable[Run]) -> dict[str, tuple[list[Run], str]]:
    """Return the groups of a gallery, one's own first: title to the runs and a sentence on them, both in English."""
    found: dict[str, tuple[list[Run], str]] = {
        OWN: ([], mark("Trained on this machine.")),
        mark("Autoencoders"): (
            [],
            mark("Compress an image, then reconstruct it; trained with Adam and with AMSGrad."),
        ),
        mark("Variational autoencoders"): ([], mark("The codes follow a prior, so new images can be sampled.")),
        mark("Faces"): ([], mark("A VAE and an MSSIM-VAE with 128 dimensions; the cards show samples.")),
    }
    for run in runs:
        kind = "Variational autoencoders" if run.config.model.is_variational else "Autoencoders"
        found[OWN if not run.is_shipped else kind if run.has_latents else "Faces"][0].append(run)
    return found
