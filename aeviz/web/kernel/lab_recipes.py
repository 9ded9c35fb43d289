"""Python that makes what the pages on PCA, the three regimes and optimizers show, as text; see `recipes`."""

from collections.abc import Mapping, Sequence

from aeviz.lab.linear_autoencoder import LinearConfig


def pca_code(data: str, config: LinearConfig, *, most_pixels: int, most_images: int) -> str:
    """Return the code of a linear autoencoder beside PCA."""
    return f"""from aeviz.config import DataConfig
from aeviz.data import load_dataset
from aeviz.lab.linear_autoencoder import LinearConfig
from aeviz.lab.pca_match import match_pca
from aeviz.lab.reduced import reduce_images

images = load_dataset(DataConfig(name={data!r}), "train")
images = reduce_images(images, most_pixels={most_pixels}, most_images={most_images})
config = {config!r}
figures = match_pca(images, config).figures
print(f"mean squared error of PCA {{figures.pca_mse:.6g}}, of the linear autoencoder {{figures.linear_ae_mse:.6g}}")
print(f"largest angle between their subspaces {{figures.max_principal_angle_deg:.2f}} degrees")
"""


def regimes_code(names: Sequence[str], *, seed: int, count: int, columns: int) -> str:
    """Return the code of the samples and the figures of the regimes."""
    return f"""from PIL import Image

import aeviz
from aeviz.analysis.generation import draw_noise
from aeviz.figures.images import tile

for name in {list(names)!r}:
    run = aeviz.load(name)
    measured = run.folder.evaluation()  # on the test set
    print(f"{{name}}: mean squared error {{measured.mse:.4f}}")
    print(f"KL {{measured.kl:.2f}} nats, ELBO {{measured.elbo:.1f}} nats")
    z = draw_noise({seed}, {count}, run.config.model.latent_dim)  # the prior N(0, I)
    Image.fromarray(tile(run.decode(z).numpy(), {columns})).save(f"prior-{{name}}.png")
"""


def surface_code(surface: str, methods: Mapping[str, object], start: tuple[float, float], steps: int) -> str:
    """Return the code of the trajectories of methods, each with its settings, over a surface."""
    return f"""from aeviz.lab.adaptive import Settings
from aeviz.lab.surfaces import SURFACES, travel

surface = SURFACES[{surface!r}]
methods = {dict(methods)!r}
for name, found in travel(surface, methods, {start!r}, {steps}).items():
    x, y = found.nearest  # None: the end is not near it
    print(f"{{name}}: f = {{found.values[-1]:.3g}}, minimum ({{x:.2f}}, {{y:.2f}}) from step {{found.arrived}}")
"""
