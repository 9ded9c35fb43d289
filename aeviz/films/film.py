"""What a film is before it is a file: its frames, its speed and the settings that made it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from aeviz import __version__
from aeviz.errors import ExportError
from aeviz.figures.images import enlarge

MOST_FRAMES = 1200
LEAST_PX, MOST_PX = 64, 1080
MOST_PIXELS = 150_000_000
"""Pixels of all frames together: 0.45 GB while the file is made."""
SPEEDS = (1.0, 50.0)
"""Frames a second, least and most: browsers show a GIF of more at 10."""
LARGE = 48
"""Pixels of a side from which on an image is enlarged smoothly; the pixels of smaller ones stay squares."""
_CAPTION_PX = 20
_GROUND, _INK = 255, (60, 60, 60)
Format = Literal["gif", "webp", "mp4"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Timing:
    """How long a film is and how large; None stands for what suits it."""

    seconds: float | None = None
    fps: float | None = None
    """Frames a second."""
    size: int | None = None
    """Longest side in pixels, at most: images are enlarged a whole number of times."""

    def __post_init__(self) -> None:
        if self.seconds is not None and not 0.1 <= self.seconds <= 120:
            raise ExportError(f"a film of {self.seconds:g} seconds; expected 0.1 to 120")
        if self.fps is not None and not SPEEDS[0] <= self.fps <= SPEEDS[1]:
            raise ExportError(f"{self.fps:g} frames a second; expected {SPEEDS[0]:g} to {SPEEDS[1]:g}")
        if self.size is not None and not LEAST_PX <= self.size <= MOST_PX:
            raise ExportError(f"a film of {self.size} pixels; expected {LEAST_PX} to {MOST_PX}")

    def frames(self, fps: float) -> tuple[int, float]:
        """Return an even number of frames, at least 2, and frames a second, `fps` where none are asked for."""
        speed = self.fps or fps
        return max(2, 2 * round((self.seconds or 6.0) * speed / 2)), speed


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Film:
    """The frames of a film, drawn when they are asked for."""

    name: str
    """For a file, without its suffix."""
    count: int
    """Frames; an even number where it goes back."""
    goes_back: bool = False
    """Whether the second half is the first one backwards, so that frames 0 to count / 2 alone are drawn."""
    fps: float
    """Frames a second."""
    draw: Callable[[int, int], Sequence[np.ndarray]]
    """Returns the frames from one number up to another, (H, W, 3), uint8, all of one size."""
    settings: Mapping[str, object] = field(default_factory=dict)
    """What made it; it stands in the file."""

    @property
    def seconds(self) -> float:
        """How long it plays."""
        return self.count / self.fps

    def describe(self) -> str:
        """Return the settings as one line of JSON, in ASCII."""
        return json.dumps({"made by": f"aeviz {__version__}", **self.settings, "fps": round(self.fps, 3)})


def check_size(count: int, width: int, height: int) -> None:
    """Check that a film is not too large to be made.

    Raises:
        ExportError: It is.
    """
    if count > MOST_FRAMES:
        raise ExportError(f"the film has {count:,} frames; expected at most {MOST_FRAMES:,}: fewer seconds or fps")
    if count * width * height > MOST_PIXELS:
        raise ExportError(
            f"the film has {count:,} frames of {width} x {height} pixels; expected at most {MOST_PIXELS / 1e6:.0f} "
            "million pixels in all: choose fewer seconds, fps or pixels"
        )


def fit(picture: np.ndarray, size: int, *, smooth: bool) -> np.ndarray:
    """Bring a picture, (H, W, 3), uint8, near `size` pixels on its longest side, never above.

    A small one is enlarged a whole number of times; one that is too large is made smaller.
    """
    height, width = picture.shape[:2]
    longest = max(height, width)
    if longest <= size:
        return enlarge(picture, width * (size // longest), smooth=smooth)
    to = max(1, round(width * size / longest)), max(1, round(height * size / longest))
    return np.asarray(Image.fromarray(picture).resize(to, Image.Resampling.LANCZOS))


def beside(pictures: Sequence[np.ndarray], gap: int = 8) -> np.ndarray:
    """Put pictures, (H, W, 3), uint8, beside each other on white, in the middle of the highest."""
    height = max(len(picture) for picture in pictures)
    parts: list[np.ndarray] = []
    for k, picture in enumerate(pictures):
        if k:
            parts.append(np.full((height, gap, 3), _GROUND, np.uint8))
        part = np.full((height, picture.shape[1], 3), _GROUND, np.uint8)
        top = (height - len(picture)) // 2
        part[top : top + len(picture)] = picture
        parts.append(part)
    return np.concatenate(parts, axis=1)


def below(pictures: Sequence[np.ndarray], gap: int = 8) -> np.ndarray:
    """Put pictures, (H, W, 3), uint8, below each other on white."""
    return beside([picture.transpose(1, 0, 2) for picture in pictures], gap).transpose(1, 0, 2)


def on_white(picture: np.ndarray) -> np.ndarray:
    """Return a picture with transparency, (H, W, 4), uint8, on white, (H, W, 3), uint8."""
    cover = picture[..., 3:].astype(np.float32) / 255
    opaque: np.ndarray = np.round(picture[..., :3] * cover + _GROUND * (1 - cover)).astype(np.uint8)
    return opaque


def caption(picture: np.ndarray, text: str) -> np.ndarray:
    """Write a line below a picture, (H, W, 3), uint8, cut where it is too long; the picture itself stays as it is."""
    width = picture.shape[1]
    strip = Image.new("RGB", (width, _CAPTION_PX), (_GROUND,) * 3)
    font = ImageFont.load_default(12)
    while text and font.getlength(text) > width - 8:
        text = f"{text.rstrip('…')[:-1]}…" if len(text) > 1 else ""
    ImageDraw.Draw(strip).text((4, 3), text, fill=_INK, font=font)
    return np.concatenate([picture, np.asarray(strip)])
