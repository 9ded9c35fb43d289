"""Corrupted images, anomalies and the three regimes as a visitor has them, with and without the data."""

import json
import re
import shutil

import pytest
from visits import assert_healthy, film_of, new_session, open_page, texts

from aeviz.paths import checkpoints_root

REGIMES = ("regime-reconstruction", "regime-kl", "regime-both")


@pytest.fixture(scope="session")
def held_out_folder(made_once):
    """A small autoencoder of the 8x8 digits that was trained without class 7."""
    from aeviz.experiment import train
    from aeviz.presets import get_preset

    config = get_preset("digits-without-7").config.with_settings(["train.epochs=60", "train.device=cpu"])
    return made_once("held-out", lambda path: train(config, out=path))


@pytest.fixture
def held_out(held_out_folder, tmp_path):
    """The model 'no-sevens' among the visitor's own runs."""
    shutil.copytree(held_out_folder, tmp_path / "runs" / "no-sevens")


def open_source(app, source, model=None):
    app = open_page(app, "reconstruct")
    app.segmented_control(key="source").set_value(source).run()
    if model is not None:
        app.selectbox(key="model").set_value(model).run()
    return app


def open_address(app, page, **address):
    return open_page(app, page, **address)


def images(app):
    return [image.proto.imgs[0] for image in app.get("image")]


def captions(app):
    return [image.caption for image in images(app)]


def said(app):
    return " ".join(texts(app.markdown) + texts(app.caption) + texts(app.info))


# Corrupted images


def test_corrupted_images_are_restored_beside_the_originals(app):
    app = open_source(app, "corrupted images", "digits-2d-adam")
    assert_healthy(app, "Reconstruct")
    names = captions(app)
    assert names[0] == "Originals"
    assert re.fullmatch(r"Corrupted: MSE 0\.\d{4}, PSNR \d+\.\d dB", names[1])
    assert re.fullmatch(r"Restored by digits-2d-adam: MSE 0\.\d{4}, PSNR \d+\.\d dB", names[2])
    assert len(app.get("plotly_chart")) == 1
    assert "trained on clean images only" in said(app)
    assert "image " in app.expander[0].markdown[0].value


def test_level_seed_and_kind_change_what_is_seen(app):
    app = open_source(app, "corrupted images", "digits-2d-adam")
    seen = [[image.url for image in images(app)[:3]]]
    app.slider(key="level").set_value(0.8).run()
    seen.append([image.url for image in images(app)[:3]])
    app.button(key="again").click().run()
    seen.append([image.url for image in images(app)[:3]])
    app.segmented_control(key="corruption").set_value("gaussian noise").run()
    seen.append([image.url for image in images(app)[:3]])
    assert not app.exception
    assert len({originals for originals, _, _ in seen}) == 1
    assert len({corrupted for _, corrupted, _ in seen}) == 4
    assert len({restored for _, _, restored in seen}) == 4
    app.slider(key="images").set_value(3).run()
    assert images(app)[0].url != seen[0][0]


def test_nothing_corrupted_has_no_error(app):
    app = open_source(app, "corrupted images", "digits-2d-adam")
    app.slider(key="level").set_value(0.0).run()
    assert captions(app)[1] == "Corrupted: MSE 0.0000"


def test_every_shipped_model_of_embedded_data_restores(app):
    app = open_source(app, "corrupted images")
    for model in ("circles-3d", "digits-2d-amsgrad"):
        app.selectbox(key="model").set_value(model).run()
        assert_healthy(app, "Reconstruct")
        assert "Originals" in captions(app)


def test_missing_data_is_offered_with_a_way_round(app):
    app = open_source(app, "corrupted images")
    assert_healthy(app, "Reconstruct")
    assert app.selectbox(key="model").value == "denoising"
    assert app.selectbox(key="beside.denoising").value == "mlp-10d-amsgrad"
    assert app.button(key="download.mnist")
    assert "digits-2d-adam" in app.info[0].value


