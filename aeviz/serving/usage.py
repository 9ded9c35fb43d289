"""Whether a limit of the server is reached, and whether a disk has room."""

import shutil
import time
from collections.abc import Iterable
from pathlib import Path

from aeviz.errors import NotAllowedError
from aeviz.language import tr
from aeviz.paths import size_of
from aeviz.serving.limits import MB, limits, variable

SIZE_AGE_S = 10.0
"""Seconds for which the size of a folder is not measured again: there may be a thousand runs."""
_sizes: dict[Path, tuple[float, int]] = {}
"""Size of each folder, and when it was measured; replaced as a whole, so that any thread may read it."""


def sizes_of(folders: Iterable[Path]) -> dict[Path, int]:
    """Return the bytes of the files in each folder and below it, as they were within the last ten seconds."""
    global _sizes
    now, before = time.monotonic(), _sizes
    found = {
        folder: kept if (kept := before.get(folder)) and now - kept[0] < SIZE_AGE_S else (now, size_of(folder))
        for folder in folders
    }
    _sizes = found
    return {folder: size for folder, (_, size) in found.items()}


def check_limit(count: float, name: str, what: str, advice: str) -> None:
    """Check what there would be against a limit.

    Args:
        count: How many there would be.
        name: Field of `Limits`.
        what: The things that are counted, translated.
        advice: What to do, as a clause, translated.

    Raises:
        NotAllowedError: There would be more.
    """
    most: int = getattr(limits(), name)
    if most and count > most:
        raise NotAllowedError(
            tr(
                "this server allows at most {most:,} {what} (who runs it can raise {variable}); {advice}",
                most=most,
                what=what,
                variable=variable(name),
                advice=advice,
            )
        )


def check_free(folder: Path, least_mb: int) -> None:
    """Check that the disk of a folder, which may not exist yet, has room.

    Raises:
        NotAllowedError: Less than `least_mb` megabytes are free.
    """
    place = folder.absolute()
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        free = shutil.disk_usage(place).free
    except OSError:  # a write will say more
        return
    if free < least_mb * MB:
        raise NotAllowedError(
            tr(
                "the server's disk has {left:,.0f} MB left and keeps {least:,} MB free ({variable}); delete a run, or "
                "ask who runs the server to make room",
                left=free / MB,
                least=least_mb,
                variable=variable("free_mb"),
            )
        )
