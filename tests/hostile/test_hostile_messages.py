"""Addresses and messages of the page's components, which any program may have made up: a value, or none."""

import functools
import json
from contextlib import suppress
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aeviz.analysis.basis import Basis
from aeviz.analysis.selection import Selection, points_in_selection
from aeviz.errors import LessonError
from aeviz.lessons.views import parse_view
from aeviz.web.components.activations import component as activations
from aeviz.web.components.confusion import component as confusion
from aeviz.web.components.drawing import component as drawing
from aeviz.web.components.explorer import component as explorer
from aeviz.web.components.kit import mount
from aeviz.web.components.map import component as latent_map
from aeviz.web.components.paste import component as paste
from aeviz.web.components.playground import component as playground
from aeviz.web.components.surface import component as surface
from aeviz.web.components.widget import component as widget
from aeviz.web.generate import arithmetic, temperature
from aeviz.web.kernel import point_url, url
from aeviz.web.lab import numbers
from aeviz.web.map.selection_url import selection_from_text, selection_to_text
from aeviz.web.network.view import _IMAGE
from aeviz.web.playground import choices

HUGE = [10**400, -(10**400), 2**63, 2**64, -1, 10**9, 0.5, 1e308, float("nan"), float("inf"), -float("inf"), True]
SCALARS = st.none() | st.booleans() | st.integers(-3, 5) | st.sampled_from(HUGE) | st.floats() | st.text(max_size=6)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
)
NUMBERS = st.lists(SCALARS, min_size=2, max_size=3)
FIELDS = ("values", "pair", "along", "backdrop", "waypoints", "number", "model", "points", "place", "png", "placed",
          "panel", "polygon", "camera", "centre", "half", "yaw", "pitch", "weights", "step")  # fmt: skip
PARTS = st.dictionaries(st.sampled_from(FIELDS), VALUES | NUMBERS | st.lists(NUMBERS, max_size=4), max_size=8)
EVENTS = ("point", "view", "request", "image", "drawing", "start", "cell", "pasted", "kept", *latent_map.EVENTS)
STATES = VALUES | st.dictionaries(st.sampled_from(EVENTS), VALUES | NUMBERS | PARTS, min_size=1, max_size=6)
TABLES = [np.array([[1, 0], [2, 3]])]


def is_finite(values):
    return np.isfinite(np.array(values, np.float64)).all()


def read_all(state):
    """Read a state in all the ways of the components; what comes out is what their pages expect."""
    for point in (explorer.read_point(state, 2), widget.read_point(state, 2)):
        assert point is None or (len(point) == 2 and is_finite(point))
    request = explorer.read_request(state, 2)
    assert request is None or (0 < len(request.points) <= explorer.MOST_POINTS and is_finite(request.points))
    look = explorer.read_look(state, 2)
    assert look.pair is None or sorted(look.pair) == [0, 1]
    assert look.along in (None, 0, 1)
    assert (activations.read_image(state) or 0) >= 0
    drawn = drawing.read_drawing(state)
    assert drawn.png is None or drawn.png.startswith(b"\x89PNG")
    event = latent_map.read_event(state)
    assert len(astuple(event)) == 11
    if event.selection is not None:
        points_in_selection(np.zeros((3, 2 if event.selection.camera is None else 3), np.float32), event.selection)
        selection_to_text(event.selection)
    chosen = widget.read_selection(state, 5)
    assert set(chosen.tolist()) <= set(range(5))
    start = surface.read_start(state, (-1.0, -1.0), (1.0, 1.0))
    assert start is None or (np.abs(start) <= 1).all()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mount.st, "session_state", {mount.safe_key("x"): state})
        assert all(isinstance(number, float) for name in EVENTS for number in mount.numbers_of("x", name))
        sent = playground.sent_of("x")
        assert sent is None or isinstance(sent.weights, bytes)
    for message in [state, *(state.values() if isinstance(state, dict) else ())]:
        cell = confusion.read_cell(message, TABLES)
        assert cell is None or TABLES[cell[0]][cell[1:]] > 0
        assert all(isinstance(image, bytes) for image in paste.read_pasted(message))


