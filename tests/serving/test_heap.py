"""The heap of the server's process."""

import os
import platform
import subprocess
import sys

import pytest

from aeviz.serving.heap import POOLS, keep_heap_together
from aeviz.training import heap

_COUNT = """
import ctypes, threading
from aeviz.serving.heap import keep_heap_together

if {wanted}:
    assert keep_heap_together()
libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
gate = threading.Barrier(12)

def allocate():
    block = libc.malloc(100_000)
    gate.wait()
    libc.free(block)

threads = [threading.Thread(target=allocate) for _ in range(12)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
libc.open_memstream.restype = ctypes.c_void_p
text, size = ctypes.c_char_p(), ctypes.c_size_t()
stream = ctypes.c_void_p(libc.open_memstream(ctypes.byref(text), ctypes.byref(size)))
libc.malloc_info(0, stream)
libc.fclose(stream)
print(text.value.count(b"<heap "))
"""
_FAULTS = """
import resource
import torch
from aeviz.training.heap import kept_heap

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(20):
        arrays = [torch.ones(12 * 2**20) for _ in range(2)]  # 48 MB each, which glibc maps one by one
        del arrays
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

faults()
usual = faults()
with kept_heap():
    faults()
    kept = faults()
print(usual, kept, faults())
"""
pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have a heap of their own")


def pools(*, wanted, **variables):
    """The pools of a process in which twelve threads have used memory."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    command = [sys.executable, "-c", _COUNT.format(wanted=wanted)]
    return int(subprocess.run(command, env=own | variables, capture_output=True, text=True, check=True).stdout)


def test_threads_share_few_pools():
    assert pools(wanted=False) > POOLS
    assert pools(wanted=True) <= POOLS


def test_a_variable_of_the_c_library_goes_first():
    assert pools(wanted=True, MALLOC_ARENA_MAX="5") == 5
    assert pools(wanted=True, GLIBC_TUNABLES="glibc.malloc.arena_max=5") == 5


def test_memory_stays_with_a_training_from_step_to_step_and_no_longer():
    own = {name: value for name, value in os.environ.items() if not name.startswith(("MALLOC_", "GLIBC_"))}
    command = [sys.executable, "-c", _FAULTS]
    found = subprocess.run(command, env=own, capture_output=True, text=True, check=True).stdout
    usual, kept, after = map(int, found.split())
    assert kept < usual / 100  # pages that the system cleared anew
    assert after > 10 * kept


def test_other_c_libraries_are_left_alone(monkeypatch):
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    heap._glibc.cache_clear()
    assert not keep_heap_together()
    heap._glibc.cache_clear()
