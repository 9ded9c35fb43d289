"""Find a digit's ink in a picture: a photograph of paper, a scan, a drawing on a screen.

Paper, printed lines and ink each keep a share of the light, and light and shadow scale it, so that their logarithms
add up. What is worked on is therefore the absorbance, minus the logarithm of grey over ground: 0 is bare paper, and
what is known can be subtracted, the ground as well as each ruled line, without a hole where the pen crossed it.

All lengths are in pixels of the picture that `find_ink` is given, unless a name says otherwise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Grey = NDArray[np.float32]

_OFFSET = 0.05
"""Added to grey values before taking logarithms: black is not infinitely far from anything."""
_GROUND_SIDE = 250
"""Longest side of the small copy in which the ground is estimated."""
_WIDEST_STROKES = (0.06, 0.11, 0.22)
"""Of the picture's shorter side. Dark regions that are narrower may be ink, wider ones belong to the ground. A thin
pen is best told from shadows with a small number, a brush needs a large one: all are tried."""
_SOFTEST_EDGE = 0.08
"""Share of a mark's contrast that one pixel's step across its edge makes at least; shadows have softer edges."""
_LEAST_CONTRAST = 0.05
"""Absorbance: fainter marks are the paper's grain. A well-used pencil reaches 0.2."""
_LEAST_STEP = 0.045
"""Difference of a mark's grey from its ground's, in [0, 1], from which it counts when light and dark ink are told."""
_SHARP_SLOPE = 0.05
"""Share of the ground's grey by which grey must change from one pixel of the small copy to the next for the same."""
_NOISE_FACTOR = 4.5
"""Standard deviations of the noise that ink must exceed."""
_SMALLEST_DIGIT = 0.03
"""Of the picture's shorter side; smaller marks are specks."""
_GAP = 0.2
"""Of the largest part's longer side: parts that are further away are something else."""
_FLAT_SHARES = (0.2, 0.45)
"""A picture was drawn on a screen or cleaned by a scanner, not photographed, if at least this share of it has one grey
value, give or take 2 of 255; the first number is for black and white, the second for greys, which a dim photograph can
reach. A drawing has no shadows, its border holds no table, and soft edges mean nothing."""
_FULL_RANGE, _NOISY_RANGE = (0.0, 1.0), (0.2, 0.8)
"""Shares of the ink's darkness that become 0 and 1. In photographs the paper's grain and the ink's gaps lie outside."""
_LINE_SIDE = 500
"""Longest side of the copy in which straight lines are sought."""
_LINE_REACH = 14
"""Distance from a printed line's middle up to which it may darken the paper."""
_LINE_PARTS = 16
_LINE_PARTS_COVERED = 11
"""A printed line runs through the picture: of 16 equal parts of its way at least 11 must show it."""
_MOST_LINES = 100
_SHORTEST_LINE = 0.35
"""Of the picture's shorter side. A line that only cuts off a corner might be a digit's stroke."""
_FAINTEST_LINE = 0.012
"""Absorbance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """The ink of one digit, and what was found out on the way."""

    cover: Grey
    """(H, W), float32, in [0, 1]: 1 where the pen wrote, 0 elsewhere."""
    absorbance: Grey
    """(H, W), float32: the picture without light and shadow, about 0 on paper."""
    without_lines: Grey
    """(H, W), float32: the absorbance without printed lines."""
    is_dark: bool
    """Whether the ink is darker than its ground."""
    box: tuple[int, int, int, int]
    """Left, top, right and bottom edge of the ink; all 0 where there is none."""
    contrast: float
    """Absorbance of the ink."""
    grain: float
    """Standard deviation of the ground's absorbance: below 0.02 in photographs of paper, above 0.04 in scenes."""
    n_lines: int
    """Printed lines that were removed."""
    tilt: float | None
    """Degrees clockwise by which the printed lines are turned, -45 to 45; None for fewer than two."""
    n_parts: int
    """Connected parts that make up the digit."""
    n_dropped: int
    """Other marks that were left out: specks, shadows, edges, other writing."""
    digit_share: float
    """Share of all marks, in [0, 1], by the light they take, that belongs to the digit."""

    @property
    def is_blank(self) -> bool:
        """Whether no ink was found."""
        return self.n_parts == 0


