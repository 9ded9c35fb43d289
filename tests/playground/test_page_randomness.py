"""Random numbers and batches of the page's training, by their laws; test_training_step.py compares them with Node's."""

import numpy as np
import pytest
from scipy import stats

from aeviz.config import ModelConfig
from aeviz.export.step import layout_of
from aeviz.playground.batches import batch_places, corrupt, latent_noise, steps_in_epoch
from aeviz.playground.random import Purpose, normal, stream, uniform
from aeviz.playground.weights import initial_weights, with_fan_in


def test_numbers_of_a_stream_follow_their_laws_and_streams_differ():
    start = stream(3, Purpose.NOISE, 5)
    assert stats.kstest(uniform(start, 20_000), "uniform").pvalue > 0.01
    assert stats.kstest(normal(start, 20_000), "norm").pvalue > 0.01
    others = [stream(3, Purpose.NOISE, 6), stream(3, Purpose.CORRUPTION, 5), stream(4, Purpose.NOISE, 5)]
    for other in others:
        assert abs(np.corrcoef(uniform(start, 5000), uniform(other, 5000))[0, 1]) < 0.05
    np.testing.assert_array_equal(uniform(start, 10), uniform(start, 100)[:10])


def test_an_epoch_takes_no_image_twice_and_the_next_has_another_order():
    steps = steps_in_epoch(100, 16)
    assert steps == 6
    first, second = (
        np.concatenate([batch_places(100, 16, 7, epoch * steps + step) for step in range(steps)]) for epoch in (0, 1)
    )
    assert len(set(first)) == len(first) == 96
    assert not np.array_equal(first, second)
    assert sorted(batch_places(10, 16, 0, 4)) == list(range(10))


@pytest.mark.parametrize("name", ["masking", "salt_pepper"])
def test_corruption_hits_its_share_of_the_pixels_in_all_channels(name):
    images = np.full((40, 3 * 64), 0.5, np.float32)
    found = corrupt(images, 3, name, 0.3, 1, 2).reshape(40, 3, 64)
    is_hit = found != 0.5
    assert is_hit.mean() == pytest.approx(0.3, abs=0.02)
    assert (is_hit == is_hit[:, :1]).all()
    assert set(np.unique(found)) == ({0.0, 0.5} if name == "masking" else {0.0, 0.5, 1.0})


def test_gaussian_noise_has_its_deviation_and_latent_noise_its_shape():
    images = np.full((50, 100), 0.5, np.float32)
    assert np.std(corrupt(images, 1, "gaussian", 0.1, 0, 0) - images) == pytest.approx(0.1, rel=0.05)
    noise = latent_noise((64, 5), 0, 9)
    assert noise.shape == (64, 5)
    assert noise.dtype == np.float32


@pytest.mark.parametrize(
    ("law", "variance"),
    [
        ("default", lambda fan_in, fan_out: 1 / (3 * fan_in)),
        ("xavier", lambda fan_in, fan_out: 2 / (fan_in + fan_out)),
        ("he", lambda fan_in, fan_out: 2 / fan_in),
        ("small", lambda fan_in, fan_out: 0.01**2),
        ("zero", lambda fan_in, fan_out: 0.0),
    ],
)
def test_initial_weights_have_the_variance_of_their_law(law, variance):
    layout = layout_of(ModelConfig())
    values = initial_weights(layout, 0, law)
    for slot, fan_in in with_fan_in(layout):
        part = values[slot.offset : slot.offset + slot.size]
        if len(slot.shape) == 2 and slot.size > 5000:
            assert part.var() == pytest.approx(variance(fan_in, slot.shape[0]), rel=0.06, abs=1e-12)
        elif len(slot.shape) == 1 and law != "default":
            assert not part.any()
