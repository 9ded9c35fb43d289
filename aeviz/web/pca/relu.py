"""Switch on ReLU: a small nonlinear autoencoder trained beside PCA, and where it is better."""

import time
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from aeviz.data import ImageDataset
from aeviz.figures.contest import contest_bars, contest_scatter
from aeviz.figures.pictures import enlarge, tile, to_data_uri
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.pca import cached
from aeviz.web.pca.verdicts import tell_classes, tell_gain, tell_why

if TYPE_CHECKING:
    from aeviz.lab.nonlinear import Contest

LAYERS = {"one ReLU layer": 1, "two ReLU layers": 2}
STEPS = {"short": 500, "longer": 2000}
"""Steps of training on offer; in passes they would mean little for a small data set."""
LOOK_S = 0.5
"""Seconds between two looks at whether another visitor's training has ended."""
TILES, TILES_PX = 8, 640
"""Images shown of each kind; least width of a row in pixels."""


def show_contest(key: cached.DataKey) -> None:
    """Offer to train a network with ReLU, show how it does epoch by epoch, and compare it with PCA.

    No fragment: Streamlit lets a click in a fragment wait for the run under way, and then nothing could be stopped.
    """
    with errors_as_messages(stop=False):
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
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
                "Latent numbers",
                ["1", "2", "4", "8", "16", "32"],
                value="8",
                key="relu-k",
                bind="query-params",
                width=200,
                help="Of the network, and components of PCA.",
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
            train = st.button(
                "Switch on ReLU", type="primary", icon=":material/bolt:", key="relu", help="Trains here and now."
            )
        chosen = (key, int(k), LAYERS[str(layers)], STEPS[str(length)], 0)
        contest = cached.finished_contest(*chosen)
        if contest is None and train:
            contest = _train(chosen)
        if contest is None:
            st.caption(
                "Nothing is trained yet for this choice. It takes a few seconds; another choice here or *Stop* ends it."
            )
            return
        _, test = cached.contest_images(key)
        _show(contest, test, int(k), is_short=STEPS[str(length)] < max(STEPS.values()))


def _train(chosen: tuple[cached.DataKey, int, int, int, int]) -> "Contest | None":
    """Train to the end with a bar and the figures so far; a click in this section stops it at the next epoch.

    While another visitor's network is trained this one waits, and takes that one if it is the same.
    """
    contest = None
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, "Starting PyTorch …")
        st.button("Stop", icon=":material/stop:", key="relu-stop")
    while not cached.CONTEST_TURN.acquire(timeout=LOOK_S):
        bar.progress(0.0, "Another visitor's network is being trained; yours is next …")  # where a click ends the wait
    try:
        contest = cached.finished_contest(*chosen)
        if contest is None:
            begun = time.perf_counter()
            for contest, epochs in cached.hold_contest(*chosen):
                left = (time.perf_counter() - begun) * (epochs - contest.epoch) / max(contest.epoch, 1)
                bar.progress(
                    contest.epoch / epochs,
                    f"Pass {contest.epoch} of {epochs}: error {contest.network.mean():.4f} on the test images, PCA "
                    f"{contest.pca.mean():.4f}" + (f"; about {left:.0f} s left" if contest.epoch else ""),
                )
    finally:
        cached.CONTEST_TURN.release()
    place.empty()
    return contest


def _show(contest: "Contest", test: ImageDataset, k: int, *, is_short: bool) -> None:
    better = contest.network < contest.pca
    gain = tell_gain(float(contest.pca.mean()), float(contest.network.mean()))
    st.markdown(
        f"**With ReLU the error is {contest.network.mean():.4f}, PCA's {contest.pca.mean():.4f}: {gain}**, on "
        f"{len(better):,} test images that neither has seen, with {k} number{'s' if k > 1 else ''} an image. It is "
        f"smaller for {better.mean():.0%} of the images. {tell_why(contest, is_short=is_short)}"
    )
    st.caption(
        f"PCA's images are clipped to [0, 1], where a sigmoid keeps the network's; before that its error is "
        f"{contest.pca_unclipped:.4f}."
    )
    left, right = st.columns(2, gap="medium")
    labels = test.labels
    with left:
        if labels is not None:
            from aeviz.lab.nonlinear import class_means

            count = len(test.class_names)
            pca, network = (class_means(errors, labels, count) for errors in (contest.pca, contest.network))
            st.plotly_chart(
                contest_bars(test.class_names, pca, network),
                key="relu-bars",
                config={"displayModeBar": False},
                alt="Mean error of each class: "
                + "; ".join(
                    f"{name}: PCA {a:.4f}, with ReLU {b:.4f}"
                    for name, a, b in zip(test.class_names, pca, network, strict=True)
                ),
            )
            st.caption(tell_classes(test.class_names, pca, network))
    with right:
        st.plotly_chart(
            contest_scatter(contest.pca, contest.network, labels, test.class_names),
            key="relu-scatter",
            config={"displayModeBar": False},
            alt=f"Error of each test image with PCA and with ReLU; below the line for {better.mean():.0%}",
        )
        st.caption("A point an image; below the dotted line the network is better.")
    order = np.argsort(contest.network - contest.pca)
    for column, title, places in (
        (left, "where it gains most", order[:TILES]),
        (right, "where it gains least", order[::-1][:TILES]),
    ):
        rows = [test.images[places] / 255.0, contest.pca_images[places], contest.network_images[places]]
        picture = enlarge(tile(np.concatenate(rows).astype(np.float32), len(places)), TILES_PX)
        column.image(
            to_data_uri(picture),
            caption=f"Originals, PCA, with ReLU: {title}",
            width="stretch",
            alt=f"Three rows of images: originals, PCA and with ReLU, {title}",
        )
