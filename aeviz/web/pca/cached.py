"""Results of the page on PCA, computed once for all visitors: moments, components, training runs, ReLU comparisons."""

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from aeviz.config import DataConfig
from aeviz.data import ImageDataset, load_dataset
from aeviz.figures.images import tile
from aeviz.lab.axes import axes_within, singular_axes
from aeviz.lab.components import Components, find_components
from aeviz.lab.linear_autoencoder import LinearConfig, LinearState, train_linear
from aeviz.lab.linear_frames import as_plane, linear_frames
from aeviz.lab.moments import Moments, measure_moments
from aeviz.lab.reduced import one_of_each_class, reduce_images, spread_indices
from aeviz.lab.relu_comparison import ReluComparison
from aeviz.lab.subspaces import axis_angles
from aeviz.language import tr
from aeviz.paths import data_root
from aeviz.web.components.pca_film.payload import PcaFrame, encode_image, pca_film_payload, signed_tiles
from aeviz.web.kernel import datasets
from aeviz.web.kernel.caching import shared
from aeviz.workers.relu import read_comparison
from aeviz.workers.task import Task

MOST_PIXELS, MOST_IMAGES = 1024, 20_000
"""Values of an image up to which it is taken as it is; of larger ones, which are averaged, so many at most."""
POINTS, SHOWN, FRAMES = 400, 10, 48
"""Images in a latent plane, images reconstructed, and states in a film, at most."""
COLUMNS = 10
"""Decoder columns shown, at most."""
RELU_TRAIN, RELU_TEST = 3000, 1000
"""Images that a network with ReLU learns from and is measured on, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataKey:
    """Identity of a data set in the caches."""

    name: str
    root: str
    stamp: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearRun:
    """A finished training run of a linear autoencoder and its film."""

    film: bytes
    last: LinearState
    components: Components
    seconds: float
    """Of the training."""
    match: float
    """Share of the variance of PCA's latent points that a rotation and scaling of the learned ones explain."""
    singular_deg: float | None
    """Largest angle between a singular vector of the decoder and its component, in degrees; None where undefined."""
    within_deg: float | None
    """The same of the principal axes within the decoder's span."""


def data_key(name: str) -> DataKey:
    """Return the key of a data set as it is now."""
    return DataKey(name=name, root=str(data_root()), stamp=datasets.folder_stamp(name))


@shared(max_entries=3, spinner=lambda *_: tr("Reading the images …"))  # 39 MB for MNIST
def images(key: DataKey) -> ImageDataset:
    """Return the training images, made smaller where they are large.

    Raises:
        DataError: The data is missing or damaged; nothing is cached then.
    """
    dataset = load_dataset(DataConfig(name=key.name), "train", root=Path(key.root))
    return reduce_images(dataset, most_pixels=MOST_PIXELS, most_images=MOST_IMAGES)


@shared(max_entries=6, spinner=lambda *_: tr("Measuring the second moments …"))  # 5 MB for MNIST
def moments(key: DataKey) -> Moments:
    """Return the moments of the training images."""
    return measure_moments(images(key))


@shared(max_entries=64)  # at most 0.4 MB each for 64 components
def components(key: DataKey, k: int, centred: bool) -> Components:
    """Return the k leading components of the training images."""
    return find_components(moments(key), k, centred=centred)


@dataclass(slots=True, eq=False)
class _Place:
    """A run that all visitors share; a visitor who comes while it is trained waits for it."""

    turn: threading.Lock = field(default_factory=threading.Lock)
    run: LinearRun | None = None


@shared(max_entries=48)  # about 0.4 MB each
def _linear_place(key: DataKey, config: LinearConfig) -> _Place:
    return _Place()


def linear_run(key: DataKey, config: LinearConfig, on_step: Callable[[int], None]) -> LinearRun:
    """Train a linear autoencoder and make its film, unless somebody has done so.

    Args:
        key: Of the images.
        config: Every setting.
        on_step: Called during training with the steps made.

    Raises:
        ConfigError: The training diverged.
    """
    place = _linear_place(key, config)
    with place.turn:
        if place.run is None:
            place.run = _train(key, config, on_step)
        return place.run


