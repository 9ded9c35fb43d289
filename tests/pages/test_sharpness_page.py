"""The experiment on blur: measured numbers without the images, one image by each model with them."""

import json

import numpy as np
import pytest
from visits import assert_healthy, open_page, texts

from aeviz.lab.sharpness import measured

NAME = "Blur of reconstructions"


def charts(app):
    return [json.loads(figure.proto.spec) for figure in app.get("plotly_chart")]


def test_numbers_are_there_without_the_images(app, monkeypatch, tmp_path):
    monkeypatch.setenv("AEVIZ_DATA", str(tmp_path))
    open_page(app, "lab", experiment=NAME, data="x", measure="Laplacian", image="nan")
    spectra, ratios = charts(app)
    models = measured()["mnist"]["models"]
    assert [line["name"] for line in spectra["data"]] == ["test images", *models] == ratios["data"][0]["y"]
    assert "variance of the Laplacian" in ratios["layout"]["xaxis"]["title"]["text"]
    table = next(text for text in texts(app.markdown) if "| MS-SSIM |" in text)
    assert f"| {100 * models['vae-10d']['high'][0]:.1f} ± " in table
    app.segmented_control(key="data").set_value("CelebA faces").run()
    assert any(r"0.136 \quad \text{(celeba-msssim-vae)}" in text for text in texts(app.get("latex")))
    assert_healthy(app, "Lab")


def test_an_image_is_shown_by_each_model(shared_root, app, monkeypatch):
    monkeypatch.setenv("AEVIZ_DATA", str(shared_root))
    open_page(app, "lab", experiment=NAME, image="7")
    caption = next(text for text in texts(app.caption) if text.startswith("Variance of the Laplacian"))
    assert all(model in caption for model in measured()["mnist"]["models"])
    assert_healthy(app, "Lab")


def test_ms_ssim_is_sharper_at_the_same_squared_error():
    for name, sharp, soft in (
        ("mnist", "msssim-vae-10d", "mlp-10d-amsgrad"),
        ("celeba", "celeba-msssim-vae", "celeba-vae"),
    ):
        entry = measured()[name]
        first, second = (entry["models"][model] for model in (sharp, soft))
        assert first["mse"] == pytest.approx(second["mse"], rel=0.02)
        assert first["high"][0] > 1.7 * second["high"][0]
        assert first["high"][0] == pytest.approx(sum(first["spectrum"][8:]) / np.sum(entry["spectrum"][8:]), rel=1e-3)
