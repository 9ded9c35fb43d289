"""What class each image on a path is read as, and a pair of images whose straight line goes astray."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st

from aeviz.analysis.generation import has_spherical_path, linear_path, spherical_path
from aeviz.language import mark, tr
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.distances import used_dimensions
from aeviz.web.kernel.images import decoded
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.reading import votes_by_encoder

CLEAR = 6
"""Of 10 neighbours, those that must agree for a clear reading: more than half, so it leads by two votes at least."""
UNCLEAR = mark("no clear class")
"""What is said where fewer agree."""
STEPS = 7
"""Images on each path of a pair that is tried."""
_PAIRS, _TRIED = 4000, 256
"""Pairs that are drawn, and of those the most opposite, whose paths are decoded."""
_OPPOSITE = -0.97
"""Cosine of two codes below which the circle between them has no well-defined side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What an image is read as."""

    name: str
    """Of the class that most of the 10 encoded test images nearest to its code have."""
    votes: int
    """How many of them do."""

    @property
    def is_clear(self) -> bool:
        """Whether at least `CLEAR` of them agree."""
        return self.votes >= CLEAR

    @property
    def text(self) -> str:
        """The class, or that none is clear."""
        return self.name if self.is_clear else tr(UNCLEAR)

    @property
    def said(self) -> str:
        """The same as the end of a sentence."""
        return tr("read as {name}", name=self.text)

    @property
    def counted(self) -> str:
        """The same with the votes."""
        return tr("{said} ({votes} of 10)", said=self.said, votes=self.votes)


def has_readings(model: Model) -> bool:
    """Whether images can be read: encoded test images with classes are known."""
    return model.stored_latents is not None and model.stored_latents.labels is not None


def read(model: Model, images: np.ndarray) -> list[Reading]:
    """Return what images, (N, C, H, W), float32 in [0, 1], are read as: its code's neighbours vote."""
    return count(model, votes_by_encoder(model, images))


def count(model: Model, votes: np.ndarray) -> list[Reading]:
    """Return the readings that votes for each class, (N, Y), integer, come to."""
    return [Reading(name=model.class_names[int(row.argmax())], votes=int(row.max())) for row in votes]


def astray(readings: Sequence[Reading]) -> list[bool]:
    """Return which images on a path are of no clear class, or of one that neither end has."""
    ends = {readings[0].name, readings[-1].name}
    return [not each.is_clear or each.name not in ends for each in readings]


def without_collapsed(model: Model, z: np.ndarray) -> np.ndarray:
    """Return a latent point, (D,), with 0 in the dimensions that the decoder ignores."""
    if not model.has_summary:
        return z
    return np.where(used_dimensions(model), z, np.float32(0)).astype(np.float32)


@shared(max_entries=64, spinner=lambda model: tr("Looking for a pair of images …"))  # two numbers each
def telling_pair(model: Model) -> tuple[int, int]:
    """Return two test images of different classes between which the straight line goes astray more than the circle.

    Of the pairs tried, all with nearly opposite codes, it is the one with the most images astray on the line beyond
    twice those on the circle; images 0 and 1 where that is no pair's case, or nothing can be read.
    """
    table = model.stored_latents
    if table is None or table.labels is None or len(table.z) < 3 or not used_dimensions(model).any():
        return 0, min(1, 0 if table is None else len(table.z) - 1)
    z = np.where(used_dimensions(model), table.z, 0).astype(np.float32)
    drawn = np.random.default_rng(0).integers(0, len(z), (_PAIRS, 2))
    drawn = drawn[table.labels[drawn[:, 0]] != table.labels[drawn[:, 1]]]
    norms = np.maximum(np.linalg.norm(z, axis=1), 1e-9)
    cosines = (z[drawn[:, 0]] * z[drawn[:, 1]]).sum(axis=1) / (norms[drawn[:, 0]] * norms[drawn[:, 1]])
    order = [k for k in np.argsort(cosines) if cosines[k] > _OPPOSITE][:_TRIED]
    pairs = [(int(i), int(j)) for i, j in drawn[order] if has_spherical_path(z[i], z[j])]
    if not pairs:
        return 0, 1
    paths = [path(z[i], z[j], STEPS) for i, j in pairs for path in (linear_path, spherical_path)]
    readings = read(model, decoded(model, np.concatenate(paths)))
    rows = [readings[k : k + STEPS] for k in range(0, len(readings), STEPS)]
    gains = []
    for k, (i, j) in enumerate(pairs):
        line, circle = rows[2 * k], rows[2 * k + 1]
        ends = model.class_names[int(table.labels[i])], model.class_names[int(table.labels[j])]
        is_true = (line[0].text, line[-1].text) == ends  # ends that are read as what they are
        gains.append(sum(astray(line)) - 2 * sum(astray(circle)) if is_true else -STEPS)
    best = int(np.argmax(gains))
    return pairs[best] if gains[best] > 0 else (0, 1)


def show_readings(readings: Sequence[str], columns: int | None = None) -> None:
    """Show texts above a row of images, each above its own; `columns` says how many fit there, None as many."""
    cells, places = "".join(f"<span>{html.escape(text)}</span>" for text in readings), columns or len(readings)
    st.html(
        f'<div style="display:grid;grid-template-columns:repeat({places},minmax(0,1fr));text-align:center;'
        f'font-size:clamp(0.6875rem,3vw,0.875rem);margin-bottom:-0.75rem">{cells}</div>'
    )
