"""Cards of models: those that ship are what the command writes; a card of any run says what its files say."""

import dataclasses
import json
import shutil

import pytest
import yaml

from aeviz.cli import main
from aeviz.export.card import CARD, describe_objective, write_card
from aeviz.paths import checkpoints_root
from aeviz.presets import get_preset
from aeviz.training.runs import CONFIG, EVALUATION, RunFolder
from tools.cards import write_cards

SHIPPED = sorted(path.parent for path in checkpoints_root().glob(f"*/{CONFIG}"))


def header(card):
    return yaml.safe_load(card.split("---\n")[1])


def test_cards_that_ship_are_what_the_command_writes():
    assert len(SHIPPED) > 25
    for path in SHIPPED:
        written = write_card(RunFolder.read(path))
        assert (path / CARD).read_text(encoding="utf-8") == written, "write it again: python -m tools.cards"


def test_header_names_library_licence_data_and_kind():
    headers = {path.name: header((path / CARD).read_text(encoding="utf-8")) for path in SHIPPED}
    assert {values["library_name"] for values in headers.values()} == {"aeviz"}
    assert {name for name, values in headers.items() if values["license"] != "mit"} == {
        "celeba-vae",
        "celeba-msssim-vae",
    }
    assert headers["celeba-vae"]["license_name"] == "non-commercial-research"
    assert headers["vae-2d"]["datasets"] == ["mnist"]
    assert "vq-vae" in headers["vq-mnist"]["tags"]
    assert "variational-autoencoder" in headers["flow-2d"]["tags"]


def test_card_of_ones_own_run_has_its_figures_and_no_licence(trained_folder, capsys):
    assert main(["models", "card", str(trained_folder)]) == 0
    card = capsys.readouterr().out
    assert card == write_card(RunFolder.read(trained_folder))
    assert header(card)["license"] == "unknown"
    assert f'aeviz.load("path/to/{trained_folder.name}")' in card
    evaluation = json.loads((trained_folder / EVALUATION).read_text())
    assert f"| MSE | {evaluation['mse']:#.4g} |" in card
    assert f"On {evaluation['n']:,} images of the test split." in card
    assert max(map(len, card.replace("|", "\n").splitlines())) <= 120


def test_card_of_a_folder_of_images_does_not_name_its_path(run_copy):
    (run_copy / EVALUATION).unlink()
    folder = RunFolder.read(run_copy)
    config = dataclasses.replace(folder.config, data=dataclasses.replace(folder.config.data, name="folder:/home/me/x"))
    dataclasses.replace(folder, config=config).write()
    card = write_card(RunFolder.read(run_copy))
    assert "/home/me" not in card
    assert "datasets" not in header(card)
    assert f"Not measured yet: `aeviz evaluate {run_copy.name}`." in card


@pytest.mark.parametrize(
    ("preset", "words"),
    [
        ("mlp-2d-adam", "MSE"),
        ("celeba-msssim-vae", "(1 - MS-SSIM) + 0.00039 KL"),
        ("vq-mnist", "MSE + code book + 0.25 commitment"),
        ("regime-kl", "0.00128 KL"),
    ],
)
def test_objective_is_a_sum_of_terms(preset, words):
    assert describe_objective(get_preset(preset).config) == words


def test_damaged_run_has_no_card(run_copy, capsys):
    (run_copy / EVALUATION).write_text("{")
    assert main(["models", "card", str(run_copy)]) == 2
    assert "Traceback" not in capsys.readouterr().err


def test_cards_are_written_where_models_ship_alone(trained_folder, runs_folder):
    ships = runs_folder.parent / "checkpoints" / "model"
    shutil.copytree(trained_folder, ships)
    shutil.copytree(trained_folder, runs_folder / "mine")
    assert write_cards() == 1
    assert header((ships / CARD).read_text(encoding="utf-8"))["license"] == "mit"
    assert not (runs_folder / "mine" / CARD).exists()
