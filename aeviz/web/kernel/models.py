"""The trained models that pages show: `Model`, a handle on a run's folder, and the list of those that there are.

A page opens models once a rerun; what a model's files hold is read once for all visitors and shared, read-only. The
stamp of a handle is what its files were when it was asked for the first time.
"""

import math
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from aeviz.analysis.summary import summarise
from aeviz.config import RunConfig
from aeviz.data import is_available
from aeviz.errors import CheckpointFormatError
from aeviz.export.beside import weights_digest
from aeviz.language import mark, tr
from aeviz.paths import cache_root, data_root
from aeviz.training.history import EpochReport
from aeviz.training.latents import LATENTS, LatentTable, read_latents, write_latents
from aeviz.training.run_records import Evaluation, Provenance, RunProblem
from aeviz.training.runs import CONFIG, EVALUATION, HISTORY, MODEL, RunFolder, listed_roots, scan_folders
from aeviz.training.safe_files import is_regular_file
from aeviz.training.samples import PRIOR, PriorSamples, read_prior
from aeviz.training.summary import SUMMARY, LatentSummary, read_summary
from aeviz.web.kernel.caching import ByStamp, Stamp, shared, stamp_of
from aeviz.web.kernel.datasets import folder_stamp, test_images
from aeviz.web.kernel.history import read_epochs
from aeviz.web.kernel.runtime import start_torch
from aeviz.web.kernel.text import format_duration

if TYPE_CHECKING:
    from aeviz.training.run import Run

_FILES = (CONFIG, HISTORY, MODEL, LATENTS, EVALUATION, SUMMARY, PRIOR)
"""The files of a run that a stamp covers."""
VALUES_PER_S = 9e6
"""Pixel values that a network encodes in a second, from the training of the face models: 700 images of 64 x 64 x 3."""


