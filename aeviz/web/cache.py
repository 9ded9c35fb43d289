"""Every cache of the app. Keys are the name of a run and a stamp of its files, so a retrained model is read anew.

Arrays and models are shared between visitors: they are marked read-only, and pages never change them.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import streamlit as st

from aeviz.analysis import latent as analysis_latent
from aeviz.analysis.alignment import Bridge
from aeviz.analysis.alignment import bridge as find_bridge
from aeviz.analysis.anomaly import Detection, detect, most_anomalous
from aeviz.analysis.basis import Basis, latent_basis, principal_basis
from aeviz.analysis.chosen import ChosenSet, mean_image, summarise_chosen
from aeviz.analysis.cloud import Cloud, cloud_of, posterior_variances
from aeviz.analysis.density import contour_lines, density_levels, estimate_density
from aeviz.analysis.embedding import EmbeddingConfig
from aeviz.analysis.generation import (
    Gaussian,
    draw_noise,
    fit_gaussian,
    gaussian_of,
    share_at_own_anchor,
    standard_gaussian,
)
from aeviz.analysis.latent import ACTIVE, Projection, is_far, project, select
from aeviz.analysis.neighbours import Neighbours, nearest_images
from aeviz.analysis.posterior import (
    BINS,
    PriorMatch,
    aggregate_kl,
    class_shares,
    ellipses,
    kl_per_image,
    match_prior,
    prior_means,
    projected_covariance,
    sample_posteriors,
    span,
    usual_sample_distance,
)
from aeviz.analysis.prior_fit import PriorFit, fit_prior
from aeviz.analysis.summary import principal_directions, summarise
from aeviz.config import CorruptionName, DataConfig, ModelConfig
from aeviz.data import ImageDataset, is_available, list_datasets, load_dataset
from aeviz.data.celeba import file_names
from aeviz.embeddings import embedding_key, read_embedding
from aeviz.errors import CheckpointFormatError
from aeviz.export.beside import PartName, beside, is_current
from aeviz.figures.pictures import latent_thumbnail, tile, to_data_uri
from aeviz.figures.sprites import pack_sprites
from aeviz.figures.studio import shelf_name, space_payload
from aeviz.paths import cache_root, checkpoints_root, data_root, runs_root
from aeviz.training.latents import LATENTS, LatentTable, read_latents, write_latents
from aeviz.training.runs import CONFIG, EVALUATION, HISTORY, MODEL, RunFolder, RunSummary, list_folders
from aeviz.training.samples import PRIOR, PriorSamples, read_prior
from aeviz.training.summary import SUMMARY, LatentSummary, read_summary
from aeviz.web.runtime import start_torch

if TYPE_CHECKING:
    from aeviz.figures.architecture import Block
    from aeviz.training.run import Run

CARD_TILES, CARD_COLUMNS = 16, 4
"""Draws from the prior on a card of the gallery, and how many of them in a row."""
Stamp = str
"""Digest of path, time of change in ns and size of each file of one run or of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunKey:
    """What identifies a run in the caches."""

    path: str
    stamp: Stamp


CONTOURED = 20
"""Points that contours are drawn around at least."""
CURVE_IMAGES, CURVE_LEAST = 500, 40
"""Test images of which a curve over the levels of corruption is the mean: a fifth of a second for a small network."""
CURVE_LEVELS = tuple(step / 10 for step in range(11))


@dataclass(frozen=True, slots=True, kw_only=True)
class Corruption:
    """What images suffer before a model is to restore them."""

    name: CorruptionName
    level: float
    """From 0 to 1, as `aeviz.objectives.corruption.corrupt` takes it."""
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Restoration:
    """Mean squared errors against the originals at each of CURVE_LEVELS."""

    count: int
    """Images that the means are of."""
    corrupted: np.ndarray
    """(L,), float64."""
    restored: np.ndarray
    """(L,), float64."""


def _stamp(paths: list[Path]) -> Stamp:
    digest = hashlib.blake2b(digest_size=16)
    for path in paths:
        try:
            status = path.stat()
        except OSError:
            continue
        digest.update(f"{path}|{status.st_mtime_ns}|{status.st_size}\n".encode())
    return digest.hexdigest()


def _run_files(path: Path) -> list[Path]:
    return [path / name for name in (CONFIG, HISTORY, MODEL, LATENTS, EVALUATION, SUMMARY, PRIOR)]


def run_key(folder: RunFolder) -> RunKey:
    """Return the cache key of a run as its files are now."""
    return RunKey(path=str(folder.path), stamp=_stamp(_run_files(folder.path)))


