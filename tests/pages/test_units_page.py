"""The page Units: order, choice, address, messages, and what stands in for images that are missing."""

import json
import re
import shutil

import numpy as np
import pytest
from visits import assert_healthy, new_session, open_page, texts

import aeviz
from aeviz.analysis.units import measure_units
from aeviz.paths import checkpoints_root
from aeviz.training.latents import read_latents
from aeviz.web.components.kit.wire import unpack
from aeviz.web.kernel.images import originals
from aeviz.web.kernel.models import list_models


def cards(app):
    """The units on the cards, in order."""
    return [button.key.removeprefix("choose-") for button in app.button if button.key.startswith("choose-")]


def heading(app):
    """The unit that is shown."""
    (text,) = texts(app.subheader)
    return text.removeprefix("Unit ")


def stored(name):
    """The encoded test set of a shipped model."""
    config = json.loads((checkpoints_root() / name / "config.json").read_text())
    return read_latents(checkpoints_root() / name, config["model"]["latent_dim"], 10)


def stored_best_class(name, unit):
    """The class whose images excite a unit of a shipped model most, in the mean."""
    table = stored(name)
    return int(np.argmax([table.z[table.labels == label, unit].mean() for label in range(10)]))


def pushed(app):
    """What the slider of the page was sent."""
    shown = (component.proto for component in app.get("bidi_component"))
    (payload,) = (proto.bytes for proto in shown if proto.component_name == "aeviz.pushed_unit")
    return unpack(payload)


def html(app):
    return " ".join(element.proto.body for element in app.get("html"))


def test_sparse_model_is_shown_first_and_without_its_images_codes_are_decoded(app):
    app = open_page(app, "units")
    assert_healthy(app, "Units")
    assert app.selectbox(key="model").value == "sparse-kl"
    assert any("decoded codes stand in" in text for text in texts(app.caption))
    best = int(measure_units(*(lambda table: (table.z, table.labels))(stored("sparse-kl"))).selectivity.argmax())
    assert heading(app) == cards(app)[0] == f"z{best + 1}"
    assert re.search(r"class explains \d\d%", app.button(key=f"choose-z{best + 1}").label)
    lead = app.markdown[0]
    assert re.search(r"\*\*\d\d%\*\* of the variation of its activation lies between the classes", lead.value)
    assert lead.value.startswith(f"**Detects class {stored_best_class('sparse-kl', best)}.**")
    assert "nats" not in lead.value
    assert "Sparsity penalty: target 0.05, reached 0.05" in lead.proto.help
    assert "data:image/png" in html(app)
    assert len(app.get("image")) == 2


def test_cards_are_24_at_first_and_all_by_the_address(app):
    app = open_page(app, "units", "sparse-kl")
    assert len(cards(app)) == 24
    assert len(set(cards(open_page(new_session(), "units", "sparse-kl", all="true")))) == 64


def test_cards_are_sorted_as_chosen(app):
    app = open_page(app, "units", "vae-64d", order="activity")
    variance = stored("vae-64d").z.astype(np.float64).var(axis=0)
    assert cards(app) == [f"z{unit + 1}" for unit in np.argsort(-variance, kind="stable")[:24]]
    nats = json.loads((checkpoints_root() / "vae-64d" / "evaluation.json").read_text())["kl_per_dimension"]
    app.selectbox(key="order").set_value("KL divergence").run()
    assert cards(app) == [f"z{unit + 1}" for unit in np.argsort(-np.array(nats), kind="stable")[:24]]
    app.selectbox(key="order").set_value("index").run()
    assert cards(app) == [f"z{unit}" for unit in range(1, 25)]
    assert_healthy(app, "Units")


def test_divergence_is_offered_for_variational_models_alone(app):
    app = open_page(app, "units", "vae-10d", order="KL divergence")
    assert "It is **active**" in app.markdown[0].value
    assert "nats per image" in app.markdown[0].proto.help
    app.selectbox(key="model").set_value("mlp-10d-amsgrad").run()
    assert_healthy(app, "Units")
    assert app.selectbox(key="order").options == ["class selectivity", "activity", "index"]
    assert app.selectbox(key="order").value == "class selectivity"


def test_click_on_a_card_chooses_its_unit_and_the_address_keeps_it(app):
    app = open_page(app, "units", "sparse-kl")
    other = cards(app)[5]
    before = html(app)
    app.button(key=f"choose-{other}").click().run()
    assert_healthy(app, "Units")
    assert heading(app) == other == app.selectbox(key="unit").value
    assert app.query_params["unit"] == other
    assert html(app) != before
    app.selectbox(key="order").set_value("index").run()
    assert heading(app) == other


@pytest.mark.parametrize("text", ["z37", "37"])
def test_address_names_a_unit_with_or_without_its_letter(app, text):
    app = open_page(app, "units", "sparse-kl", unit=text)
    assert_healthy(app, "Units")
    assert heading(app) == "z37"
    assert not any("Unknown unit" in caption for caption in texts(app.caption))


@pytest.mark.parametrize("text", ["z65", "0", "![x](http://x.example/)", "9" * 5000])
def test_bad_unit_in_the_address_is_told_in_one_caption(app, text):
    app = open_page(app, "units", "sparse-kl", unit=text)
    assert_healthy(app, "Units")
    (told,) = [caption for caption in texts(app.caption) if "Unknown unit" in caption]
    assert told.endswith(f"sparse-kl has z1 to z64. Shown is {heading(app)}.")
    assert "![" not in told
    assert len(told) < 150
    app.selectbox(key="unit").set_value("z2").run()
    assert not any("Unknown unit" in caption for caption in texts(app.caption))


