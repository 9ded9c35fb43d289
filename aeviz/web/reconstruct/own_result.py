"""A model's result for a visitor's image, computed once and held in the visitor's session."""

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import streamlit as st

from aeviz.analysis.novelty import Verdict, Vote, judge, vote
from aeviz.data import is_available
from aeviz.data.catalog import FOLDER_PREFIX
from aeviz.data.prepare import Prepared
from aeviz.errors import DataError
from aeviz.language import mark
from aeviz.paths import data_root
from aeviz.web.kernel import datasets, distances
from aeviz.web.kernel.images import decoded
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.reading import read_by_encoder, read_by_pixels
from aeviz.web.reconstruct.references import train_latents

if TYPE_CHECKING:
    from aeviz.analysis.evaluation import Likeness

MOST_ENCODED = 100_000
"""Training images that are encoded to vote; of larger sets the test images vote."""
MOST_RESULTS = 128
"""Results that a session holds: 50 kB each for faces, 4 kB for digits."""
_RESULTS = "own.results"
"""Session key of the results, by digest of the image, stamp of the model and state of its data; the latest last."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Reference:
    """The encoded images that say which class a point belongs to."""

    z: np.ndarray
    labels: np.ndarray | None
    images: np.ndarray | None
    """Their images, (N, C, H, W), uint8; None where they are not on this machine."""
    name: str
    """Their description, in English; a message."""


class Judgement(NamedTuple):
    """How an image compares with the images that a model knows."""

    verdict: Verdict
    votes: Vote
    reference: Reference
    """The images that voted."""


@dataclass(frozen=True, kw_only=True, eq=False)
class OwnResult:
    """A model's result for a prepared image."""

    model: Model
    input: np.ndarray
    """The image that the network sees, (C, H, W), uint8."""
    z: np.ndarray
    """Its latent point, (D,), float32."""
    image: np.ndarray
    """Its reconstruction, (C, H, W), float32 in [0, 1]."""

    @property
    def is_blank(self) -> bool:
        """Whether all pixels that the network sees are equal, so that there is nothing to classify."""
        return bool(np.ptp(self.input) == 0)

    @cached_property
    def likeness(self) -> "Likeness":
        """How much the reconstruction is like the image."""
        from aeviz.analysis.evaluation import compare_pair  # with torch, which the reconstruction has brought

        return compare_pair(self.input, self.image)

    @cached_property
    def judged(self) -> Judgement | None:
        """How the image compares with the encoded test set; None if it is blank, or if that is not on this machine."""
        table = self.model.latents
        if table is None or self.is_blank:
            return None
        reference = reference_of(self.model)
        error = float(np.linalg.norm(self.input.astype(np.float64) / 255 - self.image))
        own_distances = distances.own_distances(self.model)
        verdict = judge(self.z, error, table.z, table.error, own_distances)
        return Judgement(verdict, vote(self.z, reference.z, reference.labels), reference)

    @cached_property
    def other_classes(self) -> dict[str, int]:
        """The classes that other judges give, where these differ from the vote of the latent neighbours.

        Judges, by their words (messages): the pixels of the image, where the test images are here, and the
        reconstruction.
        """
        judged = self.judged
        if judged is None or judged.votes.label is None:
            return {}
        pixels = self.input[None].astype(np.float32) / 255
        found = {
            mark("the 10 test images with the nearest pixels"): read_by_pixels(self.model, pixels),
            mark("the reconstruction, encoded again"): read_by_encoder(self.model, self.image[None]),
        }
        labels = {judge: int(votes[0]) for judge, votes in found.items() if votes is not None}
        return {judge: label for judge, label in labels.items() if label != judged.votes.label}


def result_of(prepared: Prepared, model: Model) -> OwnResult:
    """Return what a model makes of a prepared image, computed when it is asked for the first time."""
    results: dict[tuple[str, ...], OwnResult] = st.session_state.setdefault(_RESULTS, {})
    data = model.config.data.name  # a download, or a changed folder, gives other images to compare with
    digest = hashlib.blake2b(prepared.image.tobytes(), digest_size=16).hexdigest()
    key = (f"{digest} {prepared.image.shape}", model.stamp, str(is_available(data)), datasets.folder_stamp(data))
    found = results.pop(key, None)
    if found is None:
        z = model.network().encode(prepared.image[None]).numpy()
        found = OwnResult(model=model, input=prepared.image, z=z[0], image=decoded(model, z)[0])
    results[key] = found
    while len(results) > MOST_RESULTS:
        del results[next(iter(results))]
    return found


def reference_of(model: Model) -> Reference:
    """Return the encoded training images, or the test set that came with the run where the data is not here."""
    data = model.config.data
    is_small = model.provenance.n_train <= MOST_ENCODED
    if is_small and (data.name.startswith(FOLDER_PREFIX) or is_available(data.name)):
        root, stamp, names = str(data_root()), datasets.folder_stamp(data.name), model.class_names
        try:
            images = datasets.train_images(data, root, stamp, names)
        except DataError:
            images = None
        stored = model.provenance.data_fingerprint
        if images is not None and datasets.train_fingerprint(data, root, stamp, names) == stored:
            z = train_latents(model, root, stamp)
            return Reference(z=z, labels=images.labels, images=images.images, name=mark("training images"))
    table = model.require_latents()
    return Reference(z=table.z, labels=table.labels, images=None, name=mark("test images that ship with the model"))
