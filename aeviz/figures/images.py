"""Pictures from arrays: tiles, error maps, thumbnails, and PNG."""

import base64
import io
import itertools
import math
from collections.abc import Sequence

import numpy as np
from PIL import Image

from aeviz.figures.palette import CLASS_COLOURS, CLASS_COLOURS_ON_DARK, DARK_GROUND, FIRST, UNLABELLED

GAP = 1
"""Pixels between tiles, before enlargement."""


def _rgb(code: str) -> tuple[int, ...]:
    return tuple(int(code[at : at + 2], 16) for at in (1, 3, 5))


def to_grey_or_rgb(images: np.ndarray) -> np.ndarray:
    """Return images, (N, C, H, W), uint8 or floats in [0, 1], as uint8 (N, H, W, 3)."""
    values = images if images.dtype == np.uint8 else np.round(np.clip(images, 0, 1) * 255).astype(np.uint8)
    channels = values if values.shape[1] == 3 else np.repeat(values[:, :1], 3, axis=1)
    return np.ascontiguousarray(channels.transpose(0, 2, 3, 1))


def take(images: np.ndarray, indices: np.ndarray) -> np.ndarray:
    """Return images by index as float32 in [0, 1]; grey ones for the index -1.

    Args:
        images: (N, C, H, W), uint8 or floats in [0, 1].
        indices: (M,), int64, from -1 to N - 1.

    Returns:
        (M, C, H, W), float32.
    """
    chosen: np.ndarray = images[indices].astype(np.float32) / np.float32(255 if images.dtype == np.uint8 else 1)
    chosen[indices < 0] = 0.5
    return chosen


