"""Compare runs, as AppTest runs it."""

import json
import re
import shutil
from dataclasses import replace

import numpy as np
import pytest
from train_form import texts

from aeviz.paths import checkpoints_root
from aeviz.training.runs import HISTORY, RunFolder
from aeviz.web.components.kit import wire

# Comparing


def open_comparison(app, *names):
    app.query_params.update({"runs": list(names)} if names else {"what": "single runs"})
    return app.switch_page("pages/compare.py").run()


def differences(app):
    """The table of what differs: setting to cells."""
    table = next(text for text in texts(app.markdown) if text.startswith("| |"))
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()[2:]]
    return {row[0]: row[1:] for row in rows}


def test_comparison_shows_what_differs_and_only_that(app, runs):
    shutil.copytree(checkpoints_root() / "digits-2d-adam", runs / "mine")
    mine = RunFolder.read(runs / "mine")
    changed = mine.config.with_settings(["model.latent_dim=2", "optimizer.learning_rate=0.5", "train.seed=99"])
    replace(mine, config=changed).write()
    app = open_comparison(app)
    app.multiselect(key="runs").set_value(["digits-2d-adam", "mine"]).run()
    assert not app.exception
    assert not app.error
    rows = differences(app)
    settings = {key for key in rows if not key.startswith("**")}
    assert settings == {"learning rate", "seed"}
    assert rows["seed"][1] == "99"
    best = min(json.loads(line)["val_mse"] for line in (runs / "mine" / HISTORY).read_text().splitlines())
    assert rows["**validation error (MSE)**"][0].startswith(f"{best:.5f} (epoch ")
    assert texts(app.title) == ["Compare runs"]


def test_comparison_of_two_optimizers_is_called_fair(app, runs):
    app = open_comparison(app)
    app.multiselect(key="runs").set_value(["digits-2d-adam", "digits-2d-amsgrad"]).run()
    assert not app.exception
    assert differences(app)["optimizer"] == ["Adam", "AMSGrad"]
    assert "**test error (MSE)**" in differences(app)
    assert any(text.startswith("A fair comparison:") for text in texts(app.caption))
    assert [button.proto.label for button in app.get("download_button")] == ["Curves (CSV)", "SVG", "PDF"]


def test_comparison_without_a_choice_asks_for_one(app, runs):
    app = open_comparison(app)
    app.multiselect(key="runs").set_value([]).run()
    assert not app.exception
    assert "Choose one or more runs above" in app.info[0].value


def test_comparison_takes_up_to_six_of_any_data(app, runs):
    app = open_comparison(app)
    shipped = app.multiselect(key="runs").options[:6]
    app.multiselect(key="runs").set_value(shipped).run()
    assert not app.exception
    assert not app.error
    assert len(differences(app)["**parameters**"]) == len(shipped)


@pytest.mark.parametrize(
    "asked", [["digits-2d-adam", "nobodys-run"], ["nobodys-run"], ["../../etc"], ["digits-2d-adam"] * 2]
)
def test_unknown_name_in_the_address_is_no_error(asked, app, runs):
    app = open_comparison(app, *asked)
    assert not app.exception
    assert not app.error
    assert differences(app)


def test_more_names_in_the_address_than_fit_are_no_error(app, runs):
    names = [path.name for path in checkpoints_root().iterdir()]
    for number in range(8):
        shutil.copytree(checkpoints_root() / "digits-2d-adam", runs / f"copy-{number}")
        names.append(f"copy-{number}")
    app = open_comparison(app, *names)
    assert not app.exception
    assert not app.error


def test_run_that_has_not_finished_an_epoch_is_compared_all_the_same(app, runs):
    shutil.copytree(checkpoints_root() / "digits-2d-adam", runs / "young")
    for name in ("latents.npz", "evaluation.json", HISTORY):
        (runs / "young" / name).unlink()
    app = open_comparison(app)
    app.multiselect(key="runs").set_value(["young"]).run()
    assert not app.exception
    assert differences(app)["**epochs trained**"] == ["0"]
    assert "No run has finished an epoch yet." in texts(app.caption)


