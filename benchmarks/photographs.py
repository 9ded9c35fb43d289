"""Synthesised photographs: a digit as if written on paper and photographed with a telephone.

They stand in for photographs that nobody has to take, label and give away: to measure `prepare_image`, and as sample
images for a visitor who has none at hand. Wherever one is shown it must be called synthesised.

The digit's centre line is drawn with a pen on paper; paper and ink are multiplied by light and shadow, seen by a
camera at an angle, blurred, and given a sensor's noise. `Scene` says what varies and within which range; all ranges are
wider than a careful photographer's, and none was chosen by what the preparation makes of it.
"""

import io
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aeviz.errors import DataError

PenName = Literal["blue ball pen", "black ball pen", "pencil", "felt tip"]
PaperName = Literal["plain", "ruled", "grid"]

PENS: tuple[PenName, ...] = get_args(PenName)
PAPERS: tuple[PaperName, ...] = get_args(PaperName)

SIDE = 28
"""Height and width in pixels of the images that are drawn."""
_DIGIT = 20.0
"""Longest side of a digit within such an image, in its pixels; the unit of lengths on paper."""
_FINE = 16
"""Steps to a pixel of the image, in which the centre line is found."""
_HALF_STROKE = 1.3
"""Half the usual width of MNIST's strokes, in its pixels. What is darker further inside was meant to be filled."""
_FRAMES = ((1024, 768), (768, 1024), (1024, 576), (576, 1024), (900, 900))
"""Width and height in pixels of the photographs."""
_INKS: dict[PenName, tuple[tuple[float, float, float], ...]] = {
    "blue ball pen": ((0.05, 0.09, 0.38), (0.08, 0.14, 0.45)),
    "black ball pen": ((0.03, 0.03, 0.04), (0.06, 0.06, 0.07)),
    "pencil": ((0.10, 0.10, 0.11), (0.15, 0.15, 0.15)),
    "felt tip": ((0.02, 0.02, 0.02), (0.03, 0.06, 0.30), (0.45, 0.02, 0.03), (0.02, 0.18, 0.06)),
}
"""Reflectances in red, green and blue, linear light, of each pen's inks."""
_WIDTHS: dict[PenName, tuple[float, float]] = {
    "blue ball pen": (0.025, 0.055),
    "black ball pen": (0.025, 0.055),
    "pencil": (0.025, 0.065),
    "felt tip": (0.06, 0.14),
}
_OPACITIES: dict[PenName, tuple[float, float]] = {
    "blue ball pen": (0.75, 0.95),
    "black ball pen": (0.75, 0.95),
    "pencil": (0.50, 0.85),
    "felt tip": (0.85, 1.00),
}
_RULINGS = ((0.25, 0.45, 0.75), (0.45, 0.47, 0.52), (0.50, 0.38, 0.66), (0.30, 0.58, 0.55))
"""Reflectances of printed lines."""
_MARGIN_INK = (0.75, 0.18, 0.22)
_TABLES = ((0.22, 0.12, 0.06), (0.06, 0.06, 0.07), (0.30, 0.28, 0.26), (0.42, 0.29, 0.16))
"""Reflectances of what the paper lies on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Settings of a photograph. Lengths on paper are shares of the digit's longest side."""

    pen: PenName
    ink: tuple[float, float, float]
    """Reflectance in linear light."""
    pen_width: float
    """Ball pens 0.025 to 0.055, pencil 0.025 to 0.065, felt tip 0.06 to 0.14."""
    opacity: float
    """Share of the light that ink takes away: pencil 0.5 to 0.85, ball pens 0.75 to 0.95, felt tip 0.85 to 1."""
    paper: PaperName
    tint: tuple[float, float, float]
    """The paper's reflectance, 0.72 to 0.92, less in blue for yellowed or recycled paper."""
    line_spacing: float
    """Ruled 0.5 to 1.2, grid 0.28 to 0.6."""
    line_width: float
    """0.010 to 0.028."""
    line_opacity: float
    """0.2 to 0.55."""
    line_ink: tuple[float, float, float]
    has_margin: bool
    """Whether a red line runs down beside the digit; on two in five ruled papers."""
    table: tuple[float, float, float] | None
    """The background of the paper, seen beyond its edge in a quarter of the photographs."""
    frame: tuple[int, int]
    """Width and height in pixels."""
    size: float
    """The digit's longest side as a share of the frame's shorter one, 0.2 to 0.6."""
    place: tuple[float, float]
    """Where the digit's centre lies between the extremes at which it is whole in the frame, each 0 to 1."""
    turn: float
    """Degrees counter-clockwise, -15 to 15, of paper and digit."""
    slope: tuple[float, float]
    """Perspective: how much smaller things are at the right and lower edges of the frame, -0.15 to 0.15."""
    exposure: float
    """Light on the sensor from a white surface in full light, 0.35 to 0.95, 1 being the brightest it can tell."""
    warmth: float
    """Share by which the light has more red and less blue than daylight, -0.08 to 0.12."""
    gradient: tuple[float, float]
    """Change of the light from the frame's middle to its right and lower edges, -0.25 to 0.25."""
    shadow: float
    """Share of the light that the shadow of a hand or telephone takes, 0.2 to 0.6; 0 in two of five photographs."""
    shadow_softness: float
    """Width of the shadow's edge as a share of the frame's longer side, 0.01 to 0.12."""
    blur: float
    """Standard deviation of the lens's blur in pixels, 0.5 to 1.8."""
    noise: float
    """Standard deviation of the sensor's noise in grey levels, 1 to 6."""
    jpeg_quality: int
    """60 to 92."""


