"""What Python takes from the drawing pad and the paste box: a browser may send anything."""

import base64

import pytest

from aeviz.web.components.drawing import component as pad
from aeviz.web.components.paste import component as box

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(200))
URL = "data:image/png;base64," + base64.b64encode(PNG).decode()


def coded(data):
    return base64.b64encode(data).decode()


def test_drawing_is_read_back():
    assert pad.read_drawing({"drawing": {"number": 3, "png": URL}}) == pad.Drawing(number=3, png=PNG)
    placed = {"drawing": {"number": 3, "png": URL, "placed": True}}
    assert pad.read_drawing(placed) == pad.Drawing(number=3, png=PNG, is_placed=True)


@pytest.mark.parametrize("state", [None, "text", [], {}, {"drawing": None}, {"drawing": URL}, {"drawing": [URL]}])
def test_pad_without_a_message_is_empty(state):
    assert pad.read_drawing(state) == pad.Drawing(number=0, png=None)


@pytest.mark.parametrize(
    "url",
    [
        None,
        7,
        ["data:image/png;base64,"],
        "",
        "data:image/png;base64,",
        "data:image/svg+xml;base64," + coded(PNG),
        coded(PNG),
        "data:image/png;base64," + coded(b"GIF89a"),
        URL[:-1],
        URL.replace("A", "!"),
        URL + "é",
        "data:image/png;base64," + coded(PNG + bytes(200_000)),
    ],
)
def test_drawing_that_is_no_png_counts_as_blank_but_as_received(url):
    assert pad.read_drawing({"drawing": {"number": 3, "png": url}}) == pad.Drawing(number=3, png=None)


@pytest.mark.parametrize("number", [None, "3", 2.5, True, [3]])
def test_drawing_with_an_odd_number_counts_as_the_first(number):
    assert pad.read_drawing({"drawing": {"number": number, "png": URL}}) == pad.Drawing(number=0, png=PNG)


def test_pasted_images_come_in_order():
    assert box.read_pasted([coded(b"first"), coded(b"second")]) == [b"first", b"second"]


@pytest.mark.parametrize("message", [None, "text", 3, {}, [], [None], [3], [""], ["no base64"], ["Zm9"], ["Zm9vé"]])
def test_anything_else_that_is_pasted_is_left_out(message):
    assert box.read_pasted(message) == []


def test_images_share_the_limit_of_a_paste(monkeypatch):
    monkeypatch.setattr(box, "LIMIT_BYTES", 10)
    assert box.read_pasted([coded(bytes(11))]) == []
    assert box.read_pasted([coded(bytes(10))]) == [bytes(10)]
    assert box.read_pasted([coded(bytes(6)), coded(bytes(5)), coded(bytes(4))]) == [bytes(6), bytes(4)]


def test_largest_paste_fits_into_a_message_of_streamlit():
    from streamlit.runtime.runtime_util import get_max_widget_state_size_bytes

    assert len(coded(bytes(box.LIMIT_BYTES))) < get_max_widget_state_size_bytes() - 500_000