def test_own_choice_of_model_stays_when_it_is_fit_for_the_section(held_out, app):
    app = open_page(app, "reconstruct", "no-sevens")
    for source in ("anomalies", "corrupted images", "test images"):
        app.segmented_control(key="source").set_value(source).run()
        assert app.selectbox(key="model").value == "no-sevens"
    app.selectbox(key="model").set_value("mlp-2d-adam").run()
    for source, model in (
        ("anomalies", "anomaly-without-2"),
        ("corrupted images", "denoising"),
        ("test images", "mlp-2d-adam"),  # the visitor's own comes back
    ):
        app.segmented_control(key="source").set_value(source).run()
        assert app.selectbox(key="model").value == model
    app.segmented_control(key="source").set_value("anomalies").run()
    app.selectbox(key="model").set_value("vae-2d").run()
    app.segmented_control(key="source").set_value("test images").run()
    assert app.selectbox(key="model").value == "vae-2d"  # what was chosen last stays


def test_denoiser_restores_what_a_plain_autoencoder_cannot(shared_root, app, monkeypatch):
    monkeypatch.setenv("AEVIZ_DATA", str(shared_root))
    app = open_source(app, "corrupted images")
    assert_healthy(app, "Reconstruct")
    corrupted, denoised, plain = (float(re.search(r"MSE ([\d.]+)", name)[1]) for name in captions(app)[1:4])
    assert denoised < 0.5 * plain
    assert denoised < 0.5 * corrupted
    assert "was trained to remove masking at level 0.5" in said(app)


# Anomalies


def test_held_out_class_is_the_anomaly_and_stands_first(held_out, app):
    app = open_source(app, "anomalies", "no-sevens")
    assert_healthy(app, "Reconstruct")
    assert app.selectbox(key="anomaly.no-sevens").value == "7"
    assert "was trained without class 7" in said(app)
    ranked = [image.alt for image in images(app)]
    assert len(ranked) == 24
    errors = [float(re.search(r"error ([\d.]+)", text)[1]) for text in ranked]
    assert errors == sorted(errors, reverse=True)
    assert sum("class 7 (anomaly)" in text for text in ranked) >= 12
    precision = float(re.search(r"average precision \*\*([\d.]+)\*\*", said(app))[1])
    assert precision > 0.5


def test_any_other_class_can_be_the_anomaly_and_is_known(held_out, app):
    app = open_source(app, "anomalies", "no-sevens")
    app.selectbox(key="anomaly.no-sevens").set_value("1").run()
    assert_healthy(app, "Reconstruct")
    assert "was also trained on class 1" in said(app)
    assert "Class 7, which it never saw, counts as normal here" in said(app)


def test_threshold_trades_precision_for_recall(held_out, app):
    app = open_source(app, "anomalies", "no-sevens")
    slider = app.slider(key="threshold.no-sevens.7")
    found = {}
    for threshold in (slider.min, slider.max):
        app.slider(key="threshold.no-sevens.7").set_value(threshold).run()
        assert not app.exception
        found[threshold] = re.search(r"Precision \*\*([\d.%-]+)\*\*, recall \*\*([\d.%-]+)\*\*", said(app)).groups()
    assert found[slider.min] == ("10.1%", "100.0%")  # 30 of the 297 test images
    assert found[slider.max] == ("-", "0.0%")


def test_curve_of_the_model_beside_it_is_told(held_out, app):
    app = open_source(app, "anomalies", "no-sevens")
    app.selectbox(key="beside.no-sevens").set_value("digits-2d-adam").run()
    assert_healthy(app, "Reconstruct")
    assert "digits-2d-adam: average precision 0." in said(app)


def test_list_of_anomalies_has_pages(held_out, app):
    app = open_address(app, "reconstruct", source="anomalies", model="no-sevens", sheet="13")
    assert_healthy(app, "Reconstruct")
    ranked = [image.alt for image in images(app)]
    assert ranked[-1].startswith("Rank 297:")
    assert len(ranked) == 297 - 12 * 24


