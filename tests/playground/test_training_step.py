"""Training in the page beside PyTorch: equal weights, batches and noise, so equal losses and weights."""

import dataclasses

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from node_learner import NodeLearner

from aeviz.config import ModelConfig, ObjectiveConfig, OptimizerConfig, RunConfig, TrainConfig
from aeviz.errors import ConfigError
from aeviz.export.step import check_supported, layout_of, single_step, training_step
from aeviz.playground.plan import plan_of
from aeviz.playground.replay import network_of, replay
from aeviz.playground.settings import page_settings

STEPS = 20
CALLS = [1, 7, 12]
"""Steps of each call: what a run gives does not depend on how the page divides it."""


@st.composite
def runs(draw):
    """Draw a run that the page can train, of a small network."""
    bottleneck = draw(st.sampled_from(["deterministic", "gaussian"]))
    penalty = draw(st.sampled_from(["none", "l1", "l2", "kl_sparsity"])) if bottleneck == "deterministic" else "none"
    encoder = draw(st.sampled_from(["mlp", "mlp", "mlp", "linear"]))
    loss = draw(st.sampled_from(["mse", "bce", "l1"])) if encoder == "mlp" else "mse"
    return RunConfig(
        model=ModelConfig(
            image_shape=draw(st.sampled_from([(1, 8, 8), (3, 4, 4)])),
            encoder=encoder,
            decoder=encoder,
            output="sigmoid" if encoder == "mlp" else "identity",
            bottleneck=bottleneck,
            latent_dim=draw(st.sampled_from([1, 2, 5])),
            hidden=draw(st.sampled_from([(12,), (16, 8), (20, 12, 6)])),
            activation=(
                "default"
                if encoder == "linear"
                else draw(st.sampled_from(["default", "leaky_relu", "elu", "tanh", "sigmoid"]))
            ),
            latent="sigmoid" if penalty == "kl_sparsity" else "identity",
            init=draw(st.sampled_from(["default", "xavier", "he"])),
        ),
        objective=ObjectiveConfig(
            reconstruction=loss,
            reconstruction_weight=draw(st.sampled_from([1.0, 0.5])),
            kl_weight=draw(st.sampled_from([0.0, 0.001, 0.1])) if bottleneck == "gaussian" else 0.0,
            kl_reduction=draw(st.sampled_from(["sum", "mean"])),
            penalty=penalty,
            penalty_weight=draw(st.sampled_from([0.001, 0.1])),
            corruption=draw(st.sampled_from(["none", "gaussian", "masking", "salt_pepper"])),
        ),
        optimizer=OptimizerConfig(
            name=draw(st.sampled_from(["adam", "amsgrad", "sgd"])),
            learning_rate=draw(st.sampled_from([1e-3, 1e-2])),
            beta1=draw(st.sampled_from([0.9, 0.0])),
            beta2=draw(st.sampled_from([0.999, 0.9])),
            epsilon=draw(st.sampled_from([1e-8, 1e-3])),
            momentum=draw(st.sampled_from([0.9, 0.0])),
        ),
        train=TrainConfig(batch_size=draw(st.sampled_from([8, 16])), seed=draw(st.integers(0, 2**31 - 1))),
    )


@pytest.fixture(scope="module")
def learner(tmp_path_factory):
    node = NodeLearner(tmp_path_factory.mktemp("learner"))
    yield node
    node.close()


def images_of(config, count=40):
    """Return images with structure, (N, P), uint8."""
    channels, height, width = config.model.image_shape
    generator = np.random.default_rng(5)
    centre = generator.uniform(0, 1, (count, channels, 2, 1, 1))
    rows, columns = np.mgrid[0 : 1 : 1j * height, 0 : 1 : 1j * width]
    bumps = np.exp(-8 * ((rows - centre[:, :, 0]) ** 2 + (columns - centre[:, :, 1]) ** 2))
    return (255 * bumps).round().astype(np.uint8).reshape(count, -1)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(config=runs())
