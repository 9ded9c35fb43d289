"""Files of one JSON object a line, to which training appends: history.jsonl and moments.jsonl. Needs no torch."""

import io
from pathlib import Path
from typing import TypeVar

from aeviz.errors import CheckpointFormatError, ConfigError
from aeviz.records import from_mapping
from aeviz.training.safe_files import parse_json, size_problem

LINES_BYTES = 64 << 20
"""Largest such file that is read: 200,000 epochs of 300 bytes. Parsed, it takes at most 250 MB of memory."""
LINE_BYTES = 64 << 10
"""Longest line: a report has 300 bytes, the moments of a network of 64 layers 7,000."""
_Record = TypeVar("_Record")


def parse_lines(cls: type[_Record], content: bytes, path: Path, *, noun: str, before: int = 0) -> list[_Record]:
    """Parse the finished lines of a file as records; a last line without its line end is left out.

    Args:
        cls: The dataclass of a line.
        content: UTF-8 text.
        path: The file, for messages.
        noun: What a line is, for messages.
        before: Number of lines of the file that come before the text.

    Raises:
        CheckpointFormatError: A line holds something else; the message names it by its number.
    """
    records = []
    for number, line in enumerate(io.BytesIO(content), start=before + 1):
        if not line.endswith(b"\n"):
            break
        try:
            if problem := size_problem(len(line), LINE_BYTES):
                raise ValueError(problem)
            records.append(from_mapping(cls, parse_json(line)))
        except (ValueError, ConfigError) as error:
            raise CheckpointFormatError(
                f"line {number} of {path.name} of run '{path.parent.name}' is no {noun}: {error}; "
                "remove the line or train the model again"
            ) from error
    return records
