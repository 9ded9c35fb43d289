"""Explore with the visitor's own image: encoded, shown, and its point taken up once."""

import numpy as np
import pytest
from test_own_image import png
from visits import open_page

from aeviz.data.prepare import PrepareOptions, prepare_image
from aeviz.paths import checkpoints_root
from aeviz.training.run import load
from aeviz.training.runs import RunFolder

MODEL = "digits-2d-adam"


@pytest.fixture
def explore(app, desk):
    def open_explore(**parameters):
        found = open_page(app, "explore", MODEL, **{f"with.{MODEL}": "nothing", **parameters})
        assert not found.exception
        return found

    return open_explore


def encoded(data):
    """The image as the model sees it, and its code."""
    model = load(RunFolder.read(checkpoints_root() / MODEL))
    image = prepare_image(data, (1, 8, 8), options=PrepareOptions()).image
    return image, model.encode(image[None]).numpy()[0]


def test_map_opens_without_a_place_for_own_images(explore):
    app = explore()
    assert not app.get("file_uploader")
    assert not app.toggle(key="own").value


def test_file_becomes_the_point_once(explore, desk):
    app = explore(own="true", **{"map.from": "files"})
    assert desk.header["own"] is None
    data = png(255, mark=True)
    app.file_uploader[0].upload("one.png", data, "image/png").run()
    assert not app.exception
    image, z = encoded(data)
    own = desk.header["own"]
    assert own["name"] == "Your image: one.png"
    np.testing.assert_array_equal(own["image"].reshape(image.shape), image)
    np.testing.assert_allclose(own["z"], z, rtol=1e-5)
    np.testing.assert_allclose(desk.header["point"], z, atol=0.01)
    assert app.query_params[f"{MODEL}.at"]
    revision = desk.header["revision"]
    app = desk.move(app, [1.0, 2.0])
    assert desk.header["point"] == [1.0, 2.0]
    assert desk.header["revision"] == revision
    assert desk.header["own"]["key"] == own["key"]


def test_file_becomes_the_point_of_the_decoded_plane(explore, desk):
    app = explore(own="true", show="decoded plane", **{"map.from": "files"})
    data = png(255, mark=True)
    app.file_uploader[0].upload("one.png", data, "image/png").run()
    assert not app.exception
    image, z = encoded(data)
    assert "own" in desk.header["parts"]
    assert desk.header["own"]["name"] == "Your image: one.png"
    np.testing.assert_array_equal(desk.header["own"]["image"].reshape(image.shape), image)
    np.testing.assert_allclose(desk.header["point"], z, atol=0.01)
    app = desk.move(app, [1.0, 2.0])
    assert desk.header["point"] == [1.0, 2.0], "a later run leaves the point where the visitor has moved it"


def test_file_that_is_no_image_is_refused_and_moves_nothing(explore, desk):
    app = explore(own="true", **{"map.from": "files"})
    before = desk.header["point"]
    app.file_uploader[0].upload("one.png", b"no image at all", "image/png").run()
    assert not app.exception
    assert len(app.error) == 1
    assert desk.header["own"] is None
    assert desk.header["point"] == before
