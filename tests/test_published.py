"""Published models are fetched whole or not at all, from a real server on this machine."""

import functools
import http.server
import json
import shutil
import threading

import numpy as np
import pytest
from commands import assert_refused

from aeviz import published
from aeviz.errors import CheckpointError, CheckpointNotFoundError
from aeviz.paths import checkpoints_root, fetched_root
from aeviz.training.run import load
from aeviz.training.runs import list_folders
from tools import publish

NAME = "celeba-vae"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The files as `python -m tools.publish --into` copies them."""
    into = tmp_path_factory.mktemp("releases")
    for name in publish.LICENCES:
        (into / name).mkdir()
        for path in publish.files_of(name):
            shutil.copy(path, into / name)
    return into


@pytest.fixture
def server(folder, tmp_path):
    """Address of a server of a copy that a test may damage."""
    shutil.copytree(folder / NAME, tmp_path / "served" / NAME)
    handler = functools.partial(Quiet, directory=tmp_path / "served")
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", tmp_path / "served" / NAME
        server.shutdown()


@pytest.fixture(autouse=True)
def installed(tmp_path, monkeypatch):
    """An installed wheel: the models of faces are not among those that ship."""
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr("aeviz.training.runs.checkpoints_root", lambda: tmp_path / "bundle")


def test_committed_list_is_that_of_the_models_in_checkpoints():
    assert published.REGISTRY.read_text(encoding="utf-8") == publish.registry(), "run: python -m tools.publish"


def test_model_is_fetched_listed_and_decodes_like_the_one_in_the_clone(server):
    address, _ = server
    shares = []
    folder = published.fetch_model(NAME, address=address, on_progress=lambda share, text: shares.append(share))
    assert folder.path == fetched_root() / NAME
    assert folder.is_shipped
    assert shares[0] == 0
    assert shares == sorted(shares)
    assert shares[-1] == 1
    assert [run.name for run in list_folders()] == [NAME]
    z = np.zeros((2, 128), np.float32)
    np.testing.assert_array_equal(load(NAME).decode(z), load(checkpoints_root() / NAME).decode(z))
    assert published.fetch_model(NAME, address="http://127.0.0.1:9/") == folder, "it is not fetched twice"


def assert_nothing_is_left():
    assert not fetched_root().exists() or list(fetched_root().iterdir()) == []


def test_damaged_missing_or_longer_file_leaves_nothing(server):
    address, served = server
    weights = served / "model.safetensors"
    content = weights.read_bytes()
    for damaged, words in (
        (content[:-1] + bytes([content[-1] ^ 1]), "hash"),
        (content + bytes(1 << 20), "longer than the one that was published"),
    ):
        weights.write_bytes(damaged)
        with pytest.raises(CheckpointError, match=words):
            published.fetch_model(NAME, address=address)
        assert_nothing_is_left()
    weights.unlink()
    with pytest.raises(CheckpointError, match=r"404.*nothing is kept"):
        published.fetch_model(NAME, address=address)
    assert_nothing_is_left()


def test_one_who_stops_it_leaves_nothing(server):
    def stop(share, text):
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        published.fetch_model(NAME, address=server[0], on_progress=stop)
    assert_nothing_is_left()


def test_wrong_names_and_addresses_are_refused(monkeypatch):
    with pytest.raises(CheckpointNotFoundError, match="no model 'vae' is published; expected one of: celeba-vae"):
        published.fetch_model("vae", address="http://127.0.0.1:9/")
    monkeypatch.delenv(published.RELEASES, raising=False)
    for address in (None, "ftp://x", "/etc"):
        with pytest.raises(CheckpointNotFoundError, match="expected one that begins with https://; set AEVIZ_RELEASES"):
            published.fetch_model(NAME, address=address)
    with pytest.raises(CheckpointError, match="could not be fetched"):
        published.fetch_model(NAME, address="http://127.0.0.1:9/")
    assert_nothing_is_left()


def test_command_lists_fetches_and_removes(aeviz, server, monkeypatch):
    monkeypatch.setenv(published.RELEASES, server[0])
    status, out, _ = aeviz("models", "fetch", "--json")
    assert status == 0
    assert [(each["name"], each["here"]) for each in json.loads(out)] == [
        (NAME, False),
        ("celeba-msssim-vae", False),
    ]
    status, out, _ = aeviz("models", "fetch", NAME)
    assert status == 0
    assert "non-commercial research only" in out
    assert "is here" in aeviz("models", "fetch")[1]
    assert_refused(aeviz("models", "fetch", NAME), "is on this machine already")
    assert_refused(aeviz("models", "fetch", "celeba-msssim-vae"), "404")
    assert aeviz("models", "remove", NAME, "--yes")[0] == 0
    assert_nothing_is_left()
