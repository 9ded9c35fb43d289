"""The class colours, measured anew: CIEDE2000 by scikit-image, colour deficiencies by the matrices of Machado et al.

G. M. Machado, M. M. Oliveira and L. A. F. Fernandes, A physiologically-based model for simulation of color vision
deficiency, IEEE Transactions on Visualization and Computer Graphics 15(6), 2009: severity 1.0, linear RGB.
"""

import itertools
import json

import numpy as np
import plotly.graph_objects as go
import pytest
from page_scripts import run_script
from skimage.color import deltaE_ciede2000, rgb2lab

from aeviz.figures.palette import (
    CLASS_COLOURS,
    CLASS_COLOURS_ON_DARK,
    FIRST,
    LARGEST_TURN,
    LEAST_CONTRAST,
    LEAST_DIFFERENCE,
    LEAST_DIFFERENCE_DEFICIENT,
    SECOND,
    UNLABELLED,
    on_dark,
)

DEFICIENCIES = {
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
WHITE, DARK = "#ffffff", "#171614"
"""Background of Streamlit's themes."""
PALETTES = {WHITE: CLASS_COLOURS, DARK: CLASS_COLOURS_ON_DARK}
MARKER = "#e6007e"
"""Colour of a visitor's own images on a map."""


def rgb(colour):
    return np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255


def to_linear(values):
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)


def to_srgb(values):
    return np.where(values <= 0.0031308, 12.92 * values, 1.055 * np.maximum(values, 0) ** (1 / 2.4) - 0.055)


def seen(colour, deficiency):
    """The colour as somebody with a deficiency sees it, or as it is."""
    if deficiency is None:
        return rgb(colour)
    return to_srgb(np.clip(np.array(DEFICIENCIES[deficiency]) @ to_linear(rgb(colour)), 0, 1))


def difference(one, other, deficiency=None):
    return float(deltaE_ciede2000(*(rgb2lab(seen(colour, deficiency)) for colour in (one, other))))


def contrast(one, other):
    """WCAG 2.2, contrast ratio."""
    low, high = sorted(float(to_linear(rgb(colour)) @ [0.2126, 0.7152, 0.0722]) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def test_difference_is_that_of_the_standard():
    """A pair of Sharma, Wu and Dalal 2005, table 1, and black against white."""
    pair = np.array([[50.0, 2.6772, -79.7751], [50.0, 0.0, -82.7485]])
    assert float(deltaE_ciede2000(*pair)) == pytest.approx(2.0425, abs=1e-4)
    assert difference("#000000", "#ffffff") == pytest.approx(100, abs=1e-3)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)


@pytest.mark.parametrize("deficiency", [None, *DEFICIENCIES])
def test_grey_looks_the_same_to_everybody(deficiency):
    np.testing.assert_allclose(seen("#808080", deficiency), rgb("#808080"), atol=1e-4)


@pytest.mark.parametrize("palette", PALETTES.values(), ids=["light", "dark"])
@pytest.mark.parametrize("deficiency", [None, *DEFICIENCIES])
def test_each_two_class_colours_are_well_apart(deficiency, palette):
    least = LEAST_DIFFERENCE if deficiency is None else LEAST_DIFFERENCE_DEFICIENT
    near = {
        (one, other): found
        for one, other in itertools.combinations(palette, 2)
        if (found := difference(one, other, deficiency)) < least
    }
    assert near == {}


@pytest.mark.parametrize(("background", "palette"), PALETTES.items(), ids=["light", "dark"])
def test_class_colours_stand_out_from_the_background(background, palette):
    assert len(set(palette)) == 10
    weak = {colour: contrast(colour, background) for colour in (*palette, UNLABELLED)}
    assert {colour: found for colour, found in weak.items() if found < LEAST_CONTRAST} == {}


def test_a_class_has_one_hue_on_both_grounds():
    hues = [np.arctan2(lab[:, 2], lab[:, 1]) for lab in (rgb2lab([rgb(c) for c in each]) for each in PALETTES.values())]
    turns = np.degrees(np.angle(np.exp(1j * (hues[0] - hues[1]))))
    assert np.abs(turns).max() <= LARGEST_TURN, turns


def test_colours_with_a_meaning_of_their_own_are_no_class():
    for colour in (*CLASS_COLOURS, *CLASS_COLOURS_ON_DARK):
        assert difference(colour, UNLABELLED) > 10
        assert difference(colour, MARKER) > 10


def test_the_two_sides_of_a_comparison_are_apart_for_everybody():
    assert {FIRST, SECOND} <= set(CLASS_COLOURS) & set(CLASS_COLOURS_ON_DARK)
    assert min(difference(FIRST, SECOND, deficiency) for deficiency in (None, *DEFICIENCIES)) > 40


@pytest.mark.parametrize("palette", PALETTES.values(), ids=["light", "dark"])
def test_digits_that_models_confuse_differ_most(palette):
    """3, 5 and 8, and 4, 7 and 9, lie next to each other on most maps; 1 and 6 were alike in a former palette.

    Small dots are seen as with tritanopia: there 4 and 9 differed by 15 in a former palette.
    """
    pairs = [(3, 5), (3, 8), (5, 8), (4, 9), (7, 9), (4, 7), (1, 6)]
    assert min(difference(palette[one], palette[other]) for one, other in pairs) > 1.5 * LEAST_DIFFERENCE
    assert min(difference(palette[one], palette[other], "tritanopia") for one, other in pairs) > 24


def test_figure_gets_the_colours_of_a_dark_ground_and_keeps_the_rest():
    figure = go.Figure(go.Bar(y=np.arange(2), marker_color=[CLASS_COLOURS[1], "#123456"], name="bars"))
    found = on_dark(figure).data[0]
    assert found.marker.color == (CLASS_COLOURS_ON_DARK[1], "#123456")
    assert found.name == "bars"
    assert json.loads(on_dark(figure).to_json())["data"][0]["y"] == json.loads(figure.to_json())["data"][0]["y"]
    assert figure.data[0].marker.color[0] == CLASS_COLOURS[1]


SCRIPT = """
async function main({ colours }) {
  const { allOnDark } = await import("./kit/class_colours.js");
  const points = new Float32Array(2);
  const payload = {
    classes: colours.map((colour) => ({ name: colour, colour })), colours: { odd: "#123456", list: [colours[2]] },
    points, missing: null,
  };
  const found = allOnDark(payload);
  return { ...found, points: found.points === points };
}
"""


def test_page_turns_the_same_colours_into_those_of_a_dark_ground(tmp_path):
    found = run_script(tmp_path, SCRIPT, {"colours": list(CLASS_COLOURS)})
    assert [each["colour"] for each in found["classes"]] == list(CLASS_COLOURS_ON_DARK)
    assert [each["name"] for each in found["classes"]] == list(CLASS_COLOURS), "a name that looks like a colour"
    assert found["colours"] == {"odd": "#123456", "list": [CLASS_COLOURS_ON_DARK[2]]}
    assert found["points"] is True
    assert found["missing"] is None
