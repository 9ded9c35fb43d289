"""The pictures on the cards of the lessons that ship: each shows its own lesson's question, from models that ship."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from aeviz.config import DataConfig
from aeviz.data import load_dataset
from aeviz.figures.images import latent_thumbnail, tile, to_data_uri, to_small_uri
from aeviz.figures.palette import FIRST, SECOND
from aeviz.lab.adaptive import Settings
from aeviz.lab.components import find_components
from aeviz.lab.moments import measure_moments
from aeviz.lab.regret import play
from aeviz.web.kernel import projections
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.models import Model

SIDE_PX = 160
WIDE = 2.2
"""Width of a picture of curves over its height."""
_FROM, _STEPS = 10, 3000
"""First and last step of the curves of the counterexample."""
_PATH, _COLUMNS = 9, 3
"""Points on the path through the latent plane, and how many of their images stand in a row."""
_ENDS = (1, 0)
"""Classes between which the path runs."""
_FACES = 4
_DIMENSIONS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A small picture with what it shows."""

    source: str
    """A data URI."""
    words: str
    """What it shows."""
    caption: str
    shape: str = "square"


def pictures_of(name: str, found: Mapping[str, Model], is_dark: bool) -> list[Picture] | None:
    """Return the pictures of a lesson that ships; None for another, and where a model of it is not here.

    Args:
        name: The lesson's name.
        found: The models that are here, by name.
        is_dark: Whether the page is dark.
    """
    if name not in _MADE:
        return None
    models, make = _MADE[name]
    if any(model not in found for model in models):
        return None
    return make(*(found[model] for model in models), is_dark=is_dark)


@shared(max_entries=8)  # 20 kB each
def _path(model: Model, is_dark: bool) -> list[Picture]:
    """Return the map of a plain network and the images that it decodes on a line between two classes."""
    table = model.stored_latents
    if table is None or table.labels is None:
        return []
    z = table.z.astype(np.float64)
    first, last = (np.median(z[table.labels == label], axis=0) for label in _ENDS)
    codes = np.linspace(first, last, _PATH)
    drawn = np.concatenate([z, np.repeat(np.linspace(first, last, 200), 60, axis=0)])
    labels = np.concatenate([table.labels, np.full(200 * 60, _LINE)])
    return [
        Picture(
            source=to_data_uri(latent_thumbnail(drawn, labels, SIDE_PX, is_dark=is_dark), effort=6),
            words=f"Latent map of {model.name}, coloured by class, with a line from {_ENDS[0]} to {_ENDS[1]}",
            caption="a line on the map …",
        ),
        Picture(
            source=to_small_uri(tile(_decode(model, codes), _COLUMNS)),
            words=f"Images that {model.name} decodes along the line",
            caption="… and its images",
        ),
    ]


_LINE = 6
"""Class in whose colour the line is drawn: orange, which the two ends have not."""


def _decode(model: Model, codes: np.ndarray) -> np.ndarray:
    """Decode codes, (N, D), with dense layers and ReLU, without torch: images, (N, C, H, W), in [0, 1]."""
    from safetensors.numpy import load_file

    weights = load_file(model.path / "model.safetensors")
    layers = sorted({int(name.split(".")[1]) for name in weights if name.startswith("decoder.")})
    values = codes
    for layer in layers:
        values = values @ weights[f"decoder.{layer}.weight"].T + weights[f"decoder.{layer}.bias"]
        values = np.maximum(values, 0) if layer != layers[-1] else 1 / (1 + np.exp(-values))
    images: np.ndarray = values.reshape(len(codes), *model.config.model.image_shape)
    return images


@shared(max_entries=8)  # 20 kB each
def _planes(model: Model, is_dark: bool) -> list[Picture]:
    """Return the plane of the two principal components of the digits, and the plane of a VAE."""
    digits, table = load_dataset(DataConfig(name="digits"), "train"), model.stored_latents
    if table is None:
        return []
    found = find_components(measure_moments(digits), 2, centred=True)
    pixels = digits.images.reshape(len(digits.images), -1) / 255
    plane = (pixels - pixels.mean(axis=0)) @ found.axes
    vae = projections.projection(model, 2).points
    return [
        Picture(
            source=to_data_uri(latent_thumbnail(points, labels, SIDE_PX, is_dark=is_dark), effort=6),
            words=words,
            caption=caption,
        )
        for points, labels, words, caption in (
            (plane, digits.labels, "Plane of the first two principal components of the 8x8 digits", "PCA of digits"),
            (vae, table.labels, f"Latent plane of {model.name}", "VAE of digits"),
        )
    ]


