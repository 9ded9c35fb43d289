import dataclasses
import json
import re
import shutil

import pytest

import tools.results
from aeviz.paths import checkpoints_root
from aeviz.presets import PRESETS
from aeviz.training.history import EpochReport, write_history
from aeviz.training.latents import LATENTS
from aeviz.training.runs import CONFIG, EVALUATION, HISTORY, RunFolder
from tools.results import BEGIN, END, PAGE, main, read_results, replace_tables, write_tables

NAMES = sorted(path.parent.name for path in checkpoints_root().glob(f"*/{CONFIG}"))


def tables(text):
    """All tables of a Markdown text, each a list of rows, each a mapping of column to text."""
    found = []
    for block in re.findall(r"(?:^\|.*\|\n)+", text, flags=re.MULTILINE):
        titles, _, *rows = ([cell.strip() for cell in line.strip("|").split("|")] for line in block.splitlines())
        found.append([dict(zip(titles, row, strict=True)) for row in rows])
    return found


@pytest.fixture(scope="module")
def shown():
    """Each model's cells of the committed page: those of its two tables together."""
    block = PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]
    models = {}
    for row in (row for table in tables(block) for row in table):
        name = row.get("model") or row.get("test set")
        assert not models.get(name, {}).keys() & row.keys(), f"{name} stands twice in tables of one kind"
        models[name] = models.get(name, {}) | row
    return models


@pytest.fixture
def own_checkpoints(tmp_path, monkeypatch):
    """A folder that stands for checkpoints/."""
    root = tmp_path / "checkpoints"
    root.mkdir()
    monkeypatch.setattr(tools.results, "checkpoints_root", lambda: root)
    return root


@pytest.fixture
def page(tmp_path):
    path = tmp_path / "results.md"
    path.write_text(f"above\n\n{BEGIN}\nold\n{END}\n\nbelow\n", encoding="utf-8")
    return path


def read_lines(name, file):
    return [json.loads(line) for line in (checkpoints_root() / name / file).read_text().splitlines()]


def read(name, file):
    return json.loads((checkpoints_root() / name / file).read_text())


def test_the_committed_page_is_what_the_command_writes(tmp_path):
    page = tmp_path / "results.md"
    shutil.copy(PAGE, page)
    assert main([], page) == 0
    assert page.read_text(encoding="utf-8") == PAGE.read_text(encoding="utf-8"), "say: make results"


def test_every_model_that_ships_is_shown(shown):
    assert sorted(shown) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_figures_of_the_thesis_are_those_of_the_presets(shown, name):
    preset = PRESETS[name]
    logged = [figure for figure in (preset.logged_val_mse, preset.logged_val_loss) if figure is not None]
    losses = [line["val_loss"] for line in read_lines(name, HISTORY)]
    row = shown[name]
    assert float(row["validation loss"]) == pytest.approx(min(losses), rel=5e-4)
    assert int(row["epochs"]) == len(losses)
    if not logged:
        assert {row.get("logged", "-"), row.get("met", "-")} == {"-"}
        return
    assert row["logged"] == f"{logged[0]:.5f}"
    assert float(row["logged"]) == logged[0]
    assert row["met"] == ("yes" if min(losses) <= logged[0] else "**no**")


@pytest.mark.parametrize("name", NAMES)
def test_figures_are_those_of_the_files(shown, name):
    row, evaluation, config = shown[name], read(name, EVALUATION), read(name, CONFIG)
    assert row["D"] == str(config["model"]["latent_dim"])
    assert row["data"] == config["data"]["name"]
    assert int(row["parameters"].replace(",", "")) == config["provenance"]["parameters"]
    assert row["seed (tried)"] == f"{config['train']['seed']} ({config['provenance']['seeds_tried']})"
    columns = {
        "n": "n", "MSE": "mse", "SSIM": "ssim", "MS-SSIM": "ms_ssim", "kNN accuracy": "knn_accuracy", "KL": "kl",
        "ELBO": "elbo", "gain of IWAE": "bound_gain", "IWAE bound": "log_likelihood_bound",
        "active units": "active_units",
    }  # fmt: skip
    for column, key in columns.items():
        cell, value = row.get(column, "-"), evaluation.get(key)
        if value is None:
            assert cell == "-", column
        else:
            assert float(cell.replace(",", "").split(" ± ")[0]) == pytest.approx(value, rel=5e-4), column


def test_objectives_are_told_in_a_few_words(shown):
    expected = {
        "mlp-2d-adam": "MSE",
        "vae-2d": "MSE + 4e-05 KL / D",
        "msssim-vae-10d": "(1 - MS-SSIM) + 0.001 KL",
        "regime-reconstruction": "BCE",
        "regime-kl": "0.00128 KL",
        "sparse-kl": "MSE + 0.001 KL sparsity",
        "denoising": "MSE, masking 0.5",
        "vq-mnist": "MSE + code book + 0.25 commitment",
    }
    assert {name: shown[name]["objective"] for name in expected} == expected


