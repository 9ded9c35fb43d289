"""Codes and encoder outputs of the shipped VQ-VAE, against SciPy's nearest neighbour and what the run encodes."""

import numpy as np
import pytest
from scipy.spatial import KDTree

from aeviz.analysis.code_book import code_book, encoder_outputs
from aeviz.errors import ConfigError
from aeviz.paths import checkpoints_root
from aeviz.training.run import load
from aeviz.training.runs import RunFolder


def test_nearest_codes_of_the_outputs_are_the_code_of_an_image():
    run = load(RunFolder.read(checkpoints_root() / "vq-mnist"))
    images = np.random.default_rng(0).random((5, 1, 28, 28), dtype=np.float32)
    codes, outputs = code_book(run), encoder_outputs(run, images)
    assert (codes.shape, outputs.shape) == ((32, 2), (5, 8, 2))
    assert codes.dtype == outputs.dtype == np.float32
    nearest = codes[KDTree(codes).query(outputs.reshape(-1, 2))[1]].reshape(5, 16)
    np.testing.assert_allclose(run.encode(images).numpy(), nearest, rtol=1e-6)


def test_a_run_without_a_code_book_is_refused():
    with pytest.raises(ConfigError, match="has no code book; expected 'quantized'"):
        code_book(load(RunFolder.read(checkpoints_root() / "digits-2d-adam")))
