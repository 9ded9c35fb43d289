"""Images: one type, `ImageDataset`, and where its images come from. Needs neither torch nor Streamlit to import."""

from aeviz.data.catalog import DatasetInfo, list_datasets
from aeviz.data.dataset import ImageDataset, SplitName
from aeviz.data.download import prepare_dataset
from aeviz.data.sources import is_available, load_dataset

__all__ = [
    "DatasetInfo",
    "ImageDataset",
    "SplitName",
    "is_available",
    "list_datasets",
    "load_dataset",
    "prepare_dataset",
]
