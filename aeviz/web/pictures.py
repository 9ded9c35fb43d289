"""Originals and reconstructions of test images, with an offer to download what is missing."""

import numpy as np
import streamlit as st

from aeviz.data import ImageDataset, is_available, list_datasets, prepare_dataset
from aeviz.errors import AevizError
from aeviz.paths import data_root
from aeviz.training.runs import RunFolder
from aeviz.web import cache


def originals(run: RunFolder) -> ImageDataset | None:
    """Return the test images of a run's data set, or None where they are not on this machine."""
    data = run.config.data
    if not data.name.startswith("folder:") and not is_available(data.name):
        return None
    return cache.test_images(data, str(data_root()))


def decoded(run: RunFolder, z: np.ndarray) -> np.ndarray:
    """Decode latent points, (N, D); returns (N, C, H, W), float32 in [0, 1]."""
    return cache.model(cache.run_key(run)).decode(z).numpy()


def offer_download(name: str, why: str) -> None:
    """Say that pictures of a data set are missing, and download them on request, with progress.

    Args:
        name: The data set.
        why: What the pictures are wanted for, as the end of a sentence.
    """
    info = next((entry for entry in list_datasets() if entry.name == name), None)
    if info is None:
        return
    with st.container(border=True):
        st.markdown(f"**{info.title} is not on this machine.** Its pictures are needed {why}.")
        megabytes = info.bytes_download / 1e6
        if st.button(f"Download {info.title} ({megabytes:.0f} MB)", icon=":material/download:", key=f"download.{name}"):
            bar = st.progress(0.0, "Connecting …")

            def show(share: float, text: str) -> None:
                bar.progress(min(share, 1.0), text)

            try:
                prepare_dataset(name, on_progress=show)
            except AevizError as error:
                bar.empty()
                st.error(str(error), icon=":material/cloud_off:")
            else:
                st.rerun(scope="app")
        st.caption("Everything else works without them. In a class room, download once before the lesson.")
