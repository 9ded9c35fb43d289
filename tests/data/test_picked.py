"""Images that a visitor picked out, read again as a folder of images."""

import dataclasses
import zipfile

import numpy as np
import pytest

from aeviz.config import DataConfig
from aeviz.data import ImageDataset, load_dataset
from aeviz.data.picked import write_picked, zip_picked
from aeviz.errors import DataError, StorageError


@pytest.fixture(scope="module")
def digits():
    return load_dataset(DataConfig(name="digits"), "test")


def read_all(folder):
    """All images of a folder with their classes, in any order."""
    config = DataConfig(name=f"folder:{folder}", validation_fraction=0.2)
    splits = [load_dataset(config, split) for split in ("train", "validation", "test")]
    return np.concatenate([split.images for split in splits]), [
        split.class_names[label] for split in splits for label in split.labels
    ]


def test_folder_holds_the_picked_images_with_their_classes(digits, tmp_path):
    places = np.arange(3, 63, 2)
    folder = write_picked(digits, places, tmp_path / "new")
    images, classes = read_all(folder)
    wanted = sorted(
        (digits.class_names[label], image.tobytes())
        for label, image in zip(digits.labels[places], digits.images[places], strict=True)
    )
    assert sorted((name, image.tobytes()) for name, image in zip(classes, images, strict=True)) == wanted


def test_archive_holds_the_same_files_as_the_folder(digits, tmp_path):
    places = np.arange(3, 63, 2)
    folder = write_picked(digits, places, tmp_path)
    name, stream = zip_picked(digits, places)
    assert name == "digits-30.zip"
    with zipfile.ZipFile(stream) as archive:
        packed = {name: archive.read(name) for name in archive.namelist()}
    assert packed == {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.png")}


def test_same_images_are_written_once_and_others_apart(digits, tmp_path):
    first = write_picked(digits, np.arange(20), tmp_path)
    changed = next(first.rglob("*.png")).stat().st_mtime_ns
    assert write_picked(digits, np.arange(20), tmp_path) == first
    assert next(first.rglob("*.png")).stat().st_mtime_ns == changed
    assert write_picked(digits, np.arange(1, 21), tmp_path) != first
    assert len(list(tmp_path.iterdir())) == 2, "something was left behind"


def test_colour_images_without_classes_and_with_an_odd_name(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (14, 3, 5, 5), dtype=np.uint8)
    dataset = ImageDataset(images=images, name="folder:/some/where/../.odd: name?", split="test")
    folder = write_picked(dataset, np.arange(14), tmp_path)
    assert folder.parent == tmp_path
    assert not folder.name.startswith(".")
    read = load_dataset(DataConfig(name=f"folder:{folder}"), "train")
    assert read.labels is None
    assert read.images.shape[1:] == (3, 5, 5)


def test_classes_with_names_that_are_no_folders(digits, tmp_path):
    odd = dataclasses.replace(digits, class_names=("a/b", "../up", *digits.class_names[2:]))
    folder = write_picked(odd, np.arange(40), tmp_path)
    assert {path.parent.parent for path in tmp_path.rglob("*.png")} == {folder}


def test_too_few_images_are_refused(digits, tmp_path):
    with pytest.raises(DataError, match="11 images are picked out; expected at least 12"):
        write_picked(digits, np.arange(11), tmp_path)


def test_place_that_cannot_be_written_is_said(digits, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot write the picked images"):
        write_picked(digits, np.arange(20), tmp_path / "file")
