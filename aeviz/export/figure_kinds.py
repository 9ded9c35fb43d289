"""Which figures there are for print, and in which formats."""

from typing import Literal, get_args

Kind = Literal["map", "plane", "curves", "reconstructions"]
"""The encoded test images; images decoded all over the plane; losses over the epochs; images with reconstructions."""
KINDS: tuple[Kind, ...] = get_args(Kind)
Format = Literal["svg", "pdf", "png"]
FORMATS: tuple[Format, ...] = get_args(Format)
WIDTH_MM = 85.0
"""Usual width: a column of most journals."""
NARROWEST_MM, WIDEST_MM = 40.0, 400.0
