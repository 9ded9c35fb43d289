"""A trained model: its config, its history and the network, ready to encode and decode."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aeviz.config import DeviceName, RunConfig
from aeviz.errors import CheckpointError, CheckpointFormatError, CheckpointNotFoundError, DataError
from aeviz.models import Autoencoder, build_model
from aeviz.training.devices import resolve_device
from aeviz.training.foreign import build_imported
from aeviz.training.history import EpochReport
from aeviz.training.runs import MODEL, RunFolder, find_run
from aeviz.training.safe_files import file_problem, unreadable
from aeviz.training.weights import load_weights, read_tensors

BATCH = 1024
"""Images encoded or decoded at once: 3 MB of MNIST as floats, small enough for the processor's caches."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Run:
    """A trained model."""

    folder: RunFolder
    model: Autoencoder
    """The network, in eval mode, its gradients switched off."""
    device: torch.device

    def __repr__(self) -> str:
        """Say in one line what it is; the network prints its layers itself."""
        config = self.folder.config
        return f"Run({self.name!r}, {config.data.name}, {config.model.latent_dim} latent dimensions, {self.device})"

    @property
    def name(self) -> str:
        """Name of the run."""
        return self.folder.name

    @property
    def config(self) -> RunConfig:
        """Every setting of the run."""
        return self.folder.config

    @property
    def history(self) -> list[EpochReport]:
        """The epochs trained, oldest first."""
        return self.folder.history()

    def encode(self, images: np.ndarray | Tensor) -> Tensor:
        """Map images to latent points: the mean of the posterior.

        Args:
            images: (N, C, H, W), uint8 in 0 to 255 or floating point in [0, 1].

        Returns:
            (N, D), float32, on the CPU, without gradient.

        Raises:
            DataError: Shape, type or value range differ from that.
        """
        return self._in_batches(self._checked_images(images), self.model.encode_mean, to_unit=True)

    def encode_log_variance(self, images: np.ndarray | Tensor) -> Tensor | None:
        """Return the logarithm of the posterior's variance by dimension; None for a plain autoencoder.

        Of a flow it is that of the Gaussian from which the flow starts. Arguments, errors and result as in `encode`.
        """
        if not self.config.model.is_variational:
            return None

        def spread(x: Tensor) -> Tensor:
            posterior = self.model.bottleneck.posterior(self.model.encoder(x))
            if posterior is None:
                name = type(self.model.bottleneck).__name__
                raise NotImplementedError(f"{name} is variational, so its method posterior must not return None")
            return posterior.log_variance

        return self._in_batches(self._checked_images(images), spread, to_unit=True)

    def decode(self, z: np.ndarray | Tensor) -> Tensor:
        """Map latent points to images.

        Args:
            z: (N, D), floating point.

        Returns:
            (N, C, H, W), float32 in [0, 1], on the CPU, without gradient.

        Raises:
            DataError: Shape or type differ from that, or a coordinate is not finite.
        """
        points = _as_tensor(z)
        latent_dim = self.config.model.latent_dim
        if points.ndim != 2 or points.shape[1] != latent_dim or not points.is_floating_point():
            raise DataError(
                f"latent points of shape {tuple(points.shape)} and type {points.dtype} for run '{self.name}'; "
                f"expected floats of shape (N, {latent_dim})"
            )
        if not bool(torch.isfinite(points).all()):
            raise DataError(f"latent points for run '{self.name}' hold NaN or infinity; expected finite coordinates")
        return self._in_batches(points, self.model.decode).clamp_(0, 1)

    def reconstruct(self, images: np.ndarray | Tensor) -> Tensor:
        """Encode and decode images; arguments as in `encode`, result as in `decode`."""
        return self.decode(self.encode(images))

    def _checked_images(self, images: np.ndarray | Tensor) -> Tensor:
        batch = _as_tensor(images)
        shape = self.config.model.image_shape
        if batch.ndim != 4 or tuple(batch.shape[1:]) != shape:
            raise DataError(
                f"images of shape {tuple(batch.shape)} for run '{self.name}'; expected (N, C, H, W) = "
                f"(N, {', '.join(map(str, shape))})"
            )
        if batch.dtype != torch.uint8:
            if not batch.is_floating_point():
                raise DataError(
                    f"images of type {batch.dtype} for run '{self.name}'; expected uint8 or floats in [0, 1]"
                )
            if batch.numel() and not (float(batch.min()) >= 0 and float(batch.max()) <= 1):
                raise DataError(
                    f"images for run '{self.name}' reach from {float(batch.min()):g} to {float(batch.max()):g}; "
                    "expected uint8 or floats in [0, 1]"
                )
        return batch

    @torch.no_grad()
    def _in_batches(self, batch: Tensor, apply: Callable[[Tensor], Tensor], *, to_unit: bool = False) -> Tensor:
        results = []
        for start in range(0, max(1, len(batch)), BATCH):
            x = batch[start : start + BATCH].to(self.device)
            x = x.to(torch.float32).div_(255) if to_unit and x.dtype == torch.uint8 else x.to(torch.float32)
            results.append(apply(x).to("cpu"))
        return torch.cat(results)


def _as_tensor(values: np.ndarray | Tensor) -> Tensor:
    """Return values as a tensor without gradient; arrays that torch cannot share, read-only or reversed, are copied."""
    if isinstance(values, np.ndarray) and not (values.flags.writeable and values.flags.c_contiguous):
        values = np.array(values, order="C")
    return torch.as_tensor(values).detach()


def load(name: str | Path | RunFolder, *, device: DeviceName = "cpu") -> Run:
    """Load a trained model.

    Args:
        name: A name that `aeviz list` shows, the path of a run's folder, or the folder as `find_run` gives it.
        device: Where it computes; the CPU is fastest for a few images.

    Raises:
        CheckpointNotFoundError: There is no such run, or it was deleted since it was listed.
        CheckpointFormatError: A file of it is damaged, a weight is not finite, or its first epoch has not ended.
        CheckpointMismatchError: Its weights do not fit its config.
    """
    folder = name if isinstance(name, RunFolder) else find_run(name)
    folder.check_presence()
    if problem := file_problem(folder.path / MODEL):
        raise unreadable(folder.path / MODEL, problem)
    if not folder.is_trained:
        raise _untrained(folder)
    config = folder.config.model
    model = build_imported(folder.path, config) if config.is_imported else build_model(config)
    tensors, _ = read_tensors(folder.path / MODEL)
    load_weights(model, tensors, folder.name)
    target = resolve_device(device)
    return Run(folder=folder, model=model.eval().requires_grad_(False).to(target), device=target)


def _untrained(folder: RunFolder) -> CheckpointError:
    """Return the error for a run without weights: not trained yet, or deleted since."""
    epochs = len(folder.history())
    if epochs:
        return CheckpointNotFoundError(
            f"run '{folder.name}' has no {MODEL} any longer, although {epochs} epochs were trained; "
            "restore the file or train the model again"
        )
    return CheckpointFormatError(
        f"run '{folder.name}' has no {MODEL}: its first epoch has not ended; "
        f"wait for it, or continue it with: aeviz train --resume {folder.path}"
    )