def draw_scene(generator: np.random.Generator, *, pen: PenName | None = None, paper: PaperName | None = None) -> Scene:
    """Draw a scene's parameters, independently and uniformly from their ranges.

    Args:
        generator: The source of randomness.
        pen: The pen, or None for any.
        paper: The paper, or None for any.

    Raises:
        DataError: The pen or the paper is unknown.
    """
    if pen is not None and pen not in PENS:
        raise DataError(f"pen {pen!r} is unknown; expected one of {', '.join(PENS)}")
    if paper is not None and paper not in PAPERS:
        raise DataError(f"paper {paper!r} is unknown; expected one of {', '.join(PAPERS)}")

    def uniform(low: float, high: float) -> float:
        return float(generator.uniform(low, high))

    def one_of(choices: tuple[tuple[float, float, float], ...]) -> tuple[float, float, float]:
        return choices[int(generator.integers(len(choices)))]

    chosen_pen = PENS[int(generator.integers(len(PENS)))] if pen is None else pen
    chosen_paper = PAPERS[int(generator.integers(len(PAPERS)))] if paper is None else paper
    white, yellow = uniform(0.72, 0.92), uniform(0.0, 0.18)
    return Scene(
        pen=chosen_pen,
        ink=one_of(_INKS[chosen_pen]),
        pen_width=uniform(*_WIDTHS[chosen_pen]),
        opacity=uniform(*_OPACITIES[chosen_pen]),
        paper=chosen_paper,
        tint=(white, white * (1 - yellow / 4), white * (1 - yellow)),
        line_spacing=uniform(0.5, 1.2) if chosen_paper == "ruled" else uniform(0.28, 0.6),
        line_width=uniform(0.010, 0.028),
        line_opacity=uniform(0.2, 0.55),
        line_ink=one_of(_RULINGS),
        has_margin=chosen_paper == "ruled" and bool(generator.random() < 0.4),
        table=one_of(_TABLES) if generator.random() < 0.25 else None,
        frame=_FRAMES[int(generator.integers(len(_FRAMES)))],
        size=uniform(0.2, 0.6),
        place=(uniform(0.0, 1.0), uniform(0.0, 1.0)),
        turn=uniform(-15.0, 15.0),
        slope=(uniform(-0.15, 0.15), uniform(-0.15, 0.15)),
        exposure=uniform(0.35, 0.95),
        warmth=uniform(-0.08, 0.12),
        gradient=(uniform(-0.25, 0.25), uniform(-0.25, 0.25)),
        shadow=uniform(0.2, 0.6) if generator.random() < 0.6 else 0.0,
        shadow_softness=uniform(0.01, 0.12),
        blur=uniform(0.5, 1.8),
        noise=uniform(1.0, 6.0),
        jpeg_quality=int(generator.integers(60, 93)),
    )


