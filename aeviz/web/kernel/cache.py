"""Caches of what nearly all pages ask: runs, models, latent points, projections, images. `*_cache.py` build on it.

Keys are the path of a run and a stamp of its files, so a retrained model is read anew. Arrays and models are shared
between visitors: they are marked read-only, and pages never change them.
"""

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from aeviz.analysis.latent import Projection, project, select
from aeviz.analysis.summary import summarise
from aeviz.config import DataConfig
from aeviz.data import ImageDataset, is_available, load_dataset
from aeviz.errors import CheckpointFormatError
from aeviz.paths import cache_root, checkpoints_root, data_root, runs_root
from aeviz.training.latents import LATENTS, LatentTable, read_latents, write_latents
from aeviz.training.runs import CONFIG, EVALUATION, HISTORY, MODEL, RunFolder, list_folders
from aeviz.training.samples import PRIOR, PriorSamples, read_prior
from aeviz.training.summary import SUMMARY, LatentSummary, read_summary
from aeviz.web.kernel.runtime import start_torch

if TYPE_CHECKING:
    from aeviz.figures.architecture import Block
    from aeviz.training.run import Run

Stamp = str
"""Digest of path, time of change in ns and size of each file of one run or of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunKey:
    """What identifies a run in the caches."""

    path: str
    stamp: Stamp


def stamp_of(paths: list[Path]) -> Stamp:
    """Return the digest of files and folders as they are now; those that are missing do not count."""
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
    return RunKey(path=str(folder.path), stamp=stamp_of(_run_files(folder.path)))


def runs() -> dict[str, RunFolder]:
    """Return the models that can be opened, by name, those that ship first."""
    roots = [root for root in (checkpoints_root(), runs_root()) if root.is_dir()]
    # not the files that a trainer changes all the time: a listing reads every history, which a class must not wait for
    paths = [path for root in roots for path in sorted(root.iterdir()) if (path / MODEL).is_file()]
    return _runs(stamp_of([path / CONFIG for path in paths]))


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
        freeze(table.z, table.labels, table.error, table.log_variance)
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
    freeze(table.z, table.labels, table.error, table.log_variance)
    return table


def shipped_latents(key: RunKey) -> LatentTable | None:
    """Return the encoded test set of a run that has kept it, without encoding anything; else None."""
    return _latents(key) if (Path(key.path) / LATENTS).is_file() else None


def needed_latents(key: RunKey) -> LatentTable:
    """Return the encoded test set of a run.

    Raises:
        LookupError: The run has none; the page did not check.
    """
    table = latents(key)
    if table is None:
        raise LookupError("the run has no latents; the page must check first")
    return table


@st.cache_resource(max_entries=64, show_spinner=False)  # 200 kB each in 128-d
def latent_summary(key: RunKey) -> LatentSummary:
    """Return the statistics of a run's latent space, from its summary or from its latents; it must have either."""
    folder = RunFolder.read(Path(key.path))
    found = read_summary(folder.path, folder.config.model.latent_dim)
    if found is None:
        evaluation = folder.evaluation()
        nats = evaluation.kl_per_dimension if evaluation is not None else ()
        found = summarise(needed_latents(key).z, kl=np.array(nats) if len(nats) else None)
    freeze(found.mean, found.covariance, found.quantiles, found.kl, found.attribute_means)
    return found


def attribute_names(key: RunKey) -> tuple[str, ...]:
    """Return the names of the attributes of a run's images, such as Smiling; empty where none are known."""
    return latent_summary(key).attribute_names if (Path(key.path) / SUMMARY).is_file() else ()


@st.cache_resource(max_entries=8, show_spinner=False)  # 1.2 MB each for faces
def prior_samples(key: RunKey) -> PriorSamples | None:
    """Return what a variational run made of the same draws from the prior as it learned; None where it has none."""
    found = read_prior(Path(key.path))
    if found is not None:
        freeze(found.images)
    return found


@st.cache_resource(max_entries=64, show_spinner=False)  # 120 kB each
def projection(key: RunKey, dimensions: int) -> Projection:
    """Return the latent points of a run in two or three dimensions. The run must have latents.

    A line has only one: its points are spread by their error in the second.
    """
    table = needed_latents(key)
    if table.z.shape[1] == 1:
        points = np.column_stack([table.z[:, 0], table.error])
        one = {"mean": np.zeros(1), "axes": np.eye(1)}
        shown = Projection(points=points, axis_names=("z1", "error"), explained=1.0, **one)
    else:
        shown = project(table.z, dimensions)
    freeze(shown.points)
    return shown


@st.cache_resource(max_entries=64, show_spinner=False)  # 120 kB each
def chosen_dimensions(key: RunKey, dimensions: tuple[int, ...]) -> Projection:
    """Return the latent points of a run along some of its dimensions. The run must have latents."""
    shown = select(needed_latents(key).z, dimensions)
    freeze(shown.points)
    return shown


def projected(key: RunKey, dimensions: int, axes: tuple[int, ...] | None = None) -> Projection:
    """Return the latent points of a run along chosen dimensions of it, or without those as `projection` does."""
    own = len(axes or ()) == dimensions and needed_latents(key).z.shape[1] > dimensions
    return chosen_dimensions(key, axes) if axes is not None and own else projection(key, dimensions)


@st.cache_resource(max_entries=12, show_spinner="Loading the model …")  # about 1 MB each
def model(key: RunKey) -> "Run":
    """Return a trained model on the CPU, ready to encode and decode."""
    start_torch()
    from aeviz.training.run import load

    return load(RunFolder.read(Path(key.path)))


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


def folder_stamp(name: str) -> Stamp:
    """Return the times of change of the folders of a folder: data set; nothing for the others, which never change."""
    if not name.startswith("folder:"):
        return ""
    root = Path(name.removeprefix("folder:"))
    return stamp_of([root, *(path for path in sorted(root.glob("*")) if path.is_dir())])


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
    freeze(dataset.images, dataset.labels)
    return dataset, dataset.fingerprint()


def freeze(*arrays: np.ndarray | None) -> None:
    """Mark arrays read-only, as all must be that visitors share."""
    for array in arrays:
        if array is not None:
            array.flags.writeable = False
