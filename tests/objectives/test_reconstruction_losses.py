import numpy as np
import pytest
import torch

from aeviz.errors import DataError
from aeviz.objectives import bce, l1, mse, reconstruction_loss
from aeviz.objectives.pairs import matched_pair


@pytest.fixture
def pair():
    generator = torch.Generator().manual_seed(0)
    return tuple(torch.rand(5, 3, 7, 6, generator=generator) for _ in range(2))


def test_mse_is_mean_over_pixels_and_images(pair):
    x, y = (t.numpy().astype(np.float64) for t in pair)
    assert mse(*pair).item() == pytest.approx(((x - y) ** 2).sum() / (5 * 3 * 7 * 6), rel=1e-6)


def test_mse_times_pixels_is_squared_euclidean_distance(pair):
    x, y = (t.numpy().astype(np.float64).reshape(5, -1) for t in pair)
    assert mse(*pair).item() * 3 * 7 * 6 == pytest.approx((np.linalg.norm(x - y, axis=1) ** 2).mean(), rel=1e-6)


def test_l1_is_mean_of_the_absolute_error_and_least_at_the_median(pair):
    x, y = (t.numpy().astype(np.float64) for t in pair)
    assert l1(*pair).item() == pytest.approx(np.abs(x - y).mean(), rel=1e-6)
    images = torch.tensor([0.0, 0.1, 0.2, 0.9, 1.0]).view(5, 1, 1, 1)
    losses = {c: l1(torch.full_like(images, c), images).item() for c in (0.1, 0.2, 0.44, 0.9)}
    assert min(losses, key=losses.get) == 0.2


def test_bce_matches_closed_form_with_reconstruction_first(pair):
    p, t = (part.numpy().astype(np.float64) for part in pair)
    expected = -(t * np.log(p) + (1 - t) * np.log(1 - p)).mean()
    assert bce(*pair).item() == pytest.approx(expected, rel=1e-6)
    assert bce(pair[1], pair[0]).item() != pytest.approx(expected, rel=1e-3)


def test_bce_times_pixels_is_bernoulli_log_likelihood(pair):
    reconstruction, image = pair[0], pair[1].round()
    log_likelihood = torch.distributions.Bernoulli(probs=reconstruction).log_prob(image).sum(dim=(1, 2, 3)).mean()
    assert bce(reconstruction, image).item() * 3 * 7 * 6 == pytest.approx(-log_likelihood.item(), rel=1e-5)


def test_bce_of_grey_image_with_itself_is_its_entropy():
    grey = torch.full((1, 1, 4, 4), 0.5)
    assert bce(grey, grey).item() == pytest.approx(np.log(2), rel=1e-6)


def test_bce_is_cut_off_at_100_a_pixel():
    zero = torch.zeros(1, 1, 2, 2, requires_grad=True)
    loss = bce(zero, torch.ones(1, 1, 2, 2))
    loss.backward()
    assert loss.item() == pytest.approx(100)
    assert zero.grad.isfinite().all()


@pytest.mark.parametrize("loss", [mse, l1, bce])
def test_loss_gradient_passes_gradcheck(loss):
    generator = torch.Generator().manual_seed(1)
    x, y = (0.1 + 0.8 * torch.rand(2, 1, 3, 3, generator=generator, dtype=torch.float64) for _ in range(2))
    assert torch.autograd.gradcheck(loss, (x.requires_grad_(), y))


@pytest.mark.parametrize("loss", [mse, l1, bce])
def test_loss_of_half_precision_is_float32_even_under_autocast(loss, pair):
    expected = loss(pair[0].bfloat16().float(), pair[1])
    with torch.autocast("cpu", dtype=torch.bfloat16):
        found = loss(pair[0].bfloat16(), pair[1])
    assert found.dtype == torch.float32
    assert found.item() == pytest.approx(expected.item(), rel=1e-6)


def test_reconstruction_loss_returns_the_named_function():
    assert reconstruction_loss("mse") is mse
    assert reconstruction_loss("bce") is bce


def test_matched_pair_refuses_different_shapes_naming_both():
    with pytest.raises(DataError, match=r"shapes \(2, 1, 4, 4\) and \(1, 1, 4, 4\); expected two batches of the same"):
        matched_pair(torch.zeros(2, 1, 4, 4), torch.zeros(1, 1, 4, 4))


def test_matched_pair_takes_the_finer_precision():
    x, y = matched_pair(torch.zeros(1, 1, 2, 2, dtype=torch.float16), torch.zeros(1, 1, 2, 2, dtype=torch.float64))
    assert x.dtype == y.dtype == torch.float64
