"""Distortions of equal error, and SSIM's factors against the objective's SSIM and the printed numbers."""

import numpy as np
import pytest
import torch

from aeviz.lab.image_losses import DISTORTIONS, amount_for, distort, largest_amount, ssim_maps, work_out
from aeviz.objectives.ms_ssim import ssim

RNG = np.random.default_rng(0)
IMAGE = np.clip(
    np.add.outer(np.linspace(0, 0.6, 24), np.linspace(0, 0.4, 24)) + 0.1 * RNG.standard_normal((24, 24)), 0, 1
)
NOISE = np.stack([RNG.standard_normal((24, 24)), RNG.random((24, 24))])


@pytest.mark.parametrize("kind", DISTORTIONS)
def test_every_distortion_reaches_the_error_and_begins_with_the_image(kind):
    np.testing.assert_allclose(distort(IMAGE, kind, 0.0, NOISE), IMAGE)
    found = distort(IMAGE, kind, amount_for(IMAGE, kind, 0.004, NOISE), NOISE)
    assert found.min() >= 0
    assert found.max() <= 1
    assert ((found - IMAGE) ** 2).mean() == pytest.approx(0.004, rel=0.35 if kind == "salt" else 1e-4)


def test_an_error_out_of_reach_takes_the_largest():
    assert amount_for(IMAGE, "contrast", 0.9, NOISE) == pytest.approx(largest_amount("contrast", 24))
    assert amount_for(IMAGE, "blur", 0.0, NOISE) == 0


@pytest.mark.parametrize("window", [3, 11])
def test_factors_multiply_to_ssim(window):
    other = distort(IMAGE, "noise", 0.2, NOISE)
    maps = ssim_maps(IMAGE, other, window)
    given = [torch.tensor(image)[None, None] for image in (IMAGE, other)]
    expected = ssim(*given, window=window).item()
    assert (maps.luminance * maps.contrast * maps.structure).mean() == pytest.approx(expected, abs=1e-9)


def test_example_of_the_source_and_its_slip():
    x, y = np.array([50.0, 51, 49, 52]), np.array([48.0, 50, 47, 51])
    found = work_out(x, y, 0.01, 0.03)
    assert found.means == (50.5, 49)
    assert found.variances == (1.25, 2.5)  # S2 prints 2
    assert found.covariance == 1.75  # S2 prints 1
    assert found.terms == pytest.approx((0.99955, 0.94326, 0.99003), abs=1e-5)
    assert found.ssim == pytest.approx(0.9334, abs=5e-5)  # S2 prints 0.98
    assert work_out(x, y, 2.55**2, 7.65**2).ssim == pytest.approx(0.9955, abs=5e-5)
