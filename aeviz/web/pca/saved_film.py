"""The film of a linear autoencoder beside PCA as a file: planes, decoder columns and error, step by step."""

import io
from functools import partial
from typing import Any

import numpy as np
from PIL import Image

from aeviz.figures.images import latent_thumbnail
from aeviz.films.encode import encode
from aeviz.films.film import Film, Format, below, beside, caption, fit, on_white
from aeviz.lab.linear_autoencoder import LinearConfig
from aeviz.web.components.kit.wire import unpack
from aeviz.web.components.pca_film.payload import CODES, NO_LABEL
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.films import film_popover, one_at_a_time, show_buttons
from aeviz.web.pca import cached

_SIDE_PX, _TILE_PX, _FPS = 240, 96, 6.0
"""Width of each of both planes, and of a column of the decoder at most, in pixels; recorded steps a second."""


def offer_film(key: cached.DataKey, config: LinearConfig) -> None:
    """Offer the film of a training that is done."""
    with film_popover():
        show_buttons(partial(_file, key, config), f"pca-{key.name}", "pca")


@shared(max_entries=6)  # about a megabyte each
def _file(key: cached.DataKey, config: LinearConfig, form: Format) -> bytes:
    with one_at_a_time:
        return encode(make_film(cached.linear_run(key, config, lambda step: None).film, key.name, config), form)


def make_film(payload: bytes, data: str, config: LinearConfig) -> Film:
    """Return the film of what the page plays.

    The latent plane, aligned with PCA's, stands beside PCA's own; below them are the columns of the decoder and the
    principal components.

    Args:
        payload: As `pca_film_payload` made it.
        data: Name of the data set.
        config: All settings.
    """
    value: Any = unpack(payload)
    frames, columns = value["frames"], _picture(value["pcaColumns"])
    labels = None if (value["labels"] == NO_LABEL).all() else value["labels"].astype(np.int64)
    target = _points(value["pcaPlane"])
    window = (0.0, 0.0), max(float(np.abs(target).max()) * 1.08, 1e-9)

    def plane(points: np.ndarray) -> np.ndarray:
        return on_white(latent_thumbnail(points, labels, _SIDE_PX, window=window))

    pca = plane(target)

    def draw(start: int, stop: int) -> list[np.ndarray]:
        pictures = []
        for frame in frames[start:stop]:
            planes = beside([plane(_points(frame["aligned"])), pca])
            width = min(planes.shape[1], _TILE_PX * value["columns"])
            rows = [fit(each, width, smooth=False) for each in (_picture(frame["columns"]), columns)]
            rows = [_widen(row, planes.shape[1]) for row in rows]
            text = f"step {frame['step']:,}: error {100 * frame['excess']:.3g} % above PCA; left and above: autoencoder"
            pictures.append(caption(below([planes, *rows]), text))
        return pictures

    return Film(
        name=f"pca-{data}",
        count=len(frames),
        fps=_FPS,
        draw=draw,
        settings={
            "film": "linear autoencoder beside PCA",
            "data": data,
            "latent size": config.latent_dim,
            "optimizer": config.optimizer,
            "seed": config.seed,
            "steps": [int(frame["step"]) for frame in frames],
        },
    )


def _widen(picture: np.ndarray, width: int) -> np.ndarray:
    """Fill a row of images, (H, W, 3), up with white on its right."""
    return np.pad(picture, ((0, 0), (0, width - picture.shape[1]), (0, 0)), constant_values=255)


def _points(plane: Any) -> np.ndarray:
    """Return the points of a plane, (N, 2), float64, from their codes."""
    codes: np.ndarray = plane["codes"].reshape(-1, 2).astype(np.float64)
    return codes / CODES * float(plane["reach"])


def _picture(encoded: np.ndarray) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(encoded.tobytes())).convert("RGB"))
