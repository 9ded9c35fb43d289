"""The memory that this machine has left."""

from pathlib import Path


def free_memory() -> int | None:
    """Return the bytes that programs can still have; None where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        line = next(line for line in lines if line.startswith("MemAvailable:"))
        return int(line.split()[1]) << 10
    except (OSError, ValueError, StopIteration, IndexError):  # not Linux
        return None
