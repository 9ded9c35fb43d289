"""Switch on ReLU: a small nonlinear autoencoder trained beside PCA in the background, and where it is better."""

from collections.abc import Sequence

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from aeviz.data import ImageDataset
from aeviz.figures.images import enlarge, tile, to_data_uri
from aeviz.figures.relu_comparison import relu_bars, relu_scatter
from aeviz.lab.relu_comparison import ReluComparison, class_means
from aeviz.language import mark, number, tr
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape, format_duration
from aeviz.web.pca import cached
from aeviz.web.pca.verdicts import tell_classes, tell_gain, tell_why
from aeviz.workers import relu
from aeviz.workers.relu import ReluConfig
from aeviz.workers.task import Task

LAYERS = {mark("one ReLU layer"): 1, mark("two ReLU layers"): 2}
STEPS = {mark("short"): 500, mark("longer"): 2000}
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
                tr("Switch on ReLU"),
                type="primary",
                icon=":material/bolt:",
                key="relu",
                help=tr("Trains an autoencoder with ReLU in the background; you may leave this page."),
            )
        train_images, test_images, digest = cached.relu_images(key)
        task = relu.relu_task(digest, config)
        comparison = cached.relu_comparison(task)
        if comparison is None and train:
            waiting = place.empty()
            waiting.progress(0.0, tr("Starting the training."))
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
    layers = choose(
        st.segmented_control,
        tr("Add a layer"),
        list(LAYERS),
        default="one ReLU layer",
        required=True,
        key="layers",
        help=tr("Hidden layers of 128 and 64 units with ReLU on each side of the latent."),
    )
    k = st.select_slider(
        tr("Latent size"),
        ["1", "2", "4", "8", "16", "32"],
        value="8",
        key="relu-k",
        bind="query-params",
        width=200,
        help=tr("Latent dimensions of the network, and components of PCA."),
    )
    length = choose(
        st.segmented_control,
        tr("Training"),
        list(STEPS),
        default="short",
        required=True,
        key="relu-epochs",
        help=tr("500 or 2,000 steps of 100 images each, from at most 3,000 training images."),
    )
    return ReluConfig(latent_dim=int(k), layers=LAYERS[str(layers)], steps=STEPS[str(length)])


def _show_task(task: Task, active: bool, steps: int) -> None:
    """Show how the training stands; `active` says how it stood when this fragment was made."""
    with errors_as_messages(stop=False):
        view = task.observe()
        if (view is not None and view.is_active) != active:
            st.rerun(scope="app")  # it began or ended
        if view is not None and view.is_active:
            if view.seconds_left is None:
                said = tr("{message}. You may leave this page.", message=view.message)
            else:
                left = format_duration(view.seconds_left)
                said = tr("{message}; about {time} left. You may leave this page.", message=view.message, time=left)
            st.progress(view.share, said)
            if st.button(tr("Stop"), icon=":material/stop:", key="relu-stop", help=tr("What was trained is lost.")):
                task.ask_to_stop()
            return
        if view is not None and view.state in ("failed", "interrupted"):
            why = escape(view.message) if view.state == "failed" else tr("its process ended before it was done")
            st.error(tr("The training failed: {why}; try again.", why=why), icon=":material/error:")
            return
        st.markdown(
            tr(
                "Nothing is trained yet for this choice. *Switch on ReLU* trains a nonlinear autoencoder here, in "
                "about {seconds}, and then shows whether its error is below PCA's, by class and by image.",
                seconds=tr("ten seconds") if steps < max(STEPS.values()) else tr("half a minute"),
            )
        )


def _show(comparison: ReluComparison, test: ImageDataset, k: int, place: DeltaGenerator, *, is_short: bool) -> None:
    better = comparison.network < comparison.pca
    gain = tell_gain(float(comparison.pca.mean()), float(comparison.network.mean()))
    said = tr(
        "**With ReLU the error is {network:.4f}, PCA's {pca:.4f}: {gain}**, on {count:,} test images that neither has "
        "seen, at latent size {size}. It is smaller for {share:.0%} of the images.",
        network=comparison.network.mean(),
        pca=comparison.pca.mean(),
        gain=gain,
        count=len(better),
        size=k,
        share=better.mean(),
    )
    place.markdown(f"{said} {tell_why(comparison, is_short=is_short)}")
    st.caption(
        tr(
            "PCA's images are clipped to [0, 1], where a sigmoid keeps the network's; before that its error is "
            "{error:.4f}.",
            error=comparison.pca_unclipped,
        )
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
                alt=tr("Mean error of each class: {errors}", errors=_tell_errors(test.class_names, pca, network)),
            )
            st.caption(tell_classes(test.class_names, pca, network))
    with right:
        show_figure(
            relu_scatter(comparison.pca, comparison.network, labels, test.class_names),
            key="relu-scatter",
            alt=tr(
                "Error of each test image with PCA and with ReLU; below the line for {share:.0%}", share=better.mean()
            ),
        )
        st.caption(tr("A point an image; below the dotted line the network is better."))
    order = np.argsort(comparison.network - comparison.pca)
    for column, title, places in (
        (left, tr("where it gains most"), order[:TILES]),
        (right, tr("where it gains least"), order[::-1][:TILES]),
    ):
        rows = [test.images[places] / 255.0, comparison.pca_images[places], comparison.network_images[places]]
        picture = enlarge(tile(np.concatenate(rows).astype(np.float32), len(places)), TILES_PX)
        column.image(
            to_data_uri(picture),
            caption=tr("Originals, PCA, with ReLU: {title}", title=title),
            width="stretch",
            alt=tr("Three rows of images: originals, PCA and with ReLU, {title}", title=title),
        )


def _tell_errors(names: Sequence[str], pca: np.ndarray, network: np.ndarray) -> str:
    message = tr("with ReLU")
    return "; ".join(
        f"{name}: PCA {number(a, '.4f')}, {message} {number(b, '.4f')}"
        for name, a, b in zip(names, pca, network, strict=True)
    )
