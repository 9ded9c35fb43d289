"""The experiment on the quality of samples: measured distances and samples, good addresses and bad."""

import json

import numpy as np
from visits import assert_healthy, open_page, texts

from aeviz.lab.sample_quality import BLOCK, COUNT, distances
from aeviz.paths import checkpoints_root

NAME = "Quality of samples"


def chart(app):
    (figure,) = app.get("plotly_chart")
    return json.loads(figure.proto.spec)["data"][0]


def table(app):
    return next(text for text in texts(app.markdown) if "| MMD² |" in text).splitlines()[2:]


def test_the_floor_is_near_zero_and_samples_are_not(app):
    open_page(app, "lab", experiment=NAME, embedding="64 principal components", set="vae-64d")
    rows = distances()[0]["pca"]
    assert chart(app)["y"] == [row.name for row in rows]
    chosen, floor = table(app)
    assert chosen.startswith("| vae-64d |")
    assert floor.startswith("| test images |")
    app.selectbox(key="set").set_value("regime-kl").run()
    assert table(app)[0].startswith("| regime-kl |")
    assert_healthy(app, "Lab")


def test_bad_address_falls_back_and_images_without_a_model_have_their_numbers(app):
    open_page(app, "lab", experiment=NAME, embedding="x", set="y")
    assert app.selectbox(key="set").value == "vae-10d"
    app.selectbox(key="set").set_value("test images, blurred").run()
    assert table(app)[0].startswith("| test images, blurred |")
    assert_healthy(app, "Lab")


def test_every_shipped_set_was_measured_in_each_embedding():
    found, accuracy = distances()
    assert 0.95 < accuracy < 1
    shipped = {path.parent.name for path in checkpoints_root().glob("*/config.json")}
    for rows in found.values():
        floor = np.array([block.value for block in rows[0].blocks])
        assert len(floor) == COUNT // BLOCK
        assert abs(floor.mean()) < 3 * floor.std(ddof=1) / np.sqrt(len(floor))
        assert rows[0].frechet < rows[0].frechet_block
        names = [row.name.split(",")[0] for row in rows]
        assert {name for name in names if not name.startswith("test images")} <= shipped
        assert all(np.mean([block.value for block in row.blocks]) > floor.mean() for row in rows[1:])
