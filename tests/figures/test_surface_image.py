import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from aeviz.figures.surface_image import DECADES, FLOOR, GRID, SIDE, surface_image
from aeviz.lab.surfaces import SURFACES


def drawing(surface):
    return base64.b64decode(surface_image(surface).partition("base64,")[2]).decode()


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


def test_picture_is_strongest_at_the_minimum():
    data = re.search(r"data:image/png;base64,([^\"]+)", drawing(SURFACES["quadratic"]))[1]
    opacity = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))))[..., 3]
    assert np.unravel_index(opacity.argmax(), opacity.shape) == (40, 40)
    assert opacity[0, 0] == opacity.min()
