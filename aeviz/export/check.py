"""Comparison of an ONNX file with PyTorch: every export is run by onnxruntime before it is kept."""

import copy
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import torch
from torch import Tensor, nn

from aeviz.errors import ExportError
from aeviz.export.beside import PartName
from aeviz.export.files import ENDS, check_ends, expected_metadata, read_onnx, size_limit
from aeviz.export.packages import attempt, open_session
from aeviz.models import Autoencoder
from aeviz.training.run import Run
from aeviz.training.summary import read_summary

TOLERANCE = 1e-4
"""Largest allowed difference of onnxruntime from PyTorch with float32 weights; measured as `ExportCheck.error` is."""
HALF_A_GREY_LEVEL = 0.5
"""Largest allowed change of a pixel by float16 weights, in grey levels."""
DEVIATIONS = (0.0, 3.0, -3.0, 10.0, -10.0)
"""Distances from the mean, in standard deviations of the latent points, at which the decoder is tried."""
BATCHES = (1, 3, 64)
"""Numbers of inputs that are sent through at once."""
_MOST_AXES = 64
_KNOWN_POINTS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportCheck:
    """An ONNX file, and how close onnxruntime comes to PyTorch with it."""

    path: str
    part: PartName
    bytes: int
    """Size of the file."""
    weights: Literal["float16", "float32"]
    """Type in which the weights are stored."""
    error: float
    """Largest difference of a pixel in [0, 1], or of a coordinate relative to the larger of 1 and its point's largest
    coordinate, with which float32 rounds."""
    grey_levels: float
    """Largest difference of a pixel, of the encoder that of its decoded points, in steps of 1/255."""
    inputs: int
    """Number of inputs that were compared."""


def check_export(run: Run, path: Path) -> ExportCheck:
    """Compare an ONNX file with the run that it came from.

    The package checks each file as it writes it, with `check_trial`. This checks one that was written earlier; only the
    tests do so.

    Args:
        run: A trained model.
        path: A file of `export_decoder` or `export_encoder`.

    Raises:
        ExportError: The file is missing, truncated, far too large, of another model or gives other values than
            PyTorch; or onnx or onnxruntime is not installed.
    """
    model = read_onnx(path, size_limit(run))
    known = {entry.key: entry.value for entry in model.metadata_props}
    part: PartName = "encoder" if known.get("part") == "encoder" else "decoder"
    expected = expected_metadata(run, part, known.get("weights", "float32"))
    for key, value in expected.items():
        if known.get(key) != value:
            raise ExportError(
                f"{str(path)!r} has {key} {known.get(key)!r}; run '{run.name}' has {value!r}; export the run again"
            )
    check_ends(model, run, part, path)
    return check_trial(Trial.of(run, part), model.SerializeToString(), known["weights"] == "float16", path)


class _Decoder(nn.Module):
    """z (N, D) to images (N, C, H, W) in [0, 1]."""

    def __init__(self, model: Autoencoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, z: Tensor) -> Tensor:
        """Decode a batch."""
        return self.model.decode(z).clamp(0, 1)