@dataclass(frozen=True, eq=False)
class Model(ByStamp):
    """A trained model as pages handle it; two handles are the same model in the caches if their stamps are equal."""

    folder: RunFolder

    @cached_property
    def stamp(self) -> Stamp:
        """Digest of the model's path and of the times and sizes of its files."""
        return stamp_of([self.path / name for name in _FILES])

    @property
    def name(self) -> str:
        """Name of the run."""
        return self.folder.name

    @property
    def path(self) -> Path:
        """Folder of the run."""
        return self.folder.path

    @property
    def config(self) -> RunConfig:
        """All settings."""
        return self.folder.config

    @property
    def provenance(self) -> Provenance:
        """Where the run came from."""
        return self.folder.provenance

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the classes of its images; empty where they have none."""
        return self.folder.provenance.class_names

    @property
    def is_shipped(self) -> bool:
        """Whether the model came with aeviz."""
        return self.folder.is_shipped

    @cached_property
    def has_latents(self) -> bool:
        """Whether the run keeps its encoded test set."""
        return self.folder.has_latents

    @cached_property
    def has_summary(self) -> bool:
        """Whether statistics of the latent space are known, from its points or without them."""
        return self.folder.has_summary

    @property
    def stored_latents(self) -> LatentTable | None:
        """The encoded test set that the run keeps; None where it keeps none. Encodes nothing."""
        return _stored_latents(self) if self.has_latents else None

    @property
    def latents(self) -> LatentTable | None:
        """The encoded test set; None where there is none.

        A model that ships without it, as those of faces do, encodes it here and now if the data is on this machine.
        """
        if self.has_latents:
            return _stored_latents(self)
        if not self.has_summary:
            return None
        name = self.config.data.name
        return _encode_test_set(self, str(data_root()), folder_stamp(name)) if is_available(name) else None

    def require_latents(self) -> LatentTable:
        """Return the encoded test set.

        Raises:
            LookupError: There is none; the page did not check.
        """
        table = self.latents
        if table is None:
            raise LookupError(f"{self.name} has no latents; the page must check first")
        return table

    def encoded_classes(self) -> dict[str, int]:
        """Return the classes of the encoded test images by name, with their labels; all where none is encoded yet."""
        names = self.class_names
        if not names:  # nothing need be encoded to know that
            return {}
        table = self.latents
        if table is None:
            return {name: label for label, name in enumerate(names)}
        if table.labels is None:
            return {}
        return {names[label]: label for label in np.unique(table.labels).tolist()}

    @property
    def summary(self) -> LatentSummary:
        """Statistics of the latent space, of which the run must have a summary or its latents."""
        return _summary(self)

    @property
    def attribute_names(self) -> tuple[str, ...]:
        """Names of the attributes of its images, such as Smiling; empty where none are known."""
        return self.summary.attribute_names if (self.path / SUMMARY).is_file() else ()

    @property
    def prior_samples(self) -> PriorSamples | None:
        """Images decoded from the same prior samples over training, of a variational model; None where it kept none."""
        return _prior_samples(self)

    @property
    def evaluation(self) -> Evaluation | None:
        """The evaluation at the end of training; None where there was none."""
        return _evaluation(self)

    def history(self) -> list[EpochReport]:
        """Return the epochs trained so far, oldest first."""
        return read_epochs(self.path)

    def best_epoch(self) -> EpochReport | None:
        """Return the epoch whose weights the model holds: the lowest validation loss, the first of equals."""
        return min(self.history(), key=lambda report: report.val_loss, default=None)

    def network(self) -> "Run":
        """Return the network on the CPU, ready to encode and decode."""
        return _network(self)


def list_models() -> dict[str, Model]:
    """Return the models that can be opened, by name, those that ship first."""
    return {folder.name: Model(folder) for folder in _listing()[0]}


def list_problems() -> list[str]:
    """Return why some runs cannot be opened, a sentence each; such runs are not among the models."""
    return [problem.message for problem in _listing()[1]]


def _listing() -> tuple[list[RunFolder], list[RunProblem]]:
    stamp = _listing_stamp()
    found = _folders(stamp, "")
    # runs that could not be opened are looked at anew when any of their files has changed, or when they are gone
    watched = [path for problem in found[1] for path in (problem.path, *(problem.path / name for name in _FILES))]
    return _folders(stamp, stamp_of(watched)) if watched else found


def _listing_stamp() -> Stamp:
    # not the files that a trainer changes all the time: a listing reads every history, which a class must not wait for
    paths: list[Path] = []
    for root in listed_roots():
        with suppress(OSError):  # a folder that is missing, or that may not be entered
            paths += [path / CONFIG for path in sorted(root.iterdir()) if is_regular_file(path / MODEL)]
    return stamp_of(paths)


@shared(max_entries=4)  # a listing is small; older ones are never asked for again
def _folders(stamp: Stamp, problems: Stamp) -> tuple[list[RunFolder], list[RunProblem]]:
    return scan_folders()


@shared(max_entries=32, spinner=mark("Reading latent points …"))  # at most 2.6 MB each
def _stored_latents(model: Model) -> LatentTable:
    return model.folder.require_latents()


def encoding_seconds(model: Model, count: int) -> float:
    """Return about how many seconds a network takes to encode so many images on one core of an idle machine."""
    return count * math.prod(model.config.model.image_shape) / VALUES_PER_S


def _encoding_text(model: Model, root: str, stamp: Stamp) -> str:
    count = len(test_images(model.config.data, root, stamp, model.class_names)[0].images)
    duration = format_duration(encoding_seconds(model, count))
    return tr("Encoding the test images, once: about {duration} …", duration=duration)


@shared(max_entries=4, spinner=_encoding_text)  # 20 MB for all faces
def _encode_test_set(model: Model, root: str, stamp: Stamp) -> LatentTable:
    """Encode the test set of a run and keep that in AEVIZ_CACHE: it takes seconds, for all faces of CelebA minutes."""
    dataset, fingerprint = test_images(model.config.data, root, stamp, model.class_names)
    try:
        weights = weights_digest(model.path / MODEL)
    except OSError as error:
        raise CheckpointFormatError(f"the weights of {model.name} are gone; it may have been deleted") from error
    kept = cache_root() / "latents" / f"{model.name}-{weights}"  # by content: a copied run is not encoded again
    table = None
    with suppress(CheckpointFormatError):  # a damaged copy is made anew
        table = read_latents(kept, model.config.model.latent_dim, len(model.class_names))
    if table is None or table.fingerprint != fingerprint:
        run = model.network()
        from aeviz.analysis.evaluation import tabulate  # with torch, which `network` has brought

        table = tabulate(run, dataset)
        with suppress(OSError):  # a full or read-only disk costs time, no more
            kept.mkdir(parents=True, exist_ok=True)
            write_latents(kept, table)
    return table


@shared(max_entries=64)  # 200 kB each in 128-d
def _summary(model: Model) -> LatentSummary:
    found = read_summary(model.path, model.config.model.latent_dim)
    if found is not None:
        return found
    evaluation = model.folder.evaluation()
    nats = evaluation.kl_per_dimension if evaluation is not None else ()
    return summarise(model.require_latents().z, kl=np.array(nats) if len(nats) else None)


@shared(max_entries=8)  # 1.2 MB each for faces
def _prior_samples(model: Model) -> PriorSamples | None:
    return read_prior(model.path)


@shared(max_entries=64)  # some numbers each
def _evaluation(model: Model) -> Evaluation | None:
    return model.folder.evaluation()


@shared(max_entries=12, spinner=mark("Loading the model …"))  # about 1 MB each
def _network(model: Model) -> "Run":
    start_torch()
    from aeviz.training.run import load

    return load(model.folder)
