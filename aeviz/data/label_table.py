"""Labels of images from a table beside them, such as labels.csv: a column of file names and one of labels.

    file,label          Kaggle's and most others: any of the names below, in any order, between other columns
    001.png,cat
    sub/002.png,dog     a path below the table, a bare file name, or one without its ending

Commas, semicolons and tabs part the columns. Without a line of headings a table of two columns is read as it stands.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from aeviz.data.names import printable

MOST_BYTES = 50_000_000
"""Size of a table from which on it is not read."""
MOST_CLASSES = 1000
"""Different labels from which on a column is no class."""
_LABELS = ("label", "labels", "class", "classname", "category", "target", "y", "species", "breed", "expected")
"""Headings, in lower case without spaces and underscores, of the column of labels; the first that is there counts."""
_LOOKED_AT = 500
"""Rows by which the column of file names is found."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelTable:
    """What a table says of the images."""

    labels: dict[str, str]
    """From an image's path below the table's folder to its label, printable; empty where no column is one of labels."""
    note: str
    """How the table was read, or why it gives no labels, as a sentence."""


def read_labels(name: str, text: str, images: Sequence[str], others: Sequence[str] = ()) -> LabelTable | None:
    """Return the labels that a table gives to images; None for a table that names none of them.

    Args:
        name: The table's file name.
        text: Its content.
        images: Paths of the images below the table's folder, with "/".
        others: More of them, such as test images; of two files of one name those of `images` are meant.
    """
    rows = _rows(text)
    lookup = {**_index(others), **_index(images)}
    column = _file_column(rows, lookup)
    if column is None:
        return None
    headings = [re.sub(r"[\s_]", "", cell.lower()) for cell in rows[0]]
    has_headings = len(rows[0]) > column and rows[0][column].strip() not in lookup
    place = _label_column(headings if has_headings else [], column, len(rows[0]))
    if place is None:
        return LabelTable(labels={}, note=f"{name} names the images but has no column called label, so it was not used")
    labels: dict[str, str] = {}
    for row in rows[has_headings:]:
        image = lookup.get(row[column].strip()) if len(row) > max(column, place) else None
        if image is not None and row[place].strip():
            labels[image] = printable(row[place].strip())
    n_classes = len(set(labels.values()))
    if n_classes > MOST_CLASSES or (n_classes == len(labels) and n_classes > 2):
        return LabelTable(
            labels={},
            note=f"{name} has {n_classes:,} different labels for {len(labels):,} images, too many for classes, so it "
            "was not used",
        )
    heading = f"column {rows[0][place].strip()!r}" if has_headings else f"column {place + 1}"
    return LabelTable(labels=labels, note=f"labels are {heading} of {name}")


def _rows(text: str) -> list[list[str]]:
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return [row for row in csv.reader(text.splitlines(), delimiter=delimiter) if row] or [[]]
    except csv.Error:  # a null byte, a field of megabytes: no table
        return [[]]


def _index(images: Iterable[str]) -> dict[str, str]:
    """Return the images by all that may stand for them: path, path without ending, file name, name without ending."""
    index: dict[str, str] = {}
    count: Counter[str] = Counter()
    for image in images:
        path = PurePosixPath(image)
        for key in {image, str(path.with_suffix("")), path.name, path.stem}:
            count[key] += 1
            index[key] = image
    return {key: image for key, image in index.items() if count[key] == 1 or key == image}


def _file_column(rows: Sequence[Sequence[str]], lookup: dict[str, str]) -> int | None:
    """Return the column with the most file names; None unless half of its rows are some."""
    seen = rows[: _LOOKED_AT + 1]
    hits = Counter(place for row in seen for place, cell in enumerate(row) if cell.strip() in lookup)
    place, count = hits.most_common(1)[0] if hits else (0, 0)
    return place if count and count >= (len(seen) - 1) / 2 else None


def _label_column(headings: Sequence[str], files: int, n_columns: int) -> int | None:
    for wanted in _LABELS:
        for place, heading in enumerate(headings):
            if place != files and heading == wanted:
                return place
    return 1 - files if n_columns == 2 else None
