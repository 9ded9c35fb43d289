"""The training images as a model encodes them, with which an image of one's own is compared."""

import numpy as np

from aeviz.language import tr
from aeviz.web.kernel.caching import Stamp, shared
from aeviz.web.kernel.datasets import train_images
from aeviz.web.kernel.models import Model, encoding_seconds
from aeviz.web.kernel.text import format_duration


def _encoding_text(model: Model, root: str, stamp: Stamp) -> str:
    seconds = encoding_seconds(model, model.provenance.n_train)
    return tr("Encoding the training images, once: about {duration} …", duration=format_duration(seconds))


@shared(max_entries=12, spinner=_encoding_text)  # 2 MB for MNIST in 10-d
def train_latents(model: Model, root: str, stamp: Stamp) -> np.ndarray:
    """Return the latent points of the training images of a run, (N, D), float32."""
    network = model.network()
    z: np.ndarray = network.encode(train_images(model.config.data, root, stamp, model.class_names).images).numpy()
    return z
