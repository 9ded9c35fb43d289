"""Facts for the training form: devices, size of the network, shape and number of the training images."""

from pathlib import Path

import numpy as np
import streamlit as st

from aeviz.config import DataConfig, ModelConfig, RunConfig
from aeviz.data import list_datasets, load_dataset
from aeviz.data.celeba import file_names
from aeviz.data.celeba_files import NAME as CELEBA
from aeviz.language import mark
from aeviz.web.kernel.caching import Stamp, shared
from aeviz.web.kernel.history import read_epochs
from aeviz.web.kernel.models import list_models
from aeviz.web.kernel.runtime import start_torch


@st.cache_resource(show_spinner=False)
def devices() -> dict[str, str | None]:
    """Return the devices that can train, by name; None for one that this machine lacks."""
    start_torch()
    from aeviz.training.devices import name_devices

    return {str(name): title for name, title in name_devices().items()}


@shared(max_entries=256)  # one number each
def parameter_count(config: ModelConfig) -> int:
    """Return the number of weights and biases of a network."""
    start_torch()
    from aeviz.models import describe_layers

    return sum(layer.parameters for layer in describe_layers(config))


@shared(max_entries=64, spinner=mark("Reading the images …"))  # four numbers each
def training_shape(data: DataConfig, root: str, stamp: Stamp) -> tuple[tuple[int, int, int], int]:
    """Return shape (C, H, W) and number of the training images; arguments and errors as in `datasets.test_images`."""
    if data.without is not None:
        dataset = load_dataset(data, "train", root=Path(root))
        return dataset.image_shape, len(dataset)
    info = next((info for info in list_datasets() if info.name == data.name), None)
    if info is not None and info.name == CELEBA:  # of whose partitions perhaps only a part is here
        return info.image_shape, len(file_names("train", Path(root)))
    if info is not None:
        held_out = round(info.n_train * data.validation_fraction) if info.n_validation is None else 0
        return info.image_shape, info.n_train - held_out
    dataset = load_dataset(data, "train", root=Path(root))
    return dataset.image_shape, len(dataset)


def seconds_per_epoch(config: RunConfig) -> float | None:
    """Return the median time of an epoch of the newest run with the same images, network and batch size.

    None where there is no such run. A run that ships was timed on another machine.
    """
    alike = [
        model
        for model in list_models().values()
        if (model.config.data, model.config.model, model.config.train.batch_size)
        == (config.data, config.model, config.train.batch_size)
    ]
    newest = max(alike, key=lambda model: model.provenance.created, default=None)
    seconds = [] if newest is None else [report.seconds for report in read_epochs(newest.path)]
    return float(np.median(seconds)) if seconds else None
