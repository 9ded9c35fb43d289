"""Batches of images that lie on the device.

The rule for the last batch of an epoch: it takes what is left, and an image that would be left alone joins the batch
before it. Batch normalisation needs more than one value a channel, and a single image gives it one where the map of
features has shrunk to 1 x 1; no gradient should come from one image in any case where all others come from hundreds.
"""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aeviz.data import ImageDataset


def split_batches(count: int, batch_size: int) -> list[range]:
    """Return the places of each batch in an order of `count` images: `batch_size` each, the rest in the last.

    Where one image alone is left it joins the batch before it, unless the batches have one image each. Of no images
    there is no batch.
    """
    starts = list(range(0, count, batch_size))
    if batch_size > 1 and len(starts) > 1 and count % batch_size == 1:
        starts.pop()
    return [range(start, end) for start, end in itertools.pairwise([*starts, count])]


def count_steps(count: int, batch_size: int) -> int:
    """Return the number of optimizer steps of an epoch over `count` images."""
    return len(split_batches(count, batch_size))


def epoch_order(count: int, seed: int, epoch: int) -> Tensor:
    """Return the order of `count` images in an epoch, (count,), int64.

    It comes from a CPU generator seeded by seed and epoch: the same on every device, and known again to a run that
    resumes.
    """
    return torch.randperm(count, generator=torch.Generator().manual_seed((seed << 20) + epoch))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ResidentImages:
    """Images on the device as uint8; floats in [0, 1] exist only a batch at a time."""

    images: Tensor
    """(N, C, H, W), uint8."""
    labels: Tensor | None = None
    """Classes, (N,), int64, or None."""

    @classmethod
    def place(cls, dataset: ImageDataset, device: torch.device) -> "ResidentImages":
        """Copy the images and labels of a data set to the device once."""
        labels = None if dataset.labels is None else torch.tensor(dataset.labels, device=device)
        return cls(images=torch.tensor(np.ascontiguousarray(dataset.images), device=device), labels=labels)

    def __len__(self) -> int:
        return len(self.images)

    def shuffled(self, batch_size: int, seed: int, epoch: int) -> Iterator[tuple[Tensor, Tensor | None]]:
        """Yield the batches of an epoch: (B, C, H, W), float32 in [0, 1], and the labels, (B,), or None.

        The order is that of `epoch_order`. Images lie in a buffer that the next batch overwrites; fresh memory would
        cost more than they.
        """
        order = epoch_order(len(self), seed, epoch).to(self.images.device)
        batches = split_batches(len(order), batch_size)
        largest = max(map(len, batches), default=0)
        chosen_images = self.images.new_empty(largest, *self.images.shape[1:])
        floats = torch.empty_like(chosen_images, dtype=torch.float32)
        for places in batches:
            chosen, count = order[places.start : places.stop], len(places)
            labels = None if self.labels is None else torch.index_select(self.labels, 0, chosen)
            torch.index_select(self.images, 0, chosen, out=chosen_images[:count])
            yield floats[:count].copy_(chosen_images[:count]).div_(255), labels

    def shuffled_by_seed(
        self, batch_size: int, seeds: Sequence[int], epoch: int
    ) -> Iterator[tuple[Tensor, Tensor | None]]:
        """Yield the batches that `shuffled` yields for each of K seeds: (K, B, C, H, W) and (K, B), or None."""
        orders = torch.stack([epoch_order(len(self), seed, epoch) for seed in seeds]).to(self.images.device)
        for places in split_batches(len(self), batch_size):
            chosen = orders[:, places.start : places.stop]
            labels = None if self.labels is None else self.labels[chosen]
            yield self.images[chosen].to(torch.float32).div_(255), labels

    def in_order(self, batch_size: int) -> Iterator[tuple[Tensor, Tensor | None]]:
        """Yield all images and labels in their order, as `shuffled` does."""
        for start in range(0, len(self), batch_size):
            labels = None if self.labels is None else self.labels[start : start + batch_size]
            yield self.images[start : start + batch_size].to(torch.float32).div_(255), labels
