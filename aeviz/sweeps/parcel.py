"""The files of a run as a parcel that travels between machines."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from aeviz.errors import CheckpointFormatError
from aeviz.training.files import storage_errors, write_atomically
from aeviz.training.latents import LATENTS
from aeviz.training.runs import CONFIG, EVALUATION, LAST, MODEL
from aeviz.training.status import JOB_FILES
from aeviz.training.summary import SUMMARY

Parcel = Mapping[str, bytes]
"""Contents of a run's files by their path within the run's folder, with forward slashes."""
ORDER = (MODEL, LAST, CONFIG, EVALUATION)
"""Files that are written after all others, in the order of a trainer: wherever the writing ends, the run resumes."""
MEASURED = (LATENTS, SUMMARY, EVALUATION)
"""What a trainer removes before it changes the weights that these files describe."""


def pack(path: Path) -> dict[str, bytes]:
    """Return the files of the run in the folder `path`; without those that only its own machine needs."""
    return {
        file.relative_to(path).as_posix(): file.read_bytes()
        for file in sorted(path.rglob("*"))
        if file.is_file() and not file.is_symlink() and file.name not in JOB_FILES and not file.name.startswith(".")
    }


def unpack(parcel: Parcel, path: Path) -> None:
    """Write the files of a parcel into the folder `path`, each of them whole.

    What was measured of other weights than those of the parcel is removed first.

    Raises:
        CheckpointFormatError: A file would lie outside the folder; then none is written.
        StorageError: A file cannot be written.
    """
    for name in parcel:
        parts = PurePosixPath(name).parts
        if not parts or PurePosixPath(name).is_absolute() or ".." in parts or "\\" in name or "\0" in name:
            raise CheckpointFormatError(f"a run holds a file {name!r}; expected a path within its folder")
    with storage_errors(path):
        if CONFIG in parcel:
            for name in MEASURED:
                if name not in parcel:
                    (path / name).unlink(missing_ok=True)
        for name in sorted(parcel, key=_turn):
            place, data = path / name, parcel[name]
            place.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(place, lambda temporary, data=data: temporary.write_bytes(data))  # type: ignore[misc]


def _turn(name: str) -> tuple[int, str]:
    return (ORDER.index(name) + 1 if name in ORDER else 0), name
