"""Images that a model generated, in a grid; the chosen one is shown large, with the test image of the nearest code."""

from collections.abc import Sequence

import numpy as np

from aeviz.figures.images import GAP, shrink, tile, to_data_uri
from aeviz.web.components.kit.mount import Component

_component = Component(name="samples", script="samples/samples.js", style="samples/samples.css")


def sample_grid(
    images: np.ndarray,
    *,
    columns: int,
    text: str,
    far: np.ndarray,
    nearest: np.ndarray | None,
    nearest_texts: Sequence[str],
    links: Sequence[str],
    first: int = 0,
    smooth: bool,
    beside: bool = False,
    group: str | None = None,
    key: str,
) -> None:
    """Show images in a grid beside the one that the visitor points at or clicks; nothing comes back to Python.

    Args:
        images: (N, C, H, W), uint8 or float32 in [0, 1].
        columns: Images in a row.
        text: What the images are, shown below the grid.
        far: Which images to cross out, (N,), bool.
        nearest: The test image whose code is nearest to each image's latent point, (N, C, H, W); None where none is
            known.
        nearest_texts: What each of those is, N texts, or none where `nearest` is None.
        links: Address of each image's latent point on Explore, N addresses, or none.
        first: Which image is chosen until the visitor chooses another.
        smooth: Whether the browser interpolates between pixels; otherwise they are squares.
        beside: Whether another grid stands beside this one, so that the chosen image goes below.
        group: Name of the grids that show the same place when the visitor points at one of them.
        key: Identity of the grid on the page.
    """
    _component.show(
        {
            "picture": to_data_uri(tile(images, columns)),
            "nearest": None if nearest is None else to_data_uri(tile(shrink(nearest, max(images.shape[2:])), columns)),
            "count": len(images),
            "columns": columns,
            "gap": GAP,
            "tile": list(images.shape[2:]),
            "far": np.flatnonzero(far).tolist(),
            "text": text,
            "nearestTexts": list(nearest_texts),
            "links": list(links),
            "first": first,
            "smooth": smooth,
            "beside": beside,
            "group": group,
        },
        key=key,
    )