PNG = "data:image/png;base64,iVBORw0KGgo="


def quiet(count):
    return settings(max_examples=count, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def at_levels(few, many, *strategies):
    """Draw few examples in `make test` and many in `make test-slow`."""

    def decorate(check):
        def run(count):
            quiet(count)(given(*strategies)(check))()

        run.__name__, run.__doc__ = check.__name__, check.__doc__
        marks = [pytest.param(few, id="few"), pytest.param(many, id="many", marks=pytest.mark.slow)]
        return pytest.mark.parametrize("count", marks)(run)

    return decorate


@pytest.mark.parametrize(
    "state",
    [
        {"start": [10**400, 0]},
        {"start": [0, -(10**400)]},
        {"point": {"values": [10**400, 0]}},
        {"point": [10**400, 0]},
        {"selection": {"panel": 0, "polygon": [[0, 0], [10**400, 0], [1, 1]]}},
        {"selection": {"panel": 0, "polygon": "abc"}},
        {"selection": {"panel": 0, "polygon": [[0, 0], [1, 0], [1, 1]], "camera": {"centre": "abc"}}},
        {"blend": 10**400, "morph": float("nan")},
        {"ellipses": [], "field": {}},
        {"drawing": {"png": PNG, "number": 10**400}},
        {"drawing": {"png": "data:image/png;base64,\u0661"}},
        {"image": {"place": 10**400}},
        {"pasted": ["\ud800", "A" * 5, "AAAA"]},
    ],
    ids=lambda state: str(state)[:40],
)
def test_state_that_was_made_up(state):
    read_all(state)


@at_levels(60, 800, STATES)
def test_states_of_components(state):
    read_all(state)
    read_all(json.loads(json.dumps(state)))


@functools.cache
def bases():
    latent = Basis(
        names=("z1", "z2"),
        notes=("", ""),
        axes=np.eye(2),
        origin=np.zeros(2),
        rest=np.zeros(2),
        deviations=np.ones(2),
        ranges=np.array([[-1.0, 1.0]] * 2),
    )
    return (latent,)


PARSERS = {
    "number": url.parse_number,
    "numbers": url.parse_numbers,
    "share": url.parse_share,
    "outline": selection_from_text,
    "image of Network": _IMAGE.parse,
    "temperature": temperature.TEMPERATURE.parse,
    "strength": arithmetic.STRENGTH.parse,
    "point": lambda text: point_url.read_point(bases(), text),
    **{f"{name} of the Playground": field.parse for name, field in choices.FIELDS.items()},
    "numbers of the Lab": lambda text: numbers.parse_numbers(text, [((-3.0, 3.0), (-3.0, 3.0))]),
}
LETTERS = st.text("0123456789.-+_~,eExzPC:NaInf \u0661\u00b2%/&=", max_size=30)
ADDRESSES = (
    LETTERS | st.text(max_size=12) | st.sampled_from(["9" * 5000, "1e999", "-0", "\u00b2", "1_0", "0~c1,1,1,1,1,1~"])
)


def parse_all(text):
    for parse in PARSERS.values():
        found = parse(text)
        if isinstance(found, int | float | tuple | np.ndarray):
            assert is_finite(found)
        elif isinstance(found, Selection):
            points_in_selection(np.zeros((3, 2 if found.camera is None else 3), np.float32), found)
    for address in (f"/explore?{text}", text):
        with suppress(LessonError):
            parse_view(address, ["/explore"])


@pytest.mark.parametrize(
    "text", ["9" * 5000, "\u00b2", "\u0661", "1e999", "nan", "-inf", "1_0", "0~nan,1~2,3~4,5", "//[", "/\ud800"]
)
def test_address_that_was_made_up(text):
    parse_all(text)


@at_levels(40, 1000, ADDRESSES)
def test_addresses(text):
    parse_all(text)