def shrink(images: np.ndarray, side_px: int) -> np.ndarray:
    """Average blocks of pixels until no side is longer than `side_px`; smaller images stay as they are.

    Args:
        images: (N, C, H, W), uint8 or floats in [0, 1].
        side_px: Longest side that is wanted, in pixels.

    Returns:
        (N, C, H', W'), float32 in [0, 1] where anything was averaged. Pixels that fill no whole block are cut off.
    """
    n, channels, height, width = images.shape
    factor = -(-max(height, width) // side_px)
    if factor == 1:
        return images
    high, wide = max(1, height // factor), max(1, width // factor)
    cut = images[:, :, : high * factor, : wide * factor].astype(np.float32)
    blocks = cut.reshape(n, channels, high, -1, wide, max(1, min(factor, width)))
    means: np.ndarray = blocks.mean(axis=(3, 5)) / np.float32(255 if images.dtype == np.uint8 else 1)
    return means


def tile(images: np.ndarray, columns: int, *, gap: int = GAP) -> np.ndarray:
    """Lay images out in rows.

    Args:
        images: (N, C, H, W), uint8 or floats in [0, 1].
        columns: Images in a row; the last row is filled up with grey.
        gap: Grey pixels between images.

    Returns:
        (rows * (H + gap) - gap, columns * (W + gap) - gap, 3), uint8.
    """
    pictures = to_grey_or_rgb(images)
    n, height, width, _ = pictures.shape
    rows = -(-n // columns)
    canvas = np.full((rows * columns, height + gap, width + gap, 3), 127, dtype=np.uint8)
    canvas[:n, :height, :width] = pictures
    sheet = canvas.reshape(rows, columns, height + gap, width + gap, 3).swapaxes(1, 2)
    sheet = sheet.reshape(rows * (height + gap), columns * (width + gap), 3)
    return sheet[: sheet.shape[0] - gap, : sheet.shape[1] - gap] if gap else sheet


def enlarge(picture: np.ndarray, least_width: int, *, smooth: bool = False) -> np.ndarray:
    """Enlarge a picture, (H, W, 3), uint8, a whole number of times until it is at least that wide.

    Args:
        picture: The picture.
        least_width: In pixels.
        smooth: Whether to interpolate between pixels (bicubic), as suits a photograph; otherwise they are repeated.
    """
    factor = max(1, -(-least_width // picture.shape[1]))
    if smooth:
        size = (picture.shape[1] * factor, picture.shape[0] * factor)
        return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC))
    return picture.repeat(factor, axis=0).repeat(factor, axis=1)


def _is_grey(picture: np.ndarray) -> bool:
    red, green, blue = (picture[..., channel] for channel in range(3))
    return np.array_equal(red, green) and np.array_equal(red, blue)


def to_png(picture: np.ndarray, *, effort: int = 1) -> bytes:
    """Encode a picture as PNG; a grey one with one channel, in a third of the time.

    Args:
        picture: (H, W, 3) or (H, W, 4), uint8.
        effort: From 1, fast, to 9, small.
    """
    if picture.shape[2] == 3 and _is_grey(picture):
        picture = picture[..., 0]
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format="PNG", compress_level=effort)
    return buffer.getvalue()


def to_webp(picture: np.ndarray, *, quality: int = 75) -> bytes:
    """Encode a picture, (H, W, 3), uint8, as lossy WebP: a tenth of PNG's size for pictures that are sent by the dozen.

    Args:
        picture: The picture.
        quality: From 0, small, to 100, good.
    """
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, format="WEBP", quality=quality)
    return buffer.getvalue()


def to_data_uri(picture: np.ndarray, *, effort: int = 1) -> str:
    """Encode a picture as a data URI, which spares the browser a second request; arguments as in `to_png`."""
    return "data:image/png;base64," + base64.b64encode(to_png(picture, effort=effort)).decode()


def to_small_uri(picture: np.ndarray) -> str:
    """Encode a picture, (H, W, 3), uint8, as a data URI: a grey one exactly, a colour photograph as good WebP."""
    if _is_grey(picture):
        return to_data_uri(picture)
    return "data:image/webp;base64," + base64.b64encode(to_webp(picture, quality=90)).decode()


def latent_thumbnail(
    points: np.ndarray,
    labels: np.ndarray | None,
    side_px: int = 240,
    *,
    window: tuple[tuple[float, float], float] | None = None,
    is_dark: bool = False,
) -> np.ndarray:
    """Draw a small picture of a latent plane: each pixel takes the mixed colour of the points that fall on it.

    Args:
        points: (N, 2), floating point.
        labels: Classes, (N,), integer, or None.
        side_px: Width and height in pixels.
        window: Middle of the square that is shown and half its side; None shows 99 of 100 points.
        is_dark: Whether it stands on a dark page.

    Returns:
        (side_px, side_px, 4), uint8, transparent where there is no point.
    """
    if window is None:
        low, high = np.quantile(points.astype(np.float64), [0.005, 0.995], axis=0)
        middle, half = (low + high) / 2, max(float((high - low).max()) / 2 * 1.08, 1e-9)
    else:
        middle, half = np.array(window[0]), window[1]
    cells = np.floor(((points - middle) / half + 1) / 2 * side_px).astype(int)
    cells[:, 1] = side_px - 1 - cells[:, 1]
    inside = ((cells >= 0) & (cells < side_px)).all(axis=1)
    palette = (*(CLASS_COLOURS_ON_DARK if is_dark else CLASS_COLOURS), UNLABELLED)
    colours = np.array([_rgb(code) for code in palette])
    rows = np.full(len(points), len(CLASS_COLOURS)) if labels is None else labels % len(CLASS_COLOURS)
    flat = cells[inside, 1] * side_px + cells[inside, 0]
    weights: np.ndarray = np.stack(
        [np.bincount(flat, values, side_px**2) for values in (*colours[rows[inside]].T, np.ones(len(flat)))]
    ).reshape(4, side_px, side_px)
    radius = 1.2 if len(points) > 3000 else 2.0
    reach = math.ceil(radius)
    padded = np.pad(weights, ((0, 0), (reach, reach), (reach, reach)))
    spread = np.zeros_like(weights)
    for dy, dx in itertools.product(range(-reach, reach + 1), repeat=2):  # each point is a small disc with soft edges
        cover = min(1.0, max(0.0, radius + 0.5 - math.hypot(dy, dx)))
        spread += cover * padded[:, reach + dy :, reach + dx :][:, :side_px, :side_px]
    count = spread[3]
    picture = np.zeros((side_px, side_px, 4), dtype=np.uint8)
    picture[..., :3] = np.round(spread[:3] / np.maximum(count, 1e-9)).transpose(1, 2, 0)
    picture[..., 3] = np.round(255 * (1 - np.exp(-1.6 * count)))
    return picture


def bar_thumbnail(values: Sequence[float], side_px: int) -> np.ndarray:
    """Draw a small picture of numbers as bars, the largest as high as the picture.

    Args:
        values: Not negative; at most `side_px` / 2.
        side_px: Width and height in pixels.

    Returns:
        (side_px, side_px, 4), uint8, transparent beside the bars. A bar is at least one pixel high.
    """
    picture = np.zeros((side_px, side_px, 4), dtype=np.uint8)
    edges = np.linspace(0, side_px, len(values) + 1)
    for value, left, right in zip(values, edges[:-1], edges[1:], strict=True):
        high = max(1, round(side_px * value / max(*values, 1e-9)))
        gap = round(0.2 * (right - left))
        picture[side_px - high :, round(left) : max(round(left) + 1, round(right) - gap)] = (*_rgb(FIRST), 255)
    return picture


def error_map(image: np.ndarray, reconstruction: np.ndarray, *, is_dark: bool = False) -> np.ndarray:
    """Show where a reconstruction errs: blue where it is too dark, red where too bright, the ground where right.

    Args:
        image: (C, H, W), uint8.
        reconstruction: (C, H, W), float32 in [0, 1].
        is_dark: Whether it stands on a dark page.

    Returns:
        (H, W, 3), uint8.
    """
    return change_map(reconstruction.astype(np.float64) - image / 255, is_dark=is_dark)


def change_map(change: np.ndarray, *, is_dark: bool = False) -> np.ndarray:
    """Show a difference of two images: blue where it makes darker, red where brighter, the page's ground where it is 0.

    Args:
        change: (C, H, W), floating point, in [-1, 1]; its mean over the channels is shown.
        is_dark: Whether it stands on a dark page.

    Returns:
        (H, W, 3), uint8.
    """
    signed = change.astype(np.float64).mean(axis=0)
    strength = np.sqrt(np.abs(signed))  # the root shows small errors too
    ends = ((255, 110, 80), (100, 170, 255)) if is_dark else ((189, 31, 1), (30, 100, 190))
    ground = np.array(_rgb(DARK_GROUND if is_dark else "#ffffff"))
    colour: np.ndarray = np.where(signed[..., None] > 0, *ends)
    picture: np.ndarray = np.round(ground + strength[..., None] * (colour - ground)).astype(np.uint8)
    return picture


def similarity_map(similarity: np.ndarray, height: int, width: int, *, is_dark: bool = False) -> np.ndarray:
    """Show where a reconstruction is like its image in structure: the page's ground where it is, violet where not.

    Args:
        similarity: SSIM by position of the window, (H', W'), in (-1, 1]; below 0 counts as 0.
        height: Height of the image in pixels, at least H'.
        width: Width of it, at least W'.
        is_dark: Whether it stands on a dark page.

    Returns:
        (height, width, 3), uint8; the margin, on which no window is centred, is grey.
    """
    strength = 1 - np.clip(similarity.astype(np.float64), 0, 1)[..., None]
    ground, unlike = (DARK_GROUND, "#d8b4f8") if is_dark else ("#ffffff", "#3e145e")
    picture = np.full((height, width, 3), 90 if is_dark else 190, dtype=np.uint8)
    top, left = (height - similarity.shape[0]) // 2, (width - similarity.shape[1]) // 2
    inner = picture[top : top + similarity.shape[0], left : left + similarity.shape[1]]
    inner[...] = np.round(np.array(_rgb(ground)) + strength * (np.array(_rgb(unlike)) - _rgb(ground)))
    return picture