def runs() -> dict[str, RunFolder]:
    """Return the models that can be opened, by name, those that ship first."""
    roots = [root for root in (checkpoints_root(), runs_root()) if root.is_dir()]
    # not the files that a trainer changes all the time: a listing reads every history, which a class must not wait for
    paths = [path for root in roots for path in sorted(root.iterdir()) if (path / MODEL).is_file()]
    return _runs(_stamp([path / CONFIG for path in paths]))


@st.cache_resource(max_entries=4, show_spinner=False)  # a listing is small; older ones are never asked for again
def _runs(stamp: Stamp) -> dict[str, RunFolder]:
    return {folder.name: folder for folder in list_folders()}


def latents(key: RunKey) -> LatentTable | None:
    """Return the encoded test set of a run, or None where it has none.

    A model that ships without it, as those of faces do, encodes it here and now if the data is on this machine.
    """
    path = Path(key.path)
    if (path / LATENTS).is_file():
        return _latents(key)
    if not (path / SUMMARY).is_file():
        return None
    data = RunFolder.read(path).config.data
    return _encoded(key, str(data_root()), folder_stamp(data.name)) if is_available(data.name) else None


@st.cache_resource(max_entries=32, show_spinner="Reading latent points …")  # at most 2.6 MB each
def _latents(key: RunKey) -> LatentTable | None:
    table = RunFolder.read(Path(key.path)).latents()
    if table is not None:
        _freeze(table.z, table.labels, table.error, table.log_variance)
    return table


@st.cache_resource(max_entries=4, show_spinner="Encoding the test images, once …")  # 20 MB for all faces
def _encoded(key: RunKey, root: str, stamp: Stamp) -> LatentTable:
    """Encode the test set of a run and keep that in AEVIZ_CACHE: it takes seconds, for all faces of CelebA minutes."""
    folder = RunFolder.read(Path(key.path))
    dataset, fingerprint = test_images(folder.config.data, root, stamp)
    weights = hashlib.blake2b((folder.path / MODEL).read_bytes(), digest_size=12).hexdigest()
    kept = cache_root() / "latents" / f"{folder.name}-{weights}"  # by content: a copied run is not encoded again
    table = None
    with suppress(CheckpointFormatError):  # a damaged copy is made anew
        table = read_latents(kept, folder.config.model.latent_dim, len(folder.provenance.class_names))
    if table is None or table.fingerprint != fingerprint:
        run = model(key)
        from aeviz.analysis.evaluation import tabulate  # with torch, which `model` has brought

        table = tabulate(run, dataset)
        with suppress(OSError):  # a full or read-only disk costs time, no more
            kept.mkdir(parents=True, exist_ok=True)
            write_latents(kept, table)
    _freeze(table.z, table.labels, table.error, table.log_variance)
    return table


@st.cache_resource(max_entries=64, show_spinner=False)  # 200 kB each in 128-d
def latent_summary(key: RunKey) -> LatentSummary:
    """Return the statistics of a run's latent space, from its summary or from its latents; it must have either."""
    folder = RunFolder.read(Path(key.path))
    found = read_summary(folder.path, folder.config.model.latent_dim)
    if found is None:
        evaluation = folder.evaluation()
        nats = evaluation.kl_per_dimension if evaluation is not None else ()
        found = summarise(_table(key).z, kl=np.array(nats) if len(nats) else None)
    _freeze(found.mean, found.covariance, found.quantiles, found.kl, found.attribute_means)
    return found


def attribute_names(key: RunKey) -> tuple[str, ...]:
    """Return the names of the attributes of a run's images, such as Smiling; empty where none are known."""
    return latent_summary(key).attribute_names if (Path(key.path) / SUMMARY).is_file() else ()


@st.cache_resource(max_entries=64, show_spinner=False)  # 130 kB each in 128-d
def principal(key: RunKey) -> tuple[np.ndarray, np.ndarray]:
    """Return the principal directions of a run's latent points, (D, D), and the deviation along each, (D,)."""
    axes, deviations = principal_directions(latent_summary(key))
    _freeze(axes, deviations)
    return axes, deviations


@st.cache_resource(max_entries=8, show_spinner=False)  # 1.2 MB each for faces
def prior_samples(key: RunKey) -> PriorSamples | None:
    """Return what a variational run made of the same draws from the prior as it learned; None where it has none."""
    found = read_prior(Path(key.path))
    if found is not None:
        _freeze(found.images)
    return found


