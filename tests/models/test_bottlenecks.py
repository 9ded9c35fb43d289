import itertools
import math

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from aeviz.config import ModelConfig
from aeviz.errors import ConfigError
from aeviz.models import build_model, describe_layers, initialise
from aeviz.models.bottlenecks import FlowBottleneck, GaussianBottleneck, anchor_points, gaussian_kl
from aeviz.models.flows import AutoregressiveMap, InverseAutoregressiveFlow

N, D, F = 7, 5, 11
FACES = ModelConfig(
    image_shape=(3, 64, 64),
    encoder="conv_bn",
    bottleneck="gaussian",
    decoder="conv_bn",
    latent_dim=128,
    channels=(32, 64, 128, 256, 512),
    output="tanh",
)


def normal(*shape, seed=0):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def settled(module, seed=3):
    initialise(module, seed)
    return module


@pytest.mark.parametrize("anchored", [False, True])
def test_gaussian_kl_is_that_of_torch_distributions(anchored):
    mean, log_variance = 2 * normal(N, D, seed=1), normal(N, D, seed=2)
    prior = 3 * normal(N, D, seed=3) if anchored else None
    expected = kl_divergence(
        Normal(mean, torch.exp(log_variance / 2)), Normal(torch.zeros(N, D) if prior is None else prior, 1.0)
    )
    torch.testing.assert_close(gaussian_kl(mean, log_variance, prior), expected, atol=1e-5, rtol=1e-5)
    assert (gaussian_kl(mean, log_variance, prior) >= 0).all()  # S2 prints minus this, which never is


def test_gaussian_kl_is_the_mean_of_log_ratios():
    mean, log_variance, prior = torch.tensor([[1.5]]), torch.tensor([[-1.0]]), torch.tensor([[0.5]])
    posterior = Normal(mean, torch.exp(log_variance / 2))
    z = mean + torch.exp(log_variance / 2) * normal(400_000, 1)
    estimate = (posterior.log_prob(z) - Normal(prior, 1.0).log_prob(z)).mean()
    assert gaussian_kl(mean, log_variance, prior).item() == pytest.approx(estimate.item(), abs=0.01)


def test_sample_has_the_standard_deviation_and_not_the_variance():
    """S2 3.5 and Algorithm 4 print z = mean + sigma^2 * eps."""
    bottleneck = settled(GaussianBottleneck(ModelConfig(bottleneck="gaussian", latent_dim=2), F))
    with torch.no_grad():
        bottleneck.log_variance_head.weight.zero_()
        bottleneck.log_variance_head.bias.fill_(math.log(0.25))
        z = bottleneck(normal(1, F).expand(100_000, F), normal(100_000, 2, seed=4)).z
    assert z.std(dim=0).tolist() == pytest.approx([0.5, 0.5], abs=0.01)


def test_no_noise_gives_the_mean_and_extreme_features_stay_finite():
    bottleneck = settled(GaussianBottleneck(ModelConfig(bottleneck="gaussian", latent_dim=D), F))
    features = normal(N, F)
    torch.testing.assert_close(bottleneck(features).z, bottleneck.mean(features))
    code = bottleneck(1e6 * features, normal(N, D))
    assert torch.isfinite(code.z).all()
    assert torch.isfinite(code.kl).all()


def test_autoregressive_map_sees_only_earlier_dimensions():
    step = settled(AutoregressiveMap(D, F, hidden=32))
    features = normal(1, F)
    jacobian = torch.autograd.functional.jacobian(lambda z: step(z[None], features)[0][0], normal(D, seed=5))
    assert torch.equal(jacobian, jacobian.tril())
    assert (jacobian.tril(-1).abs().sum(dim=1)[1:] > 0).all()  # and it does see those


@pytest.mark.parametrize("steps", [1, 2, 3])
def test_log_scale_is_that_of_the_jacobian(steps):
    flow = settled(InverseAutoregressiveFlow(D, F, hidden=32, steps=steps))
    features, z = normal(1, F), normal(D, seed=5)
    jacobian = torch.autograd.functional.jacobian(lambda point: flow(point[None], features)[0][0], z)
    expected = torch.linalg.slogdet(jacobian).logabsdet
    torch.testing.assert_close(flow(z[None], features)[1].sum(), expected, atol=1e-5, rtol=1e-5)


def test_density_of_a_flow_integrates_to_one():
    """In one dimension the density at z is that of the noise over the slope; a fine grid sums it."""
    bottleneck = settled(FlowBottleneck(ModelConfig(bottleneck="flow", latent_dim=1, flow_hidden=8), F), seed=1)
    grid = torch.linspace(-9, 9, 20_001)[:, None]
    with torch.no_grad():
        code = bottleneck(normal(1, F).expand(len(grid), F), grid)
    log_q = code.kl - (code.z**2 + math.log(2 * math.pi)) / 2  # kl is log q - log p
    density = log_q.exp().flatten().double()
    z = code.z.flatten().double()
    assert float(torch.trapezoid(density, z)) == pytest.approx(1.0, abs=1e-3)


