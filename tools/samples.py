"""Kernel and Fréchet distance from test images to samples of the models that ship: checkpoints/samples.json.

The Lab's experiment *Quality of samples* draws it. Half of the MNIST test images, in random order, are compared with
the other half and with as many samples of each model, in three embeddings. Takes some minutes.

Usage:
    python -m tools.samples
"""

import hashlib
import json
import sys
import warnings
from collections.abc import Callable

import numpy as np
from scipy.ndimage import gaussian_filter
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from aeviz.analysis.code_book import code_book
from aeviz.analysis.generation import draw_noise, draw_points, fit_gaussian
from aeviz.analysis.sample_quality import block_mmds, frechet_distance
from aeviz.data import load_dataset
from aeviz.errors import AevizError
from aeviz.lab.components import find_components
from aeviz.lab.moments import measure_moments
from aeviz.lab.sample_quality import BLOCK, COUNT, DISTANCES
from aeviz.paths import checkpoints_root
from aeviz.training.files import write_atomically
from aeviz.training.run import Run, load

VARIATIONAL = (
    "vae-2d", "vae-3d", "vae-10d", "vae-64d", "msssim-vae-10d", "vae-2d-anchored", "regime-both", "regime-kl",
    "regime-reconstruction",
)  # fmt: skip
PLAIN, QUANTIZED, RESTORED, ENCODER = "mlp-10d-amsgrad", "vq-mnist", "vae-10d", "conv-64d-amsgrad"
FEATURES, EPOCHS = 64, 6
"""Numbers of an embedding; epochs of the classifier."""
Embedding = Callable[[np.ndarray], np.ndarray]


def main() -> int:
    """Measure and write the file."""
    try:
        found = measure()
    except AevizError as error:
        print(error, file=sys.stderr)
        return 1
    text = json.dumps(found, separators=(",", ":")).replace("},{", "},\n{") + "\n"
    write_atomically(DISTANCES, lambda path: path.write_text(text, encoding="utf-8"))
    return 0


def measure() -> dict[str, object]:
    """See `aeviz.lab.sample_quality.distances` for the result."""
    train, test = load_dataset("mnist", "train"), load_dataset("mnist", "test")
    order = np.random.default_rng(0).permutation(len(test))
    unit = test.images[order].astype(np.float32) / np.float32(255)
    labels = test.labels[order] if test.labels is not None else np.zeros(len(test), np.int64)
    data, others = unit[:COUNT], unit[COUNT : 2 * COUNT]
    rng = np.random.default_rng(1)
    noisy = np.clip(others + rng.normal(0, 0.1, others.shape).astype(np.float32), 0, 1)
    sets = {
        "test images": others,
        "test images, noise 0.1": noisy,
        "test images, blurred": gaussian_filter(others, (0, 0, 1, 1)),
        f"{RESTORED}, reconstructions": load(checkpoints_root() / RESTORED).reconstruct(others).numpy(),
    }
    for name in VARIATIONAL:
        sets[name] = _samples(load(checkpoints_root() / name), labels[COUNT : 2 * COUNT])
    sets[PLAIN] = _fitted(load(checkpoints_root() / PLAIN), data)
    sets[QUANTIZED] = _random_codes(load(checkpoints_root() / QUANTIZED))
    embeddings, accuracy = _embeddings(train.images, train.labels, unit, labels)
    return {
        "accuracy": accuracy,
        "weights": {name: digest_of(name) for name in (*VARIATIONAL, PLAIN, QUANTIZED, ENCODER)},
        "embeddings": {name: _distances(embed, train.images, data, sets) for name, embed in embeddings.items()},
    }


def digest_of(name: str) -> str:
    """Return a digest of a model's weights, by which a test knows that the measurements are those of this model."""
    return hashlib.blake2b((checkpoints_root() / name / "model.safetensors").read_bytes(), digest_size=8).hexdigest()


def _samples(run: Run, labels: np.ndarray) -> np.ndarray:
    import torch

    noise = draw_noise(0, COUNT, run.config.model.latent_dim)
    means = run.model.prior_mean(torch.from_numpy(labels))
    points = noise if means is None else noise + means.detach().numpy()
    images: np.ndarray = run.decode(points.astype(np.float32)).numpy()
    return images


def _fitted(run: Run, data: np.ndarray) -> np.ndarray:
    gaussian = fit_gaussian(run.encode(data).numpy())
    noise = draw_noise(0, COUNT, run.config.model.latent_dim)
    images: np.ndarray = run.decode(draw_points([gaussian], np.zeros(COUNT, np.int64), noise)).numpy()
    return images


def _random_codes(run: Run) -> np.ndarray:
    codes = code_book(run)
    groups = run.config.model.latent_dim // codes.shape[1]
    chosen = np.random.default_rng(0).integers(len(codes), size=(COUNT, groups))
    images: np.ndarray = run.decode(codes[chosen].reshape(COUNT, -1)).numpy()
    return images


def _embeddings(
    train: np.ndarray, train_labels: np.ndarray | None, test: np.ndarray, labels: np.ndarray
) -> tuple[dict[str, Embedding], float]:
    """Return the embeddings of images, (N, 1, 28, 28), in [0, 1], and the test accuracy of the classifier."""
    encoder = load(checkpoints_root() / ENCODER)
    moments = measure_moments(load_dataset("mnist", "train"))
    axes = find_components(moments, FEATURES).axes
    classifier = MLPClassifier((128, FEATURES), max_iter=EPOCHS, random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # the epochs are few on purpose
        classifier.fit(train.reshape(len(train), -1) / np.float32(255), train_labels)
    accuracy = float(classifier.score(test.reshape(len(test), -1), labels))

    def hidden(images: np.ndarray) -> np.ndarray:
        values = images.reshape(len(images), -1)
        for weights, biases in zip(classifier.coefs_[:-1], classifier.intercepts_[:-1], strict=True):
            values = np.maximum(values @ weights + biases, 0)
        return values

    return {
        "classifier": hidden,
        "encoder": lambda images: encoder.encode(images).numpy(),
        "pca": lambda images: (images.reshape(len(images), -1) - moments.mean) @ axes,
    }, round(accuracy, 4)


def _distances(
    embed: Embedding, train: np.ndarray, data: np.ndarray, sets: dict[str, np.ndarray]
) -> list[dict[str, object]]:
    """Return what the sets have in an embedding, shifted and scaled so that the training images have mean 0 and 1."""
    known = embed(train[:20_000].astype(np.float32) / np.float32(255))
    shift, scale = known.mean(axis=0), float(np.sqrt(known.var(axis=0).mean()))
    x = (embed(data) - shift) / scale
    found: list[dict[str, object]] = []
    for name, images in sets.items():
        y = (embed(images) - shift) / scale
        blocks = block_mmds(x, y, BLOCK)
        found.append(
            {
                "name": name,
                "blocks": [[round(term, 6) for term in block] for block in blocks],
                "frechet": round(frechet_distance(x, y), 4),
                "frechet_block": round(float(np.mean([frechet_distance(x[at], y[at]) for at in _slices()])), 4),
            }
        )
    return found


def _slices() -> list[slice]:
    return [slice(start, start + BLOCK) for start in range(0, COUNT, BLOCK)]


if __name__ == "__main__":
    sys.exit(main())
