"""Showing vectors from anywhere: from Python, and from files."""

import csv
import re
import tempfile
import tokenize
import webbrowser
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aeviz.data.imports.archive import check_directory, check_members
from aeviz.data.mapped import map_array
from aeviz.errors import DataError, reason_of
from aeviz.web.takeaway.points import Method, points_page

LABEL_COLUMNS = ("label", "class", "labels", "target")
"""Names of a column of classes in a CSV file, in any case."""
_DIMENSION = re.compile("z[0-9]+")
_DAMAGED = (
    *(OSError, ValueError, EOFError, SyntaxError, RuntimeError, LookupError, MemoryError),
    *(zipfile.BadZipFile, zlib.error, tokenize.TokenError, csv.Error),
)
"""What reading a damaged file raises; MemoryError for an array whose header claims more than there is."""


def show(
    z: np.ndarray,
    *,
    labels: np.ndarray | Sequence[object] | None = None,
    images: np.ndarray | None = None,
    method: Method = "pca",
    title: str = "Points",
    path: str | Path | None = None,
    opens: bool = True,
) -> Path:
    """Write a map of vectors as an HTML file, open it in the browser, and return its path.

    Args:
        z: The vectors, (N, D), real numbers.
        labels: Class of each, (N,), numbers or words.
        images: Images to show in place of points: see `aeviz.web.takeaway.points.points_page`.
        method: "pca", "t-sne" or "umap", where there are more than three dimensions.
        title: Heading of the file.
        path: The file; a temporary one if None.
        opens: Whether the browser opens it.

    Raises:
        DataError: The arrays do not fit each other.
        ConfigError: The method is unknown or not installed.
        ExportError: The page's scripts are not packed.
    """
    text = points_page(z, labels=labels, images=images, method=method, title=title)
    if path is None:
        file = Path(tempfile.mkdtemp(prefix="aeviz-")) / "points.html"
    else:
        file = Path(path)
        file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    if opens:
        webbrowser.open(file.resolve().as_uri())
    return file


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Points:
    """What a file holds."""

    z: np.ndarray
    labels: np.ndarray | None
    images: np.ndarray | None


def read_points(path: Path) -> Points:
    """Read vectors from a file; nothing in it is executed.

    A .npy file holds z, (N, D). A .npz file holds z and, where there are some, labels and images. A .csv file has a
    head; columns z1, z2 and so on are the dimensions, or all columns of numbers where none has such a name; one named
    label or class holds the classes. A .parquet file has the same columns, or one of lists of numbers, the vectors.

    Raises:
        DataError: The file is missing, of another kind, or damaged.
    """
    kind = path.suffix.lower()
    try:
        if kind == ".npy":
            return Points(z=np.array(map_array(path)), labels=None, images=None)
        if kind == ".npz":
            return _read_arrays(path)
        if kind == ".csv":
            return _read_csv(path)
        if kind == ".parquet":
            return _read_parquet(path)
    except DataError:
        raise
    except _DAMAGED as error:
        raise DataError(f"{path} cannot be read: {reason_of(error)}") from error
    raise DataError(f"{path} is of no kind that is read; expected .npy, .npz, .csv or .parquet")


def _read_arrays(path: Path) -> Points:
    check_directory(path, str(path))
    with zipfile.ZipFile(path) as archive:
        check_members(archive.infolist(), path.stat().st_size, str(path))
    with np.load(path, allow_pickle=False) as arrays:
        if "z" not in arrays:
            raise DataError(f"{path} holds {', '.join(arrays)[:200] or 'nothing'}; expected an array z, (N, D)")
        found = {name: arrays[name] for name in ("z", "labels", "images") if name in arrays}
    if not all(isinstance(array, np.ndarray) for array in found.values()):
        raise DataError(f"{path} holds other files under the names of arrays; save it again with numpy")
    return Points(z=found["z"], labels=found.get("labels"), images=found.get("images"))


def _read_csv(path: Path) -> Points:
    with path.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.reader(file))
    if len(rows) < 2:
        raise DataError(f"{path} has {len(rows)} lines; expected a head and a line for each point")
    head, body = rows[0], [row for row in rows[1:] if row]
    if any(len(row) != len(head) for row in body):
        raise DataError(f"{path} has lines of other lengths than its head of {len(head)} columns")
    columns = [np.array(column) for column in zip(*body, strict=True)]
    return _pick_columns(path, dict(zip(head, columns, strict=True)))


def _read_parquet(path: Path) -> Points:
    import pyarrow as pa
    from pyarrow import parquet

    table = parquet.read_table(path)
    columns = {}
    for name, column in zip(table.column_names, table.columns, strict=True):
        kind = column.type
        if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
            if pa.types.is_floating(kind.value_type) or pa.types.is_integer(kind.value_type):
                columns[name] = np.array(column.to_pylist(), dtype=np.float64)
        elif not pa.types.is_nested(kind):
            columns[name] = column.to_numpy()
    return _pick_columns(path, columns)


def _pick_columns(path: Path, columns: Mapping[str, np.ndarray]) -> Points:
    """Return the vectors and classes that named columns hold."""
    numbers, labels = [], None
    vectors = next((column for column in columns.values() if column.ndim == 2), None)
    has_dimensions = any(_DIMENSION.fullmatch(name.strip()) for name in columns)
    for name, column in columns.items():
        if name.strip().lower() in LABEL_COLUMNS:
            labels = column
            continue
        if has_dimensions and not _DIMENSION.fullmatch(name.strip()):
            continue
        try:
            numbers.append(column.astype(np.float64))
        except (ValueError, TypeError):
            continue  # names, say
    if vectors is not None:
        return Points(z=vectors, labels=labels, images=None)
    if not numbers:
        raise DataError(f"{path} has no column of numbers; its columns are {', '.join(list(columns)[:8])}")
    return Points(z=np.column_stack(numbers), labels=labels, images=None)