def test_flow_without_steps_of_effect_is_gaussian():
    bottleneck = settled(FlowBottleneck(ModelConfig(bottleneck="flow", latent_dim=D), F))
    with torch.no_grad():
        for step in bottleneck.flow.maps:
            step.gate.weight.zero_()
            step.gate.bias.fill_(50.0)  # gate 1: z stays
    features, noise = normal(N, F), normal(N, D, seed=1)
    code, gaussian = bottleneck(features, noise), bottleneck.base(features, noise)
    torch.testing.assert_close(code.z, gaussian.z, atol=1e-5, rtol=1e-5)
    many = noise.new_tensor(0.0)
    for seed in range(400):
        many = many + bottleneck(features, normal(N, D, seed=seed)).kl.sum(dim=1).mean() / 400
    assert many.item() == pytest.approx(gaussian.kl.sum(dim=1).mean().item(), abs=0.2)


def test_anchors_are_far_apart_on_two_rings():
    anchors = anchor_points(10, 4)
    assert anchors.shape == (10, 4)
    assert not anchors[:, 2:].any()
    assert sorted(set(anchors.norm(dim=1).round(decimals=4).tolist())) == [4.0, 8.0]
    assert min((a - b).norm().item() for a, b in itertools.combinations(anchors, 2)) > 4.6


def test_anchored_prior_pulls_each_class_to_its_anchor():
    model = build_model(ModelConfig(image_shape=(1, 8, 8), bottleneck="gaussian", prior="anchored", hidden=(8,)))
    labels = torch.tensor([3, 0, 3])
    x = torch.rand(3, 1, 8, 8, generator=torch.Generator().manual_seed(0))
    posterior = model.bottleneck.posterior(model.encoder(x))
    expected = kl_divergence(
        Normal(posterior.mean, torch.exp(posterior.log_variance / 2)), Normal(anchor_points(10, 2)[labels], 1.0)
    )
    torch.testing.assert_close(model.autoencode(x, None, labels).code.kl, expected, atol=1e-4, rtol=1e-5)
    assert "anchors" not in model.state_dict()  # they follow from the config


def test_faces_have_the_parameters_of_the_source():
    """S2's public code: 3,937,635."""
    assert sum(weight.numel() for weight in build_model(FACES).parameters()) == 3_937_635
    layers = describe_layers(FACES)
    assert sum(layer.parameters for layer in layers) == 3_937_635
    assert layers[-1].output_shape == (3, 64, 64)
    assert next(layer for layer in layers if layer.part == "bottleneck").output_shape == (128,)


def test_tanh_output_fills_the_unit_interval():
    model = build_model(FACES).eval()
    with torch.no_grad():
        model.decoder[-3].bias.copy_(torch.tensor([50.0, -50.0, 0.0]))
        model.decoder[-3].weight.zero_()
        image = model.decode(torch.zeros(1, 128))[0]
    assert image.mean(dim=(1, 2)).tolist() == pytest.approx([1.0, 0.0, 0.5])


@pytest.mark.parametrize("bottleneck", ["gaussian", "flow"])
@pytest.mark.parametrize("encoder", ["linear", "mlp", "conv", "conv_bn"])
def test_every_encoder_goes_with_every_bottleneck(encoder, bottleneck):
    config = ModelConfig(
        image_shape=(3, 12, 9), encoder=encoder, decoder=encoder, bottleneck=bottleneck, latent_dim=3, channels=(4, 6),
        features=8, hidden=(10,),
    )  # fmt: skip
    model = build_model(config).eval()
    passed = model.autoencode(torch.rand(2, 3, 12, 9), normal(2, 3))
    assert passed.reconstruction.shape == (2, 3, 12, 9)
    assert passed.code.z.shape == passed.code.kl.shape == (2, 3)
    total = sum(layer.parameters for layer in describe_layers(config))
    assert total == sum(weight.numel() for weight in model.parameters())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"bottleneck": "gaussian", "encoder": "conv"}, "set model.features"),
        ({"bottleneck": "gaussian", "latent": "sigmoid"}, "use model.latent=identity"),
        ({"prior": "anchored"}, "use model.bottleneck=gaussian"),
        ({"prior": "anchored", "bottleneck": "gaussian", "latent_dim": 1}, "takes model.latent_dim of 2 or more"),
        ({"flow_steps": 0}, "model.flow_steps=0; expected 1 to 64"),
    ],
)
def test_bottlenecks_that_cannot_work_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        ModelConfig(**settings)
