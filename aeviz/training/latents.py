"""The encoded test set of a run on disk.

    latents.npz   points and errors in float16; points of many dimensions as 8-bit codes with the range of each

Needs no torch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aeviz.errors import CheckpointFormatError, CheckpointNotFoundError
from aeviz.training.arrays import DAMAGED, read_arrays, write_arrays
from aeviz.training.safe_files import unreadable

LATENTS = "latents.npz"
EXACT_DIMENSIONS = 12
"""Latent dimensions up to which points are kept in float16, which a map may zoom into. Above, where only projections
and decoded images are seen, each coordinate is one of 256 steps between its extremes: half the bytes and less."""
_STEPS = 255


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LatentTable:
    """The encoded test set of a run."""

    z: np.ndarray
    """Latent points (posterior means), (N, D), float32."""
    labels: np.ndarray | None
    """Classes, (N,), int64, or None."""
    error: np.ndarray
    """Euclidean norm of image minus reconstruction, pixels in [0, 1], (N,), float32."""
    fingerprint: str = ""
    """Digest of the images and labels that were encoded: `ImageDataset.fingerprint`."""
    log_variance: np.ndarray | None = None
    """Logarithm of the posterior's variance by dimension, (N, D), float32; None for a plain autoencoder."""


def read_latents(path: Path, latent_dim: int, classes: int) -> LatentTable | None:
    """Read the encoded test set of the run in the folder `path`; None where there is none yet.

    Args:
        path: Folder of the run.
        latent_dim: D, which the config names.
        classes: Number of classes that the config names.

    Raises:
        CheckpointFormatError: The file is damaged or its arrays do not belong together.
    """
    file = path / LATENTS
    try:
        values = read_arrays(file)
    except CheckpointNotFoundError:
        return None
    try:
        z, error = _unpack("z", values), values["error"].astype(np.float32)
        labels = values["labels"].astype(np.int64) if "labels" in values else None
        fingerprint = str(values.get("fingerprint", ""))
        spread = _unpack("log_variance", values) if "log_variance" in values else None
    except DAMAGED as cause:
        raise unreadable(file, cause) from cause
    expected = (error.size, latent_dim)
    fit = z.shape == expected and (spread is None or spread.shape == expected)
    if error.ndim != 1 or not fit or (labels is not None and labels.shape != error.shape):
        raise CheckpointFormatError(
            f"{LATENTS} of run '{path.name}' holds points of shape {z.shape}; expected {expected}; "
            "restore the file or train the model again"
        )
    if not (np.isfinite(z).all() and np.isfinite(error).all() and (spread is None or np.isfinite(spread).all())):
        raise CheckpointFormatError(
            f"{LATENTS} of run '{path.name}' holds NaN or infinity; restore the file or train the model again"
        )
    if labels is not None and len(labels) and not (labels.min() >= 0 and labels.max() < classes):
        raise CheckpointFormatError(
            f"{LATENTS} of run '{path.name}' holds labels from {labels.min()} to {labels.max()}; expected those of "
            f"the {classes} classes that config.json names; restore the files or train the model again"
        )
    return LatentTable(z=z, labels=labels, error=error, fingerprint=fingerprint, log_variance=spread)


def write_latents(path: Path, table: LatentTable) -> None:
    """Write the encoded test set into the run's folder `path`, atomically and compressed."""
    arrays: dict[str, Any] = {
        **_pack("z", table.z),
        "error": _halved(table.error),
        "fingerprint": table.fingerprint,
    }
    if table.log_variance is not None:
        arrays |= _pack("log_variance", table.log_variance)
    if table.labels is not None:
        arrays["labels"] = table.labels.astype(np.uint8 if table.labels.max(initial=0) < 256 else np.int64)
    write_arrays(path / LATENTS, arrays)


def _pack(name: str, values: np.ndarray) -> dict[str, np.ndarray]:
    """Return the arrays that stand for values, (N, D), in the file."""
    if values.shape[1] <= EXACT_DIMENSIONS or not len(values) or not np.isfinite(values).all():
        return {name: _halved(values)}
    low = values.min(axis=0).astype(np.float32)
    step = ((values.max(axis=0) - low) / _STEPS).astype(np.float32)
    codes = np.round((values - low) / np.where(step > 0, step, 1)).clip(0, _STEPS).astype(np.uint8)
    return {name: codes, f"{name}_low": low, f"{name}_step": step}


def _unpack(name: str, arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return the values, (N, D), float32, that arrays in the file stand for."""
    values = arrays[name].astype(np.float32)
    if f"{name}_step" in arrays:  # in place: the values may take a gigabyte
        values *= arrays[f"{name}_step"].astype(np.float32)
        values += arrays[f"{name}_low"].astype(np.float32)
    return values


def _halved(values: np.ndarray) -> np.ndarray:
    """Return values as float16, or unchanged where float16 cannot hold them."""
    fits = np.abs(values).max(initial=0) <= np.finfo(np.float16).max
    return values.astype(np.float16) if fits else values