def test_likelihood_of_a_variational_model_is_a_score(shared_root, app, monkeypatch):
    monkeypatch.setenv("AEVIZ_DATA", str(shared_root))
    app = open_address(app, "reconstruct", source="anomalies", model="vae-2d", score="negative ELBO")
    assert_healthy(app, "Reconstruct")
    assert app.segmented_control(key="score").value == "negative ELBO"
    rows = app.dataframe[0].value
    assert len(rows) == 4
    means = [float(value) for value in rows["mean, normal"]]
    assert means[1] == pytest.approx(means[2] + means[3], abs=0.02)
    assert f"ROC AUC **{rows['ROC AUC'][1]}**" in said(app)
    assert "(by its error)" in said(app)  # the model beside it has no likelihood
    assert "Nalisnick" in said(app)
    ranked = [float(re.search(r"negative ELBO (-?[\d.]+)", image.alt)[1]) for image in images(app)]
    assert ranked == sorted(ranked, reverse=True)


def test_likelihood_without_the_images_offers_them_and_shows_the_error(app):
    app = open_address(app, "reconstruct", source="anomalies", model="vae-2d", score="KL term")
    assert_healthy(app, "Reconstruct")
    assert "Until then the score is the error." in said(app)
    assert "error" in images(app)[0].alt


@pytest.mark.parametrize("model", ["mlp-2d-adam", "vae-2d-anchored"])
def test_score_in_the_address_of_a_model_without_likelihood_is_the_error(app, model):
    app = open_address(app, "reconstruct", source="anomalies", model=model, score="KL term")
    assert_healthy(app, "Reconstruct")
    assert "error" in images(app)[0].alt


def test_anomalies_need_no_data(app):
    app = open_source(app, "anomalies")
    assert_healthy(app, "Reconstruct")
    assert app.selectbox(key="model").value == "anomaly-without-2"
    assert app.selectbox(key="anomaly.anomaly-without-2").value == "2"
    assert len(images(app)) == 24
    assert app.button(key="download.mnist")
    assert "average precision **0.8" in said(app)


@pytest.mark.parametrize(
    "address",
    [
        {"source": "corrupted images", "model": "digits-2d-adam", "corruption": "x", "level": "nan", "seed": "inf"},
        {"source": "corrupted images", "model": "digits-2d-adam", "level": "7", "images": "-3"},
        {"source": "anomalies", "model": "digits-2d-adam", "anomaly.digits-2d-adam": "x", "sheet": "99999"},
        {"source": "anomalies", "model": "digits-2d-adam", "threshold.digits-2d-adam.0": "1e400", "sheet": "-1"},
    ],
)
def test_nonsense_in_the_address_leaves_a_working_page(app, address):
    app = open_address(app, "reconstruct", **address)
    assert not app.exception
    assert texts(app.title) == ["Reconstruct"]
    assert images(app)


def test_shared_address_shows_the_same_view(app):
    app = open_address(
        app,
        "reconstruct",
        source="corrupted images",
        model="digits-2d-adam",
        corruption="salt and pepper",
        level="0.25",
        seed="7",
        images="4",
    )
    assert_healthy(app, "Reconstruct")
    assert app.segmented_control(key="corruption").value == "salt and pepper"
    assert (app.slider(key="level").value, app.slider(key="images").value) == (0.25, 4)
    assert app.number_input(key="seed").value == 7


def test_class_to_leave_out_is_a_field_of_the_form(app):
    app = open_page(app, "train")
    app.selectbox(key="train-form.preset").set_value("digits-without-7").run()
    assert app.text_input(key="train-form.data.without").value == "7"
    assert "data.without" not in app.code[0].value
    app.text_input(key="train-form.data.without").set_value("3").run()
    assert "--set data.without=3" in app.code[0].value
    app.text_input(key="train-form.data.without").set_value(" ").run()
    assert "--set data.without=null" in app.code[0].value
    app.text_input(key="train-form.data.without").set_value("cat").run()
    assert not app.exception
    assert "data.without='cat' is no class of 'digits'; expected one of: 0, 1" in app.error[0].value


