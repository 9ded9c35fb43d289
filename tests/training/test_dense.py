"""The gradients of dense layers, computed by hand, beside autograd's."""

import itertools

import pytest
import torch

from aeviz.config import RunConfig
from aeviz.models import build_model, initialise
from aeviz.training.dense import DenseChain
from aeviz.training.steps import AutogradStep, DenseStep, gradient_step

CPU = torch.device("cpu")
NETWORKS = {
    "plain": (),
    "linear": ("model.encoder=linear", "model.decoder=linear", "model.output=identity"),
    "bounded latent": ("model.latent=sigmoid",),
    "cross-entropy": ("objective.reconstruction=bce",),
    "absolute error, leaky": ("objective.reconstruction=l1", "model.activation=leaky_relu"),
    "weighted, elu": ("objective.reconstruction_weight=3", "model.activation=elu"),
    "sigmoid between": ("model.activation=sigmoid",),
    "tanh between": ("model.activation=tanh",),
    "penalty": ("objective.penalty=l1", "objective.penalty_weight=0.1"),
    "vae": ("model.bottleneck=gaussian", "objective.kl_weight=0.01"),
    "KL alone": ("model.bottleneck=gaussian", "objective.kl_weight=0.01", "objective.reconstruction_weight=0"),
    "vae without KL": ("model.bottleneck=gaussian",),
    "anchored": ("model.bottleneck=gaussian", "objective.kl_weight=0.01", "model.prior=anchored", "model.classes=10"),
    "code book": ("model.bottleneck=quantized",),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_gradients_equal_those_of_autograd(tiny_config, name):
    config = tiny_config(*NETWORKS[name])
    generator = torch.Generator().manual_seed(0)
    x = torch.rand(9, *config.model.image_shape, generator=generator)
    entered = torch.rand(9, *config.model.image_shape, generator=generator)
    labels = torch.randint(0, 10, (9,), generator=generator)
    is_variational = config.model.is_variational
    noise = torch.randn(9, config.model.latent_dim, generator=generator) if is_variational else None
    results = []
    for kind in (AutogradStep, DenseStep.of):
        model = build_model(config.model)
        initialise(model, 3)
        step = kind(config, model)
        for count in (9, 4, 9):  # a short last batch, and a full one after it
            cut = None if noise is None else noise[:count]
            loss = step(entered[:count], x[:count], cut, labels[:count], 0.5)
        results.append((loss, [parameter.grad for parameter in model.parameters()]))
    (loss, expected), (other_loss, gradients) = results
    assert torch.allclose(other_loss, loss, rtol=1e-5)
    for gradient, wanted in itertools.zip_longest(gradients, expected):
        assert torch.allclose(gradient, wanted, rtol=1e-4, atol=1e-7)


@pytest.mark.parametrize("settings", [("model.encoder=conv",), ("model.activation=prelu",), ("model.output=tanh",)])
def test_other_layers_are_left_to_autograd(tiny_config, settings):
    config: RunConfig = tiny_config(*settings)
    assert isinstance(gradient_step(config, build_model(config.model), CPU), AutogradStep)


def test_layers_that_share_weights_or_compute_otherwise_are_left_to_autograd():
    layer = torch.nn.Linear(4, 4)

    class Other(torch.nn.Sequential):
        def forward(self, x):
            return 2 * super().forward(x)

    assert DenseChain.of(torch.nn.Sequential(layer, torch.nn.ReLU(), layer)) is None
    assert DenseChain.of(Other(torch.nn.Linear(4, 4))) is None


# Half precision


@pytest.mark.parametrize("settings", [(), ("model.encoder=conv", "model.decoder=conv"), NETWORKS["vae"]])
def test_half_precision_gives_nearly_the_gradient_of_full_precision(tiny_config, tiny_sets, settings, monkeypatch):
    monkeypatch.setattr("aeviz.training.dense.SMALLEST_HALVED", 1)  # else no layer of so small a network
    x = torch.from_numpy(tiny_sets["train"].images) / 255
    results = []
    for precision in ("fp32", "bf16"):
        config = tiny_config(*settings, "model.init=xavier", f"train.precision={precision}")
        model = build_model(config.model)
        initialise(model, 3, config.model.init)
        noise = torch.ones(len(x), config.model.latent_dim) if config.model.is_variational else None
        loss = gradient_step(config, model, CPU)(x, x, noise, None, 1.0)
        assert loss.dtype == torch.float32
        results.append((float(loss), torch.cat([parameter.grad.flatten() for parameter in model.parameters()])))
    (loss, gradient), (halved_loss, halved) = results
    assert halved_loss == pytest.approx(loss, rel=1e-2)
    assert halved.dtype == torch.float32
    assert 0 < float((halved - gradient).norm() / gradient.norm()) < 0.03


def test_half_precision_learns_as_full_precision_does(fit_tiny):
    settings = ("train.epochs=10", "optimizer.learning_rate=0.01", "model.hidden=[256]")
    full, halved = (fit_tiny(*settings, f"train.precision={name}", name=name) for name in ("fp32", "bf16"))
    assert halved.history()[-1].val_mse == pytest.approx(full.history()[-1].val_mse, rel=0.02)
