"""What models that ship are called."""

import pytest

from aeviz.training.runs import scan_folders
from aeviz.web.kernel.titles import title_of


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("mlp-2d-amsgrad", "Autoencoder, 2 dimensions, AMSGrad"),
        ("conv-64d-amsgrad", "Convolutional autoencoder, 64 dimensions, AMSGrad"),
        ("sparse-kl", "Sparse autoencoder, 64 dimensions, Adam"),
        ("denoising", "Denoising autoencoder, 32 dimensions, Adam"),
        ("vq-mnist", "VQ-VAE, 16 dimensions, Adam"),
        ("flow-2d", "VAE with a normalizing flow, 2 dimensions, Adam"),
        ("vae-2d-anchored", "VAE with an anchor for each class, 2 dimensions, AMSGrad"),
        ("celeba-msssim-vae", "MSSIM-VAE, 128 dimensions, Adam"),
        ("regime-kl", "VAE, KL divergence only, 2 dimensions, Adam"),
        ("regime-reconstruction", "VAE without KL divergence, 2 dimensions, Adam"),
    ],
)
def test_title_says_kind_dimensions_and_optimizer(name, title):
    folders = {folder.name: folder for folder in scan_folders()[0]}
    assert title_of(folders[name].config) == title
