"""Recorder of the training animation: snapshots of the same few validation images after some epochs."""

from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aeviz.analysis.latent import GRID_TAIL, order_by_variance, quantile_ranges
from aeviz.analysis.reconstruction import pick_per_class
from aeviz.analysis.traversal import plane_grid
from aeviz.data import ImageDataset
from aeviz.errors import CheckpointFormatError
from aeviz.models import Autoencoder
from aeviz.training.samples import (
    FIXED,
    SAMPLES,
    Fixed,
    PriorSamples,
    Sample,
    milestones,
    read_prior,
    wanted_epochs,
    write_fixed,
    write_prior,
    write_sample,
)

POINTS = 600
"""Validation images that are followed on the latent plane, evenly spaced over the set."""
RECONSTRUCTIONS = 10
"""Images whose reconstructions are kept, of different classes where there are some."""
GRID_SIDE = 8
"""Decoded images along each side of the latent plane."""
GRID_PX = 32
"""Longest side of such an image in pixels; larger ones are averaged down, since every frame keeps 64 of them."""
DRAWS = 20
"""Draws from the prior of a variational model that are decoded at the milestones."""


class Recorder:
    """Keeps samples of a training run in its folder. Pass its `observe` to `aeviz.training.loop.fit`.

    Args:
        path: Folder of the run.
        validation_set: Where the images come from.
        epochs: Epochs that will be trained; they decide which are kept.
    """

    def __init__(self, path: Path, validation_set: ImageDataset, epochs: int) -> None:
        self.path = path
        self._wanted, self._milestones = wanted_epochs(epochs), milestones(epochs)
        chosen = np.linspace(0, len(validation_set) - 1, min(POINTS, len(validation_set))).round().astype(np.int64)
        self._followed = validation_set.take(chosen)
        self._shown = self._followed.take(_of_each_class(self._followed))

    def observe(self, epoch: int, model: Autoencoder) -> None:
        """Keep a sample of the network after an epoch, if it is one of those that are kept."""
        if epoch in self._milestones and model.config.is_variational:
            self._sample_prior(epoch, model)
        if epoch not in self._wanted:
            return
        if epoch == 0 or not (self.path / SAMPLES / FIXED).is_file():  # a run of an older version has none
            write_fixed(self.path, Fixed(originals=self._shown.images, labels=self._followed.labels))
        write_sample(self.path, self._sample(epoch, model))

    @torch.inference_mode()
    def _sample(self, epoch: int, model: Autoencoder) -> Sample:
        device = next(model.parameters()).device

        def encode(images: np.ndarray) -> Tensor:
            return model.encode_mean(torch.tensor(images, device=device).to(torch.float32).div_(255))

        z = encode(self._followed.images).to("cpu").numpy()
        order = order_by_variance(z)
        axes = int(order[0]), int(order[min(1, len(order) - 1)])
        axes = (min(axes), max(axes))
        points = plane_grid(quantile_ranges(z, tail=GRID_TAIL), np.median(z, axis=0), axes, GRID_SIDE)
        grid = model.decode(torch.tensor(points, device=device))
        height, width = grid.shape[2:]
        if max(height, width) > GRID_PX:
            size = [max(1, round(side * GRID_PX / max(height, width))) for side in (height, width)]
            grid = torch.nn.functional.interpolate(grid, size=size, mode="area")
        reconstructions = model.decode(encode(self._shown.images))
        return Sample(epoch=epoch, z=z, reconstructions=_to_bytes(reconstructions), grid=_to_bytes(grid), axes=axes)

    @torch.inference_mode()
    def _sample_prior(self, epoch: int, model: Autoencoder) -> None:
        """Decode the draws from the prior, the same at every milestone, and add them to those before."""
        points = torch.randn(DRAWS, model.config.latent_dim, generator=torch.Generator().manual_seed(0))
        points = points.to(next(model.parameters()).device)
        if model.anchors is not None:
            points = points + model.anchors[torch.arange(DRAWS, device=points.device) % len(model.anchors)]
        images = _to_bytes(model.decode(points))[None]
        try:
            before = read_prior(self.path)
        except CheckpointFormatError:
            before = None  # what cannot be read is not worth the end of the training
        epochs = np.array([epoch])
        if before is not None and before.images.shape[1:] == images.shape[1:]:
            kept = before.epochs < epoch  # a resumed run passes some epochs again
            epochs = np.concatenate([before.epochs[kept], epochs])
            images = np.concatenate([before.images[kept], images])
        write_prior(self.path, PriorSamples(epochs=epochs, images=images))


def _of_each_class(images: ImageDataset) -> np.ndarray:
    """Return the places of ten images, of as many classes as there are."""
    if images.labels is None:
        return np.linspace(0, len(images) - 1, min(RECONSTRUCTIONS, len(images))).round().astype(np.int64)
    classes = len(np.unique(images.labels))
    each = -(-RECONSTRUCTIONS // classes)
    chosen = pick_per_class(images.labels, each)
    members: np.ndarray = chosen[chosen >= 0]
    return members[:RECONSTRUCTIONS] if each == 1 else members


def _to_bytes(images: Tensor) -> np.ndarray:
    """Return images in [0, 1] as uint8, 0 to 255, on the CPU; what is outside is clamped, NaN becomes 0."""
    values: np.ndarray = torch.nan_to_num(images).clamp(0, 1).mul(255).round().to(torch.uint8).to("cpu").numpy()
    return values
