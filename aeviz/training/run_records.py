"""Records of a run beside its settings: its provenance, its evaluation, and its line in a listing."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a run came from."""

    created: str
    """When training began, ISO 8601, UTC."""
    versions: Mapping[str, str]
    """Versions of aeviz, python, torch and numpy."""
    device: str
    """Name of the device that trained it."""
    data_fingerprint: str
    """Digest of the training images and labels."""
    class_names: tuple[str, ...] = ()
    """Names of the classes, empty when the data has none."""
    n_train: int
    """Number of training images."""
    n_validation: int
    """Number of validation images."""
    parameters: int
    """Number of weights and biases."""
    seeds_tried: int = 1
    """How many seeds were trained to choose this one."""
    mean_image_mse: float | None = None
    """Mean squared error on the validation images of a network that always returns the mean training image; what has
    learned anything is below it. None in runs of older versions."""
    imported_from: str = ""
    """Of a model of another program: the files and the program that wrote them. Its training is not known here: the
    images are those that it was measured on."""

    def to_dict(self) -> dict[str, Any]:
        """Return JSON values, as versions before 0.3 read them unless the run is imported."""
        values = dataclasses.asdict(self)
        if not self.imported_from:
            del values["imported_from"]
        return values


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Measures of a run on a split: the fields that `aeviz evaluate --json` prints."""

    model: str
    dataset: str
    split: str
    n: int
    mse: float
    """Mean squared error over pixels and images, pixels in [0, 1]."""
    psnr: float | None
    """Peak signal-to-noise ratio of that mean squared error, in dB; None where the error is 0."""
    ssim: float | None
    """Structural similarity, mean over images; None where undefined."""
    ms_ssim: float | None
    """Multi-scale structural similarity, mean over images; None where undefined."""
    euclidean_error_per_class: Mapping[str, float]
    """Class name to mean norm of image minus reconstruction; empty without classes."""
    knn_accuracy: float | None
    """Share of images whose class the 10 nearest training latents name, those of a class that training left out among
    them; None without classes."""
    kl: float | None
    """Kullback-Leibler divergence from posterior to prior in nats per image; None for a plain autoencoder."""
    elbo: float | None
    """Evidence lower bound in nats per image; None for a plain autoencoder."""
    active_units: int
    """Latent dimensions whose variance over the images is above 0.01 (Burda et al. 2016, arXiv:1509.00519, 5.2)."""
    kl_per_dimension: tuple[float, ...] = ()
    """The divergence by latent dimension, nats per image; empty for a plain autoencoder."""
    log_likelihood_bound: float | None = None
    """Importance-weighted bound on log p(x) in nats per image: `elbo` plus `bound_gain`; None without ELBO."""
    importance_samples: int | None = None
    """K, the samples of that bound."""
    expected_log_likelihood: float | None = None
    """Reconstruction term of the ELBO, E log p(x | z) in nats per image: the ELBO is this less the KL."""
    trustworthiness: float | None = None
    """Neighbour preservation from image to latent space on the first 2,000 images, 10 neighbours, in [0, 1]."""
    mig: float | None = None
    """Mutual information gap with the images' attributes or factors, in [0, 1]; None where there are none."""
    elbo_error: float | None = None
    """Standard error of the ELBO over the images."""
    bound_gain: float | None = None
    """Importance-weighted bound minus ELBO, both of the same images (at most 1,000) and samples; None in files of older
    versions, whose bound is that of other images than their ELBO."""
    bound_gain_error: float | None = None
    """Standard error of that gain over these images."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """One line of `aeviz list`."""

    name: str
    preset: str
    dataset: str
    latent_dim: int
    optimizer: str
    """Its name; "unknown" of an imported model."""
    parameters: int
    epochs: int
    """Epochs trained."""
    val_mse: float | None
    """Validation mean squared error of model.safetensors; None before the first epoch ended."""
    bytes: int
    """Size of the folder."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProblem:
    """Why a folder that seems to be a run, or a folder of runs, is left out of a listing."""

    path: Path
    message: str
    """A whole sentence that names the run and says what to do."""
