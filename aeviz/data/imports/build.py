"""From an opened source to stored images, in two rounds: what each image is, then its pixels.

One image is in memory at a time. The images grow in a temporary folder beside the target and move there when all are
written: an import that is stopped or fails leaves nothing.
"""

import contextlib
import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from aeviz.data.dataset import SplitName
from aeviz.data.folder_layout import MIN_IMAGES
from aeviz.data.image_files import MAX_PIXELS, ImageHeader, read_depth, read_header, read_pixels
from aeviz.data.imports.items import Content, Item, Opened
from aeviz.data.imports.store import ABOUT, IMAGES, LABELS, Imported
from aeviz.data.names import natural_key
from aeviz.data.source import Report
from aeviz.errors import DataError, StorageError
from aeviz.language import tr

USUAL_SIDE = 64
"""Side in pixels to which images are resized that differ in size or are large."""
LARGEST_KEPT = 128
"""Pixels of the longer side up to which images of one size are left as they are."""
SMALLEST, LARGEST = 4, 512
"""Pixels that a side may have."""
MOST_BYTES = 8_000_000_000
"""Pixels of one import on the disk, in bytes."""
_SPARE = 200_000_000
"""Bytes that must stay free on the disk."""
_FIRST_ROUND = 0.3
"""Share of the progress that the first round takes."""
_REPORT_S = 0.1


def build(opened: Opened, folder: Path, *, side: int | None, report: Report) -> Imported:
    """Store the images of an opened source.

    Args:
        opened: The source.
        folder: Where they are stored; must not exist. Its parent is made.
        side: Side in pixels to which the centred square of each is resized; None leaves images of one size as they are
            if they are small, and else takes 64.
        report: Called in this thread. If it raises, the import is given up and nothing of it stays.

    Raises:
        DataError: Too few images can be read, or too many; the message says what to do.
        StorageError: The folder cannot be written.
    """
    if side is not None and not SMALLEST <= side <= LARGEST:
        raise DataError(f"a side of {side} pixels cannot be; expected {SMALLEST} to {LARGEST}")
    round_one = _Inspection(opened, report)
    height, width = round_one.choose_size(side)
    channels = 1 if round_one.is_grey else 3
    shape = (channels, height, width)
    n_bytes = round_one.count * channels * height * width
    if n_bytes > MOST_BYTES:
        raise DataError(
            f"{round_one.count:,} images of {width}x{height} pixels take {n_bytes / 1e9:,.1f} GB; expected at most "
            f"{MOST_BYTES / 1e9:.0f} GB; choose a smaller side, for example {max(SMALLEST, min(height, width) // 2)}"
        )
    fresh: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(folder.parent).free < n_bytes + _SPARE:
            raise DataError(f"the disk has no room for {n_bytes / 1e6:,.0f} MB of images; make room, or bring fewer")
        fresh = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".import-"))
        about = _write(opened, round_one, fresh, shape, side, report)
        fresh.chmod(0o755)  # mkdtemp's 700 would hide it from others who share the machine
        fresh.rename(folder)
    except OSError as exc:
        raise StorageError(f"cannot write images into {folder.parent}: {exc.strerror or exc}; make room") from exc
    finally:
        if fresh is not None:
            shutil.rmtree(fresh, ignore_errors=True)
    return about


