"""Descent on the pixels of an image: gradients of the closed form, and every loss finds the image from noise."""

import numpy as np
import pytest
import torch

from aeviz.lab.image_descent import LOSSES, RATE, descend

RNG = np.random.default_rng(0)
TARGET = np.clip(np.add.outer(np.linspace(0.1, 0.5, 16), np.linspace(0.1, 0.4, 16)), 0, 1).astype(np.float32)
NOISE = RNG.uniform(0.05, 0.95, (16, 16)).astype(np.float32)


def test_gradients_are_those_of_the_closed_forms():
    size = TARGET.size
    difference = NOISE - TARGET
    np.testing.assert_allclose(descend(TARGET, NOISE, "MSE", [0]).gradient, 2 * difference / size, rtol=1e-4)
    np.testing.assert_allclose(descend(TARGET, NOISE, "L1", [0]).gradient, np.sign(difference) / size, rtol=1e-4)
    expected = difference / (NOISE * (1 - NOISE)) / size
    np.testing.assert_allclose(descend(TARGET, NOISE, "BCE", [0]).gradient, expected, rtol=1e-3, atol=1e-9)


@pytest.mark.parametrize("loss", LOSSES)
def test_every_loss_leads_from_noise_towards_the_image(loss):
    start = (TARGET + NOISE) / 2
    found = descend(TARGET, start, loss, [0, 10, 80])
    assert found.frames.shape == (3, 16, 16)
    np.testing.assert_allclose(found.frames[0], start)
    assert found.frames.min() > 0
    assert found.frames.max() < 1
    assert found.mse < 0.3 * ((start - TARGET) ** 2).mean()
    assert found.ssim > 0.5


def test_ms_ssim_has_no_gradient_at_the_negative():
    assert np.abs(descend(TARGET, 1 - TARGET, "1 - MS-SSIM", [0]).gradient).max() == 0


def test_steps_are_those_of_adam():
    image = torch.tensor(NOISE).requires_grad_()
    optimizer = torch.optim.Adam([image], lr=RATE)
    for _ in range(12):
        optimizer.zero_grad()
        ((image - torch.tensor(TARGET)) ** 2).mean().backward()
        optimizer.step()
    np.testing.assert_allclose(descend(TARGET, NOISE, "MSE", [12]).frames[0], image.detach(), atol=1e-5)
