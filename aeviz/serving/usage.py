"""Whether a limit of the server is reached, and what folders take."""

import shutil
from pathlib import Path

from aeviz.errors import NotAllowedError
from aeviz.serving.limits import MB, limits, variable


def check_limit(count: float, name: str, what: str, advice: str) -> None:
    """Check what there would be against a limit.

    Args:
        count: How many there would be.
        name: Field of `Limits`.
        what: The things that are counted.
        advice: What to do, as a clause.

    Raises:
        NotAllowedError: There would be more.
    """
    most: int = getattr(limits(), name)
    if most and count > most:
        raise NotAllowedError(
            f"this server allows at most {most:,} {what} (who runs it can raise {variable(name)}); {advice}"
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
            f"the server's disk has {free / MB:,.0f} MB left and keeps {least_mb:,} MB free ({variable('free_mb')}); "
            "delete a run, or ask who runs the server to make room"
        )


def size_of(folder: Path) -> int:
    """Return the bytes of the files in a folder and below it; what cannot be looked at counts nothing."""
    total = 0
    try:
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                total += path.stat().st_size
    except OSError:  # deleted meanwhile
        pass
    return total
