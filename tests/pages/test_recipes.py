"""The Python that pages offer runs as pasted and makes what they show."""

import re
import webbrowser

import numpy as np
import pytest
from PIL import Image
from visits import open_page

from aeviz.figures.images import tile
from aeviz.training.run import load


@pytest.fixture
def pasted(tmp_path, monkeypatch, capsys):
    """Returns a function that runs the code of a page in an empty folder, and gives what it printed."""
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)

    def run(app):
        (code,) = [block.value for block in app.code if block.value.lstrip().startswith(("import", "from"))]
        folder = tmp_path / "pasted"
        folder.mkdir(exist_ok=True)
        monkeypatch.chdir(folder)
        exec(compile(code, "pasted", "exec"), {"__name__": "pasted"})  # noqa: S102 - what a user does with it
        return capsys.readouterr().out, sorted(path.name for path in folder.iterdir()), opened

    return run


def picture(path):
    return np.asarray(Image.open(path))


def test_explore_opens_both_maps(app, pasted):
    page = open_page(app, "explore", "digits-2d-adam", **{"with.digits-2d-adam": "digits-2d-amsgrad"})
    assert not page.exception
    _, _, opened = pasted(page)
    assert len(opened) == 2


def test_explore_opens_the_map_without_images_where_they_are_not_here(app, pasted):
    page = open_page(app, "explore", "vae-2d", **{"with.vae-2d": "nothing"})
    assert not page.exception
    _, _, opened = pasted(page)
    assert len(opened) == 1


def test_generate_draws_the_samples_of_the_page(app, pasted, tmp_path):
    page = open_page(app, "generate", "vae-2d", **{"with.vae-2d": "nothing", "temperature": "0.5", "seed": "3"})
    assert not page.exception
    _, files, _ = pasted(page)
    assert files == ["samples-vae-2d.png"]
    z = 0.5 * np.random.default_rng(3).standard_normal((100, 2))
    expected = tile(load("vae-2d").decode(z.astype(np.float32)).numpy(), 10)
    np.testing.assert_array_equal(picture("samples-vae-2d.png"), expected)


def test_reconstruct_gives_the_error_of_the_page(app, pasted):
    page = open_page(app, "reconstruct", "digits-2d-adam")
    assert not page.exception
    out, files, _ = pasted(page)
    assert "reconstructions-digits-2d-adam.png" in files
    assert out.startswith("digits-2d-adam: mean Euclidean error ")


def test_network_and_compare_write_tables_and_curves(app, pasted):
    out, files, _ = pasted(open_page(app, "network", "digits-2d-adam"))
    assert "Linear ReLU" in out
    assert "curves.html" in files
    page = open_page(app, "compare", runs=["digits-2d-adam", "digits-2d-amsgrad"])
    out, _, _ = pasted(page)
    assert out.count("test MSE") == 2


def test_units_writes_the_images_of_the_unit(app, pasted):
    _, files, _ = pasted(open_page(app, "units", "digits-2d-adam"))
    assert files == ["extremes.png", "pushed.png"]


def test_train_trains_what_the_form_says(app, pasted, monkeypatch, tmp_path):
    from aeviz.web.kernel.recipes import train_code

    page = open_page(app, "train", preset="digits-2d-adam")
    (code,) = [block.value for block in page.code if block.value.startswith("import aeviz")]
    assert '"data.name=digits"' in code
    assert '"model.latent_dim=2"' not in code, "defaults are left out"
    from aeviz.presets import get_preset

    config = get_preset("digits-2d-adam").config.with_settings(["train.epochs=1"])
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "runs"))
    space = {}
    exec(compile(train_code(config), "pasted", "exec"), space)  # noqa: S102
    assert space["run"].config == config


def test_pca_prints_both_errors_of_the_page(app, pasted):
    page = open_page(app, "pca", data="digits", steps="250")
    assert not page.exception
    printed, _, _ = pasted(page)
    shared = re.search(r"mean squared error of PCA ([\d.]+), of the linear autoencoder ([\d.]+)", printed)
    assert shared is not None
    assert float(shared[2]) == pytest.approx(float(shared[1]), rel=1e-2)


def test_regimes_draw_the_samples_of_the_page(app, pasted):
    page = open_page(app, "regimes", seed="3")
    assert not page.exception
    printed, files, _ = pasted(page)
    assert files == ["prior-regime-both.png", "prior-regime-kl.png", "prior-regime-reconstruction.png"]
    z = np.random.default_rng(3).standard_normal((36, 2)).astype(np.float32)
    np.testing.assert_array_equal(picture(files[0]), tile(load("regime-both").decode(z).numpy(), 9))
    assert "regime-kl: mean squared error" in printed


def test_optimizers_end_where_the_page_says(app, pasted):
    page = open_page(app, "optimizers")
    assert not page.exception
    printed, _, _ = pasted(page)
    assert "minimum (3.00, 2.00) from step 116" in printed
    assert any("from step 116 on" in text.value for text in page.markdown)