def test_verdict_names_the_lower_error_and_that_one_seed_proves_nothing(app, runs):
    app = open_comparison(app, "digits-2d-adam", "digits-2d-amsgrad")
    best = {
        name: min(
            json.loads(line)["val_mse"] for line in (checkpoints_root() / name / HISTORY).read_text().splitlines()
        )
        for name in ("digits-2d-adam", "digits-2d-amsgrad")
    }
    winner = min(best, key=best.get)
    low, high = sorted(best.values())
    verdict = app.info[0].value
    assert winner.replace("-", "") in verdict.replace("\\", "").replace("-", "")
    shown = [float(number) for number in re.findall(r"0\.\d+", verdict)]
    np.testing.assert_allclose(shown[:3], [low, high - low, high], rtol=0.05)
    assert shown[2] - shown[0] == pytest.approx(shown[1], abs=1e-9)
    assert "spread over seeds cannot be said" in verdict


def test_page_opens_on_optimizers_over_seeds_and_compares_their_means(app, runs):
    app.switch_page("pages/compare.py").run()
    assert not app.exception
    assert not app.error
    assert app.button_group(key="what").value == "optimizers over seeds"
    means, spreads = [], []
    for method in ("adam", "amsgrad", "momentum"):
        histories = sorted((checkpoints_root() / "comparison").glob(f"digits-{method}-seed-*/{HISTORY}"))
        assert len(histories) == 5
        errors = [json.loads(path.read_text().splitlines()[-1])["val_mse"] for path in histories]
        means.append(np.mean(errors))
        spreads.append(max(errors) - min(errors))
    verdict = app.info[0].value
    assert f"AMSGrad has the lowest mean validation error (MSE) after the last epoch: {min(means):.5f}." in verdict
    (shown,) = re.findall(
        r"Adam minus AMSGrad: (\S+) \N{MINUS SIGN} (\S+) = (\S+), \*\*no more than the seeds may explain", verdict
    )
    np.testing.assert_allclose(list(map(float, shown[:2])), means[:2], atol=5e-6)
    assert float(shown[0]) - float(shown[1]) == pytest.approx(float(shown[2]), abs=1e-9)
    assert f"Largest difference between two Adam seeds: {spreads[0]:.5f}." in verdict
    assert f"Largest difference between two Momentum seeds: {spreads[2]:.5f}." in verdict
    table = app.table[0].value
    assert list(table["optimizer"]) == ["Adam", "AMSGrad", "Momentum"]
    assert list(table["learning rate"]) == ["0.003", "0.003", "3"]
    assert list(table["momentum"]) == ["none", "none", "0.9"]
    assert set(table["seeds"]) == {"5"}
    assert [cell.split(" ")[0] for cell in table["validation error (MSE)"]] == [f"{mean:.5f}" for mean in means]


def sent_planes(app):
    """What the component of the latent planes was sent."""
    (sent,) = (part.proto for part in app.get("bidi_component") if part.proto.component_name == "aeviz.run_planes")
    return wire.unpack(sent.bytes)


def test_seeds_open_on_the_latent_planes_of_the_seed_in_the_address(app, runs):
    app.query_params.update({"what": "optimizers over seeds", "planes": "3"})
    app.switch_page("pages/compare.py").run()
    assert not app.exception
    sent = sent_planes(app)
    assert (sent["seed"], sent["titles"]) == ("3", ["Adam", "AMSGrad", "Momentum"])
    assert [run["seed"] for run in sent["runs"]] == list("01234") * 3
    assert sent["charts"] == ["compare-seeds", "compare-seed-points"]
    table = RunFolder.read(checkpoints_root() / "comparison" / "digits-amsgrad-seed-3").require_latents()
    (frame,) = sent["runs"][8]["frames"]
    np.testing.assert_array_equal(frame["points"], table.z.astype(np.float32).ravel())
    np.testing.assert_array_equal(sent["runs"][8]["labels"], table.labels)


def test_single_runs_show_the_planes_recorded_during_training_or_say_that_none_were(app, runs):
    app.query_params.update({"runs": ["digits-2d-adam", "mlp-2d-adam"]})
    app.switch_page("pages/compare.py").run()
    assert not app.exception
    sent = sent_planes(app)
    assert len(sent["runs"][0]["frames"]) > 5
    assert "not recorded for mlp-2d-adam" in sent["note"]


def test_every_setting_has_a_name_in_words(tiny_config):
    from aeviz.web.compare.words import SETTINGS

    assert set(SETTINGS) == set(tiny_config().settings())
