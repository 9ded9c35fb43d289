"""Reading the files of a run without trusting them.

A runs folder is the user's own. It may hold folders that may not be entered, pipes, devices, loops of links, files of
any size and files that another program wrote. So each file is looked at before it is opened, only regular files are
opened, the size is checked before a byte is read, and whatever is wrong becomes a `CheckpointError` that names the
file and the run. Every file that `aeviz.training` reads is opened here first; `aeviz.training.weights` then opens its
file once more, by name, because safetensors maps it itself. Needs no torch.
"""

import json
import os
import stat
from pathlib import Path
from typing import Any, BinaryIO

from aeviz.errors import CheckpointError, CheckpointFormatError, CheckpointNotFoundError, reason_of

JSON_BYTES = 2 << 20
"""Largest JSON file that is read: the names of 1,000 classes of 255 bytes each take 0.3 MB, all else a few kB. Parsed,
2 MB of `{"":{}}` take 72 MB of memory, and nested deeper 81 MB, which is the most that a JSON file was seen to cost."""
_ADVICE = "restore the file or train the model again"
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def is_regular_file(path: Path) -> bool:
    """Whether `path` is a regular file, or a link to one. False where that cannot be found out."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


def file_problem(path: Path) -> str | None:
    """Return why `path` cannot be read as a file, such as "it is a pipe"; None for a regular file or a missing one."""
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return error.strerror or str(error)
    return _kind_problem(mode)


def unreadable(path: Path, reason: object, *, run: str | None = None, advice: str = _ADVICE) -> CheckpointFormatError:
    """Return the error for a file of a run that is there but cannot be used.

    Args:
        path: The file.
        reason: What is wrong with it.
        run: Name of the run; None for the name of the folder that holds the file.
        advice: What to do next.
    """
    return CheckpointFormatError(
        f"cannot read {path.name} of run '{run or path.parent.name}': {reason_of(reason)}; {advice}"
    )


def stat_checked(path: Path, *, run: str | None = None) -> os.stat_result:
    """Return the status of a regular file, without opening it.

    Raises:
        CheckpointNotFoundError: There is no such file.
        CheckpointFormatError: It is no regular file, or this user may not look at it.
    """
    try:
        status = path.stat()
    except OSError as error:
        raise _translate(path, error, run) from error
    if problem := _kind_problem(status.st_mode):
        raise unreadable(path, problem, run=run)
    return status


def open_checked(path: Path, limit: int, *, run: str | None = None) -> BinaryIO:
    """Open a regular file of at most `limit` bytes for reading.

    The file is looked at before it is opened, because opening a pipe would wait for a writer and opening a device may
    set it in motion, and once more after, because it may have been replaced in between.

    Args:
        path: The file.
        limit: Largest size in bytes.
        run: Name of the run; None for the name of the folder that holds the file.

    Raises:
        CheckpointNotFoundError: There is no such file.
        CheckpointFormatError: It is no regular file, it is too large, or this user may not read it.
    """
    stat_checked(path, run=run)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        file = os.fdopen(os.open(path, flags), "rb")
    except OSError as error:
        raise _translate(path, error, run) from error
    status = os.fstat(file.fileno())
    problem = _kind_problem(status.st_mode) or size_problem(status.st_size, limit)
    if problem:
        file.close()
        raise unreadable(path, problem, run=run)
    return file


def size_problem(size: int, limit: int) -> str | None:
    """Return the sentence about a size in bytes above `limit`, else None."""
    return f"it has {size:,} bytes; expected at most {limit:,}" if size > limit else None


def read_bytes_checked(path: Path, limit: int, *, start: int = 0, run: str | None = None) -> bytes:
    """Read a regular file of at most `limit` bytes, from byte `start` on.

    Raises:
        CheckpointNotFoundError: There is no such file.
        CheckpointFormatError: It is no regular file, it is too large, or it cannot be read.
    """
    with open_checked(path, limit, run=run) as file:
        try:
            file.seek(start)
            size = os.fstat(file.fileno()).st_size
            content = file.read(max(0, min(limit, size) - start))  # room for as much is taken before it is read
        except OSError as error:
            raise _translate(path, error, run) from error
    if problem := size_problem(size, limit):  # it grew since it was opened
        raise unreadable(path, problem, run=run)
    return content


def read_tail_checked(path: Path, count: int) -> bytes:
    """Read the last `count` bytes of a regular file of any size. Raises as `read_bytes_checked` does."""
    with open_checked(path, 1 << 62) as file:
        try:
            file.seek(max(0, os.fstat(file.fileno()).st_size - count))
            return file.read(count)
        except OSError as error:
            raise _translate(path, error, None) from error


def read_json_checked(path: Path, limit: int = JSON_BYTES) -> dict[str, Any]:
    """Read a JSON object from a regular file of at most `limit` bytes.

    Raises:
        CheckpointNotFoundError: There is no such file.
        CheckpointFormatError: It cannot be read, is not JSON, or holds something other than an object.
    """
    content = read_bytes_checked(path, limit)
    try:
        value = parse_json(content)
    except ValueError as error:
        raise unreadable(path, f"{error}; expected a JSON file that aeviz wrote") from error
    if not isinstance(value, dict):
        raise CheckpointFormatError(
            f"{path.name} of run '{path.parent.name}' holds {type(value).__name__}; expected a JSON object; {_ADVICE}"
        )
    return value


def parse_json(content: bytes) -> Any:
    """Return the JSON value that UTF-8 text holds.

    Raises:
        ValueError: It is no text, no JSON, nested too deeply, or holds a number of thousands of digits.
    """
    try:
        return json.loads(content.decode("utf-8"))
    except RecursionError as error:
        raise ValueError("its lists or objects are nested too deeply") from error


def _kind_problem(mode: int) -> str | None:
    """Return what a file of the mode is, if it is no regular file."""
    if stat.S_ISREG(mode):
        return None
    kind = next((name for is_kind, name in _KINDS if is_kind(mode)), "of an unknown kind")
    return f"it is {kind}; expected a regular file"


def _translate(path: Path, error: OSError, run: str | None) -> CheckpointError:
    """Return the error of the file system as one that is meant for people."""
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return CheckpointNotFoundError(
            f"cannot read {path.name} of run '{run or path.parent.name}': it is not there, or no longer; {_ADVICE}"
        )
    return unreadable(path, error.strerror or error, run=run)