def photograph(
    image: NDArray[np.uint8], generator: np.random.Generator, *, scene: Scene | None = None
) -> NDArray[np.uint8]:
    """Synthesise a photograph of a digit written on paper.

    Args:
        image: (28, 28) or (1, 28, 28), uint8, 0 to 255, light strokes on black as in MNIST.
        generator: The source of all randomness: the scene, if none is given, the paper's grain, the noise.
        scene: What to photograph and how; by default drawn anew.

    Returns:
        (H, W, 3), uint8, 0 to 255; H and W as the scene's frame says. Not yet compressed: see `to_jpeg`.

    Raises:
        DataError: The image has another shape or type, or nothing is drawn on it.
    """
    if image.dtype != np.uint8 or image.shape not in ((SIDE, SIDE), (1, SIDE, SIDE)):
        raise DataError(
            f"cannot photograph an image of shape {image.shape} and type {image.dtype}; expected uint8 of "
            f"({SIDE}, {SIDE}) or (1, {SIDE}, {SIDE}), light strokes on black"
        )
    from scipy import ndimage

    scene = draw_scene(generator) if scene is None else scene
    width, height = scene.frame
    y, x = np.mgrid[:height, :width].astype(np.float32)
    u, v, step = _paper_coordinates(scene, x, y)

    paper = np.empty((height, width, 3), np.float32)
    paper[:] = scene.tint
    paper *= (1 + 0.02 * _grain(generator, height, width, 1.5) + 0.012 * _grain(generator, height, width, 12.0))[
        ..., None
    ]
    if scene.paper != "plain":
        _print_lines(paper, scene, u, v, step)
    _write(paper, scene, _ink_depth(image.reshape(SIDE, SIDE), scene), u, v, step, generator)
    if scene.table is not None:
        _lay_on_table(paper, scene, u, v, generator)

    light = _light(scene, x, y, generator)
    linear = paper * light[..., None] * np.array([1 + scene.warmth, 1, 1 - scene.warmth], np.float32) * scene.exposure
    linear = ndimage.gaussian_filter(linear, (scene.blur, scene.blur, 0), truncate=3)
    levels = 255 * np.clip(linear, 0, 1) ** np.float32(1 / 2.2)
    # Sensors see one colour at each pixel and guess the others from its neighbours, which smears their noise.
    noise = ndimage.gaussian_filter(generator.standard_normal(levels.shape, np.float32), (0.6, 0.6, 0), truncate=3)
    levels += noise * np.float32(scene.noise / noise.std())
    photo: NDArray[np.uint8] = np.clip(np.rint(levels), 0, 255).astype(np.uint8)
    return photo


def to_jpeg(photo: NDArray[np.uint8], quality: int) -> bytes:
    """Return a photograph, (H, W, 3), uint8, as a JPEG file of a quality from 1 to 95."""
    stream = io.BytesIO()
    Image.fromarray(photo).save(stream, "JPEG", quality=quality)
    return stream.getvalue()


