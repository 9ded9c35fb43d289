import base64
import io
import re

import numpy as np
import pytest
from PIL import Image
from skimage.color import rgb2lab

from aeviz.figures.surface_image import DECADES, FLOOR, GRID, SIDE, surface_image
from aeviz.lab.surfaces import SURFACES


def drawing(surface, is_dark=False):
    return base64.b64decode(surface_image(surface, is_dark).partition("base64,")[2]).decode()


@pytest.mark.parametrize("surface", SURFACES.values(), ids=list(SURFACES))
def test_contours_lie_at_half_powers_of_ten(surface):
    lines = re.search(r' d="M([^"]+)"', drawing(surface))[1].split("M")
    low, high = np.array(surface.low), np.array(surface.high)
    assert len(lines) > 5
    for line in lines:
        points = np.array([point.split() for point in line.split("L")], dtype=np.float64) / SIDE
        places = np.stack([low[0] + points[:, 0] * (high - low)[0], high[1] - points[:, 1] * (high - low)[1]], axis=1)
        heights = surface.value(*places.T) - surface.minimum + FLOOR
        slopes = [np.linalg.norm(surface.gradient(place) * (high - low) / (GRID - 1)) for place in places]
        decades = np.log10(heights) / DECADES
        off = np.abs(decades - decades.round()) * DECADES * np.log(10) * heights / slopes  # in cells of the grid
        assert np.median(off) < 0.5


@pytest.mark.parametrize("is_dark", [False, True])
def test_lightness_changes_evenly_away_from_the_page_down_to_the_minimum(is_dark):
    data = re.search(r"data:image/png;base64,([^\"]+)", drawing(SURFACES["quadratic"], is_dark))[1]
    picture = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"))
    lightness = rgb2lab(picture)[..., 0] * (1 if is_dark else -1)
    assert lightness[40, 40] == pytest.approx(lightness.max(), abs=0.5)
    assert lightness[0, 0] == pytest.approx(lightness.min(), abs=0.5)
    assert np.ptp(lightness) > 30
    along = lightness[40, 40:]  # from the minimum uphill
    assert (np.diff(along) < 0.5).all()
