"""Bytes against squared error of the models that ship, of PCA, JPEG and WebP on whole test sets: checkpoints/rate.json.

The Lab's experiment *Rate and distortion* draws it. PCA and the range of each number in 8 bits come from the training
images. MNIST takes about two minutes.

Usage:
    python -m tools.rate
"""

import json
import sys
from typing import Any

import numpy as np

from aeviz.data import ImageDataset, load_dataset
from aeviz.errors import AevizError
from aeviz.lab.code_book import bits
from aeviz.lab.components import find_components
from aeviz.lab.moments import measure_moments
from aeviz.lab.rate import CURVES, PRECISIONS, QUALITIES, keep_numbers, mean_squared_error, pack_image, png_bytes
from aeviz.paths import checkpoints_root
from aeviz.training.files import write_atomically
from aeviz.training.run import load

DENSE, CONVOLUTIONAL = "dense autoencoder", "conv. autoencoder"
MODELS: dict[str, dict[str, tuple[str, ...]]] = {
    "mnist": {
        DENSE: ("mlp-2d-amsgrad", "mlp-3d-amsgrad", "mlp-10d-amsgrad", "mlp-64d-amsgrad"),
        CONVOLUTIONAL: ("conv-64d-amsgrad",),
    },
    "digits": {DENSE: ("digits-2d-adam",)},
}
"""Models that ship, by data set and method."""
CODE_BOOKS = {"mnist": ("vq-mnist",), "digits": ()}
NUMBERS = (1, 2, 3, 5, 10, 20, 32, 64, 128, 256)
"""Numbers of components that are measured; up to half of the pixels."""

_Range = dict[str, list[float]]
"""Ends "low" and "high" of each number."""


def main() -> int:
    """Measure both data sets and write the file."""
    try:
        found = {name: measure(name) for name in MODELS}
    except AevizError as error:
        print(error, file=sys.stderr)
        return 1
    text = json.dumps(found, separators=(",", ":")).replace("},{", "},\n{") + "\n"
    write_atomically(CURVES, lambda path: path.write_text(text, encoding="utf-8"))
    return 0


def measure(name: str) -> dict[str, object]:
    """Measure a data set; see `aeviz.lab.rate.curves` for the result."""
    train, test = load_dataset(name, "train"), load_dataset(name, "test")
    pixels = test.images[0].size
    latent, ranges = _measure_pca(train, test)
    for method, models in MODELS[name].items():
        for model in models:
            run = load(checkpoints_root() / model)
            known, coded = run.encode(train.images).numpy(), run.encode(test.images).numpy()
            ranges[model] = _range(known)
            kept = [run.decode(numbers).numpy() for numbers in _kept(coded, ranges[model])]
            latent.append(_latent(method, model, coded.shape[1], test, kept))
    codes = []
    for model in CODE_BOOKS[name]:
        run = load(checkpoints_root() / model)
        settings = run.config.model
        length = bits(settings.latent_dim // settings.code_dim, settings.codes) / 8
        errors = mean_squared_error(_unit(test), run.reconstruct(test.images).numpy())
        codes.append({"method": "VQ-VAE", "model": model, "bytes": length, "mse": _short(errors.mean())})
    return {
        "pixels": pixels,
        "images": len(test),
        "png": _short(np.mean([png_bytes(image[0]) for image in test.images])),
        "latent": latent,
        "codes": codes,
        "files": _measure_files(test),
        "ranges": ranges,
    }


def _measure_pca(train: ImageDataset, test: ImageDataset) -> tuple[list[dict[str, object]], dict[str, _Range]]:
    pixels = test.images[0].size
    moments = measure_moments(train)
    counts = [count for count in NUMBERS if count <= pixels // 2]
    components = find_components(moments, counts[-1])
    known = (_unit(train).reshape(len(train), -1) - moments.mean) @ components.axes
    coded = (_unit(test).reshape(len(test), -1) - moments.mean) @ components.axes
    ranges = _range(known)
    latent = []
    for count in counts:
        axes, part = components.axes[:, :count], {end: values[:count] for end, values in ranges.items()}
        kept = [moments.mean + numbers @ axes.T for numbers in _kept(coded[:, :count], part)]
        latent.append(_latent("PCA", "", count, test, kept))
    return latent, {"PCA": ranges}


def _measure_files(test: ImageDataset) -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    images = _unit(test)[:, 0]
    for kind, qualities in QUALITIES.items():
        for quality in qualities:
            packed = [pack_image(image[0], kind, quality) for image in test.images]
            errors = mean_squared_error(images, np.stack([one.image for one in packed]) / 255)
            sizes = {
                "bytes": _short(np.mean([one.n_bytes for one in packed])),
                "body": _short(np.mean([one.body for one in packed])),
            }
            found.append({"method": kind, "quality": quality, **sizes, "mse": _short(errors.mean())})
    return found


def _latent(method: str, model: str, count: int, test: ImageDataset, kept: list[np.ndarray]) -> dict[str, object]:
    images = _unit(test)
    errors = [_short(mean_squared_error(images, one.reshape(images.shape)).mean()) for one in kept]
    return {"method": method, "model": model, "numbers": count, "mse": errors}


def _kept(coded: np.ndarray, ends: _Range) -> list[np.ndarray]:
    low, high = np.array(ends["low"]), np.array(ends["high"])
    return [keep_numbers(coded.astype(np.float32), precision, low, high) for precision in PRECISIONS]


def _range(known: np.ndarray) -> _Range:
    return {end: [_short(value) for value in values] for end, values in (("low", known.min(0)), ("high", known.max(0)))}


def _unit(dataset: ImageDataset) -> np.ndarray:
    return dataset.images.astype(np.float32) / np.float32(255)


def _short(value: float | np.floating[Any]) -> float:
    return float(f"{value:.5g}")


if __name__ == "__main__":
    sys.exit(main())
