"""Films as GIF and WebP, which Pillow writes, and as MP4, which needs PyAV."""

import importlib
import importlib.util
import io
import tempfile
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from aeviz.errors import ExportError
from aeviz.films.film import Film, Format, check_size

_AT_ONCE = 16
"""Frames drawn at once."""
_SAMPLED = 9
"""Frames that choose the 256 colours of a GIF."""
_DESCRIPTION = 0x010E
"""EXIF's tag for the description of an image."""
Report = Callable[[float, str], None]


def has_mp4() -> bool:
    """Whether MP4 can be written: PyAV is installed."""
    return importlib.util.find_spec("av") is not None


def encode(film: Film, form: Format, *, on_progress: Report | None = None) -> bytes:
    """Return a film as a file.

    Args:
        film: The film.
        form: gif and webp play again and again, mp4 once. Grey images lose nothing in gif and webp; in colour a GIF has
            256 colours, and mp4 is lossy.
        on_progress: Called with the share done in [0, 1] and a text. If it raises, that ends the work.

    Returns:
        The file. Its metadata holds `Film.describe`: the comment of a GIF or MP4, the EXIF description of a WebP.

    Raises:
        ExportError: The film is too large, or PyAV is not installed.
    """
    if form == "mp4" and not has_mp4():
        raise ExportError('MP4 needs PyAV, which is not installed: pip install "aeviz[film]"; or choose gif or webp')
    report = on_progress or _ignore
    frames = _draw(film, report)
    done = {"gif": _gif, "webp": _webp, "mp4": _mp4}[form](film, frames, report)
    report(1.0, "film")
    return done


def _draw(film: Film, report: Report) -> list[np.ndarray]:
    """Return all frames; refuses a film that is too large once its first frame is known."""
    frames: list[np.ndarray] = []
    to_draw = film.count // 2 + 1 if film.goes_back else film.count
    while len(frames) < to_draw:
        frames += film.draw(len(frames), min(to_draw, len(frames) + (_AT_ONCE if frames else 1)))
        check_size(film.count, frames[0].shape[1], frames[0].shape[0])
        report(0.5 * len(frames) / to_draw, "frames")
    return [*frames, *frames[-2:0:-1]] if film.goes_back else frames


def _is_grey(frames: list[np.ndarray]) -> bool:
    return all((frame == frame[..., :1]).all() for frame in frames)


def _durations(film: Film, unit_ms: int) -> list[int]:
    """Return how long each frame stands, in ms, in whole units: rounded so that the errors do not add up."""
    ends = np.round(np.arange(film.count + 1) * 1000 / film.fps / unit_ms).astype(int)
    return [int(step) * unit_ms for step in np.diff(ends)]


def _counted(images: Iterator[Image.Image], film: Film, report: Report) -> Iterator[Image.Image]:
    for number, image in enumerate(images):
        report(0.5 + 0.5 * number / film.count, "writing")
        yield image


def _gif(film: Film, frames: list[np.ndarray], report: Report) -> bytes:
    if _is_grey(frames):
        images = (Image.fromarray(np.ascontiguousarray(frame[..., 0])) for frame in frames)
    else:
        chosen = np.linspace(0, len(frames) - 1, min(_SAMPLED, len(frames))).round().astype(int)
        palette = Image.fromarray(np.concatenate([frames[k] for k in chosen])).quantize(256)
        images = (Image.fromarray(frame).quantize(palette=palette) for frame in frames)
    buffer, counted = io.BytesIO(), _counted(images, film, report)
    first = next(counted)
    first.save(
        buffer,
        format="GIF",
        save_all=True,
        append_images=counted,
        duration=_durations(film, 10),
        loop=0,
        comment=film.describe().encode(),
        optimize=False,
    )
    return buffer.getvalue()


def _webp(film: Film, frames: list[np.ndarray], report: Report) -> bytes:
    exif = Image.Exif()
    exif[_DESCRIPTION] = film.describe()
    buffer = io.BytesIO()
    counted = _counted((Image.fromarray(frame) for frame in frames), film, report)
    first = next(counted)
    first.save(
        buffer,
        format="WEBP",
        save_all=True,
        append_images=counted,
        duration=_durations(film, 1),
        loop=0,
        lossless=_is_grey(frames),
        quality=85,
        method=3,
        exif=exif,
    )
    return buffer.getvalue()


def _mp4(film: Film, frames: list[np.ndarray], report: Report) -> bytes:
    av: Any = importlib.import_module("av")
    with tempfile.TemporaryDirectory() as folder:  # a film that plays before it is whole is written twice
        path = Path(folder) / "film.mp4"
        _write_mp4(av, path, film, frames, report)
        return path.read_bytes()


def _write_mp4(av: Any, path: Path, film: Film, frames: list[np.ndarray], report: Report) -> None:
    height, width = (side + side % 2 for side in frames[0].shape[:2])
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        container.metadata["comment"] = film.describe()
        rate = Fraction(film.fps).limit_denominator(1000)
        stream = container.add_stream("h264", rate=rate, options={"crf": "18"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for number, frame in enumerate(frames):
            report(0.5 + 0.5 * number / film.count, "writing")
            even = np.full((height, width, 3), 255, np.uint8)
            even[: frame.shape[0], : frame.shape[1]] = frame
            container.mux(stream.encode(av.VideoFrame.from_ndarray(even, format="rgb24")))
        container.mux(stream.encode())


def _ignore(share: float, text: str) -> None:
    """Report progress to nobody."""
