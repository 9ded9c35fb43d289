"""A convolution and a pooling on numbers that the visitor edits, without a rerun."""

from collections.abc import Callable, Mapping, Sequence

from aeviz.figures.palette import FIRST, SECOND
from aeviz.web.components.kit.mount import Component

CHANGED = "changed"
"""Event: the visitor has let go; its value is the new list of numbers."""
ACCENT = "#c2419f"
_component = Component(
    name="convolution", script="convolution/convolution.js", style="kit/grids.css", events=(CHANGED,)
)


def convolution(
    values: Sequence[float],
    *,
    kernels: Mapping[str, Sequence[int]],
    inputs: Mapping[str, Sequence[int]],
    figure: Sequence[float],
    key: str,
    on_change: Callable[[], None],
) -> None:
    """Show input, kernel, feature map and what follows, as grids of numbers.

    Args:
        values: Size of the kernel, whether the convolution is transposed (0 or 1), stride, padding and divisor; kind of
            the second step (0 to 4: none, max, min and average pooling, the way back), its window and stride; bias and
            activation function of the layer (0 to 3: none, ReLU, sigmoid, tanh); then the kernel and the input, row by
            row.
        kernels: Divisor and nine weights by name.
        inputs: Square images by name, row by row.
        figure: Values of S2's Figure 2.6.
        key: Identity on the page.
        on_change: Called when the visitor has changed something; `kit.mount.numbers_of` says what.
    """
    data = {
        "values": list(values),
        "colours": [FIRST, SECOND],
        "accent": ACCENT,
        "kernels": {name: list(numbers) for name, numbers in kernels.items()},
        "inputs": {name: list(numbers) for name, numbers in inputs.items()},
        "figure": list(figure),
    }
    _component.show(data, key=key, callbacks={CHANGED: on_change})
