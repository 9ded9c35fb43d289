"""Makes a run of a model of another program: fits its ends, checks it, measures it on a data set."""

import math
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import numpy as np
import onnx
import torch
from filelock import FileLock

from aeviz.bring.ends import (
    Pixels,
    Shape,
    choose_outputs,
    fit_codes,
    fit_encoder,
    fit_images,
    fit_points,
    free_batch,
)
from aeviz.bring.onnx_file import OnnxNetwork, check_operators, read_network
from aeviz.bring.remedies import Network, Remedy, find_remedy, mean_error
from aeviz.bring.settings import MEASURING, Imported, ImportSettings
from aeviz.config import DataConfig, ModelConfig, ObjectiveConfig, RunConfig
from aeviz.data import ImageDataset, is_available, list_datasets, load_dataset
from aeviz.data.folder import FOLDER_PREFIX, resolve_folder
from aeviz.data.source import Report
from aeviz.errors import DataError, ImportedModelError, StorageError
from aeviz.experiment import measure
from aeviz.export.missing import write_beside
from aeviz.language import mark
from aeviz.models.foreign.network import GraphModule, build_foreign
from aeviz.paths import checkpoints_root, runs_root
from aeviz.training.files import storage_errors
from aeviz.training.foreign import NETWORK, write_graphs
from aeviz.training.locks import is_locked
from aeviz.training.run_records import Provenance
from aeviz.training.run_start import library_versions, mean_image_error
from aeviz.training.runs import MODEL, RunFolder
from aeviz.training.weights import check_finite, save_weights

TRIED = 256
"""Test images on which ranges of pixels are compared."""
AGREEMENT = 1e-3
"""Largest difference, relative to the largest number, between inputs computed together and one by one."""
UNUSUAL = 1.25
"""Factor by which the error has to fall for a range other than 0 to 1 to be taken."""
MEANINGLESS = 1e6
STALE_S = 86_400.0
"""Age in seconds at which an unfinished import is removed."""
_LOCK = "lock"
"""In the folder of an unfinished import: held by the process that writes it."""
LARGEST_LATENT = 4096
_GUESSES = ("0..1", "-1..1", "0..255")


def make_run(encoder: bytes, decoder: bytes, settings: ImportSettings, report: Report) -> Imported:
    """Make a run of an encoder and a decoder in ONNX.

    Args:
        encoder: Images to latent points; one output, or also the spread of the posterior.
        decoder: Latent points to images.
        settings: What the files do not say.
        report: Called with the share done and what is done. If it raises, nothing stays.

    Raises:
        ImportedModelError: A file cannot be read, computed or fitted.
        DataError: The data set is missing, or none fits.
        StorageError: The run cannot be written.
    """
    check_name(settings.name)
    report(0.0, mark("reading the files"))
    first, spread = choose_outputs(read_network(encoder, "the encoder"), settings.mean, settings.log_variance)
    second = read_network(decoder, "the decoder")
    second = second.with_outputs(second.graph.outputs[:1])
    check_operators(first)
    check_operators(second)
    report(0.05, mark("reading the images"))
    choices = [(data, load_dataset(data, "test")) for data in _data_sets(settings.data, first)]
    image = choices[0][1].image_shape
    side = _latent_side(second)
    report(0.1, mark("trying the network"))
    first = _freed(first, lambda network: fit_encoder(network, image, Pixels()), image)
    shapes = tuple(tuple(each.shape) for each in _outputs(fit_encoder(first, image, Pixels()), torch.zeros(2, *image)))
    first, latent_dim = fit_codes(first, shapes, spread, None if side is None else math.prod(side))
    if not 1 <= latent_dim <= min(LARGEST_LATENT, math.prod(image)):
        raise ImportedModelError(
            f"the latent has {latent_dim:,} numbers for images of {math.prod(image):,}; expected 1 to "
            f"{min(LARGEST_LATENT, math.prod(image)):,}"
        )
    second = _freed(second, lambda network: fit_points(network, side or (latent_dim,)), (latent_dim,))
    second = fit_points(second, side or (latent_dim,))
    report(0.15, mark("comparing ranges of pixels"))
    tried = [
        (each, data)
        for data, test_set in choices
        if test_set.image_shape == image
        for each in _candidates(first, second, latent_dim, settings, test_set)
    ]
    (_, ranges, fitted_first, fitted_second), data = min(tried, key=lambda pair: pair[0][0])
    untold = replace(settings, pixels_in=None, pixels_out=None)
    others = list(_candidates(first, second, latent_dim, untold, dict(choices)[data])) if settings != untold else []
    remedy = find_remedy(
        _composed(fitted_first, fitted_second),
        ranges,
        [(named, _composed(encoder, decoder)) for _, named, encoder, decoder in others],
        _tried_images(dict(choices)[data]),
    )
    config = RunConfig(
        preset="imported",
        data=data,
        model=ModelConfig(
            image_shape=image,
            encoder="foreign",
            decoder="foreign",
            bottleneck="gaussian" if len(fitted_first.graph.outputs) == 2 else "deterministic",
            latent_dim=latent_dim,
        ),
        objective=_objective(len(fitted_first.graph.outputs) == 2, image),
    )
    return _keep(fitted_first, fitted_second, config, ranges, remedy, settings, report)


