"""The bottleneck of a VQ-VAE (van den Oord et al. 2017), against direct computation and scipy."""

import numpy as np
import pytest
import torch
from scipy.spatial import cKDTree

from aeviz.config import ModelConfig, ObjectiveConfig, OptimizerConfig, RunConfig, TrainConfig
from aeviz.errors import ConfigError
from aeviz.models import build_model, describe_layers, initialise
from aeviz.models.bottlenecks import QuantizedBottleneck, nearest_code, quantization_loss
from aeviz.models.bottlenecks.quantized import PATIENCE
from aeviz.objectives import Objective
from aeviz.training.trainer import Trainer

CONFIG = ModelConfig(image_shape=(1, 8, 8), bottleneck="quantized", latent_dim=6, hidden=(16,), codes=5, code_dim=2)
N, F = 9, 16


def draws(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


@pytest.fixture
def bottleneck():
    made = QuantizedBottleneck(CONFIG, F)
    initialise(made, 3)
    return made.eval()


@pytest.mark.parametrize("size", [1, 2, 5])
def test_nearest_code_is_that_of_a_tree(size):
    points, codes = draws(500, size), draws(37, size, seed=1)
    _, expected = cKDTree(codes.numpy()).query(points.numpy())
    assert np.array_equal(nearest_code(points, codes).numpy(), expected)


def test_each_group_becomes_its_nearest_code_of_the_one_book(bottleneck):
    features = draws(N, F)
    z = bottleneck(features).z
    groups = bottleneck.head(features).detach().reshape(-1, 2)
    distances = torch.cdist(groups.double(), bottleneck.codes.detach().double())
    assert torch.equal(z.reshape(-1, 2), bottleneck.codes[distances.argmin(dim=1)])  # not by a rounding off
    assert torch.equal(z, bottleneck.mean(features))


def test_gradient_passes_straight_through(bottleneck):
    features = draws(N, F).requires_grad_()
    towards = draws(N, 6, seed=2)
    (bottleneck(features).z * towards).sum().backward()
    torch.testing.assert_close(features.grad, towards @ bottleneck.head.weight.detach())
    assert bottleneck.codes.grad is None or not bottleneck.codes.grad.any()


def test_losses_and_their_gradients_are_those_of_equation_3():
    points, quantized = draws(N, 6).requires_grad_(), draws(N, 6, seed=1).requires_grad_()
    loss = quantization_loss(points, quantized, 0.25)
    squared = ((points - quantized) ** 2).detach()
    torch.testing.assert_close(loss, 1.25 * squared.sum(dim=1) / 6)
    loss.sum().backward()
    torch.testing.assert_close(quantized.grad, 2 * (quantized - points).detach() / 6)
    torch.testing.assert_close(points.grad, 0.25 * 2 * (points - quantized).detach() / 6)


def test_objective_adds_the_mean_of_the_own_loss():
    objective = Objective(ObjectiveConfig())
    x, y, z, own = draws(N, 1, 4, 4), draws(N, 1, 4, 4, seed=1), draws(N, 6), draws(N).abs()
    plain = objective(y, x, z, None)
    assert objective(y, x, z, None, own_loss=own).total == plain.total + own.mean()
    assert plain.total == plain.reconstruction
    assert build_model(ModelConfig(hidden=(4,))).autoencode(torch.rand(2, 1, 28, 28)).code.own_loss is None


def test_first_batch_gives_the_codes_and_idle_codes_are_replaced(bottleneck):
    features = 5 + draws(40, F)
    bottleneck.train()(features)
    groups = bottleneck.head(features).detach().reshape(-1, 2)
    assert torch.equal(bottleneck.codes.detach(), groups[torch.arange(5) * len(groups) // 5])
    with torch.no_grad():
        bottleneck.codes[4] = 1e6
    for _ in range(PATIENCE):
        bottleneck(features)
    assert bottleneck.codes[4, 0] == 1e6
    assert bottleneck.idle.tolist()[4] == PATIENCE
    bottleneck.eval()(features)
    assert bottleneck.codes[4, 0] == 1e6  # only training replaces
    bottleneck.train()(features)
    assert torch.equal(bottleneck.codes[4].detach(), groups[0])
    assert bottleneck.idle.max() <= 1  # the new one is a copy of the first code here


def test_training_lowers_the_loss_and_depends_on_the_seed_alone():
    from aeviz.data import load_dataset
    from aeviz.training.batches import ResidentImages

    config = RunConfig(
        model=CONFIG, optimizer=OptimizerConfig(learning_rate=3e-3), train=TrainConfig(epochs=8, batch_size=64)
    )
    data = load_dataset(config.with_settings(["data.name=digits"]).data, "train")
    images = ResidentImages.place(data, torch.device("cpu"))
    runs = []
    for _ in range(2):
        trainer = Trainer(config, len(data), torch.device("cpu"))
        losses = [trainer.train_epoch(images).loss for _ in range(3)]
        runs.append((losses, trainer.state()))
    assert runs[0][0][2] < 0.9 * runs[0][0][0]
    assert runs[0][0] == runs[1][0]
    for name, tensor in runs[0][1].items():
        assert torch.equal(tensor, runs[1][1][name]), name
    assert trainer.model.bottleneck.codes.grad.any()
    validation = trainer.validate(images)
    assert validation.loss == pytest.approx(validation.mse)  # the loss of the code book is no part of it


@pytest.mark.parametrize("encoder", ["linear", "mlp", "conv", "conv_bn"])
def test_goes_with_every_encoder(encoder):
    config = ModelConfig(
        image_shape=(3, 12, 9), encoder=encoder, decoder=encoder, bottleneck="quantized", latent_dim=4,
        channels=(4, 6), hidden=(10,),
    )  # fmt: skip
    model = build_model(config).eval()
    passed = model.autoencode(torch.rand(2, 3, 12, 9))
    assert passed.reconstruction.shape == (2, 3, 12, 9)
    assert passed.code.kl is None
    assert sum(layer.parameters for layer in describe_layers(config)) == sum(w.numel() for w in model.parameters())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"latent_dim": 5}, "cannot be split into codes of model.code_dim=2 numbers; choose a multiple, for example 6"),
        ({"latent_dim": 64, "codes": 2048}, "is more than 65536; choose at most 1024 codes"),
        ({"codes": 1}, "model.codes=1; expected 2 to 4096"),
        ({"code_dim": 0}, "model.code_dim=0; expected 1 to"),
        ({"commitment": -1.0}, "model.commitment=-1.0; expected 0 to 1000"),
        ({"commitment": float("nan")}, "model.commitment=nan; expected 0 to 1000"),
        ({"prior": "anchored"}, "use model.bottleneck=gaussian"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        ModelConfig(**({"bottleneck": "quantized", "latent_dim": 6} | settings))


def test_an_odd_latent_of_the_form_gets_codes_that_fit():
    values = RunConfig().to_dict()
    values["model"] |= {"bottleneck": "quantized", "latent_dim": 9, "code_dim": 6}
    assert RunConfig.normalised(values).model.code_dim == 3
