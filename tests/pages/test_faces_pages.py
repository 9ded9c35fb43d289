"""Models of faces as a visitor has them: with the data on this machine, and as they ship, without."""

import shutil

import numpy as np
import pytest
from made_up_faces import write_faces
from visits import assert_healthy, film_of, texts

from aeviz.training.latents import LATENTS
from aeviz.training.samples import SAMPLES
from aeviz.training.summary import SUMMARY

NAMES = ("faces", "faces-msssim")


@pytest.fixture(scope="session")
def faces(made_once):
    """A data root with a few made-up faces, and a VAE and an MSSIM-VAE of them, trained for two epochs."""
    from aeviz.experiment import train
    from aeviz.presets import get_preset

    small = ["model.channels=[4,4,4,4,8]", "model.latent_dim=5", "train.epochs=2", "train.batch_size=16"]

    def make(base):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("AEVIZ_DATA", str(write_faces(base / "data", (40, 12, 24))))
            patch.setenv("AEVIZ_CACHE", str(base / "cache"))
            for name, preset in zip(NAMES, ("celeba-vae", "celeba-msssim-vae"), strict=True):
                config = get_preset(preset).config.with_settings([*small, "train.device=cpu"])
                train(config, out=base / "runs" / name)

    return made_once("faces", make)


@pytest.fixture
def with_data(faces, app, tmp_path, monkeypatch):
    """The app with the runs as they are after training, and the faces."""
    shutil.copytree(faces / "runs", tmp_path / "runs")
    monkeypatch.setenv("AEVIZ_DATA", str(faces / "data"))
    monkeypatch.setenv("AEVIZ_CACHE", str(faces / "cache"))
    return app


@pytest.fixture
def as_shipped(faces, app, tmp_path):
    """The app with the runs as they ship: no latent points, no samples; and without the faces."""
    for name in NAMES:
        shutil.copytree(
            faces / "runs" / name, tmp_path / "runs" / name, ignore=shutil.ignore_patterns(LATENTS, SAMPLES)
        )
    return app


def open_model(app, page, name="faces", **address):
    app.query_params.update({"model": name, **address})
    app.switch_page(f"pages/{page}.py").run()
    return app


def said(app):
    return " ".join([*texts(app.markdown), *texts(app.caption), *texts(app.info)])


def captions(app):
    return [picture.caption for image in app.get("image") for picture in image.proto.imgs]


def test_training_keeps_statistics_of_attributes_beside_the_latents(faces):
    for name in NAMES:
        assert {LATENTS, SUMMARY, "prior_samples.npz"} <= {path.name for path in (faces / "runs" / name).iterdir()}


def test_map_is_coloured_by_the_attribute_that_is_chosen(with_data, monkeypatch):
    app = open_model(with_data, "explore")
    from aeviz.web.map import view

    seen, pack = [], view.map_payload

    def spy(panels, labels, names, **options):
        seen.append(names)
        return pack(panels, labels, names, **options)

    monkeypatch.setattr(view, "map_payload", spy)
    assert_healthy(app, "Explore")
    assert app.selectbox(key="attribute").value == "Smiling"
    app.selectbox(key="attribute").set_value("No beard").run()
    assert_healthy(app, "Explore")
    assert seen == [("beard", "no beard")]


def test_model_without_points_encodes_the_test_set_where_it_has_the_data(with_data, tmp_path):
    (tmp_path / "runs" / "faces" / LATENTS).unlink()
    app = open_model(with_data, "explore", image="3", show="test images")
    assert_healthy(app, "Explore")
    assert app.selectbox(key="model").value == "faces"
    assert any("SSIM" in caption for caption in captions(app))


def test_decoded_plane_encodes_nothing(with_data, tmp_path, monkeypatch):
    (tmp_path / "runs" / "faces" / LATENTS).unlink()
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    assert_healthy(open_model(with_data, "explore", show="decoded plane"), "Explore")
    assert not (tmp_path / "cache" / "latents").exists()


@pytest.mark.parametrize("kept", ["nothing", "a damaged copy"])
def test_encoded_test_set_is_kept_for_the_next_visit(kept, with_data, faces, tmp_path, monkeypatch):
    (tmp_path / "runs" / "faces" / LATENTS).unlink()
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    shutil.copytree(faces / "cache" / "celeba", tmp_path / "cache" / "celeba")
    assert_healthy(open_model(with_data, "explore", show="test images"), "Explore")
    (file,) = (tmp_path / "cache" / "latents").glob(f"faces-*/{LATENTS}")
    (tmp_path / "runs" / "faces" / "history.jsonl").touch()  # changes nothing of what was encoded
    if kept == "nothing":
        file.unlink()
    else:
        file.write_bytes(b"none")
    from aeviz.web.kernel.caching import forget_all

    forget_all()
    assert_healthy(open_model(with_data, "explore", show="test images"), "Explore")
    assert file.stat().st_size > 100


