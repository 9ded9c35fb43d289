"""An import in a process of its own: what strangers upload must not end the server, whatever is in it.

Arrow's reader trusts its files: a damaged one can end the process that reads it. Memory is limited here too, and the
pages of others stay quick while images are decoded. The process is a plain child that ends when its parent does; its
folder is the parent's, which removes it however the import ends.

    stdin    one line of JSON: what to import, and the language to tell of it; stays open while the parent lives
    stdout   lines of JSON: {"share", "text"} as it goes on, last {"done"} or {"error", "is_storage"}
"""

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from aeviz.data.imports.build import scratch_folder
from aeviz.data.imports.store import Imported, read_imported
from aeviz.data.source import Report
from aeviz.errors import AevizError, DataError, StorageError
from aeviz.language import current_language, in_language, tr
from aeviz.paths import PROJECT_ROOT

MOST_MEMORY = 8_000_000_000
"""Bytes of memory that the process may ask for; images and arrays that are mapped do not count."""
POLL_S = 0.2
"""Seconds after which the caller is asked whether to go on, also when nothing new is known."""


def import_apart(files: Mapping[str, Path], folder: Path, *, side: int | None, report: Report, title: str) -> Imported:
    """Do what `aeviz.data.imports.own.import_files` does, in a process of its own; arguments and errors as there."""
    with scratch_folder(folder.parent) as home:
        store = home / "images"
        request = {
            "files": {name: str(path.resolve()) for name, path in files.items()},
            "folder": str(store.resolve()),
            "side": side,
            "title": title,
            "language": current_language(),
        }
        _follow(request, report, title)
        store.rename(folder)
    return read_imported(folder)


def _follow(request: Mapping[str, object], report: Report, title: str) -> None:
    """Start the process and report what it says, until it has ended."""
    try:
        process = subprocess.Popen(
            [sys.executable, "-m", "aeviz.data.imports.apart"],
            cwd=PROJECT_ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C is for the parent, which ends it
        )
    except OSError as exc:
        raise StorageError(f"cannot start to import {title}: {exc.strerror or exc}; try again") from exc
    assert process.stdin is not None
    assert process.stdout is not None
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    reader = threading.Thread(target=_read_lines, args=(process.stdout, lines), daemon=True)
    try:
        with contextlib.suppress(BrokenPipeError):  # it died at once
            process.stdin.write(json.dumps(request) + "\n")
            process.stdin.flush()
        reader.start()
        share, text = 0.0, tr("Opening")
        while True:
            report(share, text)
            try:
                line = lines.get(timeout=POLL_S)
            except queue.Empty:
                continue
            said = {} if line is None else json.loads(line)
            if "done" in said:
                return
            if "error" in said:
                raise (StorageError if said["is_storage"] else DataError)(said["error"])
            if line is None:
                raise DataError(
                    f"{title} cannot be read: it is damaged in a way that ended its reader; expected a complete file; "
                    "write it again"
                )
            share, text = said["share"], said["text"]
    finally:
        process.kill()
        process.wait()
        if reader.is_alive():
            reader.join()
        process.stdout.close()
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()


def _read_lines(stream: IO[str], lines: "queue.SimpleQueue[str | None]") -> None:
    for line in stream:
        lines.put(line)
    lines.put(None)


def main() -> None:
    """Be the process."""
    from aeviz.data.imports.own import import_files

    request = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no message
    _limit()

    def say(**message: object) -> None:
        out.write(json.dumps(message) + "\n")
        out.flush()

    try:
        with in_language(request["language"]):
            import_files(
                {name: Path(path) for name, path in request["files"].items()},
                Path(request["folder"]),
                side=request["side"],
                report=lambda share, text: say(share=share, text=text),
                title=request["title"],
            )
    except AevizError as error:
        say(error=str(error), is_storage=isinstance(error, StorageError))
    except MemoryError:
        say(error=f"{request['title']} needs more memory than an import may take; bring it in parts", is_storage=False)
    else:
        say(done=True)


def _limit() -> None:
    """Limit memory and priority where the system can."""
    with contextlib.suppress(ImportError, OSError, ValueError):  # Windows; or a limit that is lower already
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MOST_MEMORY, MOST_MEMORY))
    if hasattr(os, "nice"):
        os.nice(5)


def _end_with_parent() -> None:
    while os.read(0, 4096):
        pass
    os._exit(1)


if __name__ == "__main__":
    main()
