"""`aeviz models import` makes a run of two files."""

import json

import onnx_files
import pytest
from commands import assert_refused


@pytest.fixture(autouse=True)
def _own_runs(runs_folder, no_worker_left):
    """The commands of each test write into a folder of its own."""


def test_files_become_a_run_that_other_commands_know(aeviz, tmp_path):
    encoder, decoder = tmp_path / "e.onnx", tmp_path / "d.onnx"
    for path, content in zip((encoder, decoder), onnx_files.linear_pair()[:2], strict=True):
        path.write_bytes(content)
    files = ("--encoder", encoder, "--decoder", decoder)
    status, out, _ = aeviz("models", "import", "mine", *files, "--data", "digits")
    assert status == 0
    assert out.startswith("mine: autoencoder of 1x8x8 images with 3 latent dimensions, 384 weights; pixels in 0..1")
    assert "are these the images it knows?" in out
    status, out, _ = aeviz("models", "info", "mine", "--json")
    assert json.loads(out)["provenance"]["imported_from"] == "e.onnx and d.onnx, maker 1.0"
    assert aeviz("models", "list")[0] == 0
    status, out, _ = aeviz("evaluate", "mine", "--json")
    assert json.loads(out)["n"] == 297
    assert_refused(aeviz("train", "--resume", tmp_path / "runs" / "mine"), "is not trained here")
    refused = (
        (("mine", *files, "--pixels-in", "0..1"), "there is a model 'mine' already"),
        (("b", *files, "--pixel-mean", "x"), "expected numbers with commas"),
        (("b", *files, "--pixel-mean", "0.5", "--pixels-in", "0..1"), "leave out --pixels-in"),
        (("b", "--encoder", tmp_path / "no.onnx", "--decoder", decoder), "cannot be read: No such file"),
        (("b", "--encoder", "m.pth", "--decoder", decoder), "may hold code"),
    )
    for arguments, words in refused:
        assert_refused(aeviz("models", "import", *arguments), words)
    assert aeviz("models", "remove", "mine", "--yes")[0] == 0
