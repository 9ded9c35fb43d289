"""An import that does not fit is mended with the same files: images are changed at both ends."""

from collections.abc import Callable

import numpy as np
import pytest

from aeviz.bring.examples import with_fault
from aeviz.bring.model import make_run
from aeviz.bring.settings import Change, Fault, ImportSettings, mend
from aeviz.data import load_dataset
from aeviz.paths import checkpoints_root
from aeviz.training.run import load


@pytest.fixture(autouse=True)
def _own_places(tmp_path, monkeypatch):
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))


def files() -> tuple[bytes, bytes]:
    folder = checkpoints_root() / "digits-2d-adam"
    return (folder / "encoder.onnx").read_bytes(), (folder / "decoder.onnx").read_bytes()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ("transposed", lambda x: x.transpose(0, 1, 3, 2)),
        ("upside down", lambda x: x[:, :, ::-1]),
        ("inverted", lambda x: 1 - x),
    ],
)
def test_images_are_changed_before_the_encoder_and_behind_the_decoder(
    change: Change, rule: Callable[[np.ndarray], np.ndarray]
) -> None:
    made = make_run(*files(), ImportSettings(name="mine", data="digits", change=change), lambda *_: None)
    x = np.asarray(load_dataset("digits", "test").images[:20], np.float32) / 255
    expected = rule(np.asarray(load("digits-2d-adam").reconstruct(np.ascontiguousarray(rule(x)))))
    np.testing.assert_allclose(load("mine").reconstruct(x), expected, atol=1e-5)
    assert made.change == change
    assert made.remedy == change  # the files were right
    assert mend(ImportSettings(name="b", change=change), made) == ImportSettings(name="b")


@pytest.mark.parametrize(("fault", "change"), [("axes", "transposed"), ("inverted", "inverted")])
def test_what_does_not_fit_is_mended_by_what_was_found(fault: Fault, change: Change) -> None:
    settings = ImportSettings(name="faulty", data="digits")
    encoder, decoder = (with_fault(content, fault) for content in files())
    made = make_run(encoder, decoder, settings, lambda *_: None)
    found = mend(settings, made)
    assert found is not None
    assert found.change == change
    mended = make_run(encoder, decoder, ImportSettings(name="m", data="digits", change=found.change), lambda *_: None)
    assert mended.remedy == ""
    assert mended.mse < 0.75 * made.mse
    assert mend(found, mended) is None
    assert mend(ImportSettings(name="b", change="upside down"), made) is None  # one change at a time


def test_range_is_mended_by_the_range_that_was_found() -> None:
    settings = ImportSettings(name="told", data="digits", pixels_in="-1..1", pixels_out="-1..1")
    made = make_run(*files(), settings, lambda *_: None)
    found = mend(settings, made)
    assert found is not None
    assert (found.pixels_in, found.pixels_out) == ("0..1", "0..1")
