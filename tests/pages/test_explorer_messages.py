"""What Python takes from the explorer: a browser may send anything."""

import math

import pytest

from aeviz.web.components.explorer import component

STRANGE = [None, "text", 3, [], {}, {"values": None}, {"values": {}}, [1.0, 2.0], b"bytes"]


@pytest.mark.parametrize("state", [None, "text", [], {}, *({"point": each} for each in STRANGE)])
def test_no_message_is_no_point(state):
    assert component.read_point(state, 2) is None


def test_point_is_read():
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
def test_odd_point_counts_as_absent(values):
    assert component.read_point({"point": {"values": values}}, 2) is None


def test_look_is_read():
    message = {"pair": [2, 0], "along": 1, "backdrop": "points", "waypoints": [[1, 2, 3], [0.5, 0, 0]]}
    found = component.read_look({"view": message}, 3)
    assert found == component.Look(
        pair=(2, 0), along=1, backdrop="points", waypoints=((1.0, 2.0, 3.0), (0.5, 0.0, 0.0))
    )


@pytest.mark.parametrize("state", [None, "text", [], {}, *({"view": each} for each in STRANGE)])
def test_no_message_is_no_look(state):
    assert component.read_look(state, 3) == component.Look()


@pytest.mark.parametrize("pair", [None, 1, [], [0], [0, 0], [0, 3], [-1, 0], [0, 1, 2], [0, 1.0], [True, 0], ["0", 1]])
def test_odd_pair_counts_as_absent(pair):
    assert component.read_look({"view": {"pair": pair}}, 3).pair is None


@pytest.mark.parametrize("along", [None, "1", 1.0, True, -1, 3, [1], 10**30])
def test_odd_axis_counts_as_absent(along):
    assert component.read_look({"view": {"along": along}}, 3).along is None


@pytest.mark.parametrize(
    ("waypoints", "expected"),
    [(None, None), ("text", None), ([], ()), ([[1, 2], None, [math.nan, 1], [3, 4]], ((1, 2), (3, 4)))],
)
def test_odd_waypoints_are_left_out(waypoints, expected):
    assert component.read_look({"view": {"waypoints": waypoints}}, 2).waypoints == expected


def test_request_is_read():
    message = {"number": 2**39, "model": 1, "points": [[0, 1], [2, 3]]}
    expected = component.Request(number=2**39, model=1, points=((0.0, 1.0), (2.0, 3.0)))
    assert component.read_request({"request": message}, 2) == expected


@pytest.mark.parametrize(
    "change",
    [
        {"number": "1"},
        {"number": True},
        {"number": None},
        {"model": 0.5},
        {"model": None},
        {"points": None},
        {"points": []},
        {"points": "00"},
        {"points": [[0, 1], [0]]},
        {"points": [[0, 1], None]},
        {"points": [[0, math.nan]]},
        {"points": [[0, 0]] * 401},
    ],
)
def test_odd_request_counts_as_absent(change):
    message = {"number": 1, "model": 0, "points": [[0, 1]]}
    assert component.read_request({"request": message}, 2) is not None
    assert component.read_request({"request": message | change}, 2) is None


@pytest.mark.parametrize("state", [None, "text", [], {}, *({"request": each} for each in STRANGE)])
def test_no_message_is_no_request(state):
    assert component.read_request(state, 2) is None
