"""A disk that is full from the n-th write on, without the rights that mounting a small one takes."""

import builtins
import errno
import io
import os
from contextlib import contextmanager
from pathlib import Path

from safetensors.torch import save


class FullDisk:
    """Counts writes to files below a folder, and fails from the n-th on, of which half is written.

    Args:
        folder: What lies on the disk.
        number: Writes that succeed; None for as many as there are.
    """

    def __init__(self, folder, number=None):
        self.folder, self.number, self.writes = folder.resolve(), number, 0

    def take(self, raw, content):
        """Write, or fail."""
        self.writes += 1
        if self.number is not None and self.writes > self.number:
            if self.writes == self.number + 1:
                io.FileIO.write(raw, bytes(content)[: len(content) // 2])
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        return io.FileIO.write(raw, content)

    @contextmanager
    def mounted(self, monkeypatch):
        """Stand for the disk below the folder."""
        with monkeypatch.context() as patch:
            plain = io.open

            def open_file(file, mode="r", buffering=-1, encoding=None, errors=None, newline=None, **options):
                is_read = isinstance(file, int) or not set(mode) & set("wax+")
                if is_read or self.folder not in Path(os.fspath(file)).resolve().parents:
                    return plain(file, mode, buffering, encoding, errors, newline, **options)
                raw = _Raw(os.fspath(file), mode.replace("b", "").replace("t", ""))
                raw.disk = self
                if buffering == 0:
                    return raw
                stream = io.BufferedRandom(raw) if "+" in mode else io.BufferedWriter(raw)
                return stream if "b" in mode else io.TextIOWrapper(stream, encoding or "utf-8", errors, newline)

            def save_file(tensors, path, metadata=None):  # safetensors writes without Python
                Path(path).write_bytes(save(tensors, metadata))

            patch.setattr(io, "open", open_file)
            patch.setattr(builtins, "open", open_file)
            patch.setattr("aeviz.training.weights.save_file", save_file)
            yield self


class _Raw(io.FileIO):
    disk = None

    def write(self, content):
        return self.disk.take(self, content)


def count_writes(folder, monkeypatch, work):
    """Return how many writes a piece of work makes."""
    with FullDisk(folder).mounted(monkeypatch) as disk:
        work()
    return disk.writes
