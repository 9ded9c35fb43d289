"""How a run's errors rank the test images and tell a class from the others."""

import numpy as np
import streamlit as st

from aeviz.analysis.anomaly import Detection, detect, most_anomalous
from aeviz.web.kernel.cache import RunKey, freeze, needed_latents


@st.cache_resource(max_entries=64, show_spinner="Ranking the test images …")  # 240 kB for MNIST
def detection(key: RunKey, label: int) -> Detection:
    """Return how well a run's errors tell a class from the others. The run must have latents with that class."""
    table = needed_latents(key)
    if table.labels is None:
        raise LookupError("the images have no classes; the page must check first")
    found = detect(table.error, table.labels == label)
    freeze(found.precision, found.recall, found.thresholds)
    return found


@st.cache_resource(max_entries=64, show_spinner=False)  # 80 kB for MNIST
def ranking(key: RunKey) -> np.ndarray:
    """Return the places of a run's test images by falling error, (N,), int64. The run must have latents."""
    places = most_anomalous(needed_latents(key).error)
    freeze(places)
    return places
