"""Reconstruct: what comes back when an image, also your own, is squeezed through a few numbers."""

from aeviz.language import tr
from aeviz.web.kernel.page import page, pick_model, require_runs
from aeviz.web.reconstruct.anomalies import show_anomalies
from aeviz.web.reconstruct.denoising import show_denoising
from aeviz.web.reconstruct.learning import show_learning
from aeviz.web.reconstruct.own_image import show_own_images
from aeviz.web.reconstruct.view import (
    ANOMALIES,
    CORRUPTED,
    LEARNING,
    NEEDS,
    OWN,
    pick_pair,
    pick_source,
    show_test_images,
)

with page(
    "reconstruct",
    tr("Reconstruct"),
    tr("Encode an image, decode it again, and see what the bottleneck loses."),
):
    source = pick_source()
    found = require_runs(NEEDS[source])
    if source == OWN:
        show_own_images(found, pick_model(found, default="mlp-10d-amsgrad"))
    elif source == LEARNING:
        show_learning(pick_pair(found, source))
    elif source == CORRUPTED:
        show_denoising(pick_pair(found, source))
    elif source == ANOMALIES:
        show_anomalies(pick_pair(found, source))
    else:
        show_test_images(pick_pair(found, source))
