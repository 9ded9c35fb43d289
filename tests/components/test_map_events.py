"""What Python takes from the map: a browser may send anything."""

import math

import pytest

from aeviz.web.components.map.component import MapEvent, read_event

NOTHING = MapEvent(selected=None, hidden=None)
ODD_NUMBERS = [None, "x", True, math.nan, math.inf, 10**400, 1e300, [1], {}]
SQUARE = [[0, 0], [1, 0], [1, 1], [0, 1]]


def test_what_the_map_sends_is_read():
    found = read_event(
        {
            "selected": 3,
            "hidden": [0, 7],
            "ellipses": "all",
            "prior": True,
            "selection": {"panel": 1, "polygon": SQUARE, "camera": None},
            "blend": 0.25,
            "field": "classes",
            "morph": 0.5,
            "whole": True,
        }
    )
    assert (found.selected, found.hidden, found.ellipses, found.prior) == (3, (0, 7), "all", True)
    assert found.selection is not None
    assert found.selection.panel == 1
    assert found.blend == 0.25
    assert found.whole is True
    assert read_event({"whole": 1}).whole is None
    assert found.field == "classes"
    assert (found.morph, found.is_beside) == (0.5, False)
    assert read_event({"morph": -1}).is_beside


@pytest.mark.parametrize("state", [None, "text", 3, [], {}, b"bytes"])
def test_no_message_is_no_event(state):
    assert read_event(state) == NOTHING


@pytest.mark.parametrize("value", [*ODD_NUMBERS, -1, 1.0])
def test_odd_image_counts_as_absent(value):
    assert read_event({"selected": value}) == NOTHING


@pytest.mark.parametrize("value", [*([0, odd] for odd in [*ODD_NUMBERS, -1, 1.0]), "12", {"0": 1}, 7])
def test_odd_classes_count_as_absent(value):
    assert read_event({"hidden": value}) == NOTHING


@pytest.mark.parametrize("value", [*ODD_NUMBERS, ["all"]])
def test_odd_layers_count_as_absent(value):
    assert read_event({"ellipses": value}) == NOTHING
    assert read_event({"prior": 1 if value is True else value}) == NOTHING


@pytest.mark.parametrize("value", [*ODD_NUMBERS, -0.1, 1.1])
def test_odd_blend_counts_as_absent(value):
    assert read_event({"blend": value}) == NOTHING
    assert read_event({"morph": value}) == NOTHING


@pytest.mark.parametrize("value", [*ODD_NUMBERS, ["distance"], "Distance"])
def test_odd_field_counts_as_absent(value):
    assert read_event({"field": value}) == NOTHING


@pytest.mark.parametrize("value", ODD_NUMBERS)
def test_odd_outline_counts_as_absent(value):
    for selection in (
        value,
        {"panel": value, "polygon": SQUARE},
        {"panel": 0, "polygon": [*SQUARE, [value, 0]]},
        {"panel": 0, "polygon": SQUARE, "camera": {"centre": [0, 0, value], "half": 1, "yaw": 0, "pitch": 0}},
    ):
        assert read_event({"selection": selection}).selection is None
