"""`aeviz pca` as a user runs it."""

import json

import numpy as np
import pytest
from PIL import Image
from sklearn.decomposition import PCA

from aeviz.cli import main
from aeviz.data import load_dataset

KEYS = ["pca_mse", "linear_ae_mse", "relative_excess", "max_principal_angle_deg", "seconds"]


@pytest.fixture
def pca(capsys, monkeypatch, tmp_path):
    """A function that runs `aeviz pca` without downloaded data; it returns status, standard output and error."""
    monkeypatch.setenv("AEVIZ_DATA", str(tmp_path / "data"))

    def run(*arguments):
        try:
            status = main(["pca", *map(str, arguments)])
        except SystemExit as stop:
            status = stop.code
        captured = capsys.readouterr()
        return status, captured.out, captured.err

    return run


def test_json_holds_the_figures_of_scikit_learn(pca):
    status, out, _ = pca("--data", "digits", "--components", 5, "--json")
    figures = json.loads(out)
    x = load_dataset("digits", "train").images.reshape(-1, 64) / 255
    reference = PCA(5).fit(x)
    error = ((reference.inverse_transform(reference.transform(x)) - x) ** 2).mean()
    assert (status, list(figures)) == (0, KEYS)
    assert figures["pca_mse"] == pytest.approx(error, rel=1e-9)
    assert figures["linear_ae_mse"] == pytest.approx(error, rel=1e-4)
    assert figures["relative_excess"] == pytest.approx(figures["linear_ae_mse"] / figures["pca_mse"] - 1, abs=1e-9)
    assert figures["max_principal_angle_deg"] < 1
    assert figures["seconds"] > 0


def test_words_for_people_and_null_beyond_the_rank(pca):
    status, out, _ = pca()
    assert status == 0
    assert "1,250 training images of digits, 2 components" in out
    assert "largest principal angle" in out
    assert "deg" in out
    status, out, _ = pca("--components", 64, "--json")
    assert json.loads(out)["max_principal_angle_deg"] is None
    assert "undefined" in pca("--components", 64)[1]


def test_own_images_are_taken_from_a_folder(pca, tmp_path):
    folder = tmp_path / "own"
    folder.mkdir()
    chance = np.random.default_rng(0)
    for number in range(40):
        Image.fromarray(chance.integers(0, 256, (6, 6), dtype=np.uint8)).save(folder / f"{number}.png")
    status, out, err = pca("--data", f"folder:{folder}", "--components", 2, "--json")
    assert status == 0, err
    assert list(json.loads(out)) == KEYS


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--components", "65"], "65 components of images of 64 pixels in 'digits'; expected a whole number from 1 to"),
        (["--components", "0"], "--components 0; expected a whole number from 1 up"),
        (["--components", "two"], "invalid int value: 'two'"),
        (["--data", "nowhere"], "unknown data set 'nowhere'"),
        (["--data", "mnist"], "aeviz data prepare mnist"),
        (["--data", "folder:/no/such/folder"], "/no/such/folder"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_status_2(arguments, message, pca):
    status, out, err = pca(*arguments, "--json")
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
