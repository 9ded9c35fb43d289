"""`aeviz.widget`: a latent space in a notebook. The package that shows it, anywidget, is an extra."""

import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from aeviz.errors import ConfigError, DataError
from aeviz.web.takeaway.points import Method

if TYPE_CHECKING:
    from aeviz.training.run import Run
    from aeviz.training.runs import RunFolder
    from aeviz.web.takeaway.notebook import LatentWidget

HEIGHT_PX = 420
"""Largest height of a map, unless another is given."""


def widget(
    run: "Run | RunFolder | str | Path | None" = None,
    second: "Run | RunFolder | str | Path | None" = None,
    *,
    z: np.ndarray | None = None,
    labels: np.ndarray | Sequence[object] | None = None,
    images: np.ndarray | None = None,
    method: Method = "pca",
    title: str = "Points",
    height: int = HEIGHT_PX,
) -> "LatentWidget":
    """Return a latent space for a notebook (Jupyter, VS Code, marimo, Colab): a map, and of a run its decoder.

    A drag over the map decodes in the page. What the visitor does is in `point` and `selection` of what is returned;
    both can be set and observed, and `decoded` is the image at the point. It asks no other host for anything.

        w = aeviz.widget("mlp-2d-adam")
        w.observe(lambda change: print(change.new), "point")

    Args:
        run: A run of `aeviz.load`, its name or its folder.
        second: A run of the same test images that decodes the corresponding point beside it.
        z: In place of a run, vectors from anywhere, (N, D), real numbers.
        labels: Classes of the vectors, (N,), numbers or words.
        images: Images of the vectors: see `aeviz.show`.
        method: How more than three dimensions of vectors become two: "pca", "t-sne" or "umap".
        title: Heading of a map of vectors.
        height: Largest height of the map in pixels, from 200 to 2000.

    Raises:
        ConfigError: anywidget is not installed, or arguments do not go together.
        CheckpointNotFoundError: There is no such run.
        ExportError: The decoder has layers that the page cannot compute by itself, the runs do not belong together, or
            the page's scripts are not packed.
        DataError: The arrays do not fit each other.
    """
    if importlib.util.find_spec("anywidget") is None:
        raise ConfigError(
            'aeviz.widget needs the package anywidget, which is not installed; run `pip install "aeviz[widget]"` '
            "where the notebook runs. Without it, aeviz.show opens vectors in a browser, and aeviz export RUN --format "
            "html writes a run as one file"
        )
    if (run is None) == (z is None):
        raise ConfigError("a widget shows either a run or vectors: give the run, or z=...")
    if run is None and second is not None:
        raise ConfigError("second is a run beside another run; vectors have no decoder")
    if run is not None and (labels is not None or images is not None):
        raise ConfigError("labels and images belong to z=...; a run has those of its test images")
    if type(height) is not int or not 200 <= height <= 2000:
        raise DataError(f"height={height!r}; expected pixels from 200 to 2000")
    from aeviz.web.takeaway.held import folder_of, hold_points, hold_run
    from aeviz.web.takeaway.notebook import LatentWidget

    if z is not None:
        held = hold_points(z, labels=labels, images=images, method=method, title=title, height_px=height)
        return LatentWidget(held)
    assert run is not None
    folder = folder_of(run)
    beside = None if second is None else folder_of(second)
    return LatentWidget(hold_run(folder, beside, height_px=height), folder)
