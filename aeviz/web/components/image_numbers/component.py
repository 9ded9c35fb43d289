"""An image as a matrix, as a vector and back, and the rounding of its pixels, without a rerun."""

from collections.abc import Callable, Mapping, Sequence

from aeviz.figures.palette import FIRST, SECOND
from aeviz.web.components.kit.mount import Component

CHANGED = "changed"
"""Event: the visitor has let go; its value is the new list of numbers."""
ACCENT = "#c2419f"
_component = Component(
    name="image_numbers", script="image_numbers/image_numbers.js", style="kit/grids.css", events=(CHANGED,)
)


def image_numbers(
    values: Sequence[float], images: Mapping[str, Sequence[float]], *, key: str, on_change: Callable[[], None]
) -> None:
    """Show an image of 8x8 pixels as numbers.

    Args:
        values: Place of the image, chosen cell (0 to 63), bits (1 to 8), columns (a power of 2 from 2 to 32), what the
            cells show (0 to 3: p, p times the largest level, level with ties down, level with ties to even), and 255 p
            of the pixel that is rounded.
        images: 64 pixels in [0, 1] by name, row by row.
        key: Identity on the page.
        on_change: Called when the visitor has changed something; `kit.mount.numbers_of` says what.
    """
    data = {
        "values": list(values),
        "images": [list(pixels) for pixels in images.values()],
        "names": list(images),
        "colours": [FIRST, SECOND],
        "accent": ACCENT,
    }
    _component.show(data, key=key, callbacks={CHANGED: on_change})
