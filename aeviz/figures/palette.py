"""One colour a class, the same on every page.

The first and the seventh colour are the two sides of a comparison. A search with random starts over 18 levels of red,
green and blue chose the other eight: it maximised the smallest CIEDE2000 difference of two colours, that seen with
protanopia or deuteranopia counted 1.6 times, among colours that stand out from white and from the dark theme. Then
the order was chosen so that digits which models confuse (3, 5, 8 and 4, 7, 9) differ most. The darkest colour was made
slightly lighter for the dark theme.

References:
    G. Sharma, W. Wu and E. N. Dalal, The CIEDE2000 color-difference formula, Color Research and Application 30, 2005.
    G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, A physiologically-based model for simulation of color vision
    deficiency, IEEE Transactions on Visualization and Computer Graphics 15(6), 2009, at severity 1.0.
"""

CLASS_COLOURS = (
    "#3f90da",
    "#788769",
    "#877887",
    "#960f78",
    "#5ac3c3",
    "#784b0f",
    "#e76300",
    "#003cf0",
    "#d2b496",
    "#1f4e3f",
)
LEAST_DIFFERENCE = 24.0
"""Each two class colours differ by more, in CIEDE2000, for normal vision."""
LEAST_DIFFERENCE_DEFICIENT = 15.0
"""The same with protanopia and with deuteranopia."""
LEAST_CONTRAST = 1.85
"""Each has a contrast ratio of more (WCAG 2.2) to white and to the background of the dark theme."""
UNLABELLED = "#8c8c8c"
"""Points without a class."""
FIRST, SECOND = "#3f90da", "#e76300"
"""The two sides of a comparison, left and right."""


def class_colour(label: int) -> str:
    """Return the colour of a class as #rrggbb; classes beyond ten begin the sequence again."""
    return CLASS_COLOURS[label % len(CLASS_COLOURS)]
