"""The small map of a model's latent space, on which the sections of Generate show where their images come from."""

import numpy as np

from aeviz.analysis.generation import gaussian_of
from aeviz.analysis.latent_plane import LatentPlane, latent_plane
from aeviz.language import current_language, tr
from aeviz.web.components.kit.blobs import send_blob
from aeviz.web.components.kit.small_map import ground_payload
from aeviz.web.components.kit.wire import blob_name
from aeviz.web.kernel import priors
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.distances import used_dimensions
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.posteriors import mean_variances
from aeviz.web.kernel.spaces import Sent

MOST = 2500
"""Encoded images on the map at most, evenly spread over the test set."""
TAIL = 0.002
"""Share of the encoded images that may lie beyond each edge of the map."""
REACH = 2.5
"""Deviations from the mean that the map shows at least."""


Direction = tuple[float, ...]
"""A direction in the latent space, D numbers, that can be a key of a cache."""


@shared(max_entries=64)  # some kilobytes each
def plane(model: Model, along: Direction | None = None) -> LatentPlane | None:
    """Return the plane of a model's map; None where no statistics of its latent space are known, or it has no plane.

    Args:
        model: The model.
        along: A direction to lay across the map, where it does not show all active dimensions anyway.
    """
    if not model.has_summary:
        return None
    found = model.summary
    step = None if along is None else np.array(along)
    return latent_plane(found.mean, found.covariance, used_dimensions(model), step)


def ground(model: Model, along: Direction | None = None, name: str = "") -> Sent | None:
    """Return what the map of a model shows beneath; None where it has none.

    Args:
        model: The model.
        along: As for `plane`; the page has the ground of such a map only by its content.
        name: What that direction is.
    """
    return _ground(model, along, name, current_language())


@shared(max_entries=64)  # 25 kB each
def _ground(model: Model, along: Direction | None, name: str, language: str) -> Sent | None:
    found, table = plane(model, along), model.stored_latents
    if found is None:
        return None
    places, labels = np.zeros((0, 2), dtype=np.float32), None
    covariance = found.axes.T @ model.summary.covariance @ found.axes
    spread = np.sqrt(np.diag(covariance) + mean_variances(model) @ found.axes**2)
    middle = found.place(model.summary.mean[None])[0]
    low, high = middle - REACH * spread, middle + REACH * spread
    if table is not None:
        places = found.place(table.z)
        ends = np.quantile(places, [TAIL, 1 - TAIL], axis=0)
        is_anchored = priors.is_anchored(model)
        low, high = (ends[0], ends[1]) if is_anchored else (np.minimum(low, ends[0]), np.maximum(high, ends[1]))
        step = -(-len(places) // MOST)
        places = places[::step]
        labels = None if table.labels is None else table.labels[::step]
    half = 1.06 * float((high - low).max()) / 2
    centre = (low + high) / 2
    root = gaussian_of(middle.astype(np.float64), covariance).factor
    packed = ground_payload(
        places,
        labels,
        model.class_names,
        view=np.stack([centre - half, centre + half], axis=1),
        axes=found.names if along is None or found.share >= 1 else (name, found.names[1]),
        words=_words(model, found, table is not None, name),
        ellipse=None if table is not None else (*middle.tolist(), *root.ravel().tolist()),
    )
    return Sent(name=blob_name("ground", packed), content=packed)


def send_ground(*runs: Model) -> None:
    """Send the page the ground of each model's map, that of copies once; call it at the end, outside of fragments."""
    found = (ground(model) for model in runs)
    for name, content in {each.name: each.content for each in found if each is not None}.items():
        send_blob(name, content)


def _words(model: Model, found: LatentPlane, has_points: bool, name: str) -> str:
    if has_points:
        points = tr("Points: encoded test images.")
    else:
        points = tr("Ellipses: 1 and 2 standard deviations of the encoded images.")
    if found.share >= 1:
        count = model.config.model.latent_dim
        plane_is = tr("The latent plane itself.") if count == 2 else tr("The two dimensions that the decoder uses.")
        return f"{points} {plane_is}"
    if name:
        across = tr(
            "Across: the direction of {name}. Upwards: the first principal component of the rest. What is close here "
            "may be far apart.",
            name=name,
        )
        return f"{points} {across}"
    directions = tr(
        "The two directions in which they vary most (PCA), {share:.0%} of their variance. What is close here may be "
        "far apart.",
        share=found.share,
    )
    return f"{points} {directions}"