def _paper_coordinates(
    scene: Scene, x: NDArray[np.float32], y: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32], float]:
    """Return where on the paper each pixel looks, from the digit's centre, and the size of a pixel there."""
    width, height = scene.frame
    digit_px = scene.size * min(width, height)
    reach = min(0.75 * digit_px, 0.48 * min(width, height))  # a digit's half diagonal, turned and enlarged
    cx = reach + scene.place[0] * (width - 2 * reach)
    cy = reach + scene.place[1] * (height - 2 * reach)
    angle, step = np.deg2rad(scene.turn), 1 / digit_px
    dx, dy = x - np.float32(cx), y - np.float32(cy)
    depth = 1 + scene.slope[0] * dx * (2 / width) + scene.slope[1] * dy * (2 / height)
    u = (np.cos(angle) * dx - np.sin(angle) * dy) * step / depth
    v = (np.sin(angle) * dx + np.cos(angle) * dy) * step / depth
    return u.astype(np.float32), v.astype(np.float32), float(step)


def _ink_depth(image: NDArray[np.uint8], scene: Scene) -> NDArray[np.float32]:
    """Return how deep inside the pen's stroke each point lies, negative outside, in digit sizes.

    Returns:
        (28 * 16, 28 * 16).
    """
    from scipy import ndimage
    from skimage.morphology import skeletonize

    smooth = ndimage.zoom(image.astype(np.float32), _FINE, order=3, grid_mode=True, mode="grid-constant")
    smooth = ndimage.gaussian_filter(smooth, 0.3 * _FINE)
    strokes = smooth > 0.4 * float(smooth.max())
    if not strokes.any():
        raise DataError("cannot photograph an image without strokes: every pixel is 0; expected a digit")
    centre_line = skeletonize(strokes)
    from_line = ndimage.distance_transform_edt(~centre_line)
    inside = ndimage.distance_transform_edt(strokes)
    half = scene.pen_width * _DIGIT / 2 * _FINE  # in fine steps
    depth = np.maximum(half - from_line, inside - max(_HALF_STROKE * _FINE - half, 0.0))
    depth[~strokes & (from_line > half)] = (half - from_line)[~strokes & (from_line > half)]
    soft: NDArray[np.float32] = ndimage.gaussian_filter(depth.astype(np.float32), 0.1 * _FINE) / (_DIGIT * _FINE)
    return soft


def _write(
    paper: NDArray[np.float32],
    scene: Scene,
    depth: NDArray[np.float32],
    u: NDArray[np.float32],
    v: NDArray[np.float32],
    step: float,
    generator: np.random.Generator,
) -> None:
    """Lay the pen's ink on the paper, in place."""
    from scipy import ndimage

    height, width = u.shape
    rows, columns = ((axis * _DIGIT + SIDE / 2) * _FINE - 0.5 for axis in (v, u))
    outside = float(depth.min())
    found = ndimage.map_coordinates(depth, [rows, columns], order=1, mode="constant", cval=outside)
    # A hand presses unevenly: the stroke's half width changes by about a tenth along the way.
    found += 0.1 * scene.pen_width / 2 * _grain(generator, height, width, 0.08 / step)
    cover = np.clip(found / step + 0.5, 0, 1) * scene.opacity
    if scene.pen == "pencil":  # graphite stays on the paper's fibres and misses the pits between them
        cover *= np.clip(0.85 + 0.35 * _grain(generator, height, width, 1.0), 0.2, 1)
    elif scene.pen != "felt tip":  # a ball skips and smears a little
        cover *= np.clip(0.97 + 0.10 * _grain(generator, height, width, 3.0), 0.3, 1)
    _cover(paper, cover, scene.ink)


def _print_lines(
    paper: NDArray[np.float32], scene: Scene, u: NDArray[np.float32], v: NDArray[np.float32], step: float
) -> None:
    """Print ruled lines or a grid on the paper, in place."""
    phase = scene.place[0] + 7 * scene.place[1]  # any number does: it only moves the lines against the digit
    for axis in (v, u) if scene.paper == "grid" else (v,):
        distance = np.abs((axis / scene.line_spacing + phase) % 1 - 0.5) * scene.line_spacing
        _cover(
            paper, np.clip((scene.line_width / 2 - distance) / step + 0.5, 0, 1) * scene.line_opacity, scene.line_ink
        )
    if scene.has_margin:
        distance = np.abs(u + 0.8)
        _cover(paper, np.clip((scene.line_width / 2 - distance) / step + 0.5, 0, 1) * scene.line_opacity, _MARGIN_INK)


