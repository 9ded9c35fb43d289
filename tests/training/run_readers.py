"""All the ways that a run is read."""

from contextlib import suppress

from aeviz.errors import CheckpointError
from aeviz.training.history import HistoryReader
from aeviz.training.latents import LATENTS
from aeviz.training.moments import MOMENTS, read_moments
from aeviz.training.run import load
from aeviz.training.runs import (
    CONFIG,
    EVALUATION,
    HISTORY,
    LAST,
    MODEL,
    RunFolder,
)
from aeviz.training.samples import FIXED, PRIOR, SAMPLES, list_samples, read_fixed, read_prior, read_sample
from aeviz.training.status import has_trainer, read_status
from aeviz.training.summary import SUMMARY, read_summary
from aeviz.training.weights import read_tensors

READERS = {
    CONFIG: lambda path: RunFolder.read(path),
    HISTORY: lambda path: (HistoryReader(path / HISTORY).read(), RunFolder.read(path).history()),
    EVALUATION: lambda path: RunFolder.read(path).evaluation(),
    LATENTS: lambda path: RunFolder.read(path).latents(),
    SUMMARY: lambda path: read_summary(path, 2),
    PRIOR: read_prior,
    f"{SAMPLES}/{FIXED}": read_fixed,
    f"{SAMPLES}/epoch-000001.npz": lambda path: read_sample(path, 1),
    MOMENTS: read_moments,
    MODEL: lambda path: load(path),
    LAST: lambda path: read_tensors(path / LAST),
}


def read_all(path):
    """Read whatever a page reads of a run; a CheckpointError reports what is wrong, all else is a defect."""
    for read in READERS.values():
        with suppress(CheckpointError):
            read(path)
    read_status(path)
    has_trainer(path)
    list_samples(path)
    with suppress(CheckpointError):
        RunFolder.read(path).summary()
