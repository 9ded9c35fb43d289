"""Weights and scales in words."""

import pytest
import torch

from aeviz.config import ModelConfig, RunConfig
from aeviz.objectives import ms_ssim
from aeviz.presets import PRESETS
from aeviz.web.kernel.scales import describe_ms_ssim, describe_penalty


@pytest.mark.parametrize(
    ("side", "words"),
    [
        (64, "3 scales, window 11 px"),
        (28, "2 scales, window 11 px"),
        (8, "2 scales, window 3 px"),
        (3, "1 scale, window 3 px"),
    ],
)
def test_scales_and_window_are_those_that_ms_ssim_takes(side, words):
    assert describe_ms_ssim(RunConfig(model=ModelConfig(image_shape=(1, side, side)))) == words
    found = ms_ssim(torch.rand(2, 1, side, side), torch.rand(2, 1, side, side))
    assert words.startswith(f"{found.scales} scale")
    assert words.endswith(f"window {found.window} px")


def test_penalty_of_the_sparse_preset_has_both_scales():
    words = describe_penalty(PRESETS["sparse-l1"].config)
    assert words.startswith(
        "Penalty: weight 0.001 of the mean of |z|, beside the mean squared error, a mean over pixels."
    )
    assert "the sum of |z| has weight 0.0123 (the scale of S3)" in words
    assert "beside half the summed squared error, 0.00613 (S2)." in words
    assert describe_penalty(PRESETS["deep"].config) == ""
