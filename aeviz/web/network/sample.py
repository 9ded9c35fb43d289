"""The images that the visitor sends through a network on this page."""

from dataclasses import replace

import numpy as np

from aeviz.data import is_available
from aeviz.data.catalog import FOLDER_PREFIX
from aeviz.errors import DataError
from aeviz.language import tr
from aeviz.paths import data_root
from aeviz.web.components.activations.payload import images_payload
from aeviz.web.components.kit.wire import blob_name
from aeviz.web.kernel import datasets
from aeviz.web.kernel.caching import Stamp, shared
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.spaces import Sent

BYTES = 250_000
"""Of the images that the page is sent, about."""
FEWEST, MOST = 16, 200


def sample(model: Model) -> tuple[Sent, str]:
    """Return images for a model's input, or latent points that it decodes to images, and where they come from.

    A model that ships without encoded images is of faces, whose test set takes minutes to read: it decodes its codes.
    """
    name = model.config.data.name
    if not model.has_latents:
        return _codes(model), tr(
            "The input is an image that the model decoded. All coordinates of its code lie at the same quantile of the "
            "encoded images, from low to high; the median stands in the middle."
        )
    if name.startswith(FOLDER_PREFIX) or is_available(name):
        try:
            return _test_images(model, str(data_root()), datasets.folder_stamp(name)), ""
        except DataError:  # the data set is damaged: codes do as well
            pass
    return _codes(model), tr(
        "The test images of {name} are not on this machine. The input is an image that the model decoded from the "
        "code of a test image.",
        name=name,
    )


@shared(max_entries=32)  # 0.3 MB each
def _test_images(model: Model, root: str, stamp: Stamp) -> Sent:
    data = replace(model.config.data, without=None)
    dataset, _ = datasets.test_images(data, root, stamp, model.class_names)
    count = min(len(dataset.images), max(FEWEST, min(MOST, BYTES // dataset.images[0].nbytes)))
    packed = images_payload(
        images=dataset.images[:count],
        codes=None,
        places=np.arange(count),
        labels=None if dataset.labels is None else dataset.labels[:count],
        class_names=model.class_names,
    )
    return Sent(name=blob_name("images", packed), content=packed)


@shared(max_entries=32)  # 0.1 MB each
def _codes(model: Model) -> Sent:
    table = model.stored_latents
    if table is not None:
        codes, labels, first = table.z[:MOST], None if table.labels is None else table.labels[:MOST], 0
    else:
        codes = model.summary.quantiles if model.has_summary else np.zeros((1, model.config.model.latent_dim))
        labels, first = None, len(codes) // 2
    packed = images_payload(
        images=None,
        codes=codes,
        places=np.arange(len(codes)),
        labels=labels,
        class_names=model.class_names,
        first=first,
    )
    return Sent(name=blob_name("images", packed), content=packed)
