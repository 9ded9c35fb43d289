"""What the tests of CelebA share: counts of the small data set, and looks at files."""

import os

SPLITS = ("train", "validation", "test")
COUNTS = {"train": 14, "validation": 6, "test": 4}


def make_unreadable(path):
    """Replace a file's content without a change of its size and time."""
    found = path.stat()
    path.write_bytes(b"x" * found.st_size)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def listing(folder):
    return sorted(path.name for path in folder.iterdir())


def inodes(folder):
    return {path.name: path.stat().st_ino for path in folder.glob("*.npy")}