def check_name(name: str) -> None:
    """Raise ImportedModelError where a run cannot have the name, or there is one."""
    is_plain = name.isprintable() and not set(name) & set("/\\") and not name.startswith((".", " ", "-"))
    if not (name and is_plain and len(name.encode()) <= 100):
        raise ImportedModelError(
            f"{name[:100]!r} cannot name a run; expected a plain name of at most 100 bytes without slashes"
        )
    if (runs_root() / name).exists() or (checkpoints_root() / name).exists():
        raise ImportedModelError(f"there is a model {name!r} already; choose another name, or remove it first")


def _objective(is_variational: bool, image: Shape) -> ObjectiveConfig:
    """Return the objective of which the ELBO is measured: cross-entropy and KL, as sums, for a VAE; else the MSE."""
    if not is_variational:
        return ObjectiveConfig()
    return ObjectiveConfig(reconstruction="bce", kl_weight=1 / math.prod(image))


def _data_sets(name: str | None, encoder: OnnxNetwork) -> list[DataConfig]:
    """Return the data sets to measure on: the one that is named, else those on this machine whose images fit."""
    shape = encoder.input_shape
    if name is not None and name.startswith(FOLDER_PREFIX):
        sides = [each for each in (shape or ())[1:] if each is not None and each > 4]
        side = sides[0] if len(sides) == 2 and sides[0] == sides[1] else None
        return [DataConfig(name=resolve_folder(name), image_size=side)]
    if name is not None:
        return [DataConfig(name=name)]
    found = []
    for info in list_datasets():
        channels, height, width = info.image_shape
        layouts = [(channels, height, width), (height, width, channels), (math.prod(info.image_shape),)]
        if shape is not None and shape[1:] in layouts and is_available(info.name):
            found.append(DataConfig(name=info.name))
    if not found:
        raise DataError(
            f"no data set on this machine has images for an input of shape {_words(shape)}; expected the name of one "
            "with --data, for example --data folder:PATH"
        )
    return found


def _words(shape: tuple[int | None, ...] | None) -> str:
    return "that the file does not state" if shape is None else str(tuple(side or "N" for side in shape))


def _latent_side(decoder: OnnxNetwork) -> tuple[int, ...] | None:
    """Return the shape of a latent point as the decoder's file states it; None where it does not."""
    shape = decoder.input_shape
    if shape is None or None in shape[1:] or len(shape) < 2:
        return None
    return tuple(side for side in shape[1:] if side is not None)


def _module(network: OnnxNetwork) -> GraphModule:
    module = GraphModule(network.graph)
    module.load(network.weights)
    return module