class _Inspection:
    """The first round: size and kind of each image, and which cannot be read."""

    def __init__(self, opened: Opened, report: Report) -> None:
        self.bad: set[int] = set()
        """Places of images that are left out."""
        self.sizes: Counter[tuple[int, int]] = Counter()
        """Width and height in pixels."""
        self.is_grey = True
        self.depth = 0
        """Bits of 16-bit grey values; 0 where there are none."""
        progress = _Progress(report, opened.count, 0.0, _FIRST_ROUND, tr("Looking at the images"))
        has_labels = any(item.label is not None for item in _first(opened, 1000))
        splits: Counter[SplitName] = Counter()
        for place, item in enumerate(opened.items()):
            progress.step()
            try:
                if has_labels and item.label is None:
                    raise DataError("the image has no label")
                content = item.read()
                header = _header(content)
                if header.is_deep:
                    assert isinstance(content, bytes)  # arrays come as 8 bits
                    self.depth = max(self.depth, read_depth(content))
            except DataError as exc:
                self.bad.add(place)
                opened.skipped.add(item.name, _reason(exc))
                continue
            self.sizes[(header.width, header.height)] += 1
            self.is_grey = self.is_grey and header.is_grey
            splits[item.split] += 1
        self.count = sum(splits.values())
        if self.count < MIN_IMAGES or splits["train"] < 3:
            raise DataError(_describe_few(opened, self.count, splits["train"]))

    def choose_size(self, side: int | None) -> tuple[int, int]:
        """Return height and width in pixels of all stored images."""
        if side is not None:
            return side, side
        (width, height), _ = self.sizes.most_common(1)[0]
        if len(self.sizes) == 1 and max(width, height) <= LARGEST_KEPT and min(width, height) >= SMALLEST:
            return height, width
        return USUAL_SIDE, USUAL_SIDE


def _first(opened: Opened, most: int) -> list[Item]:
    found = []
    for item in opened.items():
        found.append(item)
        if len(found) == most:
            break
    return found


def _write(
    opened: Opened, seen: _Inspection, folder: Path, shape: tuple[int, int, int], side: int | None, report: Report
) -> Imported:
    """Be the second round: write pixels and labels into a folder, and last the description."""
    progress = _Progress(report, opened.count, _FIRST_ROUND, 1.0, tr("Reading the images"))
    is_resized = side is not None or set(seen.sizes) != {(shape[2], shape[1])}
    labels: list[str | None] = []
    counts: Counter[str] = Counter()
    with (folder / IMAGES).open("wb") as out:
        for place, item in enumerate(opened.items()):
            progress.step()
            if place in seen.bad:
                continue
            try:
                pixels = _pixels(item.read(), seen, shape, resize=is_resized)
            except DataError as exc:
                opened.skipped.add(item.name, _reason(exc))
                continue
            out.write(pixels.tobytes())
            labels.append(item.label)
            counts[item.split] += 1
    if len(labels) < MIN_IMAGES or counts["train"] < 3:
        raise DataError(_describe_few(opened, len(labels), counts["train"]))
    names = sorted({label for label in labels if label is not None}, key=natural_key)
    if opened.class_names is not None and names:
        names = [*opened.class_names, *(name for name in names if name not in opened.class_names)]
    class_counts = [0] * len(names)
    if names:
        places = {name: place for place, name in enumerate(names)}
        numbers = np.array([places[label] for label in labels if label is not None], dtype=np.int64)
        np.save(folder / LABELS, numbers, allow_pickle=False)
        class_counts = np.bincount(numbers, minlength=len(names)).tolist()
    notes = [*opened.notes, *_describe_sizes(seen, shape, is_resized), *_describe_alike(names)]
    about = Imported(
        title=opened.title,
        made=datetime.now(UTC).isoformat(timespec="seconds"),
        image_shape=shape,
        counts=dict(counts),
        class_names=tuple(names),
        class_counts=tuple(class_counts),
        sizes=tuple((width, height, n) for (width, height), n in seen.sizes.most_common(5)),
        n_sizes=len(seen.sizes),
        notes=tuple(notes),
        skipped=tuple(opened.skipped),
    )
    (folder / ABOUT).write_text(json.dumps(asdict(about), indent=1), encoding="utf-8")
    return about


def _header(content: Content) -> ImageHeader:
    if isinstance(content, bytes):
        return read_header(content)
    if content.shape[0] * content.shape[1] > MAX_PIXELS:
        raise DataError(f"the image has more than {MAX_PIXELS:,} pixels")
    return ImageHeader(width=content.shape[1], height=content.shape[0], is_grey=content.ndim == 2, is_deep=False)


