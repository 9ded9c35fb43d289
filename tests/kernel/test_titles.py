"""What models that ship are called."""

import pytest

from aeviz.language import in_language
from aeviz.training.runs import scan_folders
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.titles import title_of
from aeviz.web.map.controls import MapOptions
from aeviz.web.map.panels import map_panels


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


def test_map_that_is_kept_for_all_visitors_has_its_title_in_the_language_of_each():
    model = Model({folder.name: folder for folder in scan_folders()[0]}["mlp-2d-adam"])
    options = MapOptions(dimensions=2, aligned=False, two_viewpoints=False)
    english = "mlp-2d-adam · Autoencoder, 2 dimensions, Adam · 10,000 test images of mnist · seed 0"
    german = "mlp-2d-adam · Autoencoder, 2 Dimensionen, Adam · 10.000 Testbilder von mnist · Startwert 0"
    for language, title in [("en", english), ("de", german), ("en", english)]:
        with in_language(language):
            assert map_panels(model, None, options).panels[0].title == title
