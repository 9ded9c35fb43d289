"""Data of the map: embeddings, thumbnails, neighbours, densities, summaries of selections."""

import hashlib

import numpy as np

from aeviz.analysis.density import contour_lines, density_levels, estimate_density
from aeviz.analysis.embedding import EmbeddingConfig
from aeviz.analysis.neighbours import Neighbours, nearest_images
from aeviz.analysis.selection_summary import SelectionSummary, mean_image, summarise_selection
from aeviz.config import DataConfig
from aeviz.data import ImageDataset
from aeviz.web.components.map.sprites import pack_sprites
from aeviz.web.kernel import datasets
from aeviz.web.kernel.caching import Stamp, shared
from aeviz.web.kernel.models import Model
from aeviz.workers.embedding import embedding_task, read_embedding
from aeviz.workers.task import Task

CONTOURED = 20
"""Points that contours are drawn around at least."""


def embedding(model: Model, config: EmbeddingConfig) -> np.ndarray | None:
    """Return the map of a run that was computed in the background, (N, K), float32; None if it is not there."""
    try:
        points = _embedding(embedding_task(latents_digest(model), config))
    except LookupError:
        return None
    return points if len(points) == len(model.require_latents().z) else None


@shared(max_entries=16)  # 80 kB for 10,000 images
def _embedding(task: Task) -> np.ndarray:
    points = read_embedding(task)
    if points is None:
        raise LookupError("the map is not there yet, which must not be kept")
    return points


@shared(max_entries=64)  # a few bytes each
def latents_digest(model: Model) -> str:
    """Return a digest of the latent points of a run, which it must have."""
    return digest_of(model.require_latents().z)


@shared(max_entries=4)  # 1.7 MB for MNIST, at most 12 MB
def sprites(data: DataConfig, root: str, stamp: Stamp, class_names: tuple[str, ...]) -> tuple[str, bytes]:
    """Return small images of the test images of a data set, and the fingerprint of those images.

    Args:
        data: The data set, no class left out.
        root: AEVIZ_DATA, which the key must hold.
        stamp: `datasets.folder_stamp` of the data set.
        class_names: The classes in the order in which a run numbers them.

    Raises:
        DataError: The data is missing or damaged; nothing is cached then.
    """
    dataset, fingerprint = datasets.test_images(data, root, stamp, class_names)
    return fingerprint, pack_sprites(dataset.images)


@shared(max_entries=512)  # 160 bytes each
def neighbours(model: Model, index: int) -> Neighbours:
    """Return the images nearest to one of them in a run's latent space. The run must have latents."""
    return nearest_images(model.require_latents().z, index)


def digest_of(*arrays: np.ndarray | None) -> str:
    """Return a digest of arrays, by which what is made of them is cached."""
    digest = hashlib.blake2b(digest_size=12)
    for array in arrays:
        if array is not None:
            digest.update(str(array.shape).encode() + np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


@shared(max_entries=16)  # 560 kB for 70,000 points
def point_density(digest: str, _points: np.ndarray) -> np.ndarray:
    """Return the density of a map's points at each of them, (N,), float64.

    Args:
        digest: `digest_of` the points.
        _points: (N, K), floating point, K = 2 or 3.
    """
    return estimate_density(_points).at(_points)


@shared(max_entries=32)  # about 100 kB each
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


@shared(max_entries=64)  # a kilobyte each
def chosen_set(model: Model, digest: str, _places: np.ndarray) -> SelectionSummary:
    """Return what some test images share in the latent space of a run, which must have latents.

    Args:
        model: The run.
        digest: `digest_of` the places.
        _places: Which images, (M,), int64, at least one.
    """
    table, classes = model.require_latents(), len(model.provenance.class_names)
    return summarise_selection(_places, table.z, table.labels, classes, table.error)


@shared(max_entries=64)  # 3 kB for MNIST, 49 kB for faces
def mean_of_chosen(model: Model, digest: str, _places: np.ndarray, _dataset: ImageDataset) -> np.ndarray:
    """Return the mean of some of a run's test images, (1, C, H, W), float32; arguments as in `chosen_set`."""
    return mean_image(_dataset.images, _places)
