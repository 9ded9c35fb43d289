"""Outlines in the address, and the images that they pick out."""

import numpy as np
import pytest
from test_latent_page import open_map, said

from aeviz.analysis.selection import Selection, Viewpoint
from aeviz.web.map.selection_url import selection_from_text, selection_to_text

SQUARE = Selection(panel=1, polygon=((0.0, 0.0), (1.5, 0.0), (1.5, -2.25)))
SEEN = Selection(
    panel=0,
    polygon=((0.0, 0.0), (0.5, 0.0), (0.5, 0.25)),
    camera=Viewpoint(centre=(1.0, -2.0, 0.5), half=4.5, yaw=0.61, pitch=-0.3),
)
DIGITS = "digits-2d-adam"
ALL = "0~-1e4,-1e4~1e4,-1e4~1e4,1e4~-1e4,1e4"


@pytest.mark.parametrize("selection", [SQUARE, SEEN])
def test_address_brings_the_outline_back(selection):
    assert selection_from_text(selection_to_text(selection)) == selection


@pytest.mark.parametrize("text", ["", "0", "x~0,0~1,0~1,1", "7~0,0~1,0~1,1", "0~0,0~1,0", "0~0,0~nan,0~1,1",
                                  "0~0~1~2", "0~c:1,2~0,0~1,0~1,1", "0~c:0,0,0,-1,0,0~0,0~1,0~1,1", "~~~"])  # fmt: skip
def test_nonsense_in_the_address_is_no_outline(text):
    assert selection_from_text(text) is None


def test_picked_images_are_shown_without_those_of_hidden_classes(app):
    assert "297 of 297 images selected" in said(open_map(app, DIGITS, outline=ALL))
    from aeviz.training.runs import find_run

    labels = find_run(DIGITS).latents().labels
    left = int(np.sum((labels != 3) & (labels != 5)))
    assert f"{left} of 297 images selected" in said(open_map(app, DIGITS, outline=ALL, hidden="3.5"))


def test_outline_of_another_map_picks_nothing(app):
    for outline in (selection_to_text(SEEN), ALL.replace("0~", "1~", 1), "nonsense"):
        assert "Lasso some points to see" in said(open_map(app, DIGITS, outline=outline))
