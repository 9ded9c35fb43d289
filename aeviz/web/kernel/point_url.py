"""A latent point as short text, for the address: the coordinates off rest in whichever basis has fewer of them."""

import math
import re
from collections.abc import Sequence

import numpy as np

from aeviz.analysis.basis import Basis
from aeviz.web.kernel import spaces
from aeviz.web.kernel.models import Model

POINT = ".at"
"""Ends the URL parameter of a model's point; the model's name comes before it."""
_FARTHEST = 100.0
"""Deviations from rest beyond which an address is not followed."""
_ENTRY = re.compile(r"(z|PC)([1-9][0-9]{0,5})_(-?[0-9.]{1,24}(?:e[-+]?[0-9]{1,2})?)")


def bases_of(model: Model) -> tuple[Basis, Basis]:
    """Return the two bases in which a point of a model is written. The model must have a summary."""
    return spaces.basis(model, "latent"), spaces.basis(model, "principal")


def point_parameter(model: Model, point: np.ndarray) -> dict[str, str]:
    """Return the URL parameter that leads a visitor of Decode to a latent point, (D,)."""
    text = write_point(bases_of(model), point)
    return {model.name + POINT: text} if text else {}


def write_point(bases: Sequence[Basis], point: np.ndarray) -> str:
    """Return a point as short text, such as z3_1.25~z17_-0.5; a point at rest is the empty text.

    Coordinates are rounded to a thousandth of a deviation or finer.
    """
    basis, coordinates = _round(bases, point)
    return "~".join(f"{basis.names[axis]}_{_shorten(value)}" for axis, value in coordinates.items())


def round_point(bases: Sequence[Basis], point: np.ndarray) -> np.ndarray:
    """Return the point, (D,), that the text of a point stands for, so that its address leads to the same image."""
    basis, rounded = _round(bases, point)
    return _place(basis, {axis: float(value) for axis, value in rounded.items()}) if rounded else bases[0].origin


def read_point(bases: Sequence[Basis], text: str) -> np.ndarray | None:
    """Return the point, (D,), that `write_point` wrote; None where the text names no coordinate of one basis."""
    for basis in bases:
        places = {name: axis for axis, name in enumerate(basis.names)}
        coordinates = {}
        for entry in text.split("~"):
            match = _ENTRY.fullmatch(entry)
            axis = None if match is None else places.get(match[1] + match[2])
            value = None if match is None or axis is None else _to_number(match[3])
            if axis is not None and value is not None:
                coordinates[axis] = value
        if coordinates:
            return _place(basis, coordinates)
    return None


def _round(bases: Sequence[Basis], point: np.ndarray) -> tuple[Basis, dict[int, str]]:
    """Return the basis in which fewer coordinates are off rest, and those coordinates, rounded, as text."""
    candidates = [(basis, _off_rest(basis, point)) for basis in bases]
    return min(candidates, key=lambda candidate: len(candidate[1]))


def _off_rest(basis: Basis, point: np.ndarray) -> dict[int, str]:
    coordinates = {}
    for axis, (value, rest, unit) in enumerate(
        zip(basis.coordinates(point), basis.rest, basis.deviations, strict=True)
    ):
        decimals = max(0, 3 - math.floor(math.log10(unit)))
        if round(abs(value - rest), decimals) > 0:
            coordinates[axis] = f"{value:.{decimals}f}"
    return coordinates


def _place(basis: Basis, coordinates: dict[int, float]) -> np.ndarray:
    """Return the point with these coordinates and the others at rest, no farther away than an address may lead."""
    values = basis.rest.copy()
    for axis, value in coordinates.items():
        reach = _FARTHEST * basis.deviations[axis]
        values[axis] = np.clip(value, basis.rest[axis] - reach, basis.rest[axis] + reach)
    return basis.point_at(values)


def _shorten(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def _to_number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