def is_dark_on_light(grey: Grey) -> bool:
    """Tell whether thin marks are darker than their ground rather than lighter.

    Args:
        grey: (H, W), float32, in [0, 1].
    """
    from scipy import ndimage

    commonest = _drawn_ground(grey)
    if commonest is not None:
        return commonest >= float(grey.mean())
    small, tiny = _resize(grey, _GROUND_SIDE), _resize(grey, 48)
    window = max(3, min(tiny.shape) // 2 * 2 - 1)
    ground = _resize_to(ndimage.median_filter(tiny, size=min(window, 33)), small.shape)
    slope = np.hypot(ndimage.sobel(small, 0), ndimage.sobel(small, 1)) / 8
    is_sharp = ndimage.binary_dilation(slope > _SHARP_SLOPE * (ground + _OFFSET))
    weights = []
    for picture, difference in ((small, ground - small), (1 - small, small - ground)):
        is_mark = is_sharp & (difference > _LEAST_STEP) & (_absorbance(picture, _WIDEST_STROKES[-1]) > _LEAST_CONTRAST)
        weights.append(float(difference[is_mark].sum()))
    return weights[0] > weights[1] if weights[0] != weights[1] else bool(np.median(grey) >= 0.5)


def _drawn_ground(grey: Grey) -> float | None:
    """Return the grey value of a drawing's ground, or None for a photograph."""
    levels = np.rint(255 * grey).astype(np.int16)
    best = int(np.argmax(np.convolve(np.bincount(levels.ravel(), minlength=256), np.ones(5), "same")))
    is_flat = np.abs(levels - best) <= 2
    is_flat[1:] &= np.abs(np.diff(levels, axis=0)) <= 1
    is_flat[:, 1:] &= np.abs(np.diff(levels, axis=1)) <= 1
    least = _FLAT_SHARES[0] if best <= 8 or best >= 247 else _FLAT_SHARES[1]
    return best / 255 if is_flat.mean() >= least else None


def find_ink(grey: Grey, *, is_dark: bool) -> Ink:
    """Find the ink of one digit.

    Args:
        grey: (H, W), float32, in [0, 1]; at least 3 pixels on each side.
        is_dark: Whether the ink is darker than its ground.

    Returns:
        The ink of the mark with most sharp outline that does not touch the border, with the marks close to it.
    """
    light = grey if is_dark else 1 - grey
    grounds = [_absorbance(light, share) for share in _WIDEST_STROKES]
    is_drawn = _drawn_ground(grey) is not None
    lines, angles = _find_lines(grounds[0], is_drawn=is_drawn)
    if is_drawn:
        grounds = grounds[-1:]
    marks = [_find_marks(found if lines is None else found - lines, is_drawn=is_drawn) for found in grounds]
    best = int(np.argmax([found.scores.max(initial=0) for found in marks]))
    found, absorbance = _gather(marks[best]), grounds[best]
    deviations = sorted((angle + 45) % 90 - 45 for angle in angles)
    return Ink(
        absorbance=absorbance,
        without_lines=marks[best].absorbance,
        is_dark=is_dark,
        grain=_noise(marks[best].absorbance),
        n_lines=len(angles),
        tilt=float(np.median(deviations)) if len(angles) > 1 else None,
        cover=found.cover,
        box=found.box,
        contrast=found.contrast,
        n_parts=found.n_parts,
        n_dropped=found.n_dropped,
        digit_share=found.digit_share,
    )


def _absorbance(grey: Grey, widest: float) -> Grey:
    """Return how much darker than its ground, as an absorbance, every pixel is; (H, W), float32."""
    from scipy import ndimage

    small = _resize(grey, _GROUND_SIDE)
    size = max(3, round(widest * min(small.shape)))
    # A closing fills dark regions that are narrower than its window with the ground around them, and follows the edge
    # of a shadow that is wider.
    padded = np.pad(small, size, mode="edge")
    ground = ndimage.grey_closing(padded, size=(size, size))[size:-size, size:-size]
    ground = ndimage.gaussian_filter(ground, 1.5) if min(small.shape) > 40 else ground
    level = np.log(_resize_to(ground, grey.shape) + np.float32(_OFFSET))
    found = (level - np.log(grey + np.float32(_OFFSET))).astype(np.float32)
    if max(grey.shape) > _GROUND_SIDE:
        found = ndimage.gaussian_filter(found, 0.8)
    centred: Grey = found - np.median(found)
    return centred


def _noise(absorbance: Grey) -> float:
    """Return the standard deviation of the paper's grain and the sensor's noise, ink disregarded."""
    middle = float(np.median(absorbance))
    return 1.4826 * float(np.median(np.abs(absorbance - middle)))


def _find_lines(absorbance: Grey, *, is_drawn: bool) -> tuple[Grey | None, list[float]]:
    """Find straight thin lines that run through the picture.

    Returns:
        Their absorbance, (H, W), or None where there are none, and their directions in degrees, 0 for level ones, more
        for those that fall to the right.
    """
    from scipy import ndimage
    from skimage.transform import hough_line, hough_line_peaks

    small = _resize(absorbance, _LINE_SIDE)
    zoom = max(absorbance.shape) / max(small.shape)
    if min(small.shape) < 40:
        return None, []
    ridge = ndimage.gaussian_filter(small, 0.8) - ndimage.gaussian_filter(small, 4)
    marks = ridge > max(float(np.quantile(ridge, 0.9)), 0.004)
    votes, theta, distances = hough_line(marks, np.deg2rad(np.arange(-90, 90, 0.25)))
    _, thetas, rhos = hough_line_peaks(
        votes, theta, distances, min_distance=5, min_angle=12, num_peaks=_MOST_LINES,
        threshold=0.45 * _SHORTEST_LINE * min(small.shape),
    )  # fmt: skip
    left, angles = absorbance.copy(), []
    for angle, rho in zip(thetas, rhos, strict=True):
        # x cos + y sin = rho; centres of pixels differ by half a pixel between the two sizes.
        cos, sin = float(np.cos(angle)), float(np.sin(angle))
        if _subtract_line(left, cos, sin, (float(rho) + 0.5 * (cos + sin)) * zoom - 0.5 * (cos + sin), is_drawn):
            angles.append((float(np.rad2deg(angle)) + 180) % 180 - 90)
    return (absorbance - left if angles else None), angles


def _subtract_line(absorbance: Grey, cos: float, sin: float, distance: float, is_drawn: bool) -> bool:
    """Subtract one line, in place, if it is thin and runs through the picture; return whether it was."""
    from scipy import ndimage

    view = absorbance if abs(sin) > abs(cos) else absorbance.T  # now the line is closer to level than to upright
    if view is not absorbance:
        cos, sin = sin, cos
    height, width = view.shape
    reach = _LINE_REACH
    columns = np.arange(width)
    rows = (distance - columns * cos) / sin
    columns = columns[(rows > reach) & (rows < height - 1 - reach)]
    if len(columns) < _SHORTEST_LINE * min(view.shape):
        return False
    first, last = float(columns[0]), float(columns[-1])
    x = np.linspace(first, last, _LINE_PARTS * (len(columns) // _LINE_PARTS))
    offsets = np.arange(-reach, reach + 1)

    quick = np.linspace(0, len(columns) - 1, 8 * _LINE_PARTS).astype(int)
    sampled = view[np.rint(rows[columns[quick]]).astype(int)[:, np.newaxis] + offsets, columns[quick][:, np.newaxis]]
    rough = np.median(sampled.reshape(_LINE_PARTS, 8, len(offsets)), axis=1)
    near = rough[:, reach - 4 : reach + 5].max(axis=1) - np.minimum(rough[:, 0], rough[:, -1])
    if (near > _FAINTEST_LINE).sum() < _LINE_PARTS_COVERED:
        return False

    def medians(start: float, end: float) -> NDArray[np.float32]:
        """Return the medians over 16 parts of the way from row `start` to row `end`, (16, 2 * reach + 1)."""
        y = (start + (end - start) * (x - first) / (last - first))[:, np.newaxis] + offsets
        strip = ndimage.map_coordinates(
            view, [y, np.broadcast_to(x[:, np.newaxis], y.shape)], order=1, mode="nearest", output=np.float32
        )
        found: NDArray[np.float32] = np.median(strip.reshape(_LINE_PARTS, -1, len(offsets)), axis=1)
        return found

    # The line was found in a smaller copy: shift both its ends until it lies where the paper is darkest.
    start, end = (distance - first * cos) / sin, (distance - last * cos) / sin
    rough, at, parts = medians(start, end), np.linspace(0, 1, _LINE_PARTS), np.arange(_LINE_PARTS)
    shifts = np.arange(-4, 5)
    places = reach + shifts[:, np.newaxis, np.newaxis] * (1 - at) + shifts[:, np.newaxis] * at  # (left, right, parts)
    low = places.astype(int)
    values = (low + 1 - places) * rough[parts, low] + (places - low) * rough[parts, low + 1]
    limit = 3 * np.median(values, axis=2, keepdims=True)  # or a stroke that crosses would pull the line to itself
    best = np.unravel_index(np.argmax(np.minimum(values, limit).sum(axis=2)), values.shape[:2])
    start, end = start + float(shifts[best[0]]), end + float(shifts[best[1]])

    profile = medians(start, end)
    profile = profile - np.minimum(profile[:, :3].mean(axis=1), profile[:, -3:].mean(axis=1))[:, np.newaxis]
    covered = profile[:, reach - 1 : reach + 2].max(axis=1) > _FAINTEST_LINE
    typical = np.median(profile, axis=0)
    is_thin = max(typical[:3].max(), typical[-3:].max()) < 0.5 * typical.max()
    reaches = covered[0] and covered[-1] if is_drawn else covered[0] or covered[-1]
    if covered.sum() < _LINE_PARTS_COVERED or not is_thin or not reaches:
        return False

    # Strokes that cross or follow the line for a while are outvoted by the parts around them.
    smooth = ndimage.median_filter(np.clip(profile, 0, None), size=(5, 1), mode="nearest")
    middle = start + (end - start) * (columns - first) / (last - first)
    rows = np.rint(middle).astype(int)[:, np.newaxis] + offsets
    part = np.clip((columns - first) / (last - first) * _LINE_PARTS - 0.5, 0, _LINE_PARTS - 1)
    taken = ndimage.map_coordinates(
        smooth, [np.broadcast_to(part[:, np.newaxis], rows.shape), rows - middle[:, np.newaxis] + reach],
        order=1, mode="nearest",
    )  # fmt: skip
    inside = (rows >= 0) & (rows < height)
    view[rows[inside], np.broadcast_to(columns[:, np.newaxis], rows.shape)[inside]] -= taken[inside]
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """The N connected marks of a picture, for one estimate of its ground."""

    absorbance: Grey
    labels: NDArray[np.int32]
    """(H, W), 0 on the ground, else 1 to N."""
    boxes: list[tuple[slice, slice]]
    sizes: NDArray[np.int64]
    """(N,), longer side of each box."""
    masses: NDArray[np.float64]
    """(N,), sum of the absorbance."""
    peaks: NDArray[np.float32]
    """(N,), greatest absorbance."""
    is_inside: NDArray[np.bool_]
    """(N,), whether the mark may belong to a digit: it does not touch the border of a photograph."""
    is_drawn: bool
    """Whether the picture was drawn, not photographed."""
    scores: NDArray[np.float64]
    """(N,), how likely each is a digit: the length of its outline, pixels with soft edges counting against it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Digit:
    """The marks chosen as the digit; see `Ink`."""

    cover: Grey
    box: tuple[int, int, int, int] = (0, 0, 0, 0)
    contrast: float = 0.0
    n_parts: int = 0
    n_dropped: int = 0
    digit_share: float = 0.0


def _find_marks(absorbance: Grey, *, is_drawn: bool) -> _Marks:
    """Find what is darker than the ground and its noise, and how likely each mark is a digit."""
    from scipy import ndimage

    height, width = absorbance.shape
    noise = _noise(absorbance)
    is_mark = absorbance > max(_LEAST_CONTRAST, _NOISE_FACTOR * noise)
    labels, n = ndimage.label(is_mark, structure=np.ones((3, 3)), output=np.int32)
    boxes = ndimage.find_objects(labels)
    corners = np.array([(r.start, c.start, r.stop, c.stop) for r, c in boxes], np.int64).reshape(n, 4)
    sizes = (corners[:, 2:] - corners[:, :2]).max(axis=1, initial=0)
    inside = np.c_[corners[:, :2] > 1, corners[:, 2:] < (height - 1, width - 1)]
    is_inside = inside.all(axis=1) | np.full(n, is_drawn)
    depth, owner = absorbance[is_mark], labels[is_mark] - 1
    masses = np.bincount(owner, depth, n).astype(np.float64)
    peaks = np.zeros(n, np.float32)
    np.maximum.at(peaks, owner, depth)
    is_eligible = is_inside & (sizes >= max(3, _SMALLEST_DIGIT * min(height, width)))
    if is_drawn:  # no shadows: the edges of an enlarged picture may be soft
        scores = np.where(is_eligible, masses, 0)
    else:
        scores = np.zeros(n)
        slope = np.hypot(ndimage.sobel(absorbance, 0), ndimage.sobel(absorbance, 1)) / 8
        for place in np.flatnonzero(is_eligible):
            box = boxes[place]
            scores[place] = _outline_score(absorbance[box], slope[box], labels[box] == place + 1)
    return _Marks(
        absorbance=absorbance, labels=labels, boxes=boxes, sizes=sizes, masses=masses, peaks=peaks,
        is_inside=is_inside, is_drawn=is_drawn, scores=scores,
    )  # fmt: skip


def _gather(marks: _Marks) -> _Digit:
    """Choose the likeliest mark and those that belong to it."""
    from scipy import ndimage

    absorbance, labels, n = marks.absorbance, marks.labels, len(marks.sizes)
    if not (marks.scores > 0).any():
        return _Digit(cover=np.zeros_like(absorbance), n_dropped=n)
    main = int(np.argmax(marks.scores))
    box = marks.boxes[main]
    contrast = float(np.quantile(absorbance[box][labels[box] == main + 1], 0.9 if marks.is_drawn else 0.75))

    # Parts of one digit lie close together: the bar of a 5, a stroke that the pen skipped.
    chosen = np.zeros(n, bool)
    chosen[main] = True
    is_worth = (marks.masses >= 0.02 * marks.masses[main]) & marks.is_inside & (marks.peaks >= 0.5 * contrast)
    for _ in range(2):
        if (is_worth & ~chosen).any():
            distance = ndimage.distance_transform_edt(~np.r_[False, chosen][labels])
            nearest = np.full(n, np.inf)
            np.minimum.at(nearest, labels[labels > 0] - 1, distance[labels > 0])
            chosen |= is_worth & (nearest <= _GAP * marks.sizes[main])
    near = ndimage.binary_dilation(np.r_[False, chosen][labels], iterations=2)
    share = -np.expm1(-absorbance) / -np.expm1(-contrast)  # linear in grey again: 0 on paper, 1 in ink
    low, high = _FULL_RANGE if marks.is_drawn else _NOISY_RANGE
    cover = (np.clip((share - low) / (high - low), 0, 1) * near).astype(np.float32)
    rows, columns = np.flatnonzero((cover >= 0.5).any(axis=1)), np.flatnonzero((cover >= 0.5).any(axis=0))
    return _Digit(
        cover=cover,
        box=(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1),
        contrast=contrast,
        n_parts=int(chosen.sum()),
        n_dropped=int(n - chosen.sum()),
        digit_share=float(marks.masses[chosen].sum() / marks.masses.sum()),
    )


def _outline_score(absorbance: Grey, slope: Grey, mark: NDArray[np.bool_]) -> float:
    """Return the length of a mark's outline, pixels with soft edges counting against it, weighted by contrast."""
    from scipy import ndimage

    contrast = float(np.quantile(absorbance[mark], 0.75))
    solid = mark & (absorbance >= 0.5 * contrast)
    outline = solid & ~ndimage.binary_erosion(solid)
    return contrast * float((np.minimum(slope[outline] / contrast, 4 * _SOFTEST_EDGE) - _SOFTEST_EDGE).sum())


def _resize(values: Grey, longest: int) -> Grey:
    """Average a picture down until its longest side has `longest` pixels; smaller ones stay as they are."""
    height, width = values.shape
    if max(height, width) <= longest:
        return values
    share = longest / max(height, width)
    return _resize_to(values, (max(1, round(height * share)), max(1, round(width * share))))


def _resize_to(values: Grey, shape: tuple[int, ...]) -> Grey:
    if values.shape == shape:
        return values
    return np.asarray(Image.fromarray(values).resize((shape[1], shape[0]), Image.Resampling.BILINEAR), np.float32)
