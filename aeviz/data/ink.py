"""Find a digit's ink in an image: a photograph of paper, a scan, a drawing on a screen.

All lengths are in pixels of the image that `find_ink` is given, unless a name says otherwise.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from aeviz.data.paper import (
    LEAST_CONTRAST,
    OFFSET,
    WIDEST_STROKES,
    Grey,
    absorbance_of,
    drawn_ground,
    is_dark_on_light,
    noise_of,
)
from aeviz.data.ruling import find_lines

_SOFTEST_EDGE = 0.08
"""Share of a mark's contrast that one pixel's step across its edge makes at least; shadows have softer edges."""
_DRAWN_CONTRAST = 0.1
"""Absorbance from which a drawing's marks count; what JPEG adds around strokes is fainter."""
_NOISE_FACTOR = 4.5
"""Standard deviations of the noise that ink must exceed."""
_SMALLEST_DIGIT = 0.03
"""Of the image's shorter side; smaller marks are specks."""
_GAP = 0.2
"""Of the largest part's longer side: parts that are further away are something else."""
_SOFT_EDGE = 2
"""Pixels around the marks that count as their soft edge."""
_FULL_RANGE, _NOISY_RANGE = (0.0, 1.0), (0.2, 0.8)
"""Shares of the ink's darkness that become 0 and 1. In photographs the paper's grain and the ink's gaps lie outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ink:
    """The ink of one digit, and what was found out on the way."""

    cover: Grey
    """(H, W), float32, in [0, 1]: 1 where the pen wrote, 0 elsewhere."""
    absorbance: Grey
    """(H, W), float32: the image without light and shadow, about 0 on paper."""
    without_lines: Grey
    """(H, W), float32: the absorbance without printed lines."""
    is_dark: bool
    """Whether it is darker than its ground."""
    box: tuple[int, int, int, int]
    """Left, top, right and bottom edge of the ink; all 0 where there is none."""
    contrast: float
    """Absorbance of the ink."""
    grain: float
    """Standard deviation of the ground's absorbance: about 0.01 in photographs of paper, above 0.04 in scenes; 0 for
    drawings."""
    is_drawn: bool
    """Whether the image is a drawing, or was cleaned by a scanner: it has nothing but ink on one even grey."""
    n_lines: int
    """Printed lines that were removed."""
    tilt: float | None
    """Degrees clockwise by which the printed lines are turned, -45 to 45; None for fewer than two."""
    n_parts: int
    """Connected parts that make up the digit."""
    n_dropped: int
    """Other marks that were left out: specks, shadows, edges, other writing."""

    @property
    def is_blank(self) -> bool:
        """Whether no ink was found."""
        return self.n_parts == 0


def find_ink(grey: Grey, *, is_dark: bool | None) -> Ink:
    """Find the ink of one digit.

    Args:
        grey: (H, W), float32, in [0, 1]; at least 3 pixels on each side.
        is_dark: Whether the ink is darker than its ground; None decides that from the image.

    Returns:
        The ink of the mark with most sharp outline that does not touch the border, with the marks close to it.
    """
    ground = None if is_dark is False else drawn_ground(grey)
    if is_dark is None:
        is_dark = is_dark_on_light(grey, ground)
    light, ground = (grey, ground) if is_dark else (1 - grey, drawn_ground(1 - grey))
    if ground is None:
        grounds = [absorbance_of(light, share) for share in WIDEST_STROKES]
    else:
        grounds = [np.log(np.float32(ground + OFFSET)) - np.log(light + np.float32(OFFSET))]
    is_drawn = ground is not None
    lines, angles = find_lines(grounds[0], is_drawn=is_drawn)
    marks = [_find_marks(found if lines is None else found - lines, is_drawn=is_drawn) for found in grounds]
    best = int(np.argmax([found.scores.max(initial=0) for found in marks]))
    found, absorbance = _gather(marks[best]), grounds[best]
    deviations = sorted((angle + 45) % 90 - 45 for angle in angles)
    return Ink(
        is_dark=is_dark,
        absorbance=absorbance,
        without_lines=marks[best].absorbance,
        grain=0.0 if is_drawn else noise_of(marks[best].absorbance),
        is_drawn=is_drawn,
        n_lines=len(angles),
        tilt=float(np.median(deviations)) if len(angles) > 1 else None,
        cover=found.cover,
        box=found.box,
        contrast=found.contrast,
        n_parts=found.n_parts,
        n_dropped=found.n_dropped,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Marks:
    """The N connected marks of an image, for one estimate of its ground."""

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
    """Whether the image was drawn, not photographed."""
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


def _find_marks(absorbance: Grey, *, is_drawn: bool) -> _Marks:
    """Find what is darker than the ground and its noise, and how likely each mark is a digit."""
    from scipy import ndimage

    height, width = absorbance.shape
    threshold = _DRAWN_CONTRAST if is_drawn else max(LEAST_CONTRAST, _NOISE_FACTOR * noise_of(absorbance))
    is_mark = absorbance > threshold
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
    if is_drawn:  # no shadows: the edges of an enlarged image may be soft
        scores = np.where(is_eligible, masses, 0)
    else:
        scores = np.zeros(n)
        for place in np.flatnonzero(is_eligible):
            box = boxes[place]
            scores[place] = _outline_score(absorbance[box], labels[box] == place + 1)
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
    around = _box_around([marks.boxes[place] for place in np.flatnonzero(chosen)], _SOFT_EDGE)
    near = ndimage.binary_dilation(np.r_[False, chosen][labels[around]], iterations=_SOFT_EDGE)
    share = -np.expm1(-absorbance[around]) / -np.expm1(-contrast)  # linear in grey again: 0 on paper, 1 in ink
    low, high = _FULL_RANGE if marks.is_drawn else _NOISY_RANGE
    cover = np.zeros_like(absorbance)
    cover[around] = np.clip((share - low) / (high - low), 0, 1) * near
    solid = cover[around] >= 0.5
    rows = np.flatnonzero(solid.any(axis=1)) + around[0].start
    columns = np.flatnonzero(solid.any(axis=0)) + around[1].start
    return _Digit(
        cover=cover,
        box=(int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1),
        contrast=contrast,
        n_parts=int(chosen.sum()),
        n_dropped=int(n - chosen.sum()),
    )


def _box_around(boxes: list[tuple[slice, slice]], margin: int) -> tuple[slice, slice]:
    """Return the smallest box that holds some boxes and a margin; indexing cuts it off at the image's far edges."""
    rows, columns = zip(*boxes, strict=True)
    top, left = (max(0, min(part.start for part in parts) - margin) for parts in (rows, columns))
    bottom, right = (max(part.stop for part in parts) + margin for parts in (rows, columns))
    return slice(top, bottom), slice(left, right)


def _outline_score(absorbance: Grey, mark: NDArray[np.bool_]) -> float:
    """Return the length of a mark's outline, pixels with soft edges counting against it, weighted by contrast."""
    from scipy import ndimage

    contrast = float(np.quantile(absorbance[mark], 0.75))
    solid = mark & (absorbance >= 0.5 * contrast)
    outline = solid & ~ndimage.binary_erosion(solid)
    slope = np.hypot(ndimage.sobel(absorbance, 0), ndimage.sobel(absorbance, 1)) / 8
    return contrast * float((np.minimum(slope[outline] / contrast, 4 * _SOFTEST_EDGE) - _SOFTEST_EDGE).sum())
