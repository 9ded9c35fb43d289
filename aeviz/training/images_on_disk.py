"""Batches of images that stay on disk, in memory that does not grow with their number.

An epoch in random order would read each image from a place of its own. The images are therefore read in blocks that
lie together: a random choice of blocks fills a pool, the pool is shuffled, and its images go into the batches; then the
next pool is read. Within an epoch each image comes once. Images of one block meet in a batch more often than by chance.
Memory holds one pool (`POOL_BYTES`) and one batch.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from aeviz.config import TrainConfig
from aeviz.data import ImageDataset
from aeviz.errors import DataError
from aeviz.training.batches import ResidentImages, split_batches
from aeviz.training.memory import free_memory

BLOCK_BYTES = 1 << 18
"""Images that are read together: some 20 faces of 64 x 64, some 330 digits of 28 x 28."""
POOL_BYTES = 1 << 26
"""Images that are shuffled together: some 5,500 faces."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImagesOnDisk:
    """Images of a data set that may be larger than memory; the counterpart of `ResidentImages`."""

    images: NDArray[np.uint8]
    """(N, C, H, W), uint8, usually mapped into memory."""
    labels: Tensor | None
    """Classes, (N,), int64, on the device, or None."""
    device: torch.device
    """Where the batches go."""
    block: int
    """Images that are read together."""
    pool: int
    """Blocks that are shuffled together."""

    @classmethod
    def place(cls, dataset: ImageDataset, device: torch.device) -> "ImagesOnDisk":
        """Take the images where they are; only the labels are copied."""
        size = int(np.prod(dataset.image_shape))
        block = max(1, BLOCK_BYTES // size)
        labels = None if dataset.labels is None else torch.tensor(dataset.labels, device=device)
        return cls(
            images=dataset.images,
            labels=labels,
            device=device,
            block=block,
            pool=max(1, POOL_BYTES // (block * size)),
        )

    def __len__(self) -> int:
        return len(self.images)

    def shuffled(self, batch_size: int, seed: int, epoch: int) -> Iterator[tuple[Tensor, Tensor | None]]:
        """Yield the batches of an epoch, as `ResidentImages.shuffled` does, in an order of blocks.

        Seed and epoch determine the order, on every device.
        """
        generator = torch.Generator().manual_seed((seed << 20) + epoch)
        sizes = [len(places) for places in split_batches(len(self), batch_size)]
        chosen = torch.empty(max(sizes, default=0), *self.images.shape[1:], dtype=torch.uint8)
        places = torch.empty(len(chosen), dtype=torch.int64)
        remaining, filled = iter(sizes), 0
        size = next(remaining, 0)
        for pool, where in self._pools(generator):
            order = torch.randperm(len(where), generator=generator)
            begin = 0
            while begin < len(order):
                taken = order[begin : begin + size - filled]
                end = filled + len(taken)
                torch.index_select(pool, 0, taken, out=chosen[filled:end])
                torch.index_select(where, 0, taken, out=places[filled:end])
                begin, filled = begin + len(taken), end
                if filled == size:
                    yield self._batch(chosen[:size], places[:size])
                    size, filled = next(remaining, 0), 0

    def _pools(self, generator: torch.Generator) -> Iterator[tuple[Tensor, Tensor]]:
        """Yield images, uint8, and their places, (n,), pool after pool; each overwrites the one before."""
        starts = torch.randperm(-(-len(self) // self.block), generator=generator) * self.block
        pool = np.empty((min(self.pool * self.block, len(self)), *self.images.shape[1:]), np.uint8)
        for first in range(0, len(starts), self.pool):
            blocks = [slice(at, min(at + self.block, len(self))) for at in starts[first : first + self.pool].tolist()]
            where = torch.cat([torch.arange(block.start, block.stop) for block in blocks])
            filled = 0
            for block in blocks:
                pool[filled : filled + block.stop - block.start] = self.images[block]
                filled += block.stop - block.start
            yield torch.from_numpy(pool[:filled]), where

    def _batch(self, chosen: Tensor, places: Tensor) -> tuple[Tensor, Tensor | None]:
        """Return images as floats in [0, 1] and their labels, both on the device."""
        labels = None if self.labels is None else self.labels[places.to(self.device)]
        return chosen.to(self.device).to(torch.float32).div_(255), labels

    def in_order(self, batch_size: int) -> Iterator[tuple[Tensor, Tensor | None]]:
        """Yield all images and labels in their order, a batch in memory at a time."""
        for start in range(0, len(self), batch_size):
            batch = torch.tensor(self.images[start : start + batch_size], device=self.device)
            labels = None if self.labels is None else self.labels[start : start + batch_size]
            yield batch.to(torch.float32).div_(255), labels


TrainingImages = ResidentImages | ImagesOnDisk
"""What a trainer takes its batches from."""


def place_images(dataset: ImageDataset, train: TrainConfig, device: torch.device) -> TrainingImages:
    """Put the images on the device, or leave them on disk where `train.shuffle` is "blocks".

    Raises:
        DataError: All images should be in memory, and this machine has too little of it.
    """
    if train.shuffle == "blocks":
        return ImagesOnDisk.place(dataset, device)
    check_fits_memory(dataset)
    return ResidentImages.place(dataset, device)


def check_fits_memory(dataset: ImageDataset) -> None:
    """Raise a DataError where mapped images should all be in memory, and this machine has too little of it."""
    free = free_memory()
    if isinstance(dataset.images, np.memmap) and free is not None and dataset.images.nbytes > free:
        needed = dataset.images.nbytes
        raise DataError(
            f"the {len(dataset):,} {dataset.split} images of {dataset.name!r} need {needed / 1e9:.1f} GB of memory and "
            f"{free / 1e9:.1f} GB are free; set train.shuffle=blocks, which leaves them on disk"
        )
