"""Evaluation of a run on a split: the figures of `aeviz evaluate` and the map that the app shows."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from aeviz.analysis.latent import count_active_units
from aeviz.analysis.metrics import knn_accuracy, mutual_information_gap, psnr, trustworthiness
from aeviz.analysis.reconstruction import euclidean_error, mean_per_class
from aeviz.analysis.variational import IMPORTANCE_SAMPLES, measure_variational
from aeviz.data import ImageDataset
from aeviz.objectives import ms_ssim, ssim, ssim_map
from aeviz.training.latents import LatentTable
from aeviz.training.run import BATCH, Run
from aeviz.training.run_records import Evaluation

SMALLEST_SSIM_SIDE = 3
"""Pixels; structural similarity is not defined for images with a smaller side."""

COMPARING = 0.7
"""Share of the time of an evaluation that comparing images with their reconstructions takes, roughly."""


def evaluate(
    run: Run,
    dataset: ImageDataset,
    train_set: ImageDataset,
    *,
    on_progress: Callable[[float, str], None] | None = None,
) -> tuple[Evaluation, LatentTable]:
    """Measure a run on a split.

    Args:
        run: The trained model.
        dataset: The images to measure on.
        train_set: Images whose latent points the kNN classifier is fitted on; of all classes, also of one that the
            training left out, so that the figures of all models mean the same.
        on_progress: Called with the share that is done, in [0, 1], and what is being done.

    Returns:
        The figures, and the latent points with the error of each image.

    Raises:
        DataError: The images do not have the shape that the model takes.
    """
    report = on_progress or (lambda share, text: None)
    z = run.encode(dataset.images)
    error, similarity, multi_scale = _compare(run, dataset.images, z.numpy(), report)
    mse = float((error**2).sum() / dataset.images.size)
    table = _table(run, dataset, z.numpy(), error)
    accuracy = None
    if dataset.labels is not None and train_set.labels is not None:
        report(COMPARING, "finding the nearest neighbours")
        accuracy = knn_accuracy(run.encode(train_set.images).numpy(), train_set.labels, table.z, dataset.labels)
    report(0.9, "measuring the posterior")
    variational = measure_variational(run, dataset)
    factors = dataset.factors if dataset.attributes is None else dataset.attributes
    report(0.95, "measuring trustworthiness")
    evaluation = Evaluation(
        model=run.name,
        dataset=dataset.name,
        split=dataset.split,
        n=len(dataset),
        mse=mse,
        psnr=psnr(mse),
        ssim=similarity,
        ms_ssim=multi_scale,
        euclidean_error_per_class=(
            {} if dataset.labels is None else mean_per_class(error, dataset.labels, dataset.class_names)
        ),
        knn_accuracy=accuracy,
        kl=None if variational is None else variational.kl,
        elbo=None if variational is None else variational.elbo,
        kl_per_dimension=() if variational is None else variational.kl_per_dimension,
        elbo_error=None if variational is None else variational.elbo_error,
        log_likelihood_bound=None if variational is None else variational.log_likelihood_bound,
        bound_gain=None if variational is None else variational.bound_gain,
        bound_gain_error=None if variational is None else variational.bound_gain_error,
        importance_samples=(
            None if variational is None or variational.log_likelihood_bound is None else IMPORTANCE_SAMPLES
        ),
        expected_log_likelihood=None if variational is None else variational.reconstruction,
        active_units=count_active_units(table.z),
        trustworthiness=trustworthiness(dataset.images, table.z),
        mig=None if factors is None else mutual_information_gap(table.z, factors),
    )
    return evaluation, table


def tabulate(run: Run, dataset: ImageDataset) -> LatentTable:
    """Encode a data set: its latent points with the error of each image, and no more than that.

    Raises:
        DataError: The images do not have the shape that the model takes.
    """
    z = run.encode(dataset.images).numpy()
    parts = range(0, len(z), BATCH)
    errors = [euclidean_error(dataset.images[k : k + BATCH], run.decode(z[k : k + BATCH]).numpy()) for k in parts]
    return _table(run, dataset, z, np.concatenate(errors))


def _table(run: Run, dataset: ImageDataset, z: np.ndarray, error: np.ndarray) -> LatentTable:
    spread = run.encode_log_variance(dataset.images)
    return LatentTable(
        z=z,
        labels=dataset.labels,
        error=error.astype(np.float32),
        fingerprint=dataset.fingerprint(),
        log_variance=None if spread is None else spread.numpy(),
    )


@torch.no_grad()
def _compare(
    run: Run, images: np.ndarray, z: np.ndarray, report: Callable[[float, str], None]
) -> tuple[np.ndarray, float | None, float | None]:
    """Return Euclidean errors, (N,), mean SSIM and mean MS-SSIM, decoding a batch at a time."""
    errors, single, multi = [], [], []
    for start in range(0, len(images), BATCH):
        report(COMPARING * start / len(images), "comparing images with reconstructions")
        part = images[start : start + BATCH]
        y = run.decode(z[start : start + BATCH])
        errors.append(euclidean_error(part, y.numpy()))
        x = torch.tensor(part, dtype=torch.float32).div_(255)
        if min(images.shape[2:]) >= SMALLEST_SSIM_SIDE:
            single.append(ssim(x, y))
            multi.append(ms_ssim(x, y).value)
    if not single:
        return np.concatenate(errors), None, None
    return (
        np.concatenate(errors),
        float(torch.cat(single).double().mean()),
        float(torch.cat(multi).double().mean()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """Similarities of images and their reconstructions."""

    error: float
    """Euclidean norm of the difference, pixels in [0, 1]."""
    mse: float
    """Mean squared error over pixels."""
    psnr: float | None
    """In dB; None where the error is 0."""
    ssim: float | None
    """Structural similarity; None for images too small."""
    ssim_map: np.ndarray | None
    """The same by position of the window, (H', W'), float32; see `aeviz.objectives.ssim_map`."""


def compare_pair(image: np.ndarray, reconstruction: np.ndarray) -> Likeness:
    """Compare one image, (C, H, W), uint8, with its reconstruction, (C, H, W), float32 in [0, 1]."""
    error = float(euclidean_error(image[None], reconstruction[None])[0])
    mse = error**2 / image.size
    by_place = None
    if min(image.shape[1:]) >= SMALLEST_SSIM_SIDE:
        x = torch.tensor(image, dtype=torch.float32).div_(255)
        by_place = ssim_map(x[None], torch.tensor(reconstruction)[None])[0].numpy()
    similarity = None if by_place is None else float(by_place.mean(dtype=np.float64))
    return Likeness(error=error, mse=mse, psnr=psnr(mse), ssim=similarity, ssim_map=by_place)
