"""Images in a column of Parquet or Arrow files, as Hugging Face's datasets are published and saved.

The column holds image files, {bytes, path} or bytes alone, or pixels as lists of numbers, (H, W), (H, W, C), (C, H, W)
or one row. Labels are whole numbers, with names where the schema has those of a ClassLabel, or texts. Rows are read a
few at a time. `save_to_disk` writes Arrow files in the stream format, the cache of `datasets` too.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from aeviz.data.dataset import SplitName
from aeviz.data.image_files import MAX_BYTES
from aeviz.data.imports.arrays import as_images, square, without_alpha
from aeviz.data.imports.items import MOST_TOTAL, Content, Item, Opened, check_count, order_splits
from aeviz.data.names import printable
from aeviz.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

_ROWS = 32
"""Rows that are in memory at once."""
_MOST_CHUNK = 2_000_000_000
"""Bytes of one column in one group of rows, unpacked."""
_IMAGE_NAMES = ("image", "img", "images", "pixels", "picture", "jpg", "png", "pixel_values", "x")
_LABEL_NAMES = ("label", "labels", "class", "target", "fine_label", "category", "y")


class TableImages(Opened):
    """The images of Parquet or Arrow files."""

    def __init__(self, files: Mapping[str, Path], title: str) -> None:
        super().__init__(title)
        self._files: dict[SplitName, list[Path]] = {
            split: [files[name] for name in sorted(names)] for split, names in order_splits(dict(files)).items()
        }
        self.chosen = frozenset(self._files)
        first = next(iter(self._files.values()))[0]
        schema = self._schema(first)
        self._image = _pick(schema, _is_image_type, _IMAGE_NAMES)
        if self._image is None:
            columns = ", ".join(f"{field.name} ({field.type})" for field in list(schema)[:8])
            raise DataError(
                f"{title} has no column of images (found {columns}); expected image files as bytes, or lists of numbers"
            )
        self._label = _pick(schema, _is_label_type, _LABEL_NAMES, only_known=True)
        names = _class_names(schema, self._label)
        self.class_names = None if names is None else tuple(printable(Path(name)) for name in names)
        self.notes.append(
            f"images are column {self._image!r}"
            + ("" if self._label is None else f", labels are column {self._label!r}")
            + (" with the names in the schema" if self.class_names else "")
        )
        self.count = sum(self._count(path) for paths in self._files.values() for path in paths)
        check_count(title, self.count)

    def items(self) -> Iterator[Item]:
        """See `Opened`."""
        for split, paths in self._files.items():
            row = 0
            for path in paths:
                for batch in self._batches(path):
                    images = batch.column(self._image)
                    labels = None if self._label is None else batch.column(self._label)
                    for place in range(batch.num_rows):
                        label = None if labels is None else self._name(labels[place].as_py())
                        value = images[place]
                        yield Item(
                            name=f"{split} row {row}",
                            split=split,
                            label=label,
                            read=lambda value=value: _content(value),  # type: ignore[misc]
                        )
                        row += 1

    def _name(self, label: Any) -> str | None:
        if label is None or (isinstance(label, int) and label < 0):  # Hugging Face's test sets without labels have -1
            return None
        if self.class_names is not None and isinstance(label, int):
            return self.class_names[label] if label < len(self.class_names) else str(label)
        return printable(Path(str(label)[:200]))

    def _schema(self, path: Path) -> "pa.Schema":
        import pyarrow.parquet as pq

        with _read_errors(self.title):
            if _is_parquet(path):
                return pq.ParquetFile(path).schema_arrow
            with _open_arrow(path) as reader:
                return reader.schema

    def _count(self, path: Path) -> int:
        import pyarrow.parquet as pq

        with _read_errors(self.title):
            if not _is_parquet(path):
                with _open_arrow(path) as reader:
                    return sum(batch.num_rows for batch in _each(reader))
            about = pq.ParquetFile(path).metadata
        for group in range(about.num_row_groups):
            for column in range(about.num_columns):
                if about.row_group(group).column(column).total_uncompressed_size > _MOST_CHUNK:
                    raise DataError(
                        f"{self.title} unpacks a group of rows to more than {_MOST_CHUNK / 1e9:.0f} GB; write it with "
                        "smaller groups"
                    )
        total = sum(about.row_group(group).total_byte_size for group in range(about.num_row_groups))
        if total > MOST_TOTAL:
            raise DataError(
                f"{self.title} unpacks to {total / 1e9:,.0f} GB; expected at most {MOST_TOTAL / 1e9:.0f} GB"
            )
        return int(about.num_rows)

    def _batches(self, path: Path) -> Iterator["pa.RecordBatch"]:
        import pyarrow.parquet as pq

        columns = [name for name in (self._image, self._label) if name is not None]
        with _read_errors(self.title):
            if _is_parquet(path):
                with pq.ParquetFile(path) as file:
                    yield from file.iter_batches(batch_size=_ROWS, columns=columns)
            else:
                with _open_arrow(path) as reader:
                    yield from _each(reader)


class _read_errors:  # noqa: N801 - a context manager, used like a function
    """Turns errors of pyarrow into a `DataError`."""

    def __init__(self, title: str) -> None:
        self._title = title

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        import pyarrow as pa

        if isinstance(error, pa.ArrowException | OSError | KeyError) and not isinstance(error, DataError):
            reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
            raise DataError(
                f"{self._title} cannot be read: {reason}; expected complete Parquet or Arrow files of one schema"
            ) from error


def _is_parquet(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(4) == b"PAR1"


def _open_arrow(path: Path) -> Any:
    import pyarrow as pa

    source = pa.memory_map(str(path))
    with path.open("rb") as stream:
        is_file = stream.read(6) == b"ARROW1"
    return pa.ipc.open_file(source) if is_file else pa.ipc.open_stream(source)


def _each(reader: Any) -> Iterator["pa.RecordBatch"]:
    is_file = hasattr(reader, "get_batch")
    for batch in map(reader.get_batch, range(reader.num_record_batches)) if is_file else reader:
        batch.validate(full=True)  # else offsets of a damaged file lead out of it
        yield batch


def _is_image_type(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    types = pa.types
    if types.is_struct(kind):
        return any(field.name == "bytes" and _is_bytes(field.type) for field in kind)
    return _is_bytes(kind) or (_is_list(kind) and _is_number(_inner(kind)))


def _is_bytes(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))


def _is_list(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def _inner(kind: "pa.DataType") -> "pa.DataType":
    while _is_list(kind):
        kind = kind.value_type
    return kind


def _is_number(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _is_label_type(kind: "pa.DataType") -> bool:
    import pyarrow as pa

    return bool(
        pa.types.is_integer(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_string(kind)
        or pa.types.is_large_string(kind)
        or pa.types.is_dictionary(kind)
    )


def _pick(schema: "pa.Schema", is_one: Any, known: tuple[str, ...], *, only_known: bool = False) -> str | None:
    """Return the column of a type, the usual names first; only among these if asked."""
    names = [field.name for field in schema if is_one(field.type)]
    usual = [name for wanted in known for name in names if name.lower() == wanted]
    return next(iter(usual or ([] if only_known else names)), None)


def _class_names(schema: "pa.Schema", label: str | None) -> list[str] | None:
    """Return the names of a ClassLabel in the schema that the package `datasets` wrote."""
    try:
        features = json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"]
        names = features[label]["names"]
    except (KeyError, TypeError, ValueError):
        return None
    is_names = (
        isinstance(names, list) and all(isinstance(name, str) for name in names) and len(set(names)) == len(names)
    )
    return names if is_names and names else None


def _content(value: Any) -> Content:
    """Return the image of a cell."""
    found: Any = value.as_py()
    if isinstance(found, dict):
        found = found.get("bytes")
        if found is None:
            raise DataError("the image is named by its path alone; expected its bytes in the table")
    if found is None:
        raise DataError("the image is missing in the table")
    if isinstance(found, bytes):
        if len(found) > MAX_BYTES:
            raise DataError(f"the image is larger than {MAX_BYTES / 1e6:.0f} MB")
        return bytes(found)
    try:
        pixels = np.asarray(found)
        if pixels.ndim == 1:
            pixels = pixels.reshape(square(pixels.size) or (0, 0))
        if pixels.dtype.kind not in "uif" or pixels.ndim not in (2, 3) or 0 in pixels.shape:
            raise ValueError("no image")
        pixels = as_images(pixels[None])[0]
    except ValueError as exc:  # DataError is one too
        raise DataError("the image is a list of numbers of no known shape") from exc
    if pixels.dtype.kind == "f" and pixels.max() <= 1:
        pixels = pixels * 255
    if not (pixels.min() >= 0 and pixels.max() <= 255):
        raise DataError("the image has values outside 0 to 255")
    return without_alpha(np.rint(pixels).astype(np.uint8))