@shared(max_entries=1)
def _regret() -> list[Picture]:
    """Return the average regret of Adam and AMSGrad on the counterexample of Reddi, Kale and Kumar."""
    settings = Settings(alpha=0.5, decay="root", beta1=0.0, beta1_decays=True, beta2=0.1)
    outcomes = play("deterministic", 3.0, settings, _STEPS, ("adam", "amsgrad"))
    height, width = SIDE_PX, round(WIDE * SIDE_PX)
    shown = np.unique(np.geomspace(_FROM, _STEPS, 120).round().astype(int))
    top = max(float(outcome.regret[shown - 1].max()) for outcome in outcomes.values())
    across = 8 + (width - 16) * np.log(shown / _FROM) / np.log(_STEPS / _FROM)
    parts = [f'<path d="M8 4V{height - 8}H{width - 4}" fill="none" stroke="#8c8c8c" stroke-width="2"/>']
    for (name, outcome), colour in zip(outcomes.items(), (FIRST, SECOND), strict=True):
        up = height - 8 - (height - 28) * np.maximum(outcome.regret[shown - 1], 0) / top
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in zip(across, up, strict=True))
        dash = ' stroke-dasharray="10 6"' if name == "amsgrad" else ""
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="4"{dash}/>')
        above = 10 if name == "adam" else 30  # of the end: AMSGrad's line comes down
        parts.append(
            f'<text x="{width - 6}" y="{up[-1] - above:.0f}" text-anchor="end" font-family="sans-serif" font-size="22" '
            f'font-weight="600" fill="{colour}">?</text>'
        )
    return [
        Picture(
            source=_svg(width, height, parts),
            words="Average regret of Adam and AMSGrad on convex costs: one stays, one goes to zero",
            caption="average regret: which is Adam?",
            shape="wide",
        )
    ]


def _bars() -> list[Picture]:
    """Return a place for the bar of each of ten latent dimensions, none of which is told."""
    height, width = SIDE_PX, round(WIDE * SIDE_PX)
    step = width / _DIMENSIONS
    parts = [
        f'<rect x="{k * step + 4:.0f}" y="8" width="{step - 8:.0f}" height="{height - 40}" rx="4" fill="none" '
        f'stroke="{FIRST}" stroke-width="3" stroke-dasharray="7 5"/>'
        f'<text x="{(k + 0.5) * step:.0f}" y="{height / 2:.0f}" text-anchor="middle" font-family="sans-serif" '
        f'font-size="24" font-weight="600" fill="{FIRST}">?</text>'
        f'<text x="{(k + 0.5) * step:.0f}" y="{height - 6}" text-anchor="middle" font-family="sans-serif" '
        f'font-size="18" fill="#8c8c8c">z{k}</text>'
        for k in range(_DIMENSIONS)
    ]
    return [
        Picture(
            source=_svg(width, height, parts),
            words="Ten latent dimensions, each with a question mark",
            caption="which of the ten say something?",
            shape="wide",
        )
    ]


def _svg(width: int, height: int, parts: list[str]) -> str:
    """Return a drawing as a data URI."""
    text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(text.encode()).decode()


@shared(max_entries=8)  # 20 kB each
def _faces(plain: Model, structural: Model) -> list[Picture]:
    """Return samples of two models of faces."""
    return [
        Picture(
            source=to_small_uri(tile(drawn.images[-1][:_FACES], 2)),
            words=f"Samples of {model.name}",
            caption=caption,
        )
        for model, caption in ((plain, "VAE"), (structural, "VAE with MS-SSIM"))
        if (drawn := model.prior_samples) is not None
    ]


_MADE: Mapping[str, tuple[tuple[str, ...], Callable[..., list[Picture]]]] = {
    "latent-space": (("mlp-2d-adam",), _path),
    "pca-to-vae": (("vae-2d",), _planes),
    "adam-or-amsgrad": ((), lambda is_dark: _regret()),
    "posterior-collapse": ((), lambda is_dark: _bars()),
    "blur-and-ms-ssim": (("celeba-vae", "celeba-msssim-vae"), lambda *models, is_dark: _faces(*models)),
}
"""Lesson to the models that its pictures need, and what draws them. Others show the models that they name."""
