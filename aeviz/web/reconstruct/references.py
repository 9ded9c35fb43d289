"""The training images as a model encodes them, with which a picture of one's own is compared."""

import numpy as np

from aeviz.web.kernel.caching import Stamp, shared
from aeviz.web.kernel.datasets import train_images
from aeviz.web.kernel.models import Model


@shared(max_entries=12, spinner="Encoding the training images …")  # 2 MB for MNIST in 10-d
def train_latents(model: Model, root: str, stamp: Stamp) -> np.ndarray:
    """Return the latent points of the training images of a run, (N, D), float32."""
    network = model.network()
    z: np.ndarray = network.encode(train_images(model.config.data, root, stamp).images).numpy()
    return z