def test_shipped_model_says_why_it_has_no_map(as_shipped):
    app = open_model(as_shipped, "units")
    assert app.selectbox(key="model").value != "faces"
    assert "ships without encoded images (terms of celeba)" in said(app)


def test_gallery_shows_what_a_shipped_model_draws(as_shipped):
    app = as_shipped.run()
    assert_healthy(app, "aeviz")
    assert "non-commercial research only" in said(app)
    assert "samples from its prior" in said(app)


def test_shipped_model_takes_ones_own_picture(as_shipped):
    app = open_model(as_shipped, "reconstruct", source="your own image")
    assert app.selectbox(key="model").value == "faces"
    assert not app.exception
    assert "Your image is reconstructed" in said(app)
    assert app.query_params["from"] in ("files", ["files"])


def test_reconstructions_over_the_epochs_are_a_film_of_both_models(with_data):
    app = open_model(with_data, "reconstruct", source="over training", epoch="0")
    assert_healthy(app, "Reconstruct")
    assert app.selectbox(key="with.faces").value == "faces-msssim"  # they differ in the reconstruction loss alone
    film = film_of(app)
    assert (film["epochs"], film["at"], film["beside"], film["smooth"]) == ([0, 1, 2], 0, False, True)
    originals, first, second = film["sets"]
    assert len(originals["strips"]) == 1
    for each in (first, second):
        assert len({strip.tobytes() for strip in each["strips"]}) == 3
    assert film["now"] == ["Validation images", "faces, before training", "faces-msssim, before training"]
    assert first["texts"][2].startswith("faces, epoch 2: validation MSE 0.")
    (chart,) = film["charts"]
    assert chart["epochs"].tolist() == [1, 2]
    assert [each["name"] for each in chart["series"]] == ["faces", "faces-msssim"]
    assert app.query_params["epoch"] in ("0", ["0"])


@pytest.mark.parametrize("epoch", ["9" * 5000, "-1", "²", "77"])
def test_epoch_of_a_made_up_address_counts_as_absent(with_data, epoch):
    app = open_model(with_data, "reconstruct", source="over training", epoch=epoch)
    assert_healthy(app, "Reconstruct")
    assert film_of(app)["at"] == 2
    assert "epoch" not in app.query_params


def test_shipped_model_says_that_it_kept_no_reconstructions(as_shipped):
    app = open_model(as_shipped, "reconstruct", source="over training")
    assert not app.exception
    assert "has no recorded reconstructions" in said(app)
    assert "aeviz train celeba-vae" in said(app)


def test_decoded_plane_needs_no_encoded_images(as_shipped, desk):
    app = open_model(as_shipped, "explore", **{"with.faces": "nothing"})
    assert_healthy(app, "Explore")
    (view,) = desk.header["decoder_views"]
    assert (view["title"], view["shape"], view["smooth"]) == ("faces", [3, 64, 64], True)
    assert desk.header["side"] == 6
    app = desk.send(app, "request", {"number": 1, "model": 0, "points": [desk.header["point"]]})
    assert len(desk.pixels) == 3 * 64 * 64


def test_second_model_of_faces_looks_at_the_first_one(as_shipped, desk):
    app = open_model(as_shipped, "explore")
    app.selectbox(key="with.faces").set_value("faces-msssim").run()
    assert_healthy(app, "Explore")
    assert "the code of the image that faces decodes" in desk.header["decoder_views"][1]["bridge_words"]


def test_every_other_page_opens_with_a_shipped_model(as_shipped):
    for page in ("generate", "compare", "network", "train"):
        app = open_model(as_shipped, page)
        assert not app.exception, page
        assert not app.error, page


def test_prior_draws_of_the_same_noise_differ_by_the_model_alone(faces):
    from aeviz.training.samples import read_prior

    first, second = (read_prior(faces / "runs" / name) for name in NAMES)
    assert first.epochs.tolist() == second.epochs.tolist() == [1, 2]
    assert not np.array_equal(first.images, second.images)
