"""Snapshots of a training run, the frames of the training animation: the same few images after some of the epochs.

    samples/fixed.npz          the images that are followed, and the labels of the points
    samples/epoch-000012.npz   their latent points and reconstructions after epoch 12
    prior_samples.npz          the same draws from the prior, decoded after some of the epochs

Draws from the prior show no image of the data, so they ship with a model; the rest holds images of the data set and
stays in its user's own folder. Needs no torch.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np

from aeviz.errors import CheckpointNotFoundError
from aeviz.training.arrays import DAMAGED, read_arrays, write_arrays
from aeviz.training.safe_files import stat_checked, unreadable

SAMPLES, FIXED, PRIOR = "samples", "fixed.npz", "prior_samples.npz"
EARLY = 10
"""First epochs that are all kept: a network changes fastest in them."""
EVEN = 40
"""Further epochs that are kept, evenly spaced."""
GROWING = 20
"""Further epochs that are kept, each a constant factor after the one before."""
MILESTONES = 9
"""Epochs, at most, after which the prior is sampled ([S2] figures 4.5, 4.8)."""
_T = TypeVar("_T")
_NAME = re.compile(r"epoch-(\d{6,9})\.npz")
_ADVICE = "train the model again to have it"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fixed:
    """The images that are followed through training."""

    originals: np.ndarray
    """Images whose reconstructions are kept, (R, C, H, W), uint8."""
    labels: np.ndarray | None
    """Classes of the points that are kept, (n,), int64, or None."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sample:
    """The snapshot of an epoch."""

    epoch: int
    """0 is before training."""
    z: np.ndarray
    """Latent points of the same validation images, (n, D), float32."""
    reconstructions: np.ndarray
    """(R, C, H, W), uint8."""
    grid: np.ndarray
    """Decoded grid of the latent plane, (side * side, C, h, w), uint8, in reading order; called mesh in the file."""
    axes: tuple[int, int]
    """Dimensions of that plane, across and upwards."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PriorSamples:
    """The same draws from the prior, decoded at several epochs."""

    epochs: np.ndarray
    """Rising, (E,), int64."""
    images: np.ndarray
    """(E, M, C, H, W), uint8: the same M draws in each row."""

    def at(self, epoch: int) -> tuple[int, np.ndarray]:
        """Return the newest recorded epoch up to one, or the first of all, and its images, (M, C, H, W)."""
        index = max(0, int(np.searchsorted(self.epochs, epoch, side="right")) - 1)
        return int(self.epochs[index]), self.images[index]


def milestones(epochs: int) -> frozenset[int]:
    """Return the epochs after which the prior is sampled: the first, the last, and some a constant factor apart.

    A network changes most in its first epochs.
    """
    return frozenset(np.geomspace(1, epochs, MILESTONES).round().astype(int).tolist())


def wanted_epochs(epochs: int) -> frozenset[int]:
    """Return which of the epochs 0 to `epochs` are kept.

    They are the first ten, some evenly spaced over the whole run, and some spaced geometrically, so that the animation
    of a long run does not stand still between the first and the second.
    """
    even = np.linspace(0, epochs, EVEN + 1)
    growing = np.geomspace(min(EARLY, epochs), epochs, GROWING)
    spaced = np.concatenate([even, growing]).round().astype(int).tolist()
    return frozenset(range(min(EARLY, epochs) + 1)) | set(spaced) | milestones(epochs)


def write_fixed(path: Path, fixed: Fixed) -> None:
    """Write the images that are followed, under the run's folder `path`."""
    labels = {} if fixed.labels is None else {"labels": fixed.labels}
    _write(path / SAMPLES / FIXED, {"originals": fixed.originals, **labels})


def write_sample(path: Path, sample: Sample) -> None:
    """Keep an epoch's sample under the run's folder `path`: points in float16 where that holds them."""
    fits = np.abs(sample.z).max(initial=0) <= np.finfo(np.float16).max
    arrays = {
        "z": sample.z.astype(np.float16 if fits else np.float32),
        "reconstructions": sample.reconstructions,
        "mesh": sample.grid,
        "axes": np.array(sample.axes),
    }
    _write(_path(path, sample.epoch), arrays)