# Three regimes


def regimes(app):
    """What the three columns were sent."""
    shown = (component.proto for component in app.get("bidi_component"))
    return [json.loads(proto.json) for proto in shown if proto.component_name == "aeviz.prior_samples"]


def test_regimes_stand_side_by_side(app):
    app = open_page(app, "regimes")
    assert_healthy(app, "Three regimes")
    shown = regimes(app)
    for model, sent in zip(REGIMES, shown, strict=True):
        assert sent["plane"]["text"].startswith(f"Latent map of {model}")
        assert sent["samples"]["text"] == "36 samples from the prior, seed 0"
        assert len(sent["places"]) == sent["count"] == 36
    for loss in ("the prior", "all information", "a little of both"):
        assert f"Lost: {loss}" in said(app)
    lines = [text for text in texts(app.markdown) if text.startswith("**Lost: ")]
    assert "All codes coincide, samples are noise" in lines[1]
    assert sum(bool(re.search(r"\d+% of codes in the circles, \d+ of 10 classes", line)) for line in lines) == 2
    assert sum(image.alt == "Colours of the classes" for image in images(app)) == 1
    telling, rest = (table.value.set_index("")["Both"] for table in app.table)  # of evaluation.json
    assert telling["ELBO (nats per image)"] == "-142.17 ± 0.51"
    assert "this is beta = 1 (1 is the ELBO" in rest["KL weight"]
    assert rest["Importance-weighted bound minus ELBO"] == "2.19 ± 0.14"
    app.button(key="again").click().run()
    for sent, before in zip(regimes(app), shown, strict=True):
        assert sent["samples"]["uri"] != before["samples"]["uri"]
        assert sent["places"] != before["places"]


def test_planes_share_a_scale_on_request(app):
    app = open_page(app, "regimes")
    for scale, widths in (("own scale", 2), ("scale of the prior", 1), ("same for all", 1)):
        app.segmented_control(key="scale").set_value(scale).run()
        assert not app.exception
        planes = [re.search(r", width ([\d.]+)", sent["plane"]["text"])[1] for sent in regimes(app)]
        assert len(planes) == 3
        assert len(set(planes)) == widths


def test_another_model_can_stand_in_a_column(app):
    app = open_page(app, "regimes")
    app.selectbox(key="left").set_value("vae-2d").run()
    assert_healthy(app, "Three regimes")
    assert regimes(app)[0]["plane"]["text"].startswith("Latent map of vae-2d")


def test_missing_regimes_say_how_to_train_them(app_without_models, tmp_path):
    app = open_page(app_without_models, "regimes")
    assert_healthy(app, "Three regimes")
    for model, info in zip(REGIMES, texts(app.info), strict=True):
        assert f"aeviz train {model}" in info
    shutil.copytree(checkpoints_root() / "regime-kl", tmp_path / "runs" / "my-own")
    app.run()
    assert_healthy(app, "Three regimes")
    assert app.selectbox(key="middle").value == "my-own"
    assert app.selectbox(key="left").value is None
    assert len(app.info) == 2


def test_over_training_opens_on_a_model_with_a_record(app):
    app = open_page(new_session(), "reconstruct", source="over training")
    assert not app.exception
    assert app.selectbox(key="model").value == "digits-2d-adam"
    assert not any("no recorded reconstructions" in info.value for info in app.info)
    assert film_of(app)["at"] == 300
    assert [button.proto.label for button in app.get("download_button")] == ["GIF", "WebP", "MP4"] * 2


def test_choosing_over_training_turns_to_a_model_with_a_record(app):
    app = open_page(new_session(), "reconstruct", "mlp-2d-adam")
    app.segmented_control(key="source").set_value("over training").run()
    assert not app.exception
    assert app.selectbox(key="model").value == "digits-2d-adam"
    app.segmented_control(key="source").set_value("test images").run()
    assert app.selectbox(key="model").value == "mlp-2d-adam"
