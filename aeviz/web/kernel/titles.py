"""What models are called where their names alone would say little: their kind, dimensions and optimizer."""

import re

import streamlit as st

from aeviz.config import RunConfig
from aeviz.data.imports.visits import name_for_people
from aeviz.web.kernel.models import Model

OPTIMIZER_TITLES = {"adam": "Adam", "amsgrad": "AMSGrad", "sgd": "SGD"}


def title_of(config: RunConfig) -> str:
    """Return the title of a model: its kind, the dimensions of its latent space and its optimizer."""
    dimensions = config.model.latent_dim
    last = "imported" if config.model.is_imported else optimizer_of(config)
    return f"{_kind(config)}, {dimensions} dimension{'' if dimensions == 1 else 's'}, {last}"


def optimizer_of(config: RunConfig) -> str:
    """Return the name of the optimizer; of an imported model nothing is known of it."""
    return "imported" if config.model.is_imported else OPTIMIZER_TITLES[config.optimizer.name]


def describe(model: Model, count: int) -> str:
    """Return the heading of a model's map of so many test images: name, title, data, count and seed."""
    config = model.config
    left_out = "" if config.data.without is None else f" (trained without class {config.data.without})"
    seed = "" if config.model.is_imported else f" · seed {config.train.seed}"
    data = name_for_people(config.data.name)
    return f"{model.name}{left_out} · {title_of(config)} · {count:,} test images of {data}{seed}"


def show_title(key: str, model: Model) -> None:
    """Write the title of the chosen model beside the label of its list.

    It is not in the list: what stands there is bound to the address, and names are what addresses hold.

    Args:
        key: Key of the list.
        model: The chosen model.
    """
    label = f".st-key-{re.sub('[^a-zA-Z0-9_-]', '-', key)} [data-testid='stWidgetLabel'] p"
    st.html(
        f"<style>{label} {{ overflow: hidden; text-overflow: ellipsis; white-space: nowrap; margin-right: 0.4rem; }}"
        f"{label}::after {{ content: '{title_of(model.config)}'; padding-left: 0.6rem; "
        "opacity: var(--aeviz-faint, 0.75); }</style>"
    )


def _kind(config: RunConfig) -> str:
    model, objective = config.model, config.objective
    if model.is_imported:
        return "VAE" if model.is_variational else "Autoencoder"
    if model.is_variational:
        if not objective.reconstruction_weight:
            return "VAE, KL divergence only"
        if not objective.kl_weight:
            return "VAE without KL divergence"
        kind = "MSSIM-VAE" if objective.reconstruction == "ms_ssim" else "VAE"
        if model.bottleneck == "flow":
            kind += " with a normalizing flow"
        return f"{kind} with an anchor for each class" if model.prior == "anchored" else kind
    if model.bottleneck_spec.is_quantized:
        return "VQ-VAE"
    if objective.corruption != "none":
        return "Denoising autoencoder"
    if objective.penalty in ("l1", "kl_sparsity"):
        return "Sparse autoencoder"
    return {"linear": "Linear autoencoder", "conv": "Convolutional autoencoder"}.get(model.encoder, "Autoencoder")