@st.cache_resource(max_entries=64, show_spinner=False)  # 120 kB each
def projection(key: RunKey, dimensions: int) -> Projection:
    """Return the latent points of a run in two or three dimensions. The run must have latents.

    A line has only one: its points are spread by their error in the second.
    """
    table = _table(key)
    if table.z.shape[1] == 1:
        points = np.column_stack([table.z[:, 0], table.error])
        one = {"mean": np.zeros(1), "axes": np.eye(1)}
        shown = Projection(points=points, axis_names=("z1", "error"), explained=1.0, **one)
    else:
        shown = project(table.z, dimensions)
    _freeze(shown.points)
    return shown


@st.cache_resource(max_entries=64, show_spinner=False)  # 120 kB each
def chosen_dimensions(key: RunKey, dimensions: tuple[int, ...]) -> Projection:
    """Return the latent points of a run along some of its dimensions. The run must have latents."""
    shown = select(_table(key).z, dimensions)
    _freeze(shown.points)
    return shown


def projected(key: RunKey, dimensions: int, axes: tuple[int, ...] | None = None) -> Projection:
    """Return the latent points of a run along chosen dimensions of it, or without those as `projection` does."""
    own = len(axes or ()) == dimensions and _table(key).z.shape[1] > dimensions
    return chosen_dimensions(key, axes) if axes is not None and own else projection(key, dimensions)


def embedding(key: RunKey, config: EmbeddingConfig) -> np.ndarray | None:
    """Return the map of a run that was computed in the background, (N, K), float32; None if it is not there."""
    name = embedding_key(latents_digest(key), config)
    try:
        points = _embedding(name)
    except LookupError:
        return None
    return points if len(points) == len(_table(key).z) else None


@st.cache_resource(max_entries=16, show_spinner=False)  # 80 kB for 10,000 images
def _embedding(name: str) -> np.ndarray:
    points = read_embedding(name)
    if points is None:
        raise LookupError("the map is not there yet, which must not be kept")
    _freeze(points)
    return points


@st.cache_data(max_entries=64, show_spinner=False)  # a few bytes each
def latents_digest(key: RunKey) -> str:
    """Return a digest of the latent points of a run, which it must have."""
    return digest_of(_table(key).z)


# What the map shows beyond points


@st.cache_resource(max_entries=4, show_spinner=False)  # 1.7 MB for MNIST, at most 12 MB
def sprites(data: DataConfig, root: str, stamp: Stamp) -> tuple[str, bytes]:
    """Return small pictures of the test images of a data set, and the fingerprint of those images.

    Args:
        data: The data set, no class left out.
        root: AEVIZ_DATA, which the key must hold.
        stamp: `folder_stamp` of the data set.

    Raises:
        DataError: The data is missing or damaged; nothing is cached then.
    """
    dataset, fingerprint = test_images(data, root, stamp)
    return fingerprint, pack_sprites(dataset.images)


@st.cache_resource(max_entries=512, show_spinner=False)  # 160 bytes each
def neighbours(key: RunKey, index: int) -> Neighbours:
    """Return the images nearest to one of them in a run's latent space. The run must have latents."""
    found = nearest_images(_table(key).z, index)
    _freeze(found.indices, found.distances)
    return found


@st.cache_resource(max_entries=16, show_spinner=False)  # 560 kB for 70,000 images
def divergences(key: RunKey) -> np.ndarray:
    """Return how far the posterior of each test image of a run lies from its prior in nats, (N,), float64.

    The run must have posteriors.
    """
    nats = kl_per_image(*_posteriors(key), _table(key).labels, prior_means(RunFolder.read(Path(key.path)).config.model))
    _freeze(nats)
    return nats