class _Encoder(nn.Module):
    """Images (N, C, H, W) in [0, 1] to posterior means (N, D)."""

    def __init__(self, model: Autoencoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, image: Tensor) -> Tensor:
        """Encode a batch."""
        return self.model.encode_mean(image)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trial:
    """Inputs of a part and PyTorch's outputs for them, on the CPU."""

    part: PartName
    network: nn.Module
    decoder: _Decoder
    inputs: Tensor
    outputs: Tensor
    pixels: Tensor
    """The outputs as images, (N, C, H, W), float32."""

    @classmethod
    @torch.no_grad()
    def of(cls, run: Run, part: PartName) -> "Trial":
        """Return the inputs of a part: random and extreme ones, and for the encoder their decoded images."""
        model = copy.deepcopy(run.model).to("cpu").eval()  # tracing may touch what sessions share
        decoder = _Decoder(model).eval()
        points = _latents_to_try(run)
        network: nn.Module = decoder
        inputs = points
        if part == "encoder":
            network = _Encoder(model).eval()
            noise = torch.rand(BATCHES[-1], *run.config.model.image_shape, generator=torch.Generator().manual_seed(1))
            plain = torch.stack([torch.zeros_like(noise[0]), torch.ones_like(noise[0])])
            inputs = torch.cat([plain, noise, (noise > 0.5).float(), decoder(points)])
        outputs = network(inputs)
        pixels = outputs if part == "decoder" else decoder(outputs)
        return cls(part=part, network=network, decoder=decoder, inputs=inputs, outputs=outputs, pixels=pixels)

    @torch.no_grad()
    def compare(self, model: bytes) -> tuple[float, float]:
        """Return the largest error of an output and of a pixel in grey levels; NaN where an output is NaN.

        Raises:
            ExportError: onnxruntime cannot run the model.
        """
        session = open_session(model)
        source, target = ENDS[self.part]
        error = grey_levels = 0.0
        for batch in BATCHES:
            stop = len(self.inputs) if batch == BATCHES[-1] else batch
            for start in range(0, stop, batch):
                these = slice(start, start + batch)
                (found,) = attempt(session.run, [target], {source: self.inputs[these].numpy()})
                if found.shape != self.outputs[these].shape:
                    raise ExportError(f"onnxruntime gives shape {found.shape}, not {tuple(self.outputs[these].shape)}")
                values = torch.from_numpy(found)
                expected = self.outputs[these].flatten(1)
                scale = expected.abs().amax(1, keepdim=True).clamp(min=1)
                off = (values.flatten(1) - expected).abs() / scale
                images = values if self.part == "decoder" else self.decoder(values)
                error = float(np.maximum(error, float(off.max())))  # which keeps NaN
                moved = 255 * (images - self.pixels[these]).abs()
                grey_levels = float(np.maximum(grey_levels, float(moved.max())))
        return error, grey_levels


def _latents_to_try(run: Run) -> Tensor:
    """Return latent points (N, D), float32: drawn, far out in every direction, and quantiles of the data if known."""
    latent_dim = run.config.model.latent_dim
    known: list[np.ndarray] = []
    mean, deviation = np.zeros(latent_dim), np.ones(latent_dim)
    if (table := run.folder.latents()) is not None and len(table.z):
        mean, deviation = table.z.mean(axis=0), table.z.std(axis=0)
        known = [table.z[:_KNOWN_POINTS], np.quantile(table.z, (0, 0.005, 0.25, 0.5, 0.75, 0.995, 1), axis=0)]
    elif (summary := read_summary(run.folder.path, latent_dim)) is not None:
        mean, deviation = summary.mean, np.sqrt(np.diag(summary.covariance).clip(min=0))
        known = [summary.quantiles]
    drawn = np.random.default_rng(0).standard_normal((2 * BATCHES[-1], latent_dim))
    corners = np.array(DEVIATIONS)[:, None] * np.ones(latent_dim)
    axes = np.concatenate([scale * np.eye(latent_dim)[:_MOST_AXES] for scale in DEVIATIONS[1:]])
    far = mean + deviation * np.concatenate([corners, axes, drawn, DEVIATIONS[1] * drawn[: BATCHES[-1]]])
    return torch.from_numpy(np.concatenate([*known, far]).astype(np.float32))


def check_trial(trial: Trial, model: bytes, is_half: bool, path: Path) -> ExportCheck:
    """Return how close a model comes; raise ExportError where that is not close enough."""
    error, grey_levels = trial.compare(model)
    is_close = grey_levels < HALF_A_GREY_LEVEL if is_half else error <= TOLERANCE  # NaN is neither
    if not is_close:
        found, limit = (f"{grey_levels:.3g} grey levels", HALF_A_GREY_LEVEL) if is_half else (f"{error:.3g}", TOLERANCE)
        raise ExportError(
            f"{path.name}: onnxruntime differs from PyTorch by {found}, expected at most {limit}; export the run "
            "again, and report it if that does not help"
        )
    return ExportCheck(
        path=str(path),
        part=trial.part,
        bytes=len(model),
        weights="float16" if is_half else "float32",
        error=error,
        grey_levels=grey_levels,
        inputs=len(trial.inputs),
    )
