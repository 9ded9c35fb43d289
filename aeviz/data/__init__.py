"""Images: one type, `ImageDataset`, and where its images come from. Needs neither torch nor Streamlit to import."""

from aeviz.data.catalog import DatasetInfo, list_datasets
from aeviz.data.celeba import label_by_attribute
from aeviz.data.dataset import ImageDataset, SplitName
from aeviz.data.download import prepare_dataset
from aeviz.data.pictures import MAX_BYTES, MAX_PIXELS
from aeviz.data.prepare import Prepared, PrepareOptions, prepare_image
from aeviz.data.sources import is_available, load_dataset

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "DatasetInfo",
    "ImageDataset",
    "PrepareOptions",
    "Prepared",
    "SplitName",
    "is_available",
    "label_by_attribute",
    "list_datasets",
    "load_dataset",
    "prepare_dataset",
    "prepare_image",
]
