"""The memory that this machine has left."""


def free_memory() -> int | None:
    """Return the bytes that programs can still have; None where the system does not say."""
    try:
        with open("/proc/meminfo", encoding="ascii") as lines:
            line = next(line for line in lines if line.startswith("MemAvailable:"))
        return int(line.split()[1]) << 10
    except (OSError, ValueError, StopIteration, IndexError):  # not Linux
        return None
