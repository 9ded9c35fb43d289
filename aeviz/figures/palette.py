"""One colour a class, the same on every page: a palette for a light ground and one for a dark ground.

Two palettes are needed, because ten colours with a contrast of 3 to 1 (WCAG 2.2, 1.4.11) to white and to the dark theme
would lie too near to each other in lightness, the one difference that everybody sees. What leaves Python has the
colours of a light page, unless the theme is known: `on_dark` gives the counterparts, kit/class_colours.js does so in
the browser.

The first and the seventh colour are the two sides of a comparison, equal in both palettes. A search with random starts
chose the other eight for a light ground: it maximised the smallest CIEDE2000 difference of two colours, that seen with
a deficiency counted 1.6 times, among colours with the contrast, with a chroma of at least 34 and no darker than
L* = 34: dots of three pixels in darker colours all look black. The deficiencies are protanopia, deuteranopia and
tritanopia: everybody sees dots that small as if without blue cones (foveal tritanopia), so an olive and a blue of one
lightness look alike there. Then the order was chosen so that digits which models confuse (3, 5, 8 and 4, 7, 9) differ
most, for each of these viewers. Simulated annealing then chose the counterparts on a dark ground, with a chroma of at
least 24: it turned the hues as little as the same differences allow.

References:
    G. Sharma, W. Wu and E. N. Dalal, The CIEDE2000 color-difference formula, Color Research and Application 30, 2005.
    D. R. Williams, D. I. A. MacLeod and M. M. Hayhoe, Foveal tritanopia, Vision Research 21(9), 1981.
    G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, A physiologically-based model for simulation of color vision
    deficiency, IEEE Transactions on Visualization and Computer Graphics 15(6), 2009, at severity 1.0.
"""

from typing import Any

import plotly.graph_objects as go

CLASS_COLOURS = (
    "#3f90da",
    "#7d395d",
    "#0f7a58",
    "#204e98",
    "#435701",
    "#829d62",
    "#e76300",
    "#7925ff",
    "#cb0036",
    "#c27398",
)
"""On a light ground."""
CLASS_COLOURS_ON_DARK = (
    "#3f90da",
    "#825874",
    "#28db88",
    "#b3c3ff",
    "#f7ffd0",
    "#8f9368",
    "#e76300",
    "#723bf0",
    "#c4223b",
    "#de8cb2",
)
"""On a dark ground."""
LEAST_DIFFERENCE = 20.0
"""Each two class colours differ by more, in CIEDE2000, for normal vision."""
LEAST_DIFFERENCE_DEFICIENT = 12.5
"""The same with protanopia, deuteranopia and tritanopia."""
LARGEST_TURN = 15.0
"""A class has the same hue on both grounds up to so many degrees of CIELAB."""
LEAST_CONTRAST = 3.0
"""Each has a contrast ratio of more (WCAG 2.2) to the background of its theme."""
DARK_GROUND = "#171614"
"""Background of the dark theme of Streamlit, as the app has it."""
UNLABELLED = "#8c8c8c"
"""Points without a class."""
FIRST, SECOND = "#3f90da", "#e76300"
"""The two sides of a comparison, left and right."""
_ON_DARK = dict(zip(CLASS_COLOURS, CLASS_COLOURS_ON_DARK, strict=True))


def class_colour(label: int) -> str:
    """Return the colour of a class as #rrggbb; classes beyond ten begin the sequence again."""
    return CLASS_COLOURS[label % len(CLASS_COLOURS)]


def on_dark(figure: go.Figure) -> go.Figure:
    """Return a copy of a figure with the class colours of a dark ground; other colours stay."""
    return go.Figure(_recoloured(figure.to_plotly_json()))


def _recoloured(value: Any) -> Any:
    if isinstance(value, str):
        return _ON_DARK.get(value, value)
    if isinstance(value, dict):
        return {name: _recoloured(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_recoloured(part) for part in value]
    return value
