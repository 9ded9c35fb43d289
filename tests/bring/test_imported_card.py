"""The card of an imported model claims nothing about a training that nobody here saw."""

import networks

from aeviz.bring.model import make_run
from aeviz.bring.settings import ImportSettings
from aeviz.export.card import write_card
from aeviz.training.runs import find_run


def test_card_of_an_imported_model_says_where_it_is_from_and_nothing_of_its_training(tmp_path, monkeypatch):
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    encoder, decoder, _, _ = networks.linear_pair()
    settings = ImportSettings(name="mine", data="digits", source="a.onnx and b.onnx")
    make_run(encoder, decoder, settings, lambda share, text: None)
    card = write_card(find_run("mine"))
    assert "imported from a.onnx and b.onnx" in card
    assert "- Not known here: imported on " in card
    assert not [words for words in ("Trained on", "Adam", "epoch", "seed") if words in card]
    assert "On 297 images of the test split." in card
