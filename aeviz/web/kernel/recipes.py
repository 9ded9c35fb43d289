"""Python that makes what a page shows, as text: each recipe runs as pasted, which tests/pages/test_recipes.py does."""

import json
from collections.abc import Sequence

import streamlit as st

from aeviz.config import RunConfig
from aeviz.language import tr

_ORIGINALS = """test_set = load_dataset(run.config.data, "test")
images = test_set.images[:]  # (N, C, H, W), uint8"""


def offer_code(text: str) -> None:
    """Offer a recipe, folded, with a button that copies it."""
    with st.expander(tr("Python that makes this"), icon=":material/code:"):
        st.code(text, language="python")


def explore_code(name: str, second: str | None = None, *, has_images: bool = True) -> str:
    """Return the code of a map, and of a second one turned onto it.

    Args:
        name: The model.
        second: A model that encoded the same test images.
        has_images: Whether these are on this machine; else points stand alone.
    """
    load = "from aeviz.data import load_dataset\n" if has_images else ""
    originals = f"{_ORIGINALS}\n" if has_images else ""
    images = ", images=images" if has_images else ""
    text = f"""import aeviz
{load}
run = aeviz.load({name!r})
latents = run.folder.require_latents()  # z (N, D), labels and error of each test image
{originals}aeviz.show(latents.z, labels=latents.labels{images}, title={name!r})  # opens the map in the browser

decoded = run.decode(latents.z[:10])  # (10, C, H, W), float32 in [0, 1]; any point may be decoded
"""
    if second is not None:
        text += f"""
from aeviz.analysis.alignment import align

second = aeviz.load({second!r}).folder.require_latents()
similarity = align(second.z, latents.z)  # rotation, scale and shift: Procrustes
aeviz.show(similarity.apply(second.z), labels=second.labels{images}, title={second!r})
"""
    return text


def samples_code(names: Sequence[str], *, is_prior: bool, temperature: float, seed: int, side: int) -> str:
    """Return the code of a grid of samples, from N(0, I) or from a Gaussian fitted to the codes."""
    gaussian = "standard_gaussian(np.zeros(size))" if is_prior else "fit_gaussian(run.folder.require_latents().z)"
    used = "standard_gaussian" if is_prior else "fit_gaussian"
    return f"""import numpy as np
from PIL import Image

import aeviz
from aeviz.analysis.generation import draw_noise, draw_points, {used}
from aeviz.figures.images import tile

for name in {list(names)!r}:
    run = aeviz.load(name)
    size = run.config.model.latent_dim
    noise = draw_noise({seed}, {side * side}, size)
    z = draw_points([{gaussian}], np.zeros({side * side}, int), noise, temperature={temperature:g})
    Image.fromarray(tile(run.decode(z).numpy(), {side})).save(f"samples-{{name}}.png")
"""


def reconstruct_code(names: Sequence[str], seed: int, per_class: int) -> str:
    """Return the code of the grids of test images and reconstructions."""
    return f"""import numpy as np
from PIL import Image

import aeviz
from aeviz.analysis.reconstruction import euclidean_error, pick_per_class
from aeviz.data import load_dataset
from aeviz.figures.images import tile

for name in {list(names)!r}:
    run = aeviz.load(name)
    {_ORIGINALS.replace(chr(10), chr(10) + "    ")}
    labels = np.zeros(len(images), int) if test_set.labels is None else test_set.labels
    chosen = pick_per_class(labels, {per_class}, seed={seed})
    chosen = images[chosen[chosen >= 0]]
    reconstructions = run.reconstruct(chosen).numpy()
    print(f"{{name}}: mean Euclidean error {{euclidean_error(chosen, reconstructions).mean():.2f}}")
    Image.fromarray(tile(chosen / 255, {per_class})).save("originals.png")
    Image.fromarray(tile(reconstructions, {per_class})).save(f"reconstructions-{{name}}.png")
"""


def network_code(names: Sequence[str]) -> str:
    """Return the code of the layers and of the training curves."""
    return f"""import numpy as np

import aeviz
from aeviz.figures.charts import training_curves
from aeviz.models import describe_layers

curves = {{}}
for name in {list(names)!r}:
    run = aeviz.load(name)
    print(name)
    for layer in describe_layers(run.config.model):
        print(f"  {{layer.part:10}} {{layer.kind}} {{layer.activation}} {{layer.output_shape}} {{layer.parameters:,}}")
    epochs = run.history
    curves[name] = tuple(
        np.array([getattr(epoch, field) for epoch in epochs]) for field in ("epoch", "train_loss", "val_loss")
    )

training_curves(curves, window=5).write_html("curves.html")  # a Plotly figure
"""


def compare_code(names: Sequence[str]) -> str:
    """Return the code of the table and the curves of several runs."""
    return f"""import numpy as np

import aeviz
from aeviz.figures.charts import training_curves

curves = {{}}
for name in {list(names)!r}:
    run = aeviz.load(name)
    best, measured = run.folder.best_epoch(), run.folder.evaluation()
    if best is not None and measured is not None:
        print(f"{{name}}: validation MSE {{best.val_mse:.5f}} in epoch {{best.epoch}}, test MSE {{measured.mse:.5f}}")
    epochs = run.history
    curves[name] = tuple(
        np.array([getattr(epoch, field) for epoch in epochs]) for field in ("epoch", "train_loss", "val_loss")
    )

training_curves(curves, window=5).write_html("curves.html")  # a Plotly figure
"""


def unit_code(name: str, unit: int) -> str:
    """Return the code of the images at both ends of a unit, from 0, and of a push of it."""
    return f"""import numpy as np
from PIL import Image

import aeviz
from aeviz.analysis.units import extremes, push
from aeviz.data import load_dataset
from aeviz.figures.images import tile

run = aeviz.load({name!r})
z = run.folder.require_latents().z
{_ORIGINALS}
most, least = extremes(z[:, {unit}], 6)
Image.fromarray(tile(images[np.concatenate([most, least])] / 255, 6)).save("extremes.png")

values = np.linspace(z[:, {unit}].min(), z[:, {unit}].max(), 5)
pushed = run.decode(push(np.median(z, axis=0), {unit}, values)).numpy()
Image.fromarray(tile(pushed, 5)).save("pushed.png")
"""


def train_code(config: RunConfig) -> str:
    """Return the code that trains a run: the settings that differ from the defaults."""
    usual = RunConfig().settings()
    changed = [f"{key}={value}" for key, value in config.settings().items() if usual[key] != value]
    lines = "".join(f"    {json.dumps(setting, ensure_ascii=False)},\n" for setting in changed)
    return f"""import aeviz
from aeviz.config import RunConfig

settings = [
{lines}]
run = aeviz.train(RunConfig().with_settings(settings))  # into ./runs, or AEVIZ_RUNS
print(run.folder.evaluation())
"""
