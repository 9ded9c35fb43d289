"""Evaluation of a run on a split: the figures of `aeviz evaluate` and the map that the app shows."""

import numpy as np
import torch

from aeviz.analysis.latent import count_active_units
from aeviz.analysis.metrics import knn_accuracy, psnr, trustworthiness
from aeviz.analysis.reconstruction import mean_per_class, squared_error
from aeviz.data import ImageDataset
from aeviz.objectives import ms_ssim, ssim
from aeviz.training.run import BATCH, Run
from aeviz.training.runs import Evaluation, LatentTable

SMALLEST_SSIM_SIDE = 3
"""Pixels; structural similarity is not defined for images with a smaller side."""


def evaluate(run: Run, dataset: ImageDataset, train_set: ImageDataset) -> tuple[Evaluation, LatentTable]:
    """Measure a run on a split.

    Args:
        run: The trained model.
        dataset: The images to measure on.
        train_set: Images whose latent points the kNN classifier is fitted on.

    Returns:
        The figures, and the latent points with the error of each image.

    Raises:
        DataError: The images do not have the shape that the model takes.
    """
    z = run.encode(dataset.images)
    squared, similarity, multi_scale = _compare(run, dataset.images, z.numpy())
    error = np.sqrt(squared)
    mse = float(squared.sum() / dataset.images.size)
    table = LatentTable(z=z.numpy(), labels=dataset.labels, error=error.astype(np.float32))
    accuracy = None
    if dataset.labels is not None and train_set.labels is not None:
        accuracy = knn_accuracy(run.encode(train_set.images).numpy(), train_set.labels, table.z, dataset.labels)
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
        kl=None,
        elbo=None,
        active_units=count_active_units(table.z),
        trustworthiness=trustworthiness(dataset.images, table.z),
    )
    return evaluation, table


@torch.no_grad()
def _compare(run: Run, images: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, float | None, float | None]:
    """Return squared errors, (N,), mean SSIM and mean MS-SSIM, decoding a batch at a time."""
    squared, single, multi = [], [], []
    for start in range(0, len(images), BATCH):
        part = images[start : start + BATCH]
        y = run.decode(z[start : start + BATCH])
        squared.append(squared_error(part, y.numpy()))
        x = torch.from_numpy(part).to(torch.float32).div_(255)
        if min(images.shape[2:]) >= SMALLEST_SSIM_SIDE:
            single.append(ssim(x, y))
            multi.append(ms_ssim(x, y).value)
    if not single:
        return np.concatenate(squared), None, None
    return (
        np.concatenate(squared),
        float(torch.cat(single).double().mean()),
        float(torch.cat(multi).double().mean()),
    )
