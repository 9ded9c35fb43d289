import dataclasses
import itertools
import math

import numpy as np
import pytest
import torch
from torch import nn

from aeviz.config import ModelConfig
from aeviz.errors import ConfigError
from aeviz.models import build_model, describe_layers, initialise
from aeviz.models.activations import ACTIVATIONS as MODULES
from aeviz.models.encoders import conv_side
from aeviz.presets import PRESETS, get_preset


def count(model):
    return sum(weight.numel() for weight in model.parameters())


def dense(*widths):
    """Weights and biases of a chain of linear layers."""
    return sum(a * b + b for a, b in itertools.pairwise(widths))


MIXES = {
    "mlp": ModelConfig(image_shape=(1, 8, 8), hidden=(16, 8)),
    "linear": ModelConfig(image_shape=(1, 8, 8), encoder="linear", decoder="linear", output="identity"),
    "conv": ModelConfig(image_shape=(1, 8, 8), encoder="conv", decoder="conv", channels=(4, 6), latent_dim=5),
    "conv, features": ModelConfig(
        image_shape=(1, 8, 8), encoder="conv", decoder="conv", channels=(4, 6), features=10, latent_dim=3
    ),
    "conv to mlp": ModelConfig(image_shape=(1, 8, 8), encoder="conv", channels=(4,), hidden=(9,), latent_dim=3),
    "mlp to conv": ModelConfig(image_shape=(1, 8, 8), decoder="conv", channels=(4,), hidden=(9,), latent_dim=3),
    "odd": ModelConfig(image_shape=(1, 7, 9), encoder="conv", decoder="conv", channels=(4, 6), latent_dim=2),
    "odd mlp": ModelConfig(image_shape=(1, 7, 9), hidden=(5,)),
    "colour": ModelConfig(image_shape=(3, 64, 64), encoder="conv", decoder="conv", channels=(4, 4, 4), latent_dim=7),
    "bare mlp": ModelConfig(image_shape=(1, 8, 8), hidden=()),
    "one pixel": ModelConfig(image_shape=(1, 1, 1), encoder="conv", decoder="conv", channels=(2,), latent_dim=1),
    "strip": ModelConfig(image_shape=(3, 2, 31), encoder="conv", decoder="conv", channels=(2, 2), latent_dim=4),
}


@pytest.fixture(params=MIXES)
def config(request):
    return MIXES[request.param]


# Sizes of the thesis's networks


def test_thesis_mlp_has_219866_parameters():
    model = build_model(get_preset("mlp-2d-adam").config.model)
    assert count(model) == dense(784, 128, 64, 12, 2) + dense(2, 12, 64, 128, 784) == 219_866
    assert [layer.in_features for layer in model.modules() if isinstance(layer, nn.Linear)] == [
        784, 128, 64, 12, 2, 12, 64, 128,
    ]  # fmt: skip
    kinds = [type(layer).__name__ for layer in model.modules() if not list(layer.children())]
    assert kinds == [
        "Flatten", "Linear", "ReLU", "Linear", "ReLU", "Linear", "ReLU", "Linear",
        "Linear", "ReLU", "Linear", "ReLU", "Linear", "ReLU", "Linear", "Unflatten", "Sigmoid",
    ]  # fmt: skip


@pytest.mark.parametrize("latent_dim", [3, 10, 64])
def test_thesis_mlps_differ_in_the_latent_alone(latent_dim):
    model = build_model(ModelConfig(latent_dim=latent_dim))
    assert count(model) == dense(784, 128, 64, 12, latent_dim) + dense(latent_dim, 12, 64, 128, 784)


def test_thesis_conv_has_210369_parameters():
    encoder = (1 * 9 * 16 + 16) + (16 * 9 * 32 + 32) + (32 * 49 * 64 + 64)
    decoder = (64 * 49 * 32 + 32) + (32 * 9 * 16 + 16) + (16 * 9 * 1 + 1)
    assert count(build_model(get_preset("conv-64d-amsgrad").config.model)) == encoder + decoder == 210_369