def _lay_on_table(
    paper: NDArray[np.float32],
    scene: Scene,
    u: NDArray[np.float32],
    v: NDArray[np.float32],
    generator: np.random.Generator,
) -> None:
    """Replace what lies beyond one or two edges of the paper by a table, in place."""
    height, width = u.shape
    table = np.array(scene.table, np.float32) * (1 + 0.1 * _grain(generator, height, width, 6.0))[..., None]
    # Each edge crosses the frame 3 to 12 % of its side from the border, unless that would cut into the digit.
    for axis, sign in ((u, 1), (v, 1), (u, -1), (v, -1)):
        if generator.random() < 0.4:
            share = float(generator.uniform(0.03, 0.12))
            edge = max(float(np.quantile(sign * axis, 1 - share)), 0.75)
            beyond = sign * axis - edge
            paper *= 1 - 0.35 * np.exp(-((np.clip(beyond, 0, None) / 0.05) ** 2))[..., None] * (beyond > 0)[..., None]
            paper[beyond > 0] = table[beyond > 0] * (1 - 0.5 * np.exp(-beyond[beyond > 0] / 0.06))[..., None]


def _light(
    scene: Scene, x: NDArray[np.float32], y: NDArray[np.float32], generator: np.random.Generator
) -> NDArray[np.float32]:
    """Return the share of the light that reaches each pixel's spot on the paper."""
    width, height = scene.frame
    across, down = x * (2 / width) - 1, y * (2 / height) - 1
    light = 1 + scene.gradient[0] * across + scene.gradient[1] * down - 0.06 * (across**2 + down**2)
    if scene.shadow:
        from scipy.special import expit

        longer = max(width, height)
        direction = generator.uniform(0, 2 * np.pi)
        px, py = generator.uniform(0.15, 0.85, 2) * (width, height)  # a point on the shadow's edge
        along = ((x - px) * np.cos(direction) + (y - py) * np.sin(direction)) / longer
        across_it = (-(x - px) * np.sin(direction) + (y - py) * np.cos(direction)) / longer
        bend = generator.uniform(-0.8, 0.8)  # the edge is a parabola: hands and heads are round
        light *= 1 - scene.shadow * expit((along - bend * across_it**2) / (scene.shadow_softness / 4))
    return np.clip(light, 0.05, None).astype(np.float32)


def _grain(generator: np.random.Generator, height: int, width: int, size: float) -> NDArray[np.float32]:
    """Return noise of mean 0 and standard deviation 1 whose spots are about `size` pixels wide."""
    from scipy import ndimage

    coarse = max(1, int(size / 2))  # large spots need few numbers
    noise = generator.standard_normal((height // coarse + 3, width // coarse + 3), np.float32)
    noise = ndimage.gaussian_filter(noise, size / coarse / 2, truncate=3)
    if coarse > 1:
        noise = ndimage.zoom(noise, coarse, order=1)
    noise = noise[:height, :width]
    grain: NDArray[np.float32] = ((noise - noise.mean()) / noise.std()).astype(np.float32)
    return grain


def _cover(
    paper: NDArray[np.float32], cover: NDArray[np.float32] | NDArray[np.float64], ink: tuple[float, float, float]
) -> None:
    """Lay ink over a share `cover`, (H, W) in [0, 1], of each pixel of the paper, in place.

    Ink is translucent: what shines through is the paper's own colour times the ink's.
    """
    for channel, reflectance in enumerate(ink):
        paper[..., channel] *= 1 - cover * (1 - reflectance)
