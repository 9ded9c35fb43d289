"""A figure of a width in millimetres, and the file that it becomes."""

import io
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from aeviz.errors import ConfigError
from aeviz.export.figure_kinds import FORMATS, NARROWEST_MM, WIDEST_MM, Format

MM = 1 / 25.4
"""Inches."""
FONT_PT = 8.0
DPI = 300
"""Of PNG files, and of what is raster in the others."""
_RULES: Any = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that a figure is the same everywhere
    "font.size": FONT_PT,
    "axes.titlesize": FONT_PT,
    "axes.labelsize": FONT_PT,
    "xtick.labelsize": FONT_PT,
    "ytick.labelsize": FONT_PT,
    "legend.fontsize": FONT_PT,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "lines.linewidth": 1.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "aeviz",  # the same figure gives the same file
    "pdf.fonttype": 42,  # TrueType, as publishers ask
}
_drawing = threading.RLock()


@contextmanager
def rules() -> Iterator[None]:
    """Draw by the rules of print; one figure at a time, since matplotlib's settings are those of the whole process."""
    with _drawing, mpl.rc_context(_RULES):
        yield


def new_figure(width_mm: float, height_mm: float) -> Figure:
    """Return an empty figure.

    Raises:
        ConfigError: The width is out of range.
    """
    if not NARROWEST_MM <= width_mm <= WIDEST_MM:  # no NaN is
        raise ConfigError(f"width={width_mm:g}; expected {NARROWEST_MM:g} to {WIDEST_MM:g} mm")
    return Figure(figsize=(width_mm * MM, height_mm * MM), dpi=DPI, layout="constrained")


def to_file(figure: Figure, form: Format, title: str, settings: Mapping[str, object]) -> bytes:
    """Return a figure as a file of exactly its size.

    Args:
        figure: What `new_figure` made.
        form: "svg", "pdf" or "png".
        title: Title of the file.
        settings: JSON values that say how it was made; they stand in the file's metadata.

    Raises:
        ConfigError: There is no such format.
    """
    if form not in FORMATS:
        raise ConfigError(f"format={form!r} is unknown; expected {', '.join(FORMATS)}")
    text, creator = json.dumps(settings, ensure_ascii=False, sort_keys=True), f"aeviz {settings.get('version', '')}"
    metadata: dict[Format, dict[str, Any]] = {
        "svg": {"Title": title, "Creator": creator, "Description": text, "Date": None},
        "pdf": {"Title": title, "Creator": creator, "Subject": text, "CreationDate": None},
        "png": {"Title": title, "Software": creator, "Description": text},
    }
    content = io.BytesIO()
    with rules():
        figure.savefig(content, format=form, dpi=DPI, metadata=metadata[form], facecolor="white")
    return content.getvalue()
