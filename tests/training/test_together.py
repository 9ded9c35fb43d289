"""Networks that train together beside their own runs."""

import pytest
import torch

from aeviz.errors import ConfigError, TrainingError
from aeviz.training.batches import ResidentImages
from aeviz.training.together import TrainerStack, _AnyStack, _DenseStack
from aeviz.training.trainer import EpochPass, Trainer

EPOCHS = 3
SETS = {
    "Adam": [("train.seed=0",), ("train.seed=1",), ("train.seed=2",)],
    "AMSGrad": [("optimizer.name=amsgrad", "train.seed=4"), ("optimizer.name=amsgrad", "train.seed=5")],
    "both, at several learning rates": [
        ("optimizer.learning_rate=1e-2",),
        ("optimizer.name=amsgrad", "optimizer.learning_rate=1e-2"),
        ("optimizer.learning_rate=1e-3", "optimizer.schedule=one_cycle", "train.seed=1"),
        ("optimizer.learning_rate=1e-2", "train.seed=3"),
    ],
}
VAE = ("model.bottleneck=gaussian", "objective.kl_weight=0.01")
NETWORKS = {
    "autoencoder": (),
    "clipped, flipped, corrupted": (
        "train.gradient_clip=0.05",
        "train.flip=true",
        "objective.corruption=masking",
        "objective.corruption_level=0.3",
    ),
    "cross-entropy": ("objective.reconstruction=bce",),
    "VAE": VAE,
    "VAE, annealed": (*VAE, "objective.annealing=linear", "objective.annealing_epochs=2"),
    "anchored": (*VAE, "model.prior=anchored", "model.classes=10"),
    "flow": ("model.bottleneck=flow", "objective.kl_weight=0.01"),
}


def trainers_of(tiny_config, sets, count, device="cpu"):
    return [Trainer(tiny_config(*settings), count, torch.device(device)) for settings in sets]


def check_equal_runs(tiny_config, tiny_sets, network, optimizers, device="cpu"):
    train_set, target = tiny_sets["train"], torch.device(device)
    sets = [(f"train.epochs={EPOCHS}", *NETWORKS[network], *own) for own in SETS[optimizers]]
    images = ResidentImages.place(train_set, target)
    validation = ResidentImages.place(tiny_sets["validation"], target)
    alone = trainers_of(tiny_config, sets, len(train_set), device)
    together = trainers_of(tiny_config, sets, len(train_set), device)
    stack = TrainerStack(together)
    for _ in range(EPOCHS):
        for trainer, other, result in zip(alone, together, stack.train_epoch(images), strict=True):
            expected = trainer.train_epoch(images)
            assert isinstance(result, EpochPass)
            assert result.loss == pytest.approx(expected.loss, rel=1e-4)
            assert result.gradient_norm == pytest.approx(expected.gradient_norm, rel=1e-3)
            assert (result.learning_rate, result.kl_share) == (expected.learning_rate, expected.kl_share)
            assert other.validate(validation).loss == pytest.approx(trainer.validate(validation).loss, rel=1e-4)
    for trainer, other in zip(alone, together, strict=True):
        wanted, found = trainer.state(), other.state()
        assert wanted.keys() == found.keys()
        for name, tensor in wanted.items():
            assert torch.allclose(found[name], tensor, rtol=1e-2, atol=1e-4), name
    assert not torch.allclose(
        together[0].model.decode(torch.zeros(1, 2, device=target)),
        together[1].model.decode(torch.zeros(1, 2, device=target)),
    )


@pytest.mark.parametrize("optimizers", SETS)
@pytest.mark.parametrize("network", ["autoencoder", "VAE"])
def test_each_network_comes_to_the_losses_and_weights_of_its_own_run(tiny_config, tiny_sets, network, optimizers):
    check_equal_runs(tiny_config, tiny_sets, network, optimizers)


@pytest.mark.parametrize("network", [name for name in NETWORKS if name not in ("autoencoder", "VAE")])
def test_so_do_networks_with_other_objectives_and_noise(tiny_config, tiny_sets, network):
    check_equal_runs(tiny_config, tiny_sets, network, "AMSGrad")


@pytest.mark.gpu
@pytest.mark.parametrize("network", ["autoencoder", "VAE"])
def test_it_is_so_on_an_nvidia_card(tiny_config, tiny_sets, network):
    if not torch.cuda.is_available():
        pytest.skip("no NVIDIA card")
    check_equal_runs(tiny_config, tiny_sets, network, "both, at several learning rates", "cuda")


def test_plain_dense_networks_need_no_autograd(tiny_config, tiny_sets):
    count = len(tiny_sets["train"])
    assert isinstance(TrainerStack(trainers_of(tiny_config, [()], count))._step, _DenseStack)
    assert isinstance(TrainerStack(trainers_of(tiny_config, [VAE], count))._step, _AnyStack)


def test_a_network_goes_on_alone_as_if_it_had_always_been(tiny_config, tiny_sets):
    count, device = len(tiny_sets["train"]), torch.device("cpu")
    images = ResidentImages.place(tiny_sets["train"], device)
    alone, one, two = trainers_of(tiny_config, [(), (), ("train.seed=1",)], count)
    TrainerStack([one, two]).train_epoch(images)
    TrainerStack([one]).train_epoch(images)  # restacked, as after another's end
    one.train_epoch(images)
    for _ in range(3):
        alone.train_epoch(images)
    for name, tensor in alone.state().items():
        assert torch.allclose(one.state()[name], tensor, rtol=1e-2, atol=1e-4), name


def test_a_network_that_diverges_leaves_the_others_as_they_are(tiny_config, tiny_sets):
    count, device = len(tiny_sets["train"]), torch.device("cpu")
    images = ResidentImages.place(tiny_sets["train"], device)
    linear = ("model.encoder=linear", "model.decoder=linear", "model.output=identity")
    rates = [(*linear, f"optimizer.learning_rate={rate}") for rate in ("1e-3", "1e38")]
    good, bad = trainers_of(tiny_config, rates, count)
    (expected,) = trainers_of(tiny_config, rates[:1], count)
    start = {name: tensor.clone() for name, tensor in bad.model.state_dict().items()}
    first, second = TrainerStack([good, bad]).train_epoch(images)
    assert isinstance(first, EpochPass)
    assert first.loss == pytest.approx(expected.train_epoch(images).loss, rel=1e-4)
    assert isinstance(second, TrainingError)
    assert "diverged in epoch 1" in str(second)
    assert (good.epoch, bad.epoch) == (1, 0)
    with pytest.raises(ConfigError, match="after epochs 0, 1"):
        TrainerStack([good, bad])
    assert all(torch.equal(tensor, start[name]) for name, tensor in bad.model.state_dict().items())


@pytest.mark.parametrize(
    ("sets", "reason"),
    [
        ([(), ("model.latent_dim=3",)], "seed and optimizer alone"),
        ([("model.encoder=conv", "model.decoder=conv")], "convolutions"),
        ([("model.bottleneck=quantized",)], "code book"),
        ([("train.precision=bf16",)], "fp32"),
        ([("optimizer.name=sgd",)], "AMSGrad"),
    ],
)
def test_other_networks_are_refused(tiny_config, tiny_sets, sets, reason):
    with pytest.raises(ConfigError, match=reason):
        TrainerStack(trainers_of(tiny_config, sets, len(tiny_sets["train"])))
