"""Files that are whole or absent: written beside their place, then renamed."""

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from aeviz.errors import CheckpointFormatError


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


def read_json(path: Path) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        CheckpointFormatError: The file is missing, is not JSON or holds something other than an object.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CheckpointFormatError(
            f"cannot read {path.name} of run '{path.parent.name}': {error}; expected a JSON file that aeviz wrote; "
            "restore it or train the model again"
        ) from error
    if not isinstance(value, dict):
        raise CheckpointFormatError(
            f"{path.name} of run '{path.parent.name}' holds {type(value).__name__}; expected a JSON object"
        )
    return value