def list_samples(path: Path) -> list[int]:
    """Return the epochs of which the run in the folder `path` has a sample, rising."""
    try:
        names = [file.name for file in (path / SAMPLES).iterdir()]
    except OSError:
        return []
    return sorted(int(match[1]) for name in names if (match := _NAME.fullmatch(name)))


def read_fixed(path: Path) -> Fixed:
    """Read the images that are followed.

    Raises:
        CheckpointFormatError: The file is missing or damaged.
    """

    def build(arrays: Mapping[str, np.ndarray]) -> Fixed:
        labels = arrays["labels"].astype(np.int64) if "labels" in arrays else None
        return Fixed(originals=_images(arrays["originals"]), labels=labels)

    return _read(path / SAMPLES / FIXED, build)


def read_sample(path: Path, epoch: int) -> Sample:
    """Read an epoch's sample.

    Raises:
        CheckpointFormatError: The file is missing or damaged.
    """

    def build(arrays: Mapping[str, np.ndarray]) -> Sample:
        z = arrays["z"].astype(np.float32)
        across, up = (int(axis) for axis in arrays["axes"])
        if z.ndim != 2 or not (0 <= across < z.shape[1] and 0 <= up < z.shape[1]):
            raise ValueError(f"points of shape {z.shape} with axes {across} and {up}")
        if not np.isfinite(z).all():
            raise ValueError("points that hold NaN or infinity")
        images = _images(arrays["reconstructions"]), _images(arrays["mesh"])
        return Sample(epoch=epoch, z=z, reconstructions=images[0], grid=images[1], axes=(across, up))

    return _read(_path(path, epoch), build)


def read_prior(path: Path) -> PriorSamples | None:
    """Read the prior's samples of the run in the folder `path`; None where there are none.

    Raises:
        CheckpointFormatError: The file is damaged.
    """

    def build(arrays: Mapping[str, np.ndarray]) -> PriorSamples:
        epochs, images = arrays["epochs"].astype(np.int64), arrays["images"]
        if epochs.ndim != 1 or images.ndim != 5 or len(images) != len(epochs) or 0 in images.shape[:2]:
            raise ValueError(f"images of shape {images.shape} for epochs of shape {epochs.shape}")
        if (np.diff(epochs) <= 0).any():
            raise ValueError("epochs that do not rise")
        _images(images[0])
        return PriorSamples(epochs=epochs, images=images)

    try:
        stat_checked(path / PRIOR)
    except CheckpointNotFoundError:
        return None
    return _read(path / PRIOR, build)


def write_prior(path: Path, samples: PriorSamples) -> None:
    """Keep the prior's samples in the run's folder `path`."""
    _write(path / PRIOR, {"epochs": samples.epochs, "images": samples.images})


def _path(path: Path, epoch: int) -> Path:
    return path / SAMPLES / f"epoch-{epoch:06d}.npz"


def _images(array: np.ndarray) -> np.ndarray:
    if array.ndim != 4 or array.dtype != np.uint8 or array.shape[1] not in (1, 3):
        raise ValueError(f"images are {array.dtype} of shape {array.shape}; expected uint8 (N, C, H, W)")
    return array


def _write(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    path.parent.mkdir(exist_ok=True)
    write_arrays(path, arrays)


def _read(path: Path, build: Callable[[Mapping[str, np.ndarray]], _T]) -> _T:
    try:
        return build(read_arrays(path, run=_run_name(path)))
    except CheckpointNotFoundError as error:  # a film lacks a frame, the run lacks nothing
        raise unreadable(path, "it is not there", run=_run_name(path), advice=_ADVICE) from error
    except DAMAGED as error:
        raise unreadable(path, error, run=_run_name(path), advice=_ADVICE) from error


def _run_name(path: Path) -> str:
    """Return the name of the run that a file of samples belongs to."""
    return path.parent.name if path.name == PRIOR else path.parent.parent.name
