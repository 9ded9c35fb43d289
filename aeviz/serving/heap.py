"""The heap of the server, kept in few pieces, so that a server for many visitors does not grow by holes.

Streamlit runs each page in a thread of its own. glibc gives threads pools of their own, eight for each core, and hands
out what is free in one pool to no other; it also learns from each large array that is freed to keep the next ones in
the pools. Together they kept hundreds of megabytes that nobody used (docs/benchmarks.md, "Memory").
"""

from aeviz.training.heap import set_heap

POOLS = 2
"""Pools for all threads. Python's lock lets one thread at a time work anyway."""
OWN_MAPPING_BYTES = 4 * 2**20
"""Arrays from this size on go back to the system at once. With less, reading a photograph takes longer, since the
system clears each page anew."""
KEPT_FREE_BYTES = 16 * 2**20
"""Free bytes at the end of a pool that are kept for the next array."""


def keep_heap_together() -> bool:
    """Set up the heap of this process; call it before there are threads. What a user has set goes first.

    Returns:
        Whether the C library took all settings. Other libraries than glibc are left alone.
    """
    return set_heap({"arena_max": POOLS, "mmap_threshold": OWN_MAPPING_BYTES, "trim_threshold": KEPT_FREE_BYTES})