def digest_of(*arrays: np.ndarray | None) -> str:
    """Return a digest of arrays, by which what is made of them is cached."""
    digest = hashlib.blake2b(digest_size=12)
    for array in arrays:
        if array is not None:
            digest.update(str(array.shape).encode() + np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


@st.cache_resource(max_entries=16, show_spinner=False)  # 560 kB for 70,000 points
def point_density(digest: str, _points: np.ndarray) -> np.ndarray:
    """Return the density of a map's points at each of them, (N,), float64.

    Args:
        digest: `digest_of` the points.
        _points: (N, K), floating point, K = 2 or 3.
    """
    values = estimate_density(_points).at(_points)
    _freeze(values)
    return values


@st.cache_resource(max_entries=32, show_spinner=False)  # about 100 kB each
def density_contours(
    digest: str, _points: np.ndarray, _labels: np.ndarray | None
) -> list[tuple[int, list[tuple[np.ndarray, ...]]]]:
    """Return lines around the densest regions of a map's points, of all or class by class.

    Args:
        digest: `digest_of` both arrays.
        _points: (N, 2), floating point.
        _labels: Classes, (N,), integer; None takes all points together.

    Returns:
        For each class that has enough points its label, -1 for all points, and the lines of each of
        `aeviz.analysis.density.SHARES`.
    """
    groups = [(-1, _points)] if _labels is None else [(int(y), _points[_labels == y]) for y in np.unique(_labels)]
    found = []
    for label, members in groups:
        if len(members) < CONTOURED:
            continue
        density = estimate_density(members)
        found.append((label, [contour_lines(density, level) for level in density_levels(density, members)]))
    return found


@st.cache_resource(max_entries=64, show_spinner=False)  # a kilobyte each
def chosen_set(key: RunKey, digest: str, _places: np.ndarray) -> ChosenSet:
    """Return what some test images share in the latent space of a run, which must have latents.

    Args:
        key: The run.
        digest: `digest_of` the places.
        _places: Which images, (M,), int64, at least one.
    """
    table, classes = _table(key), len(RunFolder.read(Path(key.path)).provenance.class_names)
    found = summarise_chosen(_places, table.z, table.labels, classes, table.error)
    _freeze(found.mean)
    return found


@st.cache_resource(max_entries=64, show_spinner=False)  # 3 kB for MNIST, 49 kB for faces
def mean_of_chosen(key: RunKey, digest: str, _places: np.ndarray, _dataset: ImageDataset) -> np.ndarray:
    """Return the mean of some of a run's test images, (1, C, H, W), float32; arguments as in `chosen_set`."""
    mean = mean_image(_dataset.images, _places)
    _freeze(mean)
    return mean


@st.cache_resource(max_entries=64, show_spinner=False)  # 4 kB each
def own_distances(key: RunKey) -> np.ndarray:
    """Return how far the encoded test images of a run lie from the others, (M,). The run must have latents."""
    distances = analysis_latent.own_distances(_table(key).z)
    _freeze(distances)
    return distances


@st.cache_data(max_entries=64, show_spinner=False)  # one number each
def far_limit(key: RunKey) -> float:
    """Return the distance from the data beyond which a latent point counts as far. The run must have latents."""
    return analysis_latent.usual_distance(_table(key).z)


@st.cache_resource(max_entries=64, show_spinner=False)  # a few bytes each
def used_dimensions(key: RunKey) -> np.ndarray:
    """Return the dimensions in which distances from the data count, (D,), bool. The run must have a summary.

    All of a plain autoencoder; of a variational one those that are active: the others are noise in training too, so
    that the decoder has learned to pay no heed to them, and a draw from the prior is far in them without harm.
    """
    variances = np.diag(latent_summary(key).covariance)
    variational = RunFolder.read(Path(key.path)).config.model.is_variational
    used = variances > ACTIVE if variational else np.ones(len(variances), dtype=bool)
    _freeze(used)
    return used


@st.cache_resource(max_entries=256, show_spinner=False)  # 33 kB each in 64-d
def data_gaussian(key: RunKey, label: int | None) -> Gaussian:
    """Return the Gaussian fitted to a run's latent points: those of a class, which must be there, or all."""
    if label is None:
        fitted = gaussian_of(latent_summary(key).mean, latent_summary(key).covariance)
    else:
        table = _table(key)
        fitted = fit_gaussian(table.z[table.labels == label])
    _freeze(fitted.mean, fitted.factor)
    return fitted


@st.cache_resource(max_entries=256, show_spinner=False)  # 33 kB each in 64-d
def prior_gaussian(key: RunKey, label: int | None) -> Gaussian:
    """Return the prior of a variational model, N(0, I), or that of a class where it is anchored to classes."""
    anchors = model(key).model.anchors
    at_origin = np.zeros(model(key).config.model.latent_dim)
    prior = standard_gaussian(at_origin if label is None or anchors is None else anchors[label].numpy())
    _freeze(prior.mean, prior.factor)
    return prior


@st.cache_data(max_entries=64, show_spinner=False)  # one number each
def anchored_share(key: RunKey) -> float | None:
    """Return the share of a run's latent points that lie nearest to the anchor of their class; None without those."""
    table, anchors = latents(key), model(key).model.anchors
    if table is None or table.labels is None or anchors is None:
        return None
    return share_at_own_anchor(table.z, table.labels, anchors.numpy())


@st.cache_data(max_entries=64, show_spinner=False)  # two numbers each
def usual_norms(key: RunKey) -> tuple[float, float]:
    """Return the bounds of the distance from the origin between which 9 of 10 encoded test images lie."""
    low, high = np.quantile(np.linalg.norm(_table(key).z, axis=1), [0.05, 0.95])
    return float(low), float(high)


@st.cache_data(max_entries=256, show_spinner=False)  # a few bytes each
def summary(key: RunKey) -> RunSummary:
    """Return a run's line in the listing, without reading its history again."""
    return RunFolder.read(Path(key.path)).summary()


@st.cache_data(max_entries=64, show_spinner=False)  # 100 kB each
def thumbnail(key: RunKey) -> str | None:
    """Return a picture of a run as a data URI: its latent plane, or without that what it draws from its prior, or None.

    Nothing is encoded for it: the gallery must not wait for that.
    """
    table = _latents(key) if (Path(key.path) / LATENTS).is_file() else None
    if table is None or not len(table.z):
        drawn = prior_samples(key)
        return None if drawn is None else to_data_uri(tile(drawn.images[-1][:CARD_TILES], CARD_COLUMNS), effort=6)
    points = projection(key, 2).points
    return to_data_uri(latent_thumbnail(points, table.labels), effort=6)


@st.cache_resource(max_entries=12, show_spinner="Loading the model …")  # about 1 MB each
def model(key: RunKey) -> "Run":
    """Return a trained model on the CPU, ready to encode and decode."""
    start_torch()
    from aeviz.training.run import load

    return load(RunFolder.read(Path(key.path)))


@st.cache_resource(show_spinner=False)
def devices() -> dict[str, str | None]:
    """Return the devices that can train, by name; None for one that this machine lacks."""
    start_torch()
    from aeviz.training.devices import name_devices

    return {str(name): title for name, title in name_devices().items()}


@st.cache_data(max_entries=256, show_spinner=False)  # one number each
def parameter_count(config: ModelConfig) -> int:
    """Return the number of weights and biases of a network."""
    start_torch()
    from aeviz.models import describe_layers

    return sum(layer.parameters for layer in describe_layers(config))


@st.cache_data(max_entries=64, show_spinner="Reading the images …")  # four numbers each
def training_shape(data: DataConfig, root: str, stamp: Stamp) -> tuple[tuple[int, int, int], int]:
    """Return the shape (C, H, W) and the number of the training images; arguments and errors as in `test_images`."""
    if data.without is not None:
        dataset = load_dataset(data, "train", root=Path(root))
        return dataset.image_shape, len(dataset)
    info = next((info for info in list_datasets() if info.name == data.name), None)
    if info is not None and info.n_validation is not None:  # a partition apart, of which perhaps only a part is here
        return info.image_shape, len(file_names("train", Path(root)))
    if info is not None:
        return info.image_shape, info.n_train - round(info.n_train * data.validation_fraction)
    dataset = load_dataset(data, "train", root=Path(root))
    return dataset.image_shape, len(dataset)


def folder_stamp(name: str) -> Stamp:
    """Return the times of change of the folders of a folder: data set; nothing for the others, which never change."""
    if not name.startswith("folder:"):
        return ""
    root = Path(name.removeprefix("folder:"))
    return _stamp([root, *(path for path in sorted(root.glob("*")) if path.is_dir())])


@st.cache_resource(max_entries=4, show_spinner="Reading the test images …")  # 8 MB for MNIST
def test_images(data: DataConfig, root: str, stamp: Stamp) -> tuple[ImageDataset, str]:
    """Return the test split of a data set and its fingerprint.

    Args:
        data: The data set.
        root: AEVIZ_DATA, which the key must hold.
        stamp: `folder_stamp` of the data set, so that changed images are read again.

    Raises:
        DataError: The data is missing or damaged; nothing is cached then.
    """
    dataset = load_dataset(data, "test", root=Path(root))
    _freeze(dataset.images, dataset.labels)
    return dataset, dataset.fingerprint()


@st.cache_resource(max_entries=2, show_spinner="Reading the training images …")  # 39 MB for MNIST
def train_images(data: DataConfig, root: str, stamp: Stamp) -> ImageDataset:
    """Return the training split of a data set; arguments and errors as in `test_images`."""
    dataset = load_dataset(data, "train", root=Path(root))
    _freeze(dataset.images, dataset.labels)
    return dataset


@st.cache_data(max_entries=8, show_spinner=False)  # a few bytes each
def train_fingerprint(data: DataConfig, root: str, stamp: Stamp) -> str:
    """Return the fingerprint of the training split; arguments and errors as in `test_images`."""
    return train_images(data, root, stamp).fingerprint()


@st.cache_resource(max_entries=12, show_spinner="Encoding the training images …")  # 2 MB for MNIST in 10-d
def train_latents(key: RunKey, root: str, stamp: Stamp) -> np.ndarray:
    """Return the latent points of the training images of a run, (N, D), float32."""
    run = model(key)
    z: np.ndarray = run.encode(train_images(run.config.data, root, stamp).images).numpy()
    _freeze(z)
    return z


@st.cache_data(max_entries=32, show_spinner=False)  # a list of rows
def architecture(key: RunKey) -> "list[Block]":
    """Return the layers of a run's network, for the diagram."""
    start_torch()
    from aeviz.figures.architecture import Block
    from aeviz.models import describe_layers

    layers = describe_layers(RunFolder.read(Path(key.path)).config.model)
    latent = max(index for index, layer in enumerate(layers) if layer.part in ("input", "encoder", "bottleneck"))
    return [
        Block(
            part=layer.part,
            kind=layer.kind,
            output_shape=layer.output_shape,
            parameters=layer.parameters,
            activation=layer.activation,
            is_latent=index == latent,
        )
        for index, layer in enumerate(layers)
    ]


def has_posteriors(folder: RunFolder) -> bool:
    """Whether a run has stored posteriors that are Gaussians: those of a flow start as such, but are bent."""
    if folder.config.model.bottleneck != "gaussian":
        return False
    table = latents(run_key(folder))
    return table is not None and table.log_variance is not None


@st.cache_resource(max_entries=16, show_spinner=False)  # 400 kB each in 10-d
def posterior_samples(key: RunKey, seed: int) -> np.ndarray:
    """Return a sample of the posterior of each test image of a run, (N, D), float32. The run must have posteriors."""
    mean, log_variance = _posteriors(key)
    samples = sample_posteriors(mean, log_variance, seed)
    _freeze(samples)
    return samples


@st.cache_data(max_entries=64, show_spinner=False)  # one number each
def draw_limit(key: RunKey) -> float:
    """Return the distance from the data, in the dimensions that count, beyond which a drawn point counts as far.

    The run must have latents. That of samples of the posteriors where there are Gaussian ones, else `far_limit`.
    """
    if not has_posteriors(RunFolder.read(Path(key.path))):
        return far_limit(key)
    used = used_dimensions(key)
    mean, log_variance = _posteriors(key)
    return usual_sample_distance(mean[:, used], log_variance[:, used])


@st.cache_resource(max_entries=32, show_spinner=False)  # 240 kB each
def posterior_ellipses(key: RunKey, axes: tuple[int, ...] | None = None) -> np.ndarray:
    """Return the posteriors of a run in the plane of its map, (N, 3), as `aeviz.analysis.posterior.ellipses` does.

    The run must have posteriors, and more than one dimension. The plane is that of `projected`.
    """
    shapes = ellipses(projected_covariance(_posteriors(key)[1], projected(key, 2, axes).axes))
    _freeze(shapes)
    return shapes


@st.cache_data(max_entries=256, show_spinner=False)  # two numbers each
def posterior_span(key: RunKey, dimension: int) -> tuple[float, float]:
    """Return the bounds of posteriors and priors along a latent dimension of a run, which must have posteriors."""
    mean, log_variance = _posteriors(key)
    priors = prior_means(RunFolder.read(Path(key.path)).config.model)
    return span(mean[:, dimension], log_variance[:, dimension], priors[:, dimension])


@st.cache_resource(max_entries=256, show_spinner=False)  # 3 kB each
def prior_match(key: RunKey, dimension: int, low: float, high: float) -> PriorMatch:
    """Return all posteriors of a run beside the prior along a latent dimension. The run must have posteriors.

    Args:
        key: The run.
        dimension: Its place in the latent.
        low: Lower bound of the densities.
        high: Upper bound.
    """
    mean, log_variance = _posteriors(key)
    priors = prior_means(RunFolder.read(Path(key.path)).config.model)
    match = match_prior(
        mean[:, dimension],
        log_variance[:, dimension],
        priors[:, dimension],
        class_shares(_table(key).labels, priors),
        np.linspace(low, high, BINS + 1),
    )
    _freeze(match.edges, match.aggregate, match.prior)
    return match


@st.cache_data(max_entries=64, show_spinner=False)  # one number each
def prior_distance(key: RunKey) -> float:
    """Return how far all posteriors of a run together lie from the prior, in nats. The run must have posteriors."""
    mean, log_variance = _posteriors(key)
    return aggregate_kl(
        mean, log_variance, _table(key).labels, prior_means(RunFolder.read(Path(key.path)).config.model)
    )


def _posteriors(key: RunKey) -> tuple[np.ndarray, np.ndarray]:
    """Return the means and the logarithms of the variances of a run's posteriors, (N, D) each."""
    table = _table(key)
    if table.log_variance is None:
        raise LookupError("the run has no posteriors; the page must ask has_posteriors first")
    return table.z, table.log_variance


AxesName = Literal["latent", "principal"]
"""Which axes to move along: the dimensions of the latent space, or the principal directions."""


@st.cache_resource(max_entries=64, show_spinner=False)  # 270 kB each in 128-d
def basis(key: RunKey, axes: AxesName) -> Basis:
    """Return axes to move along in a run's latent space. The run must have a summary."""
    found = latent_summary(key)
    if axes == "latent":
        return latent_basis(found, _posterior_variances(key))
    return principal_basis(found, principal(key)[0], _posterior_variances(key))


@st.cache_resource(max_entries=64, show_spinner=False)  # 130 kB each in 128-d
def cloud(key: RunKey) -> Cloud:
    """Return the cloud of the latent points that a run's decoder learned from. The run must have a summary.

    Of a variational model these are draws from the posteriors, not their means.
    """
    found = latent_summary(key)
    return cloud_of(found.mean, found.covariance + np.diag(_posterior_variances(key)))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sent:
    """Bytes that the page is sent once, and the name that they lie under there."""

    name: str
    content: bytes


@st.cache_resource(max_entries=32, show_spinner=False)  # at most 2.1 MB each
def space(key: RunKey, axes: AxesName) -> Sent:
    """Return a latent space for the page, with the encoded images where the run has kept them; it needs a summary."""
    table, found = shipped_latents(key), basis(key, axes)
    names = RunFolder.read(Path(key.path)).provenance.class_names
    if table is None:
        packed = space_payload(found, None, None, names)
    else:
        packed = space_payload(found, found.rest + (table.z - found.origin) @ found.axes, table.labels, names)
    return Sent(name=shelf_name("space", packed), content=packed)


@st.cache_resource(max_entries=128, show_spinner="Laying one space over the other …")  # at most 130 kB each
def bridge(source: RunKey, target: RunKey) -> Bridge | None:
    """Return the map that lays a run's latent points over those of another run.

    None where they have not encoded the same images, or where that cannot be known without encoding them anew.
    """
    left, right = shipped_latents(source), shipped_latents(target)
    if left is None or right is None or left.fingerprint != right.fingerprint or len(left.z) != len(right.z):
        return None
    return find_bridge(left.z, right.z)


def onnx_file(key: RunKey, part: PartName) -> Sent | None:
    """Return a run's decoder.onnx or encoder.onnx, or None where there is none that belongs to its weights."""
    folder = RunFolder.read(Path(key.path))
    path = beside(folder, part)
    # a file that cannot be this network is not read at all, however large it is
    if not path.is_file() or path.stat().st_size > onnx_limit(key) or not is_current(folder, part):
        return None
    return _onnx_file(_stamp([path]), str(path))


def onnx_limit(key: RunKey) -> int:
    """Return the bytes above which an ONNX file cannot be a part of a run: its weights four times over, and 1 MiB."""
    return 2**20 + 4 * (Path(key.path) / MODEL).stat().st_size


@st.cache_resource(max_entries=12, show_spinner=False)  # 0.2 MB each, of faces 3.7 MB
def _onnx_file(stamp: Stamp, path: str) -> Sent:
    content = Path(path).read_bytes()
    return Sent(name=shelf_name(Path(path).stem, content), content=content)


def shipped_latents(key: RunKey) -> LatentTable | None:
    """Return the encoded test set of a run that has kept it, without encoding anything; else None."""
    return _latents(key) if (Path(key.path) / LATENTS).is_file() else None


def mark_far(key: RunKey, points: np.ndarray) -> np.ndarray:
    """Return which latent points, (N, D), lie far from the data, (N,), bool. The run must have a summary.

    By the encoded images where the run has kept them, else by the cloud of its latent points.
    """
    table = shipped_latents(key)
    if table is None:
        return cloud(key).distances(points) > cloud(key).usual_distance()
    used = used_dimensions(key)
    return is_far(points[:, used], table.z[:, used], draw_limit(key))


def _posterior_variances(key: RunKey) -> np.ndarray:
    """Return the mean variances of a run's posteriors, (D,): kept, or as its divergence tells them; 0 where unknown."""
    table = shipped_latents(key)
    if table is not None and table.log_variance is not None and has_posteriors(RunFolder.read(Path(key.path))):
        widths: np.ndarray = np.exp(table.log_variance.astype(np.float64)).mean(axis=0)
        return widths
    config, found = RunFolder.read(Path(key.path)).config.model, latent_summary(key)
    known = config.bottleneck == "gaussian" and config.prior == "standard"
    return posterior_variances(found) if known else np.zeros(len(found.mean))


def _table(key: RunKey) -> LatentTable:
    table = latents(key)
    if table is None:
        raise LookupError("the run has no latents; the page must check first")
    return table


def _freeze(*arrays: np.ndarray | None) -> None:
    for array in arrays:
        if array is not None:
            array.flags.writeable = False


# Corrupted images, anomalies, draws from the prior


@st.cache_resource(max_entries=64, show_spinner=False)  # 31 kB each for ten images of MNIST, 490 kB for faces
def corrupted(key: RunKey, root: str, stamp: Stamp, chosen: tuple[int, ...], corruption: Corruption) -> np.ndarray:
    """Return some of the test images of a run's data, corrupted: (N, C, H, W), float32 in [0, 1].

    Args:
        key: The run.
        root: AEVIZ_DATA, which the key must hold.
        stamp: `folder_stamp` of the data set.
        chosen: Which of the test images.
        corruption: What they suffer.

    Raises:
        DataError: The data is missing or damaged; nothing is cached then.
    """
    start_torch()
    from aeviz.analysis.denoising import corrupt_images

    images = _test_images(key, root, stamp)[list(chosen)]
    spoilt = corrupt_images(images, corruption.name, corruption.level, corruption.seed)
    _freeze(spoilt)
    return spoilt


@st.cache_resource(max_entries=64, show_spinner=False)  # as large as the corrupted ones
def restored(key: RunKey, root: str, stamp: Stamp, chosen: tuple[int, ...], corruption: Corruption) -> np.ndarray:
    """Return what a run makes of corrupted images; arguments, result and errors as in `corrupted`."""
    images: np.ndarray = model(key).reconstruct(corrupted(key, root, stamp, chosen, corruption)).numpy()
    _freeze(images)
    return images


@st.cache_data(max_entries=256, show_spinner="Corrupting and restoring images …")  # a few numbers each
def restoration(key: RunKey, root: str, stamp: Stamp, name: CorruptionName, seed: int) -> Restoration:
    """Return the errors of the first test images of a run's data, corrupted and restored, at every level.

    Args:
        key: The run.
        root: AEVIZ_DATA, which the key must hold.
        stamp: `folder_stamp` of the data set.
        name: Kind of corruption.
        seed: Seed of its chance.

    Raises:
        DataError: The data is missing or damaged; nothing is cached then.
    """
    run = model(key)
    from aeviz.analysis.denoising import corrupted_curve, restored_curve

    images = _test_images(key, root, stamp)
    images = images[: max(CURVE_LEAST, min(CURVE_IMAGES, CURVE_IMAGES * 784 // images[0].size))]
    return Restoration(
        count=len(images),
        corrupted=corrupted_curve(images, name, CURVE_LEVELS, seed),
        restored=restored_curve(run, images, name, CURVE_LEVELS, seed),
    )


@st.cache_resource(max_entries=64, show_spinner="Ranking the test images …")  # 240 kB for MNIST
def detection(key: RunKey, label: int) -> Detection:
    """Return how well a run's errors tell a class from the others. The run must have latents with that class."""
    table = _table(key)
    if table.labels is None:
        raise LookupError("the images have no classes; the page must check first")
    found = detect(table.error, table.labels == label)
    _freeze(found.precision, found.recall, found.thresholds)
    return found


@st.cache_resource(max_entries=64, show_spinner=False)  # 80 kB for MNIST
def ranking(key: RunKey) -> np.ndarray:
    """Return the places of a run's test images by falling error, (N,), int64. The run must have latents."""
    places = most_anomalous(_table(key).error)
    _freeze(places)
    return places


def _test_images(key: RunKey, root: str, stamp: Stamp) -> np.ndarray:
    """Return the test images of a run's data, (N, C, H, W), uint8."""
    data = replace(RunFolder.read(Path(key.path)).config.data, without=None)
    return test_images(data, root, stamp)[0].images


@st.cache_resource(max_entries=256, show_spinner=False)  # a few numbers each
def prior_fit(key: RunKey, draws: int, seed: int) -> PriorFit:
    """Return how draws from the prior N(0, I) meet a run's latent points, which it must have."""
    table, classes = _table(key), len(RunFolder.read(Path(key.path)).provenance.class_names)
    noise = draw_noise(seed, draws, table.z.shape[1])
    return fit_prior(table.z, table.log_variance, table.labels, classes, noise, draw_limit(key))
