"""A run on a data set of one's own, on every page that shows runs or data."""

from visits import assert_healthy, open_page, texts

import aeviz
from aeviz.config import DataConfig, ModelConfig, RunConfig, TrainConfig
from aeviz.data import load_dataset, remove_own
from aeviz.experiment import train


def test_pages_work_on_imported_images_and_say_when_they_are_removed(app, tmp_path):
    digits = load_dataset("digits", "train")
    aeviz.import_images({"x": digits.images[:300, 0], "y": digits.labels[:300]}, "mine")
    config = RunConfig(
        data=DataConfig(name="mine"),
        model=ModelConfig(image_shape=(1, 8, 8), hidden=(16,), latent_dim=2),
        train=TrainConfig(epochs=1, batch_size=32, device="cpu"),
    )
    train(config, out=tmp_path / "runs" / "own")
    for name, title in (
        ("explore", "Explore"),
        ("reconstruct", "Reconstruct"),
        ("generate", "Generate"),
        ("units", "Units"),
        ("network", "Network and training"),
    ):
        assert_healthy(open_page(app, name, model="own"), title)
    for name, title in (("pca", "PCA = linear autoencoder"), ("playground", "Playground")):
        app.query_params.clear()
        assert_healthy(open_page(app, name, data="mine"), title)
    remove_own("mine")
    app.query_params.clear()
    app = open_page(app, "reconstruct", model="own")
    assert not app.exception
    assert "mine is no data set of this machine any more." in " ".join(texts(app.caption))
