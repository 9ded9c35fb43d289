"""Grids of originals and reconstructions; a click shows an image large beside its reconstructions and differences."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aeviz.figures.images import GAP, tile, to_data_uri
from aeviz.web.components.kit.mount import Component

_component = Component(name="pairs", script="pairs/pairs.js", style="pairs/pairs.css")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """Images in a grid, in places that are the same in all grids."""

    title: str
    """What the images are when one of them is shown large."""
    images: np.ndarray
    """(N, C, H, W), uint8 or float32 in [0, 1]."""
    text: str
    """Shown below the grid."""
    words: Sequence[str]
    """What is said about each image when it is shown large, N texts."""
    marked: Sequence[int] = ()
    """Places of images that get an orange frame."""


def pair_grids(
    originals: Grid | None,
    reconstructions: Sequence[Grid],
    *,
    columns: int,
    empty: np.ndarray,
    smooth: bool,
    together: bool = False,
    key: str,
) -> None:
    """Show grids side by side; a click enlarges an image in the page, and nothing comes back to Python.

    Args:
        originals: The original images; None where they are not on this machine, then differences are missing too.
        reconstructions: Those of one or more models, of the shape of the originals.
        columns: Images in a row.
        empty: Which places hold no image, (N,), bool.
        smooth: Whether the browser interpolates between pixels; otherwise they are squares.
        together: Whether they stand side by side on a phone too, each with the left half of its columns.
        key: Identity of the grids on the page.
    """
    grids = [*([] if originals is None else [originals]), *reconstructions]
    _component.show(
        {
            "grids": [
                {
                    "title": grid.title,
                    "picture": to_data_uri(tile(grid.images, columns)),
                    "text": grid.text,
                    "words": list(grid.words),
                    "marked": list(grid.marked),
                }
                for grid in grids
            ],
            "hasOriginals": originals is not None,
            "count": len(empty),
            "columns": columns,
            "gap": GAP,
            "tile": list(grids[0].images.shape[2:]),
            "empty": np.flatnonzero(empty).tolist(),
            "smooth": smooth,
            "together": together,
        },
        key=key,
    )
