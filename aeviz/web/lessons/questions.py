"""The pictures on the cards of the lessons that ship: each moves, and shows its lesson's question by shipped models."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from aeviz.analysis.alignment import align
from aeviz.config import DataConfig
from aeviz.data import load_dataset
from aeviz.figures.images import latent_thumbnail, tile, to_data_uri, to_small_uri
from aeviz.figures.palette import FIRST, SECOND
from aeviz.lab.adaptive import Settings
from aeviz.lab.components import find_components
from aeviz.lab.moments import measure_moments
from aeviz.lab.regret import play
from aeviz.language import mark
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.models import Model
from aeviz.web.lessons.decode import decode

SIDE_PX = 160
WIDE = 2.2
"""Width of a picture of curves over its height."""
_FROM, _STEPS = 10, 3000
"""First and last step of the curves of the counterexample."""
_FRAMES = 16
"""Pictures of a film."""
_ENDS = (1, 0)
"""Classes between which the path runs."""
_FACES = 4
_DIMENSIONS = 10
_FILM_PX = 92
"""Side of a picture of a film."""
_WALK = (1.8, (0.0, 1.5))
"""Radius and middle of the circle that the film of a VAE walks along."""
_RANGE = 2.5
"""How far from 0 the film of one dimension goes to each side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A small picture with what it shows."""

    source: str
    """A data URI."""
    words: str
    """What it shows, a message."""
    caption: str
    """A message, too."""
    shape: str = "square"
    """"square", "wide", or "drawn" for a wide picture that appears from left to right."""
    frames: int = 1
    """Pictures of equal width in the source, beside each other, which are shown one after the other."""
    values: Mapping[str, object] = field(default_factory=dict)
    """What stands for {name} in the two messages."""
    line: tuple[tuple[float, float], tuple[float, float]] | None = None
    """Where on the picture a dot moves: from and to, (x, y) in shares of width and height from its upper left."""


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
    codes = np.linspace(first, last, _FRAMES)
    low, high = np.quantile(z, [0.005, 0.995], axis=0)
    middle, half = (low + high) / 2, float((high - low).max()) / 2 * 1.08
    places = ((np.array([first, last]) - middle) / half * (1, -1) + 1) / 2
    window = ((float(middle[0]), float(middle[1])), half)
    drawn = np.concatenate([z, np.repeat(np.linspace(first, last, 200), 60, axis=0)])
    labels = np.concatenate([table.labels, np.full(200 * 60, _LINE)])
    return [
        Picture(
            source=to_data_uri(latent_thumbnail(drawn, labels, SIDE_PX, window=window, is_dark=is_dark), effort=6),
            words=mark("Latent map of {model}, coloured by class, with a line from {first} to {last}"),
            caption=mark("a line on the map …"),
            values={"model": model.name, "first": _ENDS[0], "last": _ENDS[1]},
            line=((places[0, 0], places[0, 1]), (places[1, 0], places[1, 1])),
        ),
        _film(
            decode(model, codes),
            mark("Images that {model} decodes along the line"),
            mark("… and its images"),
            model=model.name,
        ),
    ]


_LINE = 6
"""Class in whose colour the line is drawn: orange, which the two ends have not."""


def _film(images: np.ndarray, words: str, caption: str, **values: object) -> Picture:
    """Return images, (N, C, H, W), floats in [0, 1], as a film."""
    return Picture(
        source=to_small_uri(tile(images, len(images), gap=0)),
        words=words,
        caption=caption,
        frames=len(images),
        values=values,
    )


@shared(max_entries=8)  # 60 kB each
def _planes(plain: Model, vae: Model, is_dark: bool) -> list[Picture]:
    """Return the way from the plane of PCA to that of an autoencoder of the same digits, and a walk through a VAE."""
    digits, table = load_dataset(DataConfig(name="digits"), "test"), plain.stored_latents
    if table is None or len(table.z) != len(digits.images):
        return []
    found = find_components(measure_moments(digits), 2, centred=True)
    pixels = digits.images.reshape(len(digits.images), -1) / 255
    plane = (pixels - pixels.mean(axis=0)) @ found.axes
    learned = align(table.z, plane).apply(table.z)
    half = float(np.abs(np.concatenate([plane, learned])).max()) * 1.05
    shares = (1 - np.cos(np.linspace(0, np.pi, _FRAMES))) / 2  # rests at both ends
    frames = [
        latent_thumbnail(
            (1 - share) * plane + share * learned,
            digits.labels,
            _FILM_PX,
            window=((0.0, 0.0), half),
            is_dark=is_dark,
        )
        for share in shares
    ]
    radius, middle = _WALK
    angles = np.linspace(0, 2 * np.pi, _FRAMES, endpoint=False)
    codes = radius * np.stack([np.cos(angles), np.sin(angles)], axis=1) + middle
    return [
        Picture(
            source=to_data_uri(np.concatenate(frames, axis=1), effort=6),
            words=mark("The plane of PCA becomes the latent plane of an autoencoder of the same digits"),
            caption=mark("PCA → autoencoder …"),
            frames=_FRAMES,
        ),
        _film(
            decode(vae, codes),
            mark("Images that {model} decodes along a circle"),
            mark("… → VAE: new digits"),
            model=vae.name,
        ),
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
            words=mark("Average regret of Adam and AMSGrad on convex costs: one stays, one goes to zero"),
            caption=mark("average regret: which is Adam?"),
            shape="drawn",
        )
    ]


@shared(max_entries=2)  # 20 kB each
def _bars(model: Model) -> list[Picture]:
    """Return what one latent dimension does, and a place for the bar of each, none of which is told."""
    if model.evaluation is None or not model.evaluation.kl_per_dimension:
        return []
    axis = int(np.argmax(model.evaluation.kl_per_dimension))
    codes = np.zeros((_FRAMES, model.config.model.latent_dim))
    codes[:, axis] = np.linspace(-_RANGE, _RANGE, _FRAMES)
    height, width = SIDE_PX, round(WIDE * SIDE_PX)
    step = width / _DIMENSIONS
    parts = [
        f'<rect x="{k * step + 4:.0f}" y="8" width="{step - 8:.0f}" height="{height - 40}" rx="4" fill="none" '
        f'stroke="{FIRST}" stroke-width="3" stroke-dasharray="7 5"/>'
        f'<text x="{(k + 0.5) * step:.0f}" y="{height / 2:.0f}" text-anchor="middle" font-family="sans-serif" '
        f'font-size="24" font-weight="600" fill="{FIRST}">?</text>'
        f'<text x="{(k + 0.5) * step:.0f}" y="{height - 6}" text-anchor="middle" font-family="sans-serif" '
        f'font-size="18" fill="#8c8c8c">z{k + 1}</text>'
        for k in range(_DIMENSIONS)
    ]
    return [
        _film(
            decode(model, codes),
            mark("What {model} decodes as z{axis} grows"),
            mark("z{axis} does this"),
            model=model.name,
            axis=axis + 1,
        ),
        Picture(
            source=_svg(width, height, parts),
            words=mark("Ten latent dimensions, each with a question mark"),
            caption=mark("do all ten do something?"),
            shape="wide",
        ),
    ]


def _svg(width: int, height: int, parts: list[str]) -> str:
    """Return a drawing as a data URI."""
    text = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}">{"".join(parts)}</svg>'
    return "data:image/svg+xml;base64," + base64.b64encode(text.encode()).decode()


@shared(max_entries=8)  # 20 kB each
def _faces(plain: Model, structural: Model) -> list[Picture]:
    """Return samples of two models of faces, a few at a time."""
    return [
        Picture(
            source=to_small_uri(
                np.concatenate(
                    [tile(drawn.images[-1][k : k + _FACES], 2) for k in range(0, len(drawn.images[-1]), _FACES)], axis=1
                )
            ),
            words=mark("Samples of {model}"),
            caption=caption,
            values={"model": model.name},
            frames=-(-len(drawn.images[-1]) // _FACES),
        )
        for model, caption in ((plain, "VAE"), (structural, mark("VAE with MS-SSIM")))
        if (drawn := model.prior_samples) is not None
    ]


_MADE: Mapping[str, tuple[tuple[str, ...], Callable[..., list[Picture]]]] = {
    "latent-space": (("mlp-2d-adam",), _path),
    "pca-to-vae": (("digits-2d-adam", "vae-2d"), _planes),
    "adam-or-amsgrad": ((), lambda is_dark: _regret()),
    "posterior-collapse": (("vae-10d",), lambda model, is_dark: _bars(model)),
    "blur-and-ms-ssim": (("celeba-vae", "celeba-msssim-vae"), lambda *models, is_dark: _faces(*models)),
}
"""Lesson to the models that its pictures need, and what draws them. Others show the models that they name."""
