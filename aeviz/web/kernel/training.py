"""What a training starts from: devices, size of the network, training images, also as a run encodes them."""

from pathlib import Path

import numpy as np
import streamlit as st

from aeviz.config import DataConfig, ModelConfig
from aeviz.data import ImageDataset, list_datasets, load_dataset
from aeviz.data.celeba import file_names
from aeviz.web.kernel.cache import RunKey, Stamp, freeze, model
from aeviz.web.kernel.runtime import start_torch


@st.cache_resource(show_spinner=False)
def devices() -> dict[str, str | None]:
    """Return the devices that can train, by name; None for one that this machine lacks."""
    start_torch()
    from aeviz.training.devices import name_devices

    return {str(name): title for name, title in name_devices().items()}


@st.cache_data(max_entries=256, show_spinner=False)  # one number each
def parameter_count(config: ModelConfig) -> int:
    """Return the number of weights and biases of a network."""
    start_torch()
    from aeviz.models import describe_layers

    return sum(layer.parameters for layer in describe_layers(config))


@st.cache_data(max_entries=64, show_spinner="Reading the images …")  # four numbers each
def training_shape(data: DataConfig, root: str, stamp: Stamp) -> tuple[tuple[int, int, int], int]:
    """Return shape (C, H, W) and number of the training images; arguments and errors as in `cache.test_images`."""
    if data.without is not None:
        dataset = load_dataset(data, "train", root=Path(root))
        return dataset.image_shape, len(dataset)
    info = next((info for info in list_datasets() if info.name == data.name), None)
    if info is not None and info.n_validation is not None:  # a partition apart, of which perhaps only a part is here
        return info.image_shape, len(file_names("train", Path(root)))
    if info is not None:
        return info.image_shape, info.n_train - round(info.n_train * data.validation_fraction)
    dataset = load_dataset(data, "train", root=Path(root))
    return dataset.image_shape, len(dataset)


@st.cache_resource(max_entries=2, show_spinner="Reading the training images …")  # 39 MB for MNIST
def train_images(data: DataConfig, root: str, stamp: Stamp) -> ImageDataset:
    """Return the training split of a data set; arguments and errors as in `cache.test_images`."""
    dataset = load_dataset(data, "train", root=Path(root))
    freeze(dataset.images, dataset.labels)
    return dataset


@st.cache_data(max_entries=8, show_spinner=False)  # a few bytes each
def train_fingerprint(data: DataConfig, root: str, stamp: Stamp) -> str:
    """Return the fingerprint of the training split; arguments and errors as in `cache.test_images`."""
    return train_images(data, root, stamp).fingerprint()


@st.cache_resource(max_entries=12, show_spinner="Encoding the training images …")  # 2 MB for MNIST in 10-d
def train_latents(key: RunKey, root: str, stamp: Stamp) -> np.ndarray:
    """Return the latent points of the training images of a run, (N, D), float32."""
    run = model(key)
    z: np.ndarray = run.encode(train_images(run.config.data, root, stamp).images).numpy()
    freeze(z)
    return z
