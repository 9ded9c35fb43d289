"""The C library's heap, kept in few pieces, so that a server for many visitors does not grow by holes.

Streamlit runs each page in a thread of its own. glibc gives threads pools of their own, eight for each core, and hands
out what is free in one pool to no other; it also learns from each large array that is freed to keep the next ones in
the pools. Together they kept hundreds of megabytes that nobody used (docs/benchmarks.md, "Memory").
"""

import ctypes
import os
import platform

POOLS = 2
"""Pools for all threads, by `M_ARENA_MAX`. Python's lock lets one thread at a time work anyway."""
OWN_MAPPING_BYTES = 4 * 2**20
"""Arrays from this size on go back to the system at once, by `M_MMAP_THRESHOLD`. With less, reading a photograph takes
longer, since the system clears each page anew."""
KEPT_FREE_BYTES = 16 * 2**20
"""Free bytes at the end of a pool that are kept for the next array, by `M_TRIM_THRESHOLD`."""
_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -8, -3, -1  # numbers of mallopt(3), malloc.h
_SETTINGS = (
    (_ARENA_MAX, POOLS, "MALLOC_ARENA_MAX", "glibc.malloc.arena_max="),
    (_MMAP_THRESHOLD, OWN_MAPPING_BYTES, "MALLOC_MMAP_THRESHOLD_", "glibc.malloc.mmap_threshold="),
    (_TRIM_THRESHOLD, KEPT_FREE_BYTES, "MALLOC_TRIM_THRESHOLD_", "glibc.malloc.trim_threshold="),
)
"""Number, value, and how a user sets it: a variable of its own, or a part of GLIBC_TUNABLES."""


def keep_heap_together() -> bool:
    """Set up the heap of this process; call it before there are threads. What a user has set goes first.

    Returns:
        Whether the C library took all settings. Other libraries than glibc are left alone.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    set_option = ctypes.CDLL(None).mallopt
    tunables = os.environ.get("GLIBC_TUNABLES", "")
    return all(
        [
            set_option(number, value)
            for number, value, variable, tunable in _SETTINGS
            if variable not in os.environ and tunable not in tunables
        ]
    )