def _train(key: DataKey, config: LinearConfig, on_step: Callable[[int], None]) -> LinearRun:
    found, best = moments(key), components(key, config.latent_dim, config.centred)
    start = time.perf_counter()
    states = []
    for state in train_linear(found, best, config):
        states.append(state)
        on_step(state.step)
    seconds = time.perf_counter() - start
    last = states[-1]
    chosen = [states[place] for place in spread_indices(len(states), FRAMES)]
    film, match = _film(key, config, found, best, chosen)
    singular = within = None
    if last.angles_deg is not None:
        singular = float(axis_angles(singular_axes(last.decoder), best.axes).max())
        axes = axes_within(last.decoder, found.second(centred=config.centred))
        within = float(axis_angles(axes, best.axes).max()) if axes.shape == best.axes.shape else None
    return LinearRun(
        film=film,
        last=last,
        components=best,
        seconds=seconds,
        match=match,
        singular_deg=singular,
        within_deg=within,
    )


def _film(
    key: DataKey, config: LinearConfig, found: Moments, best: Components, states: list[LinearState]
) -> tuple[bytes, float]:
    dataset = images(key)
    chosen = one_of_each_class(dataset.labels, len(dataset), POINTS)
    some = dataset.take(chosen)
    x = some.images.reshape(len(some), -1) / 255.0
    mean = found.mean if config.centred else np.zeros_like(found.mean)
    shown = min(SHOWN, len(x))
    frames = linear_frames(x, mean, best, states, shown)
    k = min(config.latent_dim, COLUMNS)

    def row(values: np.ndarray) -> bytes:
        return encode_image(tile(np.clip(values, 0, 1).reshape(-1, *found.image_shape).astype(np.float32), shown))

    digest = hashlib.blake2b(repr((key, config)).encode(), digest_size=8).hexdigest()
    target = (x - mean) @ best.axes
    payload = pca_film_payload(
        identity=digest,
        frames=[
            PcaFrame(
                step=frame.state.step,
                mse=frame.state.mse,
                excess=frame.state.relative_excess,
                angles_deg=frame.state.angles_deg,
                match=frame.match,
                plane=frame.plane,
                aligned=frame.aligned,
                columns=encode_image(signed_tiles(frame.state.decoder[:, :k], found.image_shape, k)),
                reconstructions=row(frame.reconstructions),
            )
            for frame in frames
        ],
        pca_mse=best.mse,
        pca_plane=as_plane(target),
        labels=some.labels,
        class_names=dataset.class_names,
        axis_names=("z1", "z2" if config.latent_dim > 1 else "image"),
        originals=row(x[:shown]),
        pca_reconstructions=row(target[:shown] @ best.axes.T + mean),
        pca_columns=encode_image(signed_tiles(best.axes[:, :k], found.image_shape, k)),
        columns=k,
    )
    return payload, frames[-1].match


@shared(max_entries=3, spinner=lambda *_: tr("Reading the test images …"))  # 3 MB for MNIST
def relu_images(key: DataKey) -> tuple[ImageDataset, ImageDataset, str]:
    """Return the images that a network with ReLU learns from, the test images, and a digest of both."""
    train = images(key)
    test = load_dataset(DataConfig(name=key.name), "test", root=Path(key.root))
    test = reduce_images(test, most_pixels=MOST_PIXELS, most_images=RELU_TEST)
    train = train.take(spread_indices(len(train), RELU_TRAIN))
    test = test.take(spread_indices(len(test), RELU_TEST))
    return train, test, f"{train.fingerprint()}-{test.fingerprint()}"


def relu_comparison(task: Task) -> ReluComparison | None:
    """Return a comparison that a worker has finished; None if it is not there."""
    try:
        return _relu_comparison(task)
    except LookupError:
        return None


@shared(max_entries=16)  # 6 MB each for MNIST
def _relu_comparison(task: Task) -> ReluComparison:
    comparison = read_comparison(task)
    if comparison is None:
        raise LookupError("the comparison is not there yet, which must not be kept")
    return comparison
