"""What Python takes from the studio: a browser may send anything."""

import importlib
import math

import pytest
from streamlit.testing.v1 import AppTest


def show_nothing():
    import streamlit as st

    from aeviz.web.components.explorer import component
    from aeviz.web.components.kit import blobs

    st.text(component.IS_AVAILABLE and blobs.IS_AVAILABLE)


@pytest.fixture(scope="module")
def component():
    """The component's module, imported in a running app: outside one it does not find its files."""
    app = AppTest.from_function(show_nothing).run()
    assert not app.exception
    assert app.text[0].value == "True"
    return importlib.import_module("aeviz.web.components.explorer.component")


STRANGE = [None, "text", 3, [], {}, {"values": None}, {"values": {}}, [1.0, 2.0], b"bytes"]


@pytest.mark.parametrize("state", [None, "text", [], {}, *({"point": each} for each in STRANGE)])
def test_no_message_is_no_point(component, state):
    assert component.read_point(state, 2) is None


def test_point_is_read(component):
    assert component.read_point({"point": {"number": 1, "values": [1, -2.5]}}, 2) == (1.0, -2.5)


@pytest.mark.parametrize(
    "values",
    [
        [],
        [1.0],
        [1.0, 2.0, 3.0],
        [1.0, None],
        [1.0, "2"],
        [1.0, True],
        [1.0, math.nan],
        [1.0, math.inf],
        [1.0, 1e300],
        [1.0, 10**400],
        [[1.0], 2.0],
        "12",
        {"0": 1.0, "1": 2.0},
    ],
)
def test_odd_point_counts_as_absent(component, values):
    assert component.read_point({"point": {"values": values}}, 2) is None


def test_look_is_read(component):
    message = {"pair": [2, 0], "along": 1, "backdrop": "points", "stops": [[1, 2, 3], [0.5, 0, 0]]}
    found = component.read_look({"view": message}, 3)
    assert found == component.Look(pair=(2, 0), along=1, backdrop="points", stops=((1.0, 2.0, 3.0), (0.5, 0.0, 0.0)))


@pytest.mark.parametrize("state", [None, "text", [], {}, *({"view": each} for each in STRANGE)])
def test_no_message_is_no_look(component, state):
    assert component.read_look(state, 3) == component.Look()


@pytest.mark.parametrize("pair", [None, 1, [], [0], [0, 0], [0, 3], [-1, 0], [0, 1, 2], [0, 1.0], [True, 0], ["0", 1]])
def test_odd_pair_counts_as_absent(component, pair):
    assert component.read_look({"view": {"pair": pair}}, 3).pair is None


@pytest.mark.parametrize("along", [None, "1", 1.0, True, -1, 3, [1], 10**30])
def test_odd_axis_counts_as_absent(component, along):
    assert component.read_look({"view": {"along": along}}, 3).along is None


@pytest.mark.parametrize(
    ("stops", "expected"),
    [(None, None), ("text", None), ([], ()), ([[1, 2], None, [math.nan, 1], [3, 4]], ((1, 2), (3, 4)))],
)
def test_odd_stops_are_left_out(component, stops, expected):
    assert component.read_look({"view": {"stops": stops}}, 2).stops == expected


def test_question_is_read(component):
    message = {"number": 2**39, "kind": "decode", "model": 1, "points": [[0, 1], [2, 3]]}
    expected = component.Question(number=2**39, kind="decode", model=1, points=((0.0, 1.0), (2.0, 3.0)))
    assert component.read_question({"ask": message}, 2) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"number": "1"},
        {"number": True},
        {"number": None},
        {"model": 0.5},
        {"model": None},
        {"kind": "train"},
        {"kind": None},
        {"kind": ["far"]},
        {"points": None},
        {"points": []},
        {"points": "00"},
        {"points": [[0, 1], [0]]},
        {"points": [[0, 1], None]},
        {"points": [[0, math.nan]]},
        {"points": [[0, 0]] * 401},
    ],
)
def test_odd_question_counts_as_absent(component, change):
    message = {"number": 1, "kind": "far", "model": 0, "points": [[0, 1]]}
    assert component.read_question({"ask": message}, 2) is not None
    assert component.read_question({"ask": message | change}, 2) is None


@pytest.mark.parametrize("state", [None, "text", [], {}, *({"ask": each} for each in STRANGE)])
def test_no_message_is_no_question(component, state):
    assert component.read_question(state, 2) is None


def test_missing_component_is_an_error_of_the_page(component, monkeypatch):
    monkeypatch.setattr(component, "_component", None)
    with pytest.raises(RuntimeError, match="IS_AVAILABLE"):
        component.studio(b"", key="key", on_point=print, on_view=print, on_ask=print)
