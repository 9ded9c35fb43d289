"""Settings of the C library's heap, and memory that stays with a training from one step to the next.

A step of a convolutional network asks for hundreds of megabytes and frees them all. glibc then gives the free end of
its heap back to the system, which hands it out anew, cleared page by page, in the next step: more than a quarter of the
time of a step of the face models on two cores (docs/benchmarks.md, "Faces").
"""

import ctypes
import os
import platform
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any, Literal

Option = Literal["arena_max", "mmap_threshold", "trim_threshold"]
_OPTIONS: Mapping[Option, tuple[int, str]] = {
    "arena_max": (-8, "MALLOC_ARENA_MAX"),
    "mmap_threshold": (-3, "MALLOC_MMAP_THRESHOLD_"),
    "trim_threshold": (-1, "MALLOC_TRIM_THRESHOLD_"),
}
"""Number of mallopt(3), as in malloc.h, and the variable by which a user sets it; GLIBC_TUNABLES names it too."""
_MOST = 2**31 - 1
_WHILE_TRAINING: Mapping[Option, int] = {"mmap_threshold": 2**30, "trim_threshold": _MOST}
_USUAL: Mapping[Option, int] = {"mmap_threshold": 32 * 2**20, "trim_threshold": 64 * 2**20}
"""What glibc itself comes to in a process that has freed large arrays."""


def set_heap(options: Mapping[Option, int]) -> bool:
    """Set options of this process's heap. What a user has set goes first; other libraries than glibc are left alone.

    Returns:
        Whether the C library took all that no user had set.
    """
    library = _glibc()
    if library is None:
        return False
    tunables = os.environ.get("GLIBC_TUNABLES", "")
    return all(
        [
            bool(library.mallopt(number, options[name]))
            for name, (number, variable) in _OPTIONS.items()
            if name in options and variable not in os.environ and f"glibc.malloc.{name}=" not in tunables
        ]
    )


@contextmanager
def kept_heap() -> Iterator[None]:
    """Let this process keep the memory that steps of training free, until the block ends; then all of it goes back."""
    set_heap(_WHILE_TRAINING)
    try:
        yield
    finally:
        set_heap(_USUAL)
        if (library := _glibc()) is not None:
            library.malloc_trim(0)


@cache
def _glibc() -> Any:
    """Return the C library where it is glibc, else None."""
    return ctypes.CDLL(None) if platform.libc_ver()[0] == "glibc" else None
