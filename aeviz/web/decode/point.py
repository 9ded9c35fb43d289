"""The latent point that a visitor of Decode has come to: in the session, in the address, undone."""

import math
import re
from collections.abc import Sequence

import numpy as np
import streamlit as st

from aeviz.analysis.basis import Basis
from aeviz.training.runs import RunFolder
from aeviz.web.kernel import cache, spaces
from aeviz.web.kernel.page import has_just_arrived

MOST_JUMPS = 50
"""Jumps that can be undone."""
_FARTHEST = 100.0
"""Deviations from rest beyond which an address is not followed."""
MOST_STOPS = 12
"""Points that can be kept to walk between."""
MOST_TEXT = 3000
"""Characters that kept points may take in the address: servers between refuse longer lines."""
_AT, _STOPS, _STOP, _REST = ".at", ".stops", "!", "rest"
_ENTRY = re.compile(r"(z|PC)([1-9][0-9]{0,5})_(-?[0-9.]{1,24}(?:e[-+]?[0-9]{1,2})?)")


def settle(run: RunFolder) -> None:
    """Follow the address to a point when the visitor comes with one, or begin at rest."""
    bases = _bases(run)
    held = st.session_state.get(_point(run))
    if held is None or len(held) != len(bases[0].names):
        _hold(run, bases[0].origin)
        held = None
    if held is None or has_just_arrived():
        asked = _asked(run, bases)
        if asked is not None and held is None:
            _hold(run, asked)
        elif asked is not None and write_point(bases, asked) != write_point(bases, point_of(run)):
            jump(run, asked)
        written = st.query_params.get(run.name + _STOPS)
        if written is not None:
            found = [bases[0].origin if text == _REST else read_point(bases, text) for text in written.split(_STOP)]
            keep_stops(run, [stop.tolist() for stop in found if stop is not None])


def point_of(run: RunFolder) -> np.ndarray:
    """Return the current point, (D,), float64."""
    return np.array(st.session_state[_point(run)])


def turn_of(run: RunFolder) -> int:
    """Return how often the point was moved by anything but the visitor's hand in the page."""
    turn: int = st.session_state.get(_turn(run), 0)
    return turn


def follow(run: RunFolder, point: np.ndarray) -> None:
    """Go where the visitor has moved the point, (D,), in the page, so that they can come back to the present one."""
    before = _held(run)
    _hold(run, point)
    if _held(run) != before:  # else an undo of this would seem to do nothing
        st.session_state[_past(run)] = [*_steps(_past(run)), before][-MOST_JUMPS:]
        st.session_state[_future(run)] = []


def jump(run: RunFolder, point: np.ndarray) -> None:
    """Go to a point, (D,), as `follow` does, and take the page along."""
    follow(run, point)
    st.session_state[_turn(run)] = turn_of(run) + 1


def stops_of(run: RunFolder) -> tuple[tuple[float, ...], ...]:
    """Return the points, D numbers each, that the visitor keeps to walk between."""
    stops: tuple[tuple[float, ...], ...] = st.session_state.get(_stops(run), ())
    return stops


def keep_stops(run: RunFolder, stops: Sequence[Sequence[float]]) -> None:
    """Keep points to walk between, at most `MOST_STOPS`."""
    st.session_state[_stops(run)] = tuple(tuple(stop) for stop in stops[:MOST_STOPS])


def undo(run: RunFolder) -> None:
    """Go back to where the last jump began; the present point is kept for `redo`."""
    _swap(run, _past(run), _future(run))


def redo(run: RunFolder) -> None:
    """Take back the last `undo`."""
    _swap(run, _future(run), _past(run))


def can_undo(run: RunFolder) -> bool:
    """Whether there is a jump to undo."""
    return bool(_steps(_past(run)))


def can_redo(run: RunFolder) -> bool:
    """Whether there is an undo to take back."""
    return bool(_steps(_future(run)))


def keep_address(run: RunFolder) -> bool:
    """Write the current point into the address, and take out what belongs to other models or is out of date.

    Returns:
        Whether the kept points are there too; those of many dimensions may be too long for an address.
    """
    bases = _bases(run)
    stops = _STOP.join(write_point(bases, np.array(stop)) or _REST for stop in stops_of(run))
    fits = len(stops) <= MOST_TEXT
    mine = {run.name + _AT: write_point(bases, point_of(run)), run.name + _STOPS: stops if fits else ""}
    for name in list(st.query_params):
        if (name.endswith((_AT, _STOPS)) and not mine.get(name)) or _is_slider(run, name):
            del st.query_params[name]
    for name, text in mine.items():
        if text and st.query_params.get(name) != text:
            st.query_params[name] = text
    return fits