def make_faces(root):
    """A run of faces as it ships: no encoded images, no classes and so no kNN."""
    like = RunFolder.read(checkpoints_root() / "vae-10d")
    folder = dataclasses.replace(like, path=root / "celeba-vae", config=PRESETS["celeba-vae"].config)
    folder.path.mkdir()
    folder.write()
    report = EpochReport(
        epoch=1, train_loss=0.02, val_loss=0.0123456, val_mse=0.01, learning_rate=0.005, seconds=9.0, val_kl=30.0
    )
    write_history(folder.path / HISTORY, [report])
    figures = {"model": "celeba-vae", "dataset": "celeba", "knn_accuracy": None, "euclidean_error_per_class": {}}
    folder.write_evaluation(dataclasses.replace(like.evaluation(), **figures))
    assert not (folder.path / LATENTS).exists()
    return folder


def test_faces_stand_in_tables_of_their_own_without_knn(own_checkpoints):
    make_faces(own_checkpoints)
    text = write_tables(read_results())
    assert re.findall(r"^### (.*)", text, flags=re.MULTILINE) == ["Faces"]
    (training,), (test_set,) = tables(text + "\n")
    assert (training["model"], training["validation loss"]) == ("celeba-vae", "0.01235")
    assert training["objective"] == "MSE + 0.00039 KL"
    assert "logged" not in training
    assert "kNN accuracy" not in test_set
    assert float(test_set["ELBO"].split(" ± ")[0]) < 0


def test_a_model_that_was_not_measured_shows_dashes(own_checkpoints):
    for name in ("digits-2d-adam", "digits-2d-amsgrad"):
        shutil.copytree(checkpoints_root() / name, own_checkpoints / name)
    (own_checkpoints / "digits-2d-adam" / EVALUATION).unlink()
    _, (first, second) = tables(write_tables(read_results()) + "\n")
    assert set(first.values()) == {"digits-2d-adam", "-"}
    assert "-" not in second.values()


def test_only_what_stands_between_the_marks_is_replaced(own_checkpoints, page):
    shutil.copytree(checkpoints_root() / "digits-2d-adam", own_checkpoints / "digits-2d-adam")
    assert main([], page) == 0
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"above\n\n{BEGIN}\n\n### ")
    assert text.endswith(f"|\n\n{END}\n\nbelow\n")
    assert "old" not in text
    assert main([], page) == 0
    assert page.read_text(encoding="utf-8") == text
    assert [path.name for path in page.parent.iterdir() if path.is_file()] == ["results.md"]


@pytest.mark.parametrize(
    "text", ["", BEGIN, END, f"{END}\n{BEGIN}", f"{BEGIN}\n{BEGIN}\n{END}\n{BEGIN}", f"{END}\n{BEGIN}\n{END}"]
)
def test_a_page_without_its_marks_is_refused_and_left_alone(page, capsys, text):
    page.write_text(text, encoding="utf-8")
    assert main([], page) == 2
    assert "the page of results needs one line <!-- results: begin -->" in capsys.readouterr().err
    assert page.read_text(encoding="utf-8") == text


def test_measuring_anew_finds_the_committed_figures(own_checkpoints, page, capsys):
    shutil.copytree(checkpoints_root() / "digits-2d-adam", own_checkpoints / "digits-2d-adam")
    assert main(["--measure"], page) == 0
    line = capsys.readouterr().out.splitlines()[0]
    found = re.fullmatch(r"digits-2d-adam: (?:no figure differs|differs most in \S+, by (\S+) of it)", line)
    assert float(found[1] or 0) < 1e-3


def test_measuring_anew_names_a_figure_that_is_wrong(own_checkpoints, page, capsys):
    shutil.copytree(checkpoints_root() / "digits-2d-adam", own_checkpoints / "digits-2d-adam")
    folder = RunFolder.read(own_checkpoints / "digits-2d-adam")
    evaluation = folder.evaluation()
    folder.write_evaluation(dataclasses.replace(evaluation, mse=4 * evaluation.mse))
    assert main(["--measure"], page) == 0
    assert "digits-2d-adam: differs most in mse, by 7.5e-01 of it" in capsys.readouterr().out


def test_measuring_anew_goes_on_without_the_data(own_checkpoints, page, capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("AEVIZ_DATA", str(tmp_path / "nothing"))
    make_faces(own_checkpoints)
    assert main(["--measure"], page) == 0
    assert "celeba-vae: not measured: " in capsys.readouterr().out
    assert "celeba-vae" in page.read_text(encoding="utf-8")


def test_tables_go_where_the_marks_are():
    assert replace_tables(f"a {BEGIN} x {END} b", "new") == f"a {BEGIN}\n\nnew\n\n{END} b"
