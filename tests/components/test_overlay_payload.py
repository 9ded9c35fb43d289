"""What a map shows beyond its points, packed and read back."""

import numpy as np

from aeviz.web.components.kit.wire import unpack
from aeviz.web.components.map.overlay_payload import STEPS, Contour, Overlay, make_scale, pack_overlay


def brightness(colour):
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_scale_runs_evenly_from_dark_to_bright_between_the_tails():
    values = np.arange(1001) / 10
    scale, (codes,) = make_scale("Error", [values])
    assert (scale.low, scale.middle, scale.high) == ("1", "50", "99")
    assert scale.note == "all values: 0 to 100"
    assert len(scale.colours) == STEPS
    assert (codes[0], codes[500], codes[-1]) == (0, 127, STEPS - 1)
    assert (np.diff([brightness(colour) for colour in scale.colours]) > -1).all()


def test_panels_share_a_scale_and_one_without_values_has_no_step():
    scale, codes = make_scale("KL", [np.array([1.0, 3.0]), None])
    assert codes[0].tolist() == [0, STEPS - 1]
    assert codes[1].tolist() == [STEPS, STEPS]
    assert make_scale("KL", [None, None]) == (None, ())
    assert scale.title == "KL"


def test_equal_values_have_a_scale_too():
    scale, (codes,) = make_scale("Error", [np.full(5, 2.0)])
    assert (scale.low, scale.note, codes.tolist()) == ("2", "", [0] * 5)


def test_overlay_is_read_as_it_was_packed():
    scale, codes = make_scale("Density", [np.arange(4.0), np.arange(4.0)[::-1]])
    line = np.array([[0.0, 1 / 3], [2.0, -3.0]])
    contours = ((Contour(colour="#ff0000", label=3, weight=0.5, lines=(line,)),), ())
    overlay = Overlay(scale=scale, codes=codes, contours=contours, neighbours=((1, 2), (3,)), chosen=0, move=2)
    header = unpack(pack_overlay("a-map", 4, 2, overlay))
    assert [column.tolist() for column in header["codes"]] == [column.tolist() for column in codes]
    assert (header["map"], header["n"], header["chosen"], header["move"]) == ("a-map", 4, 0, 2)
    assert header["neighbours"] == [[1, 2], [3]]
    (contour,), nothing = header["contours"]
    assert (contour["label"], nothing) == (3, [])
    np.testing.assert_allclose(contour["lines"][0], line, rtol=1e-6)


def test_empty_overlay_has_room_for_each_panel():
    header = unpack(pack_overlay("a-map", 4, 2, Overlay()))
    assert (header["contours"], header["neighbours"], header["chosen"], header["scale"]) == (
        [[], []],
        [[], []],
        -1,
        None,
    )
    assert header["codes"] == []
