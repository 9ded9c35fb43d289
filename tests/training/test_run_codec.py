import re

import numpy as np
import pytest
import torch

from aeviz.config import ModelConfig
from aeviz.errors import ConfigError, DataError
from aeviz.training import run as run_module
from aeviz.training.devices import describe_device, resolve_device
from aeviz.training.run import load

MODELS = {
    "mlp": ModelConfig(image_shape=(1, 8, 8), latent_dim=3, hidden=(8,)),
    "conv": ModelConfig(image_shape=(3, 8, 8), encoder="conv", decoder="conv", latent_dim=3, channels=(4,)),
    "linear": ModelConfig(image_shape=(1, 8, 8), encoder="linear", decoder="linear", latent_dim=3, output="identity"),
}


@pytest.fixture(params=MODELS)
def run(request, random_run):
    return random_run(MODELS[request.param])


def images_for(run, n=5, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (n, *run.config.model.image_shape), dtype=np.uint8)


def test_encode_equals_the_network(run):
    images = images_for(run)
    x = torch.from_numpy(images.astype(np.float32) / 255)
    with torch.no_grad():
        expected = run.model.bottleneck.mean(run.model.encoder(x))
    torch.testing.assert_close(run.encode(images), expected)


def test_decode_equals_the_network_within_unit_range(run):
    z = torch.randn(5, 3, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        expected = run.model.decoder(z).clamp(0, 1)
    torch.testing.assert_close(run.decode(z), expected)


def test_decode_clamps_what_is_not_bounded(random_run):
    run = random_run(MODELS["linear"])
    z = 100 * np.eye(3, dtype=np.float32)
    images = run.decode(z)
    assert (images.min(), images.max()) == (0, 1)
    assert run.model.decode(torch.from_numpy(z)).abs().max() > 1


def test_results_are_float32_on_the_cpu_without_gradient(run):
    z = run.encode(images_for(run))
    images = run.decode(z)
    assert (z.shape, images.shape) == ((5, 3), (5, *run.config.model.image_shape))
    for result in (z, images, run.reconstruct(images_for(run))):
        assert result.dtype == torch.float32
        assert result.device.type == "cpu"
        assert not result.requires_grad
        assert not result.is_inference()


def test_gradients_are_off_and_model_is_in_eval_mode(run):
    assert not run.model.training
    assert not any(weight.requires_grad for weight in run.model.parameters())


@pytest.mark.parametrize(
    "convert",
    [
        lambda images: torch.from_numpy(images),
        lambda images: images.astype(np.float32) / 255,
        lambda images: images.astype(np.float64) / 255,
        lambda images: torch.from_numpy(images).double() / 255,
        lambda images: (torch.from_numpy(images).float() / 255).requires_grad_(),
        lambda images: np.ascontiguousarray(images[::-1])[::-1],
        lambda images: np.asfortranarray(images),
    ],
    ids=["uint8 tensor", "float32", "float64", "double tensor", "with gradient", "reversed", "fortran"],
)
def test_encode_takes_images_in_every_form(convert, run):
    images = images_for(run)
    torch.testing.assert_close(run.encode(convert(images)), run.encode(images))


def test_read_only_arrays_are_taken_and_kept(run):
    images = images_for(run)
    z = np.zeros((2, 3), dtype=np.float32)
    copies = images.copy(), z.copy()
    images.flags.writeable = z.flags.writeable = False
    run.encode(images)
    run.decode(z)
    np.testing.assert_array_equal(images, copies[0])
    np.testing.assert_array_equal(z, copies[1])


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_images_are_not_changed(dtype, run):
    images = images_for(run) if dtype == np.uint8 else images_for(run).astype(np.float32) / 255
    before = images.copy()
    run.encode(images)
    np.testing.assert_array_equal(images, before)


@pytest.mark.parametrize("convert", [np.float16, np.float32, np.float64, lambda z: torch.from_numpy(z).half()])
def test_decode_takes_points_in_every_float(convert, run):
    z = np.array([[0.5, -1.25, 2], [0, 1, -1]])
    torch.testing.assert_close(run.decode(convert(z)), run.decode(z.astype(np.float32)))


@pytest.mark.parametrize("n", [3, 4, 5, 8, 9])
def test_batches_equal_one_by_one(n, run, monkeypatch):
    monkeypatch.setattr(run_module, "BATCH", 4)
    images = images_for(run, n)
    z = run.encode(images)
    torch.testing.assert_close(z, torch.cat([run.encode(images[i : i + 1]) for i in range(n)]))
    torch.testing.assert_close(run.decode(z), torch.cat([run.decode(z[i : i + 1]) for i in range(n)]))


def test_no_images_give_no_points(run):
    assert run.encode(images_for(run, 0)).shape == (0, 3)
    assert run.decode(np.zeros((0, 3), dtype=np.float32)).shape == (0, *run.config.model.image_shape)


@pytest.mark.parametrize("shape", [(2, 1, 8, 9), (2, 2, 8, 8), (1, 8, 8), (8, 8), (2, 64), (2, 1, 8, 8, 1)])
def test_encode_of_other_shape_raises(shape, random_run):
    run = random_run(MODELS["mlp"], name="mlp")
    message = f"images of shape {shape} for run 'mlp'; expected (N, C, H, W) = (N, 1, 8, 8)"
    with pytest.raises(DataError, match=re.escape(message)):
        run.encode(np.zeros(shape, dtype=np.uint8))


@pytest.mark.parametrize("dtype", [np.int64, np.uint16, np.bool_, np.int8])
def test_encode_of_other_type_raises(dtype, random_run):
    run = random_run(MODELS["mlp"], name="mlp")
    with pytest.raises(DataError, match=r"images of type torch\.\w+ for run 'mlp'; expected uint8 or floats in \[0, 1"):
        run.encode(np.zeros((2, 1, 8, 8), dtype=dtype))


@pytest.mark.parametrize(
    ("value", "found"), [(1.01, "from 0 to 1.01"), (-0.01, "from -0.01 to 0"), (255, "to 255"), (np.nan, "nan to nan")]
)
def test_encode_of_values_out_of_range_raises(value, found, random_run):
    images = np.zeros((2, 1, 8, 8), dtype=np.float32)
    images[1, 0, 3, 3] = value
    with pytest.raises(DataError, match=f"images for run 'mlp' reach .*{found}; expected uint8 or floats"):
        random_run(MODELS["mlp"], name="mlp").encode(images)


@pytest.mark.parametrize("shape", [(3,), (2, 2), (2, 4), (2, 3, 1)])
def test_decode_of_other_shape_raises(shape, random_run):
    message = f"latent points of shape {shape} and type torch.float32 for run 'mlp'; expected floats of shape (N, 3)"
    with pytest.raises(DataError, match=re.escape(message)):
        random_run(MODELS["mlp"], name="mlp").decode(np.zeros(shape, dtype=np.float32))


def test_decode_of_whole_numbers_raises(random_run):
    with pytest.raises(DataError, match=r"type torch\.int64 .*expected floats of shape \(N, 3\)"):
        random_run(MODELS["mlp"]).decode(np.zeros((2, 3), dtype=np.int64))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_decode_of_infinite_points_raises(value, random_run):
    z = np.zeros((2, 3), dtype=np.float32)
    z[1, 1] = value
    with pytest.raises(DataError, match="hold NaN or infinity; expected finite coordinates"):
        random_run(MODELS["mlp"]).decode(z)


def test_load_takes_name_path_and_folder(random_run):
    run = random_run(MODELS["mlp"])
    for name in (run.folder.path, str(run.folder.path), run.folder):
        assert torch.equal(load(name).encode(images_for(run)), run.encode(images_for(run)))


def test_device_auto_and_cpu():
    expected = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    assert resolve_device("auto").type == expected
    assert resolve_device("cpu") == torch.device("cpu")
    threads = torch.get_num_threads()
    assert describe_device(torch.device("cpu")) == f"CPU, {threads} thread{'s' if threads > 1 else ''}"


@pytest.mark.parametrize("name", ["cuda", "mps"])
def test_device_that_is_not_there_raises(name, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)
    with pytest.raises(ConfigError, match=f"device '{name}' is not available here .*use --device auto or --device cpu"):
        resolve_device(name)
    assert resolve_device("auto") == torch.device("cpu")
