"""Confusion tables with shaded cells, one or more beside each other; a cell can be chosen."""

from collections.abc import Mapping, Sequence

import numpy as np

from aeviz.web.components.kit.mount import Component

_component = Component(
    name="confusion", script="confusion/confusion.js", style="confusion/confusion.css", events=("cell",)
)
Cell = tuple[int, int, int]
"""Place of a table, of a row (class of the original) and of a column (class that it is read as), each from 0."""


def confusion_tables(tables: Mapping[str, np.ndarray], names: Sequence[str], first: Cell, *, key: str) -> Cell:
    """Show a table for each model, and return the cell that the visitor has chosen.

    Args:
        tables: Counts by title, (K, K), int64: original in rows, reconstruction in columns.
        names: The K classes.
        first: The cell that is chosen until the visitor chooses another.
        key: Identity of the tables on the page.

    Returns:
        A cell that holds at least one image; `first` where the browser sent no such cell.
    """
    counts = [table.tolist() for table in tables.values()]
    data = {"titles": list(tables), "counts": counts, "names": list(names), "first": list(first)}
    return read_cell(_component.show(data, key=key).get("cell"), list(tables.values())) or first


def read_cell(message: object, tables: Sequence[np.ndarray]) -> Cell | None:
    """Return the cell in a message, which any browser may have made up; None if there is no such cell with images."""
    if not isinstance(message, list) or len(message) != 3 or any(type(part) is not int for part in message):
        return None
    at, row, column = message
    if not 0 <= at < len(tables) or not all(0 <= part < len(tables[at]) for part in (row, column)):
        return None
    return (at, row, column) if tables[at][row, column] > 0 else None
