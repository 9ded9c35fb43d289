"""Originals and reconstructions of test images, with an offer to download what is missing."""

from dataclasses import replace

import numpy as np
import streamlit as st

from aeviz.data import ImageDataset, is_available, list_datasets, prepare_dataset
from aeviz.errors import AevizError, DataError
from aeviz.paths import data_root
from aeviz.web.kernel import datasets
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import plain

FOLDER = "folder:"
"""What comes before the path of one's own images in the name of a data set."""


def originals(model: Model) -> ImageDataset | None:
    """Return the test images that a run encoded, or None where they are not on this machine any more."""
    name, table = model.config.data.name, model.latents
    if not name.startswith(FOLDER) and not is_available(name):
        return None
    try:
        data = replace(model.config.data, without=None)  # no part of the test set, which all runs of the data share
        dataset, fingerprint = datasets.test_images(data, str(data_root()), datasets.folder_stamp(name))
    except DataError as error:
        st.caption(f"The originals cannot be shown: {plain(str(error))}")
        return None
    if table is None or fingerprint != table.fingerprint:
        st.caption(
            f"The originals cannot be shown: the images of {plain(name)} are not those that {plain(model.name)} "
            "encoded."
        )
        return None
    return dataset


def decoded(model: Model, z: np.ndarray) -> np.ndarray:
    """Decode latent points, (N, D); returns (N, C, H, W), float32 in [0, 1]."""
    return model.network().decode(z).numpy()


def offer_download(name: str, why: str) -> None:
    """Say that pictures of a data set are missing, and download them on request, with progress.

    Args:
        name: The data set.
        why: What the pictures are wanted for, as the end of a sentence.
    """
    info = next((entry for entry in list_datasets() if entry.name == name), None)
    if info is None or is_available(name):
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
                st.error(plain(str(error)), icon=":material/cloud_off:")
            else:
                st.rerun(scope="app")
        st.caption("Everything else works without them. In a class room, download once before the lesson.")