def test_thesis_conv_goes_28_14_7_1_and_back():
    rows = describe_layers(get_preset("conv-64d-amsgrad").config.model)
    assert [(row.part, row.kind, row.output_shape, row.activation) for row in rows] == [
        ("input", "Image", (1, 28, 28), ""),
        ("encoder", "Conv 3x3, stride 2", (16, 14, 14), "ReLU"),
        ("encoder", "Conv 3x3, stride 2", (32, 7, 7), "ReLU"),
        ("encoder", "Conv 7x7", (64,), ""),
        ("decoder", "Transposed conv 7x7", (32, 7, 7), "ReLU"),
        ("decoder", "Transposed conv 3x3, stride 2", (16, 14, 14), "ReLU"),
        ("decoder", "Transposed conv 3x3, stride 2", (1, 28, 28), "Sigmoid"),
    ]


def test_linear_autoencoder_is_two_linear_maps():
    model = build_model(MIXES["linear"])
    assert count(model) == dense(64, 2) + dense(2, 64)
    x, y = torch.rand(2, 1, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(model((x + y) / 2), (model(x) + model(y)) / 2)


def test_features_variant_adds_a_head_on_each_side():
    config = MIXES["conv, features"]
    encoder = (1 * 9 * 4 + 4) + (4 * 9 * 6 + 6) + (6 * 4 * 10 + 10) + dense(10, 3)
    decoder = dense(3, 10) + (10 * 4 * 6 + 6) + (6 * 9 * 4 + 4) + (4 * 9 * 1 + 1)
    assert count(build_model(config)) == encoder + decoder
    rows = describe_layers(config)
    assert [row.output_shape for row in rows if row.part == "bottleneck"] == [(3,)]
    assert [(row.output_shape, row.activation) for row in rows if row.part == "encoder"][-1] == ((10,), "ReLU")


# Shapes


def test_image_comes_back_in_its_shape(config):
    model = build_model(config)
    x = torch.rand(3, *config.image_shape, generator=torch.Generator().manual_seed(0))
    z = model.encode_mean(x)
    assert z.shape == (3, config.latent_dim)
    assert model(x).shape == x.shape
    torch.testing.assert_close(model.decode(z), model(x))
    if config.output == "sigmoid":
        assert 0 < model(x).min() <= model(x).max() < 1


@pytest.mark.parametrize("shape", [(1, 7, 9), (3, 64, 64), (1, 8, 8), (3, 5, 6), (1, 28, 28), (1, 33, 17)])
@pytest.mark.parametrize("depth", [1, 2, 3])
def test_conv_decoder_mirrors_any_side(shape, depth):
    if 2**depth > 2 * min(shape[1:]):
        pytest.skip("more convolutions than the side allows")
    config = ModelConfig(image_shape=shape, encoder="conv", decoder="conv", channels=(2,) * depth, latent_dim=2)
    rows = describe_layers(config)
    way_in = [row.output_shape[1:] for row in rows if row.part in ("input", "encoder") and len(row.output_shape) == 3]
    way_out = [row.output_shape[1:] for row in rows if row.part == "decoder"]
    assert way_in == way_out[::-1]
    assert way_out[-1] == shape[1:]


@pytest.mark.parametrize("side", range(1, 40))
def test_conv_side_is_what_torch_gives(side):
    with torch.device("meta"):
        x = torch.zeros(1, 1, side, side)
        for depth in range(1, 5):
            x = nn.functional.conv2d(x, torch.zeros(1, 1, 3, 3), stride=2, padding=1)
            assert conv_side(side, depth) == x.shape[-1]


def test_too_many_convolutions_raise():
    with pytest.raises(ConfigError, match=r"model\.channels=\(2, 2, 2, 2, 2\) halves images of 8 pixels 5 times"):
        ModelConfig(image_shape=(1, 8, 8), encoder="conv", channels=(2,) * 5)


# Description


def test_described_parameters_are_the_models(config):
    assert sum(row.parameters for row in describe_layers(config)) == count(build_model(config))


def test_described_latent_comes_last_before_the_decoder(config):
    rows = describe_layers(config)
    parts = [row.part for row in rows]
    assert parts == sorted(parts, key=["input", "encoder", "bottleneck", "decoder"].index)
    latent = [row for row in rows if row.part != "decoder"][-1]
    assert latent.output_shape == (config.latent_dim,)
    assert latent.part == ("encoder" if config.encoder == "conv" and config.features is None else "bottleneck")
    assert rows[0].output_shape == rows[-1].output_shape == config.image_shape
    assert rows[-1].activation == ("Sigmoid" if config.output == "sigmoid" else "")


def test_description_leaves_the_random_numbers_alone():
    before = torch.random.get_rng_state()
    describe_layers(ModelConfig())
    assert torch.equal(torch.random.get_rng_state(), before)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_builds(name):
    config = PRESETS[name].config.model
    assert build_model(config)(torch.zeros(1, *config.image_shape)).shape == (1, *config.image_shape)


# Initial weights


def test_same_seed_gives_same_weights_and_leaves_the_global_generator_alone(config):
    models = [build_model(config) for _ in range(3)]
    before = torch.get_rng_state()
    for model, seed in zip(models, (5, 5, 6), strict=True):
        initialise(model, seed)
    assert torch.equal(torch.get_rng_state(), before)
    first, again, other = (torch.nn.utils.parameters_to_vector(model.parameters()) for model in models)
    assert torch.equal(first, again)
    assert not torch.isclose(first, other).any()


def test_weights_keep_their_gradients_on():
    model = build_model(MIXES["mlp"])
    initialise(model, 0)
    assert all(weight.requires_grad and weight.grad_fn is None for weight in model.parameters())


@pytest.mark.parametrize(
    ("layer", "make"),
    [
        ("linear", lambda: nn.Linear(50, 400)),
        ("conv", lambda: nn.Conv2d(6, 300, 3)),
        ("transposed", lambda: nn.ConvTranspose2d(300, 6, 3)),
        ("wide", lambda: nn.Conv2d(5, 300, (2, 7))),
    ],
)
def test_initial_weights_follow_torchs_own_law(layer, make):
    ours = make()
    initialise(nn.Sequential(ours), 0)
    theirs = make()
    with torch.random.fork_rng():
        torch.manual_seed(0)
        theirs.reset_parameters()
    for name in ("weight", "bias"):
        a, b = (getattr(x, name).detach() for x in (ours, theirs))
        fan_in, _ = nn.init._calculate_fan_in_and_fan_out(theirs.weight)
        bound = 1 / math.sqrt(fan_in)
        assert a.abs().max() <= bound
        assert b.abs().max() <= bound  # torch's default has the same bound
        if a.numel() >= 300:  # fills the range evenly: the extremes are near the bound, the spread is the uniform law's
            assert a.abs().max() > 0.97 * bound
            assert a.std().item() == pytest.approx(bound / math.sqrt(3), rel=0.08)
            assert a.std().item() == pytest.approx(b.std().item(), rel=0.12)


class Scaled(nn.Module):
    """A layer with a weight of its own."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(torch.zeros(3))

    def draw_weights(self, generator):
        self.scale.normal_(generator=generator)


def test_a_layer_may_draw_its_own_weights_from_the_seed():
    def drawn(seed):
        model = nn.Sequential(nn.Linear(3, 3), Scaled(), nn.Linear(3, 3))
        initialise(model, seed)
        return model.state_dict()

    first, again, other = drawn(1), drawn(1), drawn(2)
    assert all(torch.equal(first[name], again[name]) for name in first)
    assert not torch.equal(first["1.scale"], other["1.scale"])


# Activations and laws of the initial weights

ACTIVATIONS = {
    "relu": lambda x: np.maximum(x, 0),
    "leaky_relu": lambda x: np.where(x < 0, 0.01 * x, x),
    "elu": lambda x: np.where(x < 0, np.exp(x) - 1, x),
    "prelu": lambda x: np.where(x < 0, 0.25 * x, x),
    "tanh": np.tanh,
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("mix", ["mlp", "conv"])
def test_activation_stands_after_every_hidden_layer(name, mix):
    config = dataclasses.replace(MIXES[mix], activation=name)
    rows = [row for row in describe_layers(config) if row.activation]
    plain = [row for row in describe_layers(MIXES[mix]) if row.activation]
    model = build_model(config)
    assert len(rows) == len(plain)
    assert {row.activation for row in rows[:-1]} == {type(MODULES[name]()).__name__}
    assert sum(row.parameters for row in describe_layers(config)) == count(model)
    x = np.linspace(-3, 3, 13)
    found = MODULES[name]()(torch.from_numpy(x).float()).detach().numpy()
    np.testing.assert_allclose(found, ACTIVATIONS[name](x), atol=1e-6)


def test_default_activation_is_the_encoders_own():
    for encoder, title in (("mlp", "ReLU"), ("conv", "ReLU"), ("conv_bn", "LeakyReLU")):
        config = ModelConfig(image_shape=(1, 8, 8), encoder=encoder, decoder=encoder, channels=(4,))
        assert {row.activation for row in describe_layers(config) if row.activation} == {title, "Sigmoid"}


def test_activation_of_a_linear_encoder_is_refused():
    with pytest.raises(ConfigError, match=r"has no activation to choose; use model\.activation=default"):
        ModelConfig(encoder="linear", decoder="linear", output="identity", activation="elu")


@pytest.mark.parametrize(
    ("law", "variance"),
    [("default", lambda i, o: 1 / (3 * i)), ("xavier", lambda i, o: 2 / (i + o)), ("he", lambda i, o: 2 / i),
     ("small", lambda i, o: 1e-4), ("zero", lambda i, o: 0)],
)  # fmt: skip
def test_law_of_the_initial_weights_has_the_variance_of_the_source(law, variance):
    for layer, fans in ((nn.Linear(300, 200), (300, 200)), (nn.Conv2d(30, 60, 3), (270, 540))):
        initialise(nn.Sequential(layer), 0, law)
        weight = layer.weight.detach()
        assert weight.var().item() == pytest.approx(variance(*fans), rel=0.03, abs=1e-12)
        assert weight.mean().item() == pytest.approx(0, abs=2e-3)
        assert law == "default" or not layer.bias.any()


def test_xavier_weights_are_uniform_and_he_weights_normal():
    for law, kurtosis in (("xavier", 9 / 5), ("he", 3)):
        layer = nn.Linear(300, 200)
        initialise(nn.Sequential(layer), 0, law)
        z = layer.weight.detach() / layer.weight.detach().std()
        assert (z**4).mean().item() == pytest.approx(kurtosis, rel=0.03)


def test_he_weights_keep_the_signal_of_relu_layers():
    """Mean square after 10 layers of 256 ReLU units, no biases: factor 1/6 (default), 1/2 (Xavier), 1 (He) a layer."""
    x = torch.randn(500, 256, generator=torch.Generator().manual_seed(0))
    found = {}
    for law in ("default", "xavier", "he", "small"):
        layers = nn.Sequential(*(part for _ in range(10) for part in (nn.Linear(256, 256, bias=False), nn.ReLU())))
        initialise(layers, 1, law)
        with torch.no_grad():
            found[law] = layers(x).square().mean().item()
    assert 0.4 < found["he"] < 2.5
    assert 2e-4 < found["xavier"] < 5e-3
    assert found["default"] < 1e-6
    assert found["small"] < 1e-17