def test_another_model_begins_with_its_own_unit(app):
    app = open_page(app, "units", "sparse-kl", unit="z3")
    app.selectbox(key="model").set_value("mlp-10d-amsgrad").run()
    assert_healthy(app, "Units")
    table = stored("mlp-10d-amsgrad")
    assert heading(app) == f"z{measure_units(table.z, table.labels).selectivity.argmax() + 1}"
    assert not any("Unknown unit" in caption for caption in texts(app.caption))


def test_pushed_images_follow_the_test_image(app):
    app = open_page(app, "units", "sparse-kl", image="3", push="0.5")
    shown, codes = pushed(app), stored("sparse-kl").z
    unit = shown["unit"]
    assert shown["code"].tolist() == codes[3].astype(np.float32).tolist()
    assert (shown["low"], shown["high"]) == pytest.approx((codes[:, unit].min(), codes[:, unit].max()))
    assert shown["original"] is None  # not on this machine
    model, at = aeviz.load("sparse-kl"), codes[3].copy()
    at[unit] = (shown["low"] + shown["high"]) / 2
    expected = model.decode(np.stack([codes[3], at]).astype(np.float32)).numpy().reshape(2, -1)
    assert shown["reconstruction"] == pytest.approx(expected[0], abs=1e-5)
    assert shown["image"] == pytest.approx(expected[1], abs=1e-5)
    app.number_input(key="image").set_value(8.0).run()
    assert_healthy(app, "Units")
    assert pushed(app)["code"].tolist() == codes[8].astype(np.float32).tolist()
    assert html(app).count("<img") == 7  # from the median code: as it is, five levels, the change


def test_a_class_is_named_that_the_pushed_image_is_read_as(app):
    """By the ten test images nearest in pixels."""
    app = open_page(app, "units", "digits-2d-adam", unit="z1", image="5")
    words = next(text for text in texts(app.markdown) if text.startswith("**Push z1**"))
    low, high = re.search(r"is read as \*\*(\d)\*\* at its lowest activation, as \*\*(\d)\*\* at its", words).groups()
    model, table = aeviz.load("digits-2d-adam"), stored("digits-2d-adam")
    ends = np.repeat(table.z[5:6].astype(np.float32), 2, axis=0)
    ends[:, 0] = table.z[:, 0].min(), table.z[:, 0].max()
    images = model.decode(ends).numpy().reshape(2, -1)
    test = list_models()["digits-2d-adam"]
    dataset = originals(test)
    distances = np.linalg.norm(images[:, None] - dataset.images.reshape(len(dataset), -1) / 255, axis=2)
    distances[:, 5] = np.inf
    votes = [np.bincount(dataset.labels[np.argsort(row)[:10]]) for row in distances]
    assert votes[0][int(low)] == votes[0].max()
    assert votes[1][int(high)] == votes[1].max()


def test_each_unit_begins_with_an_example_of_its_own_until_an_image_is_chosen(app):
    app = open_page(app, "units", "sparse-kl", unit="z51")
    table, first = stored("sparse-kl"), app.number_input(key="image").value
    assert table.labels[int(first)] == 9  # a 9 becomes a 7
    app.selectbox(key="unit").set_value("z15").run()
    second = app.number_input(key="image").value
    assert second != first
    assert table.labels[int(second)] == 8  # an 8 becomes a 0
    assert "image" not in app.query_params
    app.number_input(key="image").set_value(8.0).run()
    app.selectbox(key="unit").set_value("z51").run()
    assert app.number_input(key="image").value == 8
    assert_healthy(app, "Units")


def test_links_lead_to_the_map_along_the_unit_and_to_the_decoded_plane(app):
    app = open_page(app, "units", "sparse-kl", unit="z36")
    on_map, on_plane = (link.proto.query_string for link in app.get("page_link"))
    assert "projection=chosen+dimensions" in on_map
    assert "across=z36" in on_map
    assert "show=decoded+plane" in on_plane
    assert "sparse-kl.along=z36" in on_plane
    assert "sparse-kl.at=z36_0." in on_plane


def test_originals_are_shown_where_they_are(app):
    app = open_page(app, "units", "digits-2d-adam")  # the digits come with scikit-learn
    assert_healthy(app, "Units")
    assert not any("stand in" in text for text in texts(app.caption))
    assert len(cards(app)) == 2
    assert not app.main.toggle


def test_model_without_stored_codes_says_why(app):
    app = open_page(app, "units", "celeba-vae")
    assert not app.exception
    assert "celeba-vae ships without encoded images" in app.info[0].value
    assert app.selectbox(key="model").value == "sparse-kl"


def test_images_without_classes_have_neither_selectivity_nor_bars(app, tmp_path):
    run = tmp_path / "runs" / "no-classes"
    shutil.copytree(checkpoints_root() / "digits-2d-adam", run)
    with np.load(run / "latents.npz") as file:
        arrays = {name: file[name] for name in file.files if name != "labels"}
    np.savez(run / "latents.npz", **arrays)
    app = open_page(app, "units", "no-classes")
    assert_healthy(app, "Units")
    assert app.selectbox(key="order").options == ["activity", "index"]
    assert "Class" not in app.markdown[0].value
    assert len(app.get("plotly_chart")) == 1


def test_damaged_weights_give_a_message(app, tmp_path):
    run = tmp_path / "runs" / "damaged"
    shutil.copytree(checkpoints_root() / "digits-2d-adam", run)
    (run / "model.safetensors").write_bytes(b"\x00" * 100)
    app = open_page(app, "units", "damaged")
    assert not app.exception
    assert "cannot read model.safetensors of run 'damaged'" in app.error[0].value
