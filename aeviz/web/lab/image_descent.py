"""Descent on pixels: the gradient of each loss on an image, and where it leads from noise."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st

from aeviz.language import mark, tr
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.controls import SEEDS, pick_whole
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.kernel.images import grid_uri
from aeviz.web.lab.pictures import digit_images, photographs

if TYPE_CHECKING:
    from aeviz.lab.image_descent import Descent

_STEPS = (0, 5, 20, 80)
_SEED = 5
"""Noise from which MS-SSIM moves."""
_STARTS = (mark("noise"), mark("the negative"), mark("a grey"))
_TILE_PX = 68
_SHOWN_SHARE = 0.98
"""Share of the pixels whose gradient is drawn to scale; BCE has a few very large ones."""


class _Row(NamedTuple):
    """What is shown of one loss."""

    loss: str
    moves: bool
    """Whether its gradient at the start is not 0."""
    mse: float
    ssim: float
    """Both of the last image."""
    picture: str
    """Address of the tiled images."""
    images: int


@shared(max_entries=12, spinner=mark("Descending on the pixels by five losses, once: about 2 s …"))  # 0.2 MB each
def _rows(name: str, start: str, seed: int) -> list[_Row]:
    from aeviz.lab.image_descent import LOSSES, descend  # with torch, which this experiment alone needs

    target = _images()[name].astype(np.float32) / np.float32(255)
    begins = {
        "noise": np.random.default_rng(seed).random(target.shape, dtype=np.float32),
        "the negative": 1 - target,
        "a grey": np.full_like(target, 0.5),
    }
    return [_row(loss, descend(target, begins[start], loss, _STEPS), target) for loss in LOSSES]


def _row(loss: str, descent: "Descent", target: np.ndarray) -> _Row:
    scale = float(np.quantile(np.abs(descent.gradient), _SHOWN_SHARE))
    pull = np.clip(0.5 - descent.gradient / (2 * scale), 0, 1) if scale > 0 else np.full_like(target, 0.5)
    tiles = np.stack([pull, *descent.frames, target])[:, None]
    picture = grid_uri(tiles, len(tiles), _TILE_PX * len(tiles))
    return _Row(loss, scale > 0, descent.mse, descent.ssim, picture, len(tiles))


def _verdict(row: _Row) -> str:
    """Return the numbers of a loss, Markdown."""
    if row.moves:
        return tr("**{loss}**: MSE {mse:.4f}, SSIM {ssim:.3f}", loss=row.loss, mse=row.mse, ssim=row.ssim)
    return tr(
        "**{loss}** has gradient 0 and stays: MSE {mse:.4f}, SSIM {ssim:.3f}",
        loss=row.loss,
        mse=row.mse,
        ssim=row.ssim,
    )


def _images() -> dict[str, np.ndarray]:
    return photographs() | digit_images()


@st.fragment
def show_image_descent() -> None:
    """Let the visitor choose image and start; show gradient and images of each loss in a row, with its numbers."""
    images = _images()
    first, second, third = st.columns([3, 3, 2], vertical_alignment="bottom", gap="medium")
    with first:
        name = choose(st.selectbox, tr("Image"), list(images), key="target")
    with second:
        start = choose(st.segmented_control, tr("Start"), _STARTS, default=_STARTS[0], required=True, key="start")
    with third:
        seed = pick_whole(tr("Noise"), "draw", SEEDS - 1, _SEED, tr("Seed of the noise, 0 to {}."))
    rows = _rows(str(name), str(start or _STARTS[0]), seed if start == _STARTS[0] else 0)
    st.caption(
        tr(
            "Each row: minus the gradient at the start (grey is 0, white raises the pixel; each to its own scale), the "
            "start, {steps} steps of Adam on the pixels, and the image. The numbers are those of the last step.",
            steps=", ".join(map(str, _STEPS[1:])),
        )
    )
    for row in rows:
        words, pictures = st.columns([1, 3], vertical_alignment="center", gap="small")
        words.markdown(_verdict(row))
        text = tr("{loss}: gradient, start, images after steps, target", loss=row.loss)
        pictures.image(row.picture, width=_TILE_PX * row.images, alt=text)


EXPERIMENT = Experiment(
    name="Descent on pixels",
    group="Losses on images",
    source=(
        "S1 (M. Sevkovych), Example 2.2.2; S2 (R. Grabovac's thesis), section 4.4. Photographs: danielbuechele and "
        "vultilion, CC BY 2.0"
    ),
    show=show_image_descent,
    notice=(
        "MSE, L1 and BCE pull at each pixel alone, the two similarities at neighbourhoods: compare the gradients in "
        "the first column."
    ),
    question="Choose *the negative* as start. Why does MS-SSIM stay there, while SSIM leaves it?",
    answer=(
        "Contrast and structure of a negative are negative on average. MS-SSIM raises these means to fractional "
        "powers, which are not real for negative numbers; they count as 0, and so does the gradient. SSIM takes no "
        "powers and finds its way. From noise the means lie near 0, and the draw decides: try some. A decoder in "
        "training soon gives something that resembles the data, where all means are positive."
    ),
)
