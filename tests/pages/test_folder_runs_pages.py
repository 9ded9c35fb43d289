"""A run on a folder of images, on the pages: its test images are found again, and its images compared."""

import json
import shutil

import pytest
from streamlit.testing.v1 import AppTest
from visits import assert_healthy, open_page, texts

from aeviz.config import DataConfig, ModelConfig, OptimizerConfig, RunConfig, TrainConfig
from aeviz.data import load_dataset
from aeviz.data.changes import with_class_order
from aeviz.experiment import measure, train
from aeviz.training.runs import CONFIG, RunFolder

OLD_ORDER = ("s1", "s10", "s2")


@pytest.fixture
def images(tmp_path, write_pictures):
    for seed, name in enumerate(("s1", "s2", "s10")):
        write_pictures(tmp_path / "images" / name, 8, seed=seed)
    return tmp_path / "images"


@pytest.fixture
def run(images, tmp_path):
    """A run of the visitor's own on the folder."""
    config = RunConfig(
        data=DataConfig(name=f"folder:{images}", image_size=8),
        model=ModelConfig(image_shape=(1, 8, 8), hidden=(8,), latent_dim=2),
        optimizer=OptimizerConfig(schedule="constant"),
        train=TrainConfig(epochs=1, batch_size=8, device="cpu"),
    )
    train(config, out=tmp_path / "runs" / "own")
    return tmp_path / "runs" / "own"


def number_classes_as_before(run, images):
    """Make the run one of an older version, which sorts the classes of a folder as s1, s10, s2."""
    config = json.loads((run / CONFIG).read_text())
    train_set = load_dataset(RunFolder.read(run).config.data, "train")
    config["provenance"] |= {
        "class_names": list(OLD_ORDER),
        "data_fingerprint": with_class_order(train_set, OLD_ORDER).fingerprint(),
    }
    (run / CONFIG).write_text(json.dumps(config))
    measure(RunFolder.read(run))


@pytest.mark.parametrize("order", ["as now", "as before"])
def test_test_images_of_a_folder_run_are_shown(app, run, images, order):
    if order == "as before":
        number_classes_as_before(run, images)
    app = open_page(app, "reconstruct", model="own")
    assert_healthy(app, "Reconstruct")
    assert app.selectbox(key="model").value == "own"
    assert "has changed since" not in " ".join(texts(app.caption))


def compare():
    from types import SimpleNamespace

    import streamlit as st

    from aeviz.web.kernel.images import originals
    from aeviz.web.kernel.models import list_models
    from aeviz.web.reconstruct.own_result import result_of

    model = list_models()["own"]
    if "image" not in st.session_state:
        st.session_state["image"] = originals(model).images[0]
    result = result_of(SimpleNamespace(image=st.session_state["image"]), model)
    st.text(result.judged.reference.name)


@pytest.mark.parametrize("order", ["as now", "as before"])
def test_own_image_is_compared_anew_when_the_training_images_go(run, images, tmp_path, monkeypatch, order):
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "runs"))
    if order == "as before":
        number_classes_as_before(run, images)
    visit = AppTest.from_function(compare, default_timeout=60).run()
    assert not visit.exception
    assert visit.text[0].value == "training images"
    shutil.rmtree(images)
    visit.run()
    assert not visit.exception
    assert visit.text[0].value == "test images that ship with the model"


def test_folder_of_others_is_not_offered_on_a_shared_server(app, run, images, monkeypatch):
    """Its images may be another visitor's, and its name is a path of the server."""
    app = open_page(app, "pca", data="digits")
    assert any(str(images) in option for option in app.selectbox(key="data").options)
    monkeypatch.setenv("AEVIZ_MODE", "class")
    app = open_page(app, "pca", data="digits")
    assert not app.exception
    assert not any("folder" in option for option in app.selectbox(key="data").options)
