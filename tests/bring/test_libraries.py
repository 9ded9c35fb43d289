"""Models that other libraries made become runs that give what those libraries give."""

import importlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

import aeviz
from aeviz.data import load_dataset
from aeviz.errors import ImportedModelError
from aeviz.training.run import Run, load

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # their warnings are theirs


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_worker_left: None) -> None:
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    torch.manual_seed(0)


def library(name: str) -> Any:
    """Return a package, whatever it warns of while it is imported."""
    pytest.importorskip(name.partition(".")[0])
    return importlib.import_module(name)


def digits() -> torch.Tensor:
    return torch.from_numpy(np.asarray(load_dataset("digits", "test").images[:20], np.float32) / 255)


def compare(run: Run, codes: torch.Tensor, images: torch.Tensor) -> None:
    torch.testing.assert_close(run.encode(digits()), codes.flatten(1), rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(run.decode(codes.flatten(1)), images.clamp(0, 1), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", ["AE", "VAE"])
@torch.no_grad()
def test_pythae(kind: str) -> None:
    models = library("pythae.models")
    model = getattr(models, kind)(getattr(models, f"{kind}Config")(input_dim=(1, 8, 8), latent_dim=3)).eval()
    made = aeviz.import_model("theirs", model=model, data="digits")
    assert (made.latent_dim, made.is_variational) == (3, kind == "VAE")
    run = load("theirs")
    found = model.encoder(digits())
    compare(run, found["embedding"], model.decoder(found["embedding"])["reconstruction"])
    if kind == "VAE":
        torch.testing.assert_close(run.encode_log_variance(digits()), found["log_covariance"], rtol=1e-4, atol=1e-5)
    assert run.folder.provenance.imported_from.startswith(f"pythae {kind}, pytorch")


@torch.no_grad()
def test_pythae_vq_vae_has_the_nearest_codes_and_decodes_any_point() -> None:
    models = library("pythae.models")
    model = models.VQVAE(models.VQVAEConfig(input_dim=(1, 8, 8), latent_dim=16, num_embeddings=8)).eval()
    aeviz.import_model("theirs", model=model, data="digits")
    run = load("theirs")
    found = model({"data": digits()})
    compare(run, found["z"], found["recon_x"])


@torch.no_grad()
def test_diffusers_autoencoder_kl() -> None:
    diffusers = library("diffusers")
    model = diffusers.AutoencoderKL(
        in_channels=1, out_channels=1, latent_channels=2, norm_num_groups=4, block_out_channels=(8, 8),
        down_block_types=("DownEncoderBlock2D",) * 2, up_block_types=("UpDecoderBlock2D",) * 2, sample_size=8,
    ).eval()  # fmt: skip
    made = aeviz.import_model("theirs", model=model, data="digits")
    assert (made.latent_dim, made.is_variational) == (32, True)
    code = model.encode(2 * digits() - 1).latent_dist
    compare(load("theirs"), code.mean, (model.decode(code.mean).sample + 1) / 2)
    torch.testing.assert_close(
        load("theirs").encode_log_variance(digits()), code.logvar.flatten(1), rtol=1e-4, atol=1e-4
    )


@torch.no_grad()
def test_example_of_pytorch_by_its_former_exporter(tmp_path: Path) -> None:
    """The VAE of pytorch/examples, written for one image as PyTorch did before 2.9."""
    hidden, mean, spread = torch.nn.Linear(64, 40), torch.nn.Linear(40, 5), torch.nn.Linear(40, 5)

    class Encoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.layers = torch.nn.ModuleList([hidden, mean, spread])

        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            value = torch.relu(hidden(x.view(-1, 64)))
            return mean(value), spread(value)

    decoder = torch.nn.Sequential(
        torch.nn.Linear(5, 40), torch.nn.ReLU(), torch.nn.Linear(40, 64), torch.nn.Sigmoid()
    ).eval()
    paths = tmp_path / "e.onnx", tmp_path / "d.onnx"
    pytest.importorskip("onnx")
    torch.onnx.export(
        Encoder().eval(),
        (torch.zeros(1, 1, 8, 8),),
        paths[0],
        output_names=["mu", "logvar"],
        dynamo=False,
        opset_version=9,
    )
    torch.onnx.export(decoder, (torch.zeros(1, 5),), paths[1], dynamo=False, opset_version=9)
    made = aeviz.import_model("theirs", encoder=paths[0], decoder=paths[1], data="digits")
    assert made.is_variational
    code = mean(torch.relu(hidden(digits().flatten(1))))
    compare(load("theirs"), code, decoder(code).reshape(-1, 1, 8, 8))
    program = torch.export.export(decoder, (torch.zeros(2, 5),), dynamic_shapes=({0: torch.export.Dim("N")},))
    again = aeviz.import_model("program", encoder=paths[0], decoder=program, data="digits", latent_dim=5)
    assert again.mse == pytest.approx(made.mse, rel=1e-5)


def test_model_of_another_library_is_refused() -> None:
    with pytest.raises(ImportedModelError, match="is not known; expected one of pythae or diffusers"):
        aeviz.import_model("theirs", model=torch.nn.Linear(2, 2), data="digits")
    with pytest.raises(ImportedModelError, match="encoder= and decoder=, or model="):
        aeviz.import_model("theirs", data="digits")
