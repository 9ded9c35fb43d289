"""Runs on the Hub: the real client pushes to a stub of its HTTP API and pulls from it; the Hub itself is not asked."""

import json
import logging
import shutil

import numpy as np
import pytest
import yaml
from hub_stub import COMMIT, TOKEN, serve_hub

import aeviz
from aeviz.cli import main
from aeviz.errors import CheckpointError, HubError
from aeviz.training.runs import RunFolder

REPO = "me/tiny"
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content")  # how the client hands a file to httpx


@pytest.fixture
def hub(tmp_path, monkeypatch, runs_folder):
    with serve_hub() as hub:
        monkeypatch.setenv("HF_ENDPOINT", hub.address)
        monkeypatch.setenv("HF_TOKEN", TOKEN)
        monkeypatch.setenv("HF_HUB_DISABLE_XET", "1")
        yield hub


@pytest.fixture
def pushed(hub, trained_folder):
    aeviz.push(trained_folder, REPO)
    return hub


def test_run_comes_back_as_it_went(hub, trained_folder, runs_folder, caplog):
    caplog.set_level(logging.DEBUG)
    shares = []
    done = aeviz.push(trained_folder, REPO, private=True, licence="mit")
    assert done.url == f"{hub.address}/{REPO}"
    assert done.commit == COMMIT
    names = {"config.json", "history.jsonl", "evaluation.json", "model.safetensors", "README.md"}
    assert set(hub.files) == set(done.files) == names  # no images, no codes of images, no state of the optimizer
    assert hub.repos == {REPO: True}
    card = hub.files["README.md"].decode()
    header = yaml.safe_load(card.split("---")[1])
    assert header["license"] == "mit"
    assert header["library_name"] == "aeviz"
    assert "autoencoder" in header["tags"]
    assert f"aeviz pull {REPO}" in card

    folder = aeviz.pull(REPO, on_progress=lambda share, text: shares.append(share))
    assert folder.path == runs_folder / "tiny"
    assert {path.name for path in folder.path.iterdir()} == {*names, "latents.npz"}  # the map, of the digits here
    np.testing.assert_array_equal(folder.require_latents().z, RunFolder.read(trained_folder).require_latents().z)
    assert list(runs_folder.iterdir()) == [folder.path]
    before = RunFolder.read(trained_folder)
    assert folder.config == before.config
    assert folder.history() == before.history()
    images = np.random.default_rng(0).random((4, 1, 8, 8), np.float32)
    np.testing.assert_array_equal(aeviz.load("tiny").encode(images), aeviz.load(trained_folder).encode(images))
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1)
    assert TOKEN not in caplog.text


def test_path_of_ones_own_images_stays_at_home(hub, run_copy):
    values = json.loads((run_copy / "config.json").read_text())
    values["data"]["name"] = "folder:/home/someone/secret project/pets"
    (run_copy / "config.json").write_text(json.dumps(values))
    aeviz.push(run_copy, REPO)
    assert json.loads(hub.files["config.json"])["data"]["name"] == "folder:pets"
    assert not any(b"someone" in content for content in hub.files.values())


def test_other_files_of_a_repository_are_left_there(pushed, runs_folder):
    pushed.files |= {"evil.pkl": b"\x80\x04.", "../escape.json": b"{}", "latents.npz": b"", "sub/config.json": b"{}"}
    folder = aeviz.pull(REPO, name="other")
    assert "evil.pkl" not in {path.name for path in folder.path.rglob("*")}
    assert not (runs_folder.parent / "escape.json").exists()
    assert not any("evil" in path or "latents" in path for _, path, _ in pushed.requests)


def damage_config(hub):
    hub.files["config.json"] = b'{"format": 99}'


def damage_weights(hub):
    hub.files["model.safetensors"] = b"\x80\x04" + hub.files["model.safetensors"][2:]


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (damage_config, "cannot be used, and is not kept: config.json of run 'tiny' has format 99"),
        (damage_weights, "cannot be used, and is not kept: cannot read model.safetensors"),
        (lambda hub: hub.files.pop("model.safetensors"), "holds no run of aeviz: model.safetensors not there"),
        (lambda hub: hub.sizes.update({"config.json": 3 << 20}), "has 3145728 bytes; expected at most 2,097,152"),
        (lambda hub: hub.sizes.update({"history.jsonl": 10}), "history.jsonl|longer than the Hub says"),
        (lambda hub: hub.digests.update({"model.safetensors": "0" * 64}), "is not the file that the Hub names"),
        (lambda hub: hub.answers.update({".*safetensors": (400, "odd")}), "me/tiny"),
    ],
)
def test_what_is_wrong_is_not_kept(pushed, runs_folder, damage, message):
    damage(pushed)
    with pytest.raises((HubError, CheckpointError), match=message):
        aeviz.pull(REPO)
    assert not runs_folder.exists() or list(runs_folder.iterdir()) == []


def test_interrupted_download_leaves_nothing(pushed, runs_folder):
    def interrupt(share, text):
        if share > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        aeviz.pull(REPO, on_progress=interrupt)
    assert list(runs_folder.iterdir()) == []


def test_command_line_and_its_errors(pushed, trained_folder, runs_folder, capsys, monkeypatch):
    assert main(["pull", REPO, "--revision", COMMIT]) == 0
    assert "tiny: in" in capsys.readouterr().out
    assert main(["push", "tiny", "me/again", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["commit"] == COMMIT
    for arguments, message in (
        (["pull", REPO], "there is a run 'tiny' already"),
        (["pull", "me/absent", "--name", "x"], "there is no repository me/absent on the Hub, or it is private"),
        (["pull", REPO, "--revision", "no-such", "--name", "x"], "me/tiny has no such revision"),
        (["pull", "tiny"], "'tiny' is no repository of the Hub; expected OWNER/NAME"),
        (["pull", REPO, "--name", "../x"], "cannot name a run"),
        (["push", "tiny", REPO, "--licence", "a\nb"], "is no licence of the Hub"),
    ):
        assert main(arguments) == 2
        assert message in capsys.readouterr().err
    shutil.rmtree(runs_folder / "tiny")
    monkeypatch.setenv("HF_TOKEN", "hf_anotherToken")
    assert main(["push", str(trained_folder), REPO]) == 2
    error = capsys.readouterr().err
    assert "the Hub refuses the token for me/tiny (401)" in error
    assert "hf_" not in error


def test_without_token_or_network(trained_folder, runs_folder, tmp_path, monkeypatch, capsys):
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr("huggingface_hub.get_token", lambda: None)
    assert main(["push", str(trained_folder), REPO]) == 2
    assert "no token for the Hugging Face Hub; make one" in capsys.readouterr().err
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")  # where nobody listens
    assert main(["pull", REPO]) == 2
    assert "the Hub cannot be reached, or broke off, for me/tiny" in capsys.readouterr().err
    monkeypatch.setattr("aeviz.hub.importlib.import_module", _absent)
    assert main(["pull", REPO]) == 2
    assert 'pip install "aeviz[hub]"' in capsys.readouterr().err


def _absent(name):
    raise ImportError(name)