def _pixels(content: Content, seen: _Inspection, shape: tuple[int, int, int], *, resize: bool) -> NDArray[np.uint8]:
    """Return an image as it is stored, (C, H, W)."""
    side = shape[1] if resize else None
    if isinstance(content, bytes):
        pixels = read_pixels(content, is_grey=seen.is_grey, side=side, depth=seen.depth or 16)
    else:
        image = Image.fromarray(content).convert("L" if seen.is_grey else "RGB")
        if side is not None:
            edge = min(image.size)
            left, top = (image.width - edge) // 2, (image.height - edge) // 2
            image = image.crop((left, top, left + edge, top + edge)).resize((side, side), Image.Resampling.LANCZOS)
        pixels = np.asarray(image)
        pixels = pixels[np.newaxis] if seen.is_grey else np.moveaxis(pixels, 2, 0)
    if pixels.shape != shape:
        raise DataError("the image decodes to another size than its header says")
    return pixels


def _reason(error: DataError) -> str:
    """Return what is wrong with an image, from a message about it, so that equal faults count together."""
    text = str(error).removeprefix("the image ").partition(";")[0].removeprefix("is ")
    return "damaged" if text.startswith("cannot be read: ") else text.partition(":")[0]


def _describe_few(opened: Opened, count: int, n_train: int) -> str:
    reasons = "; ".join(
        f"{skip.count:,} skipped: {skip.reason} ({', '.join(skip.examples)})" for skip in opened.skipped
    )
    what = f"{count} images" if count < MIN_IMAGES else f"{n_train} images to train on"
    return (
        f"{opened.title} holds {what} that can be read; expected at least {MIN_IMAGES}, 3 of them to train on; "
        f"{reasons or 'bring more'}"
    )


def _describe_sizes(seen: _Inspection, shape: tuple[int, int, int], is_resized: bool) -> list[str]:
    _, height, width = shape
    notes = []
    if is_resized:
        (first_width, first_height), _ = seen.sizes.most_common(1)[0]
        one_size = f"{first_width}x{first_height}"
        notes.append(
            tr(
                "the centred square of each image was resized to {shape} pixels (before: {sizes})",
                shape=f"{width}x{height}",
                sizes=one_size if len(seen.sizes) == 1 else tr("{count:,} sizes", count=len(seen.sizes)),
            )
        )
    if seen.depth:
        notes.append(tr("16-bit grey values use {bits} bits and were scaled to 8", bits=seen.depth))
    return notes


def _describe_alike(names: list[str]) -> list[str]:
    folded = Counter(name.lower() for name in names)
    alike = [name for name in names if folded[name.lower()] > 1]
    if not alike:
        return []
    return [tr("classes that differ in capitals only are kept apart: {names}", names=", ".join(alike[:6]))]


class _Progress:
    """Reports how far a round is, with the time that is left, not too often."""

    def __init__(self, report: Callable[[float, str], None], total: int, low: float, high: float, text: str) -> None:
        self._report, self._total, self._low, self._high, self._text = report, max(1, total), low, high, text
        self._done = 0
        self._began = self._last = time.monotonic()
        report(low, text)

    def step(self) -> None:
        self._done += 1
        now = time.monotonic()
        if now - self._last < _REPORT_S:
            return
        self._last = now
        share = min(1.0, self._done / self._total)
        left = (now - self._began) * (1 - share) / share
        text = tr("{what}: {done:,} of {total:,}", what=self._text, done=self._done, total=self._total)
        if left >= 1:
            text += ", " + (tr("{n:.0f} s left", n=left) if left < 90 else tr("{n:.0f} min left", n=left / 60))
        self._report(self._low + share * (self._high - self._low), text)


@contextlib.contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """Yield a temporary folder below `parent`, which is removed afterwards."""
    try:
        parent.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(dir=parent, prefix=".unpack-"))
    except OSError as exc:
        raise StorageError(f"cannot write into {parent}: {exc.strerror or exc}; make room") from exc
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
