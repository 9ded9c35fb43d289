"""How a run's errors rank the test images and tell a class from the others."""

import numpy as np

from aeviz.analysis.anomaly import Detection, detect, most_anomalous
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.models import Model


@shared(max_entries=64, spinner="Ranking the test images …")  # 240 kB for MNIST
def detection(model: Model, label: int) -> Detection:
    """Return how well a run's errors tell a class from the others. The run must have latents with that class."""
    table = model.require_latents()
    if table.labels is None:
        raise LookupError("the images have no classes; the page must check first")
    found = detect(table.error, table.labels == label)
    return found


@shared(max_entries=64)  # 80 kB for MNIST
def ranking(model: Model) -> np.ndarray:
    """Return the places of a run's test images by falling error, (N,), int64. The run must have latents."""
    places = most_anomalous(model.require_latents().error)
    return places
