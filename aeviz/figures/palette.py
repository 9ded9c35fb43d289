"""One colour a class, the same on every page.

References:
    M. Petroff, Accessible color sequences for data visualization, 2021, arXiv:2107.02270, the 10-colour sequence:
    chosen by a survey among sequences that people with the common colour deficiencies can tell apart.
"""

CLASS_COLOURS = (
    "#3f90da",
    "#ffa90e",
    "#bd1f01",
    "#94a4a2",
    "#832db6",
    "#a96b59",
    "#e76300",
    "#b9ac70",
    "#717581",
    "#92dadd",
)
UNLABELLED = "#8c8c8c"
"""Points without a class."""
FIRST, SECOND = "#3f90da", "#e76300"
"""The two sides of a comparison, left and right."""


def class_colour(label: int) -> str:
    """Return the colour of a class as #rrggbb; classes beyond ten begin the sequence again."""
    return CLASS_COLOURS[label % len(CLASS_COLOURS)]
