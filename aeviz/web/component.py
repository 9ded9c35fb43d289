"""`aeviz.component`: latent spaces in Streamlit pages of your own. It needs neither the app nor its theme.

import numpy as np
import streamlit as st

import aeviz

run = aeviz.load("mlp-2d-adam")
found = aeviz.component.latent_map(run, key="space")
image = run.decode(np.array([found.point], np.float32))[0, 0].numpy()
st.image(image, f"Decoded at {found.point}", width=200)
st.write(f"{len(found.selection)} test images selected")
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from aeviz.errors import ConfigError, DataError
from aeviz.training.latents import LATENTS
from aeviz.training.runs import CONFIG, MODEL, RunFolder
from aeviz.web.components.kit.wire import pack
from aeviz.web.components.widget.component import latent_space, read_point, read_selection
from aeviz.web.takeaway.held import Held, folder_of, hold_points, hold_run
from aeviz.web.takeaway.points import Method
from aeviz.web.takeaway.widget import HEIGHT_PX

if TYPE_CHECKING:
    from aeviz.training.run import Run

__all__ = ["Found", "latent_map", "vectors_map"]
KEPT = 8
"""Packed spaces that the process keeps for all visitors, about 1 MB each."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Found:
    """What the visitor did."""

    point: tuple[float, ...]
    """The latent point, D coordinates; empty for a map of vectors."""
    selection: np.ndarray
    """Indices of the points within the lasso, (M,), int64, rising."""


def latent_map(
    run: "Run | RunFolder | str | Path",
    second: "Run | RunFolder | str | Path | None" = None,
    *,
    key: str,
    point: Sequence[float] | None = None,
    height: int = HEIGHT_PX,
) -> Found:
    """Show the map of a run's test images with its decoder, and return where the visitor is.

    A drag decodes in the page, without a rerun; the script runs again when the visitor lets go of the point, or has
    drawn around points.

    Args:
        run: A run of `aeviz.load`, its name or its folder.
        second: A run of the same test images that decodes the corresponding point beside it.
        key: Identity on the page, any text; no other element may have it.
        point: Where the point is put, D numbers. When another one is given it moves there; None leaves it.
        height: Largest height of the map in pixels.

    Raises:
        CheckpointNotFoundError: There is no such run.
        ExportError: The decoder has layers that the page cannot compute by itself, or the runs do not belong together.
        DataError: The point has another number of coordinates.
    """
    folder = folder_of(run)
    beside = None if second is None else folder_of(second)
    stamps = tuple(_stamp(each) for each in (folder, beside) if each is not None)
    return _show(_held_run(folder, beside, height, key, stamps), key, point)


def vectors_map(
    z: np.ndarray,
    *,
    key: str,
    labels: np.ndarray | Sequence[object] | None = None,
    images: np.ndarray | None = None,
    method: Method = "pca",
    title: str = "Points",
    height: int = HEIGHT_PX,
) -> Found:
    """Show a map of vectors from anywhere, and return what the visitor has selected.

    Args:
        z: The vectors, (N, D), real numbers.
        key: Identity on the page, any text; no other element may have it.
        labels: Classes, (N,), numbers or words.
        images: Images in place of points: see `aeviz.show`.
        method: How more than three dimensions become two: "pca", "t-sne" or "umap".
        title: Heading.
        height: Largest height of the map in pixels.

    Raises:
        DataError: The arrays do not fit each other.
        ConfigError: The method is unknown or not installed.
    """
    digest = hashlib.blake2b(digest_size=16)
    for array in (z, labels, images):
        found = np.asarray([] if array is None else array)
        content = repr(found.tolist()).encode() if found.dtype.kind == "O" else np.ascontiguousarray(found).tobytes()
        digest.update(f"{found.shape} {found.dtype.str} {array is None} ".encode() + content)
    return _show(_held_points(z, labels, images, method, title, height, key, digest.digest()), key, None)


def _stamp(folder: RunFolder) -> tuple[object, ...]:
    """Return what changes when a run is trained anew."""
    files = [folder.path / name for name in (CONFIG, MODEL, LATENTS)]
    return (
        str(folder.path.resolve()),
        *((file.stat().st_mtime_ns, file.stat().st_size) for file in files if file.exists()),
    )


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _held_run(_folder: RunFolder, _second: RunFolder | None, height: int, key: str, stamps: tuple[object, ...]) -> Held:
    return hold_run(_folder, _second, height_px=height)


@st.cache_resource(max_entries=KEPT, show_spinner=False)
def _held_points(
    _z: np.ndarray,
    _labels: np.ndarray | Sequence[object] | None,
    _images: np.ndarray | None,
    method: Method,
    title: str,
    height: int,
    key: str,
    digest: bytes,
) -> Held:
    return hold_points(_z, labels=_labels, images=_images, method=method, title=title, height_px=height)


def _show(held: Held, key: str, point: Sequence[float] | None) -> Found:
    if not key:
        raise ConfigError("a component needs a key: any text that no other element of the page has")
    given = None if point is None else tuple(float(value) for value in point)
    if given is not None and (len(given) != len(held.point) or not np.isfinite(given).all()):
        raise DataError(f"point is {point}; expected {len(held.point)} finite numbers")
    state = latent_space(pack({"content": held.content, "point": given}), key=key)
    reported = read_point(state, len(held.point))
    # Python's point counts until the visitor has let go of another one since
    before, at_that_time = st.session_state.get(f"aeviz-{key}", (None, None))
    if given != before:
        at_that_time = reported
        st.session_state[f"aeviz-{key}"] = given, reported
    at = given if given is not None and reported == at_that_time else reported
    return Found(point=held.point if at is None else at, selection=read_selection(state, held.count))
