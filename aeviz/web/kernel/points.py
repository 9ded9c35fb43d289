"""Facts about a latent point and a latent space: distance from the data, size, kind of images."""

import numpy as np
import streamlit as st

from aeviz.analysis.latent import NEIGHBOURS, data_distance
from aeviz.data import is_available
from aeviz.language import tr
from aeviz.paths import data_root
from aeviz.web.kernel import datasets, distances
from aeviz.web.kernel.models import Model


def is_wide(model: Model) -> bool:
    """Whether a latent space has more dimensions than can be shown at once."""
    return model.config.model.latent_dim > 3


def is_photo(model: Model) -> bool:
    """Whether a run draws in colour, so that its images are enlarged smoothly and not as squares."""
    return model.config.model.image_shape[0] == 3


def show_distance(model: Model, point: np.ndarray) -> None:
    """Say how far a latent point, (D,), lies from the encoded images, or without these from their mean."""
    table = model.stored_latents
    if table is None:
        gaussian = distances.latent_gaussian(model)
        distance, limit = float(gaussian.distances(point[None])[0]), gaussian.usual_distance()
        words = tr("standard deviations from the mean of the codes (Mahalanobis distance)")
    else:
        used = distances.used_dimensions(model)
        distance = float(data_distance(point[None][:, used], table.z[:, used])[0])
        limit = distances.draw_limit(model)
        count = len(table.z)
        words = tr("to the {place}th nearest test image", place=NEIGHBOURS)
        if count < NEIGHBOURS:
            words = tr("to the farthest of the {count} test images", count=count)
    if distance > limit:
        st.warning(
            tr(
                "**Out of distribution**: {distance:.2f} {words}; for 99 % of the test images it is below "
                "{limit:.2f}. The decoder extrapolates.",
                distance=distance,
                words=words,
                limit=limit,
            ),
            icon=":material/warning:",
        )
    else:
        st.caption(
            tr(
                "In distribution: {distance:.2f} {words}; for 99 % of the test images it is below {limit:.2f}.",
                distance=distance,
                words=words,
                limit=limit,
            )
        )


def can_pick_image(model: Model) -> bool:
    """Whether the latent point of a test image can be had, kept with the run or from the data set."""
    return model.has_latents or is_available(model.config.data.name)


def random_image_point(model: Model) -> np.ndarray | None:
    """Return the latent point, (D,), of a random test image; None where it cannot be had.

    A run that has not kept its points encodes this one image: not the whole test set, which takes a minute for faces.
    """
    chance = np.random.default_rng()
    table = model.stored_latents
    if table is not None:
        return np.array(table.z[chance.integers(len(table.z))])
    if not can_pick_image(model):
        return None
    data = model.config.data
    images = datasets.test_images(data, str(data_root()), datasets.folder_stamp(data.name), model.class_names)[0].images
    index = int(chance.integers(len(images)))
    encoded: np.ndarray = model.network().encode(np.asarray(images[index : index + 1])).numpy()
    return np.array(encoded[0])
