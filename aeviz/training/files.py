"""Files that are whole or absent: written beside their place, then renamed."""

import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aeviz.errors import AevizError, StorageError


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file in the folder of `path`, then rename it to `path`.

    A reader sees the old file or the new one, never a part. The temporary file is removed if `write` fails.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-", suffix=path.suffix)
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        os.chmod(temporary, 0o644)  # mkstemp's 600 would hide a run from the others who share the machine
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_json(path: Path, value: Any) -> None:
    """Write a JSON value, indented, atomically."""
    text = json.dumps(value, indent=2, allow_nan=False) + "\n"
    write_atomically(path, lambda temporary: temporary.write_text(text, encoding="utf-8"))


def overwrite_json(path: Path, value: Any) -> None:
    """Write a JSON value into the file that is there, for a disk too full for another file beside it.

    A reader that looks at this very moment may find a part of it.
    """
    with path.open("r+b", buffering=0) as file:
        file.write(json.dumps(value, allow_nan=False).encode() + b"\n")
        file.truncate()


@contextmanager
def storage_errors(path: Path) -> Iterator[None]:
    """Turn an error of the file system, while the run in the folder `path` is written, into a `StorageError`."""
    try:
        yield
    except AevizError:  # some of which are OSErrors too
        raise
    except OSError as error:
        raise StorageError(
            f"cannot write run '{path.name}' in {str(path.parent.resolve())!r}: {error.strerror or error}; the "
            f"epochs written before are kept; make room on the disk, then resume it with: aeviz train --resume {path}"
        ) from error