def test_twenty_steps_in_node_equal_those_of_pytorch(learner, config):
    images = images_of(config)
    expected = replay(config, images, STEPS)
    losses, weights, z, image = learner.train(plan_of(config), images, page_settings(config), CALLS)
    np.testing.assert_allclose(losses, expected.losses, rtol=1e-4, atol=2e-6)
    scale = np.abs(expected.weights).max()
    np.testing.assert_allclose(weights, expected.weights, rtol=1e-4, atol=1e-4 * scale)
    model = network_of(config, weights)
    with torch.no_grad():
        grey = torch.full((1, *config.model.image_shape), 0.5)
        point = model.encode_mean(grey)
        np.testing.assert_allclose(z, point[0].numpy(), rtol=1e-4, atol=1e-4)
        np.testing.assert_allclose(image, model.decode(point).clamp(0, 1).numpy().ravel(), rtol=1e-4, atol=1e-4)


@settings(max_examples=15, deadline=None, derandomize=True)
@given(config=runs())
def test_a_single_step_equals_one_of_the_loop(config):
    onnxruntime = pytest.importorskip("onnxruntime")
    generator = np.random.default_rng(1)
    free = {"K": 1, "B": 4}
    loop, single = (onnxruntime.InferenceSession(write(config)) for write in (training_step, single_step))
    feeds = {}
    for value in loop.get_inputs():
        shape = [free.get(side, side) for side in value.shape]
        feeds[value.name] = generator.uniform(0.1, 0.9, shape).astype(np.float32)
    assert [value.name for value in single.get_inputs()] == list(feeds)
    alone = {
        value.name: feeds[value.name].reshape([free.get(side, side) for side in value.shape])
        for value in single.get_inputs()
    }
    for value, one, other in zip(single.get_outputs(), loop.run(None, feeds), single.run(None, alone), strict=True):
        np.testing.assert_allclose(np.reshape(one, np.shape(other)), other, rtol=1e-5, atol=1e-6, err_msg=value.name)


def test_a_change_of_optimizer_keeps_the_moments_of_adam(learner):
    config = RunConfig(model=ModelConfig(image_shape=(1, 8, 8), hidden=(16,)), train=TrainConfig(batch_size=8, seed=3))
    images, plan = images_of(config), plan_of(config)
    whole = learner.train(plan, images, page_settings(config), [10])
    there_and_back = [{}, {"optimizer": "amsgrad"}, {"optimizer": "adam"}]
    through = learner.train(plan, images, page_settings(config), [4, 0, 6], there_and_back)
    np.testing.assert_array_equal(through[1], whole[1])
    faster = learner.train(plan, images, page_settings(config), [4, 6], [{}, {"learning_rate": 0.1}])
    np.testing.assert_array_equal(faster[0][:5], whole[0][:5])
    assert not np.allclose(faster[1], whole[1])


def test_tiny_moments_become_zero():
    """Subnormal numbers make a step several times slower, and moments would stay there."""
    onnxruntime = pytest.importorskip("onnxruntime")
    session = onnxruntime.InferenceSession(training_step(RunConfig()))
    feeds = {
        value.name: np.zeros([{"K": 0, "B": 1}.get(side, side) for side in value.shape], np.float32)
        for value in session.get_inputs()
    }
    feeds["first_moment"][:4] = [1e-38, -1e-40, -2e-36, 0.5]
    feeds["parameters"][:2] = [1e-38, 0.5]
    found = dict(zip((value.name for value in session.get_outputs()), session.run(None, feeds), strict=True))
    np.testing.assert_array_equal(found["new_first_moment"][:4], np.float32([0, 0, -2e-36, 0.5]))
    np.testing.assert_array_equal(found["new_parameters"], feeds["parameters"])


@pytest.mark.parametrize(
    "changes",
    [
        {"model": ModelConfig(encoder="conv", decoder="conv")},
        {"model": ModelConfig(activation="prelu")},
        {"model": ModelConfig(bottleneck="gaussian", prior="anchored")},
        {"model": ModelConfig(hidden=(4000,))},
        {"objective": ObjectiveConfig(reconstruction="ms_ssim")},
        {"train": TrainConfig(gradient_clip=1.0)},
        {"train": TrainConfig(flip=True)},
    ],
)
def test_a_run_that_the_page_cannot_train_is_refused_in_words(changes):
    config = dataclasses.replace(RunConfig(), **changes)
    with pytest.raises(ConfigError, match=r"in the page|the page trains"):
        check_supported(config)


def test_equal_networks_share_a_graph_whatever_the_numbers():
    config = RunConfig(optimizer=OptimizerConfig(learning_rate=0.1), train=TrainConfig(seed=9))
    assert training_step(config) is training_step(RunConfig())
    assert layout_of(config.model).size == 219_866