def written(run: RunFolder, point: np.ndarray) -> dict[str, str]:
    """Return the URL parameter that leads a visitor of Decode to a latent point, (D,)."""
    text = write_point(_bases(run), point)
    return {run.name + _AT: text} if text else {}


def write_point(bases: Sequence[Basis], point: np.ndarray) -> str:
    """Return a point as short text: the coordinates off rest in whichever basis has fewer of them, z3_1.25~z17_-0.5.

    Coordinates are rounded to a thousandth of a deviation or finer.
    """
    texts = [_write(basis, point) for basis in bases]
    return min(texts, key=lambda text: text.count("~"))


def read_point(bases: Sequence[Basis], text: str) -> np.ndarray | None:
    """Return the point, (D,), that `write_point` wrote; None where the text names no coordinate of one basis."""
    for basis in bases:
        places = {name: axis for axis, name in enumerate(basis.names)}
        coordinates, found = basis.rest.copy(), False
        for entry in text.split("~"):
            match = _ENTRY.fullmatch(entry)
            axis = None if match is None else places.get(match[1] + match[2])
            value = None if match is None or axis is None else _to_number(match[3])
            if axis is not None and value is not None:
                reach = _FARTHEST * basis.deviations[axis]
                coordinates[axis] = np.clip(value, basis.rest[axis] - reach, basis.rest[axis] + reach)
                found = True
        if found:
            return basis.point_at(coordinates)
    return None


def _write(basis: Basis, point: np.ndarray) -> str:
    parts = []
    for name, value, rest, unit in zip(
        basis.names, basis.coordinates(point), basis.rest, basis.deviations, strict=True
    ):
        decimals = max(0, 3 - math.floor(math.log10(unit)))
        if round(abs(value - rest), decimals) > 0:
            parts.append(f"{name}_{_shorten(f'{value:.{decimals}f}')}")
    return "~".join(parts)


def _shorten(number: str) -> str:
    return number.rstrip("0").rstrip(".") if "." in number else number


def _or_rest(bases: Sequence[Basis], point: np.ndarray | None) -> np.ndarray:
    return bases[0].origin if point is None else point


def _to_number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _asked(run: RunFolder, bases: Sequence[Basis]) -> np.ndarray | None:
    """Return the point that the address names, also in the form with a parameter for each slider; else None."""
    whole = read_point(bases, st.query_params.get(run.name + _AT, ""))
    if whole is not None:
        return whole
    sliders = [name for name in st.query_params if _is_slider(run, name)]
    return read_point(bases, "~".join(f"{name.rpartition('.')[2]}_{st.query_params[name]}" for name in sliders))


def _is_slider(run: RunFolder, name: str) -> bool:
    prefix = run.name + ".z"
    return name.startswith(prefix) and name.removeprefix(prefix).isdecimal()


def _point(run: RunFolder) -> str:
    return f"{run.name}.point"


def _turn(run: RunFolder) -> str:
    return f"{run.name}.turn"


def _stops(run: RunFolder) -> str:
    return f"{run.name}.kept"


def _past(run: RunFolder) -> str:
    return f"{run.name}.past"


def _future(run: RunFolder) -> str:
    return f"{run.name}.future"


def _steps(key: str) -> list[tuple[float, ...]]:
    steps: list[tuple[float, ...]] = st.session_state.get(key, [])
    return steps


def _held(run: RunFolder) -> tuple[float, ...]:
    point: tuple[float, ...] = st.session_state[_point(run)]
    return point


def _bases(run: RunFolder) -> tuple[Basis, Basis]:
    key = cache.run_key(run)
    return spaces.basis(key, "latent"), spaces.basis(key, "principal")


def _hold(run: RunFolder, point: np.ndarray) -> None:
    """Keep a point as the address names it, so that whoever follows the address sees the same image."""
    bases = _bases(run)
    point = _or_rest(bases, read_point(bases, write_point(bases, point)))
    st.session_state[_point(run)] = tuple(point.astype(np.float64).tolist())


def _swap(run: RunFolder, source: str, target: str) -> None:
    steps = _steps(source)
    if steps:
        st.session_state[target] = [*_steps(target), _held(run)][-MOST_JUMPS:]
        st.session_state[source] = steps[:-1]
        _hold(run, np.array(steps[-1]))
        st.session_state[_turn(run)] = turn_of(run) + 1
