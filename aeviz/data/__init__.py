"""Images: one type, `ImageDataset`, and where its images come from. Needs neither torch nor Streamlit to import."""

from aeviz.data.catalog import list_datasets, register
from aeviz.data.celeba import label_by_attribute
from aeviz.data.dataset import ImageDataset, SplitName
from aeviz.data.image_files import MAX_BYTES, MAX_PIXELS
from aeviz.data.imports import Imported, import_images, preview_images, remove_own
from aeviz.data.prepare import Prepared, PrepareOptions, prepare_image
from aeviz.data.source import DatasetInfo, Report, Source
from aeviz.data.sources import bytes_to_download, is_available, load_dataset, prepare_dataset
from aeviz.data.splits import hold_out

__all__ = [
    "MAX_BYTES",
    "MAX_PIXELS",
    "DatasetInfo",
    "ImageDataset",
    "Imported",
    "PrepareOptions",
    "Prepared",
    "Report",
    "Source",
    "SplitName",
    "bytes_to_download",
    "hold_out",
    "import_images",
    "is_available",
    "label_by_attribute",
    "list_datasets",
    "load_dataset",
    "prepare_dataset",
    "prepare_image",
    "preview_images",
    "register",
    "remove_own",
]
