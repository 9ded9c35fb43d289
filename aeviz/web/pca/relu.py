"""Switch on ReLU: a small nonlinear autoencoder trained beside PCA in the background, and where it is better."""

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aeviz.data import ImageDataset
from aeviz.figures.images import enlarge, tile, to_data_uri
from aeviz.figures.relu_comparison import relu_bars, relu_scatter
from aeviz.lab.relu_comparison import ReluComparison, class_means
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape, format_duration
from aeviz.web.pca import cached
from aeviz.web.pca.verdicts import tell_classes, tell_gain, tell_why
from aeviz.workers import relu
from aeviz.workers.relu import ReluConfig
from aeviz.workers.task import Task

LAYERS = {"one ReLU layer": 1, "two ReLU layers": 2}
STEPS = {"short": 500, "longer": 2000}
"""Steps of training on offer; in passes they would mean little for a small data set."""
POLL_S = 0.5
"""Seconds between two looks at a training."""
TILES, TILES_PX = 8, 640
"""Images shown of each kind; least width of a row in pixels."""


def show_comparison(key: cached.DataKey) -> None:
    """Offer to train a network with ReLU, show how far it is, and compare it with PCA."""
    with errors_as_messages(stop=False):
        place = st.container()  # above the button, where whoever scrolled down to it sees what comes of it
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            config = _pick_config()
            train = st.button(
                "Switch on ReLU",
                type="primary",
                icon=":material/bolt:",
                key="relu",
                help="Trains an autoencoder with ReLU in the background; you may leave this page.",
            )
        train_images, test_images, digest = cached.relu_images(key)
        task = relu.relu_task(digest, config)
        comparison = cached.relu_comparison(task)
        if comparison is None and train:
            waiting = place.empty()
            waiting.progress(0.0, "Starting the training.")
            relu.start(task, train_images, test_images, config)
            waiting.empty()
        if comparison is None:
            view = task.observe()
            active = view is not None and view.is_active
            # a fragment made anew: whether it polls is decided here
            with place:
                st.fragment(_show_task, run_every=POLL_S if active else None)(task, active, config.steps)
            return
        _show(comparison, test_images, config.latent_dim, place, is_short=config.steps < max(STEPS.values()))


def _pick_config() -> ReluConfig:
    """Offer every setting; all are in the URL."""
    layers = st.segmented_control(
        "Add a layer",
        list(LAYERS),
        default="one ReLU layer",
        required=True,
        key="layers",
        bind="query-params",
        help="Hidden layers of 128 and 64 units with ReLU on each side of the latent.",
    )
    k = st.select_slider(
        "Latent size",
        ["1", "2", "4", "8", "16", "32"],
        value="8",
        key="relu-k",
        bind="query-params",
        width=200,
        help="Latent dimensions of the network, and components of PCA.",
    )
    length = st.segmented_control(
        "Training",
        list(STEPS),
        default="short",
        required=True,
        key="relu-epochs",
        bind="query-params",
        help="500 or 2,000 steps of 100 images each, from at most 3,000 training images.",
    )
    return ReluConfig(latent_dim=int(k), layers=LAYERS[str(layers)], steps=STEPS[str(length)])


def _show_task(task: Task, active: bool, steps: int) -> None:
    """Show how the training stands; `active` says how it stood when this fragment was made."""
    with errors_as_messages(stop=False):
        view = task.observe()
        if (view is not None and view.is_active) != active:
            st.rerun(scope="app")  # it began or ended
        if view is not None and view.is_active:
            left = "" if view.seconds_left is None else f"; about {format_duration(view.seconds_left)} left"
            st.progress(view.share, f"{view.message}{left}. You may leave this page.")
            if st.button("Stop", icon=":material/stop:", key="relu-stop", help="What was trained is lost."):
                task.ask_to_stop()
            return
        if view is not None and view.state in ("failed", "interrupted"):
            why = escape(view.message) if view.state == "failed" else "its process ended before it was done"
            st.error(f"The training failed: {why}; try again.", icon=":material/error:")
            return
        seconds = "ten seconds" if steps < max(STEPS.values()) else "half a minute"
        st.markdown(
            f"Nothing is trained yet for this choice. *Switch on ReLU* trains a nonlinear autoencoder here, in about "
            f"{seconds}, and then shows whether its error is below PCA's, by class and by image."
        )


def _show(comparison: ReluComparison, test: ImageDataset, k: int, place: DeltaGenerator, *, is_short: bool) -> None:
    better = comparison.network < comparison.pca
    gain = tell_gain(float(comparison.pca.mean()), float(comparison.network.mean()))
    place.markdown(
        f"**With ReLU the error is {comparison.network.mean():.4f}, PCA's {comparison.pca.mean():.4f}: {gain}**, on "
        f"{len(better):,} test images that neither has seen, at latent size {k}. It is "
        f"smaller for {better.mean():.0%} of the images. {tell_why(comparison, is_short=is_short)}"
    )
    st.caption(
        f"PCA's images are clipped to [0, 1], where a sigmoid keeps the network's; before that its error is "
        f"{comparison.pca_unclipped:.4f}."
    )
    left, right = st.columns(2, gap="medium")
    labels = test.labels
    with left:
        if labels is not None:
            count = len(test.class_names)
            pca, network = (class_means(errors, labels, count) for errors in (comparison.pca, comparison.network))
            show_figure(
                relu_bars(test.class_names, pca, network),
                key="relu-bars",
                alt="Mean error of each class: "
                + "; ".join(
                    f"{name}: PCA {a:.4f}, with ReLU {b:.4f}"
                    for name, a, b in zip(test.class_names, pca, network, strict=True)
                ),
            )
            st.caption(tell_classes(test.class_names, pca, network))
    with right:
        show_figure(
            relu_scatter(comparison.pca, comparison.network, labels, test.class_names),
            key="relu-scatter",
            alt=f"Error of each test image with PCA and with ReLU; below the line for {better.mean():.0%}",
        )
        st.caption("A point an image; below the dotted line the network is better.")
    order = np.argsort(comparison.network - comparison.pca)
    for column, title, places in (
        (left, "where it gains most", order[:TILES]),
        (right, "where it gains least", order[::-1][:TILES]),
    ):
        rows = [test.images[places] / 255.0, comparison.pca_images[places], comparison.network_images[places]]
        picture = enlarge(tile(np.concatenate(rows).astype(np.float32), len(places)), TILES_PX)
        column.image(
            to_data_uri(picture),
            caption=f"Originals, PCA, with ReLU: {title}",
            width="stretch",
            alt=f"Three rows of images: originals, PCA and with ReLU, {title}",
        )