@torch.no_grad()
def _outputs(network: OnnxNetwork, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
    """Compute a network whose input is fitted.

    Raises:
        DataError: An operator cannot be computed.
    """
    return _module(network).outputs(x)


def _freed(network: OnnxNetwork, fit: Callable[[OnnxNetwork], OnnxNetwork], side: tuple[int, ...]) -> OnnxNetwork:
    """Return a network that computes several inputs as it does one, freed of a fixed number where need be.

    Args:
        network: The network as its file has it.
        fit: Fits its input.
        side: Shape of an input without N.

    Raises:
        ImportedModelError: It cannot be computed, or takes one input only.
    """
    x = torch.rand(3, *side, generator=torch.Generator().manual_seed(0))
    try:
        alone = [_outputs(fit(network), x[k : k + 1]) for k in range(len(x))]
    except DataError as error:
        raise ImportedModelError(f"{network.name} cannot be computed: {error}") from error
    expected = [torch.cat(each) for each in zip(*alone, strict=True)]
    for attempt in (network, free_batch(network)):
        fitted = fit(attempt)
        try:
            found = _outputs(fitted, x)
        except DataError:
            continue
        if all(_agree(one, other) for one, other in zip(found, expected, strict=True)):
            peak = _module(fitted).measure_peak(x)
            return replace(attempt, graph=replace(attempt.graph, peak=peak))
    raise ImportedModelError(
        f"{network.name} takes one input at a time; export it with a free first dimension, in PyTorch with "
        "dynamic_shapes=({0: torch.export.Dim('N')},)"
    )


def _agree(found: torch.Tensor, expected: torch.Tensor) -> bool:
    if found.shape != expected.shape:
        return False
    scale = max(1.0, float(expected.abs().max()))
    return bool((found - expected).abs().max() <= AGREEMENT * scale)


Candidate = tuple[float, tuple[str, str], OnnxNetwork, OnnxNetwork]
"""Mean squared error as a share of that of the mean image, weighed by the ranges; ranges of pixels in and out, encoder
and decoder."""


def _candidates(
    encoder: OnnxNetwork, decoder: OnnxNetwork, latent_dim: int, settings: ImportSettings, test_set: ImageDataset
) -> Iterator[Candidate]:
    """Yield the network with each range of pixels that is asked for, or that may be meant."""
    image = test_set.image_shape
    x = _tried_images(test_set)
    pairs: list[tuple[tuple[str, Pixels], tuple[str, Pixels]]]
    if settings.pixel_mean or settings.pixel_deviation:
        given = Pixels(mean=settings.pixel_mean or (0.0,), deviation=settings.pixel_deviation or (1.0,))
        given.check(image[0])
        named = (f"mean {given.mean}, deviation {given.deviation}", given)
        pairs = [(named, named)]
    else:
        ranges = [
            [(name, Pixels.of_range(name)) for name in ([asked] if asked else _GUESSES)]
            for asked in (settings.pixels_in, settings.pixels_out)
        ]
        pairs = [(a, b) for a, b in product(*ranges)]
    shape = tuple(_outputs(decoder, torch.zeros(2, latent_dim))[0].shape)
    for (name_in, pixels_in), (name_out, pixels_out) in pairs:
        first = fit_encoder(encoder, image, pixels_in, settings.change)
        second = fit_images(decoder, image, pixels_out, shape, settings.change)
        error = mean_error(_composed(first, second), x) / max(1e-9, float(((x - x.mean(dim=0)) ** 2).mean()))
        is_usual = (name_in, name_out) == (_GUESSES[0], _GUESSES[0])
        if not is_usual:  # must be clearly better, and better than no network at all
            error *= UNUSUAL if error < 1 else MEANINGLESS
        yield (error if math.isfinite(error) else math.inf), (name_in, name_out), first, second


def _tried_images(test_set: ImageDataset) -> torch.Tensor:
    return torch.from_numpy(np.asarray(test_set.images[:TRIED], np.float32) / 255)


def _composed(encoder: OnnxNetwork, decoder: OnnxNetwork) -> Network:
    return lambda x: _outputs(decoder, _outputs(encoder, x)[0])[0]


def clear_stale(root: Path) -> None:
    """Delete unfinished imports whose process was ended; a clock that jumped may make old what is being written."""
    for stale in root.glob(".import-*"):
        if time.time() - stale.stat().st_mtime > STALE_S and not is_locked(stale / _LOCK):
            shutil.rmtree(stale, ignore_errors=True)


def _keep(
    encoder: OnnxNetwork,
    decoder: OnnxNetwork,
    config: RunConfig,
    ranges: tuple[str, str],
    remedy: Remedy | None,
    settings: ImportSettings,
    report: Report,
) -> Imported:
    """Write the run, measure it, and put it among the others when all of it is there."""
    root = runs_root()
    train_set, validation_set = load_dataset(config.data, "train"), load_dataset(config.data, "validation")
    try:
        root.mkdir(parents=True, exist_ok=True)
        clear_stale(root)
        temporary = Path(tempfile.mkdtemp(prefix=".import-", dir=root))
    except OSError as error:
        raise StorageError(
            f"cannot write into {str(root.resolve())!r}: {error.strerror or error}; see AEVIZ_RUNS"
        ) from error
    path = temporary / settings.name
    try:
        with storage_errors(path), FileLock(temporary / _LOCK, thread_local=False):
            path.mkdir()
            model = build_foreign(config.model, encoder.graph, decoder.graph, NETWORK)
            model.encoder.load(encoder.weights)
            model.decoder.load(decoder.weights)
            tensors = {name: value.to(torch.float32) for name, value in model.state_dict().items()}
            check_finite(tensors, settings.name)
            save_weights(path / MODEL, tensors, 0)
            write_graphs(path, (encoder.graph, decoder.graph))
            origin = _provenance(encoder, decoder, settings, train_set, validation_set)
            RunFolder(path=path, config=config, provenance=origin).write()
            folder = RunFolder.read(path)
            report(0.3, MEASURING.format(data=config.data.name))
            measure(folder)
            report(0.8, mark("writing the networks for the page"))
            write_beside(folder)
            path.chmod(0o755)
            path.rename(root / settings.name)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    evaluation = RunFolder.read(root / settings.name).evaluation()
    assert evaluation is not None
    assert origin.mean_image_mse is not None
    return Imported(
        name=settings.name,
        data=config.data.name,
        latent_dim=config.model.latent_dim,
        image_shape=config.model.image_shape,
        is_variational=config.model.is_variational,
        pixels_in=ranges[0],
        pixels_out=ranges[1],
        mse=evaluation.mse,
        mean_image_mse=origin.mean_image_mse,
        parameters=origin.parameters,
        change=settings.change,
        remedy="" if remedy is None else remedy.kind,
        remedy_in="" if remedy is None else remedy.pixels[0],
        remedy_out="" if remedy is None else remedy.pixels[1],
        remedy_mse=0.0 if remedy is None else remedy.mse,
    )


def _provenance(
    encoder: OnnxNetwork,
    decoder: OnnxNetwork,
    settings: ImportSettings,
    train_set: ImageDataset,
    validation_set: ImageDataset,
) -> Provenance:
    producers = " and ".join(dict.fromkeys(each.producer for each in (encoder, decoder) if each.producer))
    return Provenance(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        versions={**library_versions(), "onnx": onnx.__version__},
        device="unknown",
        data_fingerprint=train_set.fingerprint(),
        class_names=train_set.class_names,
        n_train=len(train_set),
        n_validation=len(validation_set),
        parameters=encoder.graph.parameters + decoder.graph.parameters,
        mean_image_mse=mean_image_error(train_set.images, validation_set.images),
        imported_from=", ".join(filter(None, (settings.source, producers))) or "ONNX files",
    )
