"""Folders as people have them: layouts, names, bit depths, paths, and what changes after training."""

import os
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aeviz.cli import main
from aeviz.config import DataConfig
from aeviz.data import is_available, load_dataset, prepare_dataset
from aeviz.data.folder import resolve_folder
from aeviz.errors import DataError

SPLITS = ("train", "validation", "test")


def load(folder, split="test", **settings):
    return load_dataset(DataConfig(name=f"folder:{folder}", **settings), split)


def counts(folder):
    return tuple(len(load(folder, split)) for split in SPLITS)


def pixels(folder):
    """Return the bytes of each image below a folder."""
    return {np.asarray(Image.open(path)).tobytes() for path in Path(folder).rglob("*.png")}


def bytes_of(dataset):
    return {image.tobytes() for image in dataset.images}


# layouts


@pytest.mark.parametrize(("train", "test"), [("train", "test"), ("Training", "TESTING"), ("TRAIN", "Test")])
@pytest.mark.parametrize("classes", [("",), ("a", "b")])
def test_training_and_test_folders_are_known_by_other_names(tmp_path, write_pictures, train, test, classes):
    for seed, name in enumerate(classes):
        write_pictures(tmp_path / train / name, 12 // len(classes), seed=seed)
        write_pictures(tmp_path / test / name, 4 // len(classes), seed=seed + 5)
    assert counts(tmp_path) == (10, 2, 4)
    assert bytes_of(load(tmp_path)) == pixels(tmp_path / test)
    assert load(tmp_path).class_names == (() if classes == ("",) else classes)


@pytest.mark.parametrize("validation", ["val", "Valid", "validation"])
@pytest.mark.parametrize("classes", [("",), ("a", "b")])
def test_chosen_validation_images_are_the_validation_split(tmp_path, write_pictures, validation, classes):
    for seed, name in enumerate(classes):
        write_pictures(tmp_path / "train" / name, 12 // len(classes), seed=seed)
        write_pictures(tmp_path / validation / name, 4 // len(classes), seed=seed + 5)
    assert counts(tmp_path) == (10, 4, 2)  # without test images of its own, a sixth of the training images
    assert bytes_of(load(tmp_path, "validation")) == pixels(tmp_path / validation)
    assert load(tmp_path).class_names == (() if classes == ("",) else classes)
    for seed, name in enumerate(classes):
        write_pictures(tmp_path / "test" / name, 6 // len(classes), seed=seed + 9)
    assert counts(tmp_path) == (12, 4, 6)
    assert bytes_of(load(tmp_path, "train", split_seed=3)) == pixels(tmp_path / "train")


def test_classes_that_are_called_like_a_split_stay_classes(tmp_path, write_pictures):
    write_pictures(tmp_path / "train", 8)
    write_pictures(tmp_path / "bus", 8, seed=1)
    assert load(tmp_path).class_names == ("bus", "train")


def test_two_folders_for_one_split_are_an_error(tmp_path, write_pictures):
    for name in ("train", "Training", "test"):
        write_pictures(tmp_path / name, 6)
    with pytest.raises(DataError, match="has two subfolders of train images, 'Training', 'train'; expected one; join"):
        load(tmp_path)


@pytest.mark.parametrize(
    ("images", "message"),
    [
        ({"train": 1, "val": 12}, "has 1 image in 'train', from which test images are taken too; expected at least 2,"),
        ({"train": 1, "test": 12}, "has 1 image in 'train', from which validation images are taken too; expected at"),
        ({"train": 12, "test": 0}, "test holds no images; expected .*; add test images, or remove this folder"),
        ({"train": 12, "val": 0}, "val holds no images; expected .*; add validation images, or remove this folder"),
        ({"train": 0, "test": 12}, "train holds no images; expected .*; add train images, or remove this folder"),
    ],
)
def test_split_that_would_have_no_image_is_an_error(tmp_path, write_pictures, images, message):
    for name, count in images.items():
        write_pictures(tmp_path / name, count)
    for split in SPLITS:
        with pytest.raises(DataError, match=message):
            load(tmp_path, split)


def test_few_training_images_beside_chosen_test_images_are_enough_with_a_larger_fraction(tmp_path, write_pictures):
    write_pictures(tmp_path / "train", 2)
    write_pictures(tmp_path / "test", 10)
    with pytest.raises(DataError, match=r"gives 0 of the 2 training images .*; choose for example 0\.5"):
        load(tmp_path, "train")
    assert [len(load(tmp_path, split, validation_fraction=0.5)) for split in SPLITS] == [1, 1, 10]


@pytest.mark.parametrize(
    ("inside", "home", "classes"),
    [
        (("photos/cats",), "photos", ("cats",)),
        (("photos/cats", "photos/dogs"), "photos", ("cats", "dogs")),
        (("set/train/cats", "set/train/dogs", "set/test/cats"), "set", ("cats", "dogs")),
        (("a/b/c/d",), "a/b/c", ("d",)),
        (("train/cats", "train/dogs"), "train", ("cats", "dogs")),
    ],
)
def test_images_below_the_only_subfolder_are_found(tmp_path, write_pictures, inside, home, classes):
    for path in inside:
        write_pictures(tmp_path / path, 12)
    assert load(tmp_path).class_names == classes
    assert load(tmp_path).fingerprint() == load(tmp_path / home).fingerprint()


def test_images_that_lie_too_deep_beside_other_folders_are_named(tmp_path, write_pictures):
    write_pictures(tmp_path / "photos" / "2024" / "cats", 12)
    write_pictures(tmp_path / "photos" / "2024" / "dogs", 12)
    (tmp_path / "letters").mkdir()
    message = (
        "but some lie deeper, in 'photos/2024/cats'; expected images or one subfolder for each class; use 'folder:"
    )
    with pytest.raises(DataError, match=re.escape(message)) as caught:
        load(tmp_path)
    assert str(caught.value).endswith(f"use 'folder:{tmp_path / 'photos' / '2024'}'")


def test_split_folders_with_the_same_words_around_are_known(tmp_path, write_pictures):
    for seed, name in enumerate(("seg_train/a", "seg_train/b", "seg_test/a", "seg_test/b")):
        write_pictures(tmp_path / name, 6, seed=seed)
    assert counts(tmp_path) == (10, 2, 12)
    assert load(tmp_path).class_names == ("a", "b")


def test_labels_of_a_flat_folder_come_from_a_table(tmp_path, write_pictures):
    paths = write_pictures(tmp_path / "images", 20)
    rows = [f"{path.stem};{'s10' if place % 2 else 's2'};x" for place, path in enumerate(paths)]
    (tmp_path / "Labels.CSV").write_text("\n".join(["id;Species;who", *rows, "nobody;s3;x"]))
    data = [load(tmp_path, split) for split in SPLITS]
    assert data[0].class_names == ("s2", "s10")
    known = {np.asarray(Image.open(path)).tobytes(): place % 2 for place, path in enumerate(paths)}
    for part in data:
        assert [known[image.tobytes()] for image in part.images] == part.labels.tolist()
    (tmp_path / "Labels.CSV").write_text("\n".join(["id;who", *(f"{path.stem};{path.stem}" for path in paths)]))
    assert load(tmp_path).class_names == ("images",), "as many labels as images are no classes"


def test_test_folder_that_the_table_does_not_name_is_no_test_set(tmp_path, write_pictures):
    paths = write_pictures(tmp_path / "train", 20)
    write_pictures(tmp_path / "test", 9, seed=5)
    rows = [f"{path.name},{place % 3}" for place, path in enumerate(paths)]
    (tmp_path / "train.csv").write_text("\n".join(rows))  # without headings
    assert sum(counts(tmp_path)) == 20
    assert load(tmp_path).class_names == ("0", "1", "2")


def test_search_for_deeper_images_ends_where_links_lead_in_a_circle(tmp_path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    (tmp_path / "a" / "b" / "up").symlink_to(tmp_path)
    with pytest.raises(DataError, match="holds no images; expected"):
        load(tmp_path)


def test_folder_whose_files_may_not_be_looked_at_is_named(tmp_path, write_pictures, monkeypatch):
    write_pictures(tmp_path, 12)

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_dir", refuse)  # as where a folder may be listed and not entered
    with pytest.raises(DataError, match="cannot be opened: Permission denied; expected a folder of images"):
        load(tmp_path)


# files


@pytest.mark.parametrize("suffix", [".pgm", ".ppm", ".pnm", ".PGM"])
def test_portable_maps_are_read(tmp_path, write_pictures, suffix):
    mode = "RGB" if suffix == ".ppm" else "L"
    paths = write_pictures(tmp_path, 12, mode=mode, suffix=suffix)
    data = load(tmp_path)
    assert data.image_shape == (1 if mode == "L" else 3, 8, 8)
    known = {np.moveaxis(np.atleast_3d(np.asarray(Image.open(path))), 2, 0).tobytes() for path in paths}
    assert bytes_of(data) <= known


def test_jfif_is_a_jpeg(tmp_path, write_pictures):
    for path in write_pictures(tmp_path, 12, suffix=".jpg"):
        path.rename(path.with_suffix(".jfif"))
    assert counts(tmp_path) == (8, 2, 2)


@pytest.mark.parametrize("depth", [10, 12, 14, 16])
@pytest.mark.parametrize("suffix", [".png", ".tif", ".pgm"])
def test_grey_values_of_fewer_bits_than_the_file_has_are_not_black(tmp_path, depth, suffix):
    top = (1 << depth) - 1
    for index in range(12):
        values = np.linspace(0, top if index == 3 else top // 2, 64).reshape(8, 8).astype(np.uint16)
        values[0, 0] = index  # no two alike
        if suffix == ".pgm":
            (tmp_path / f"{index:02d}.pgm").write_bytes(b"P5 8 8 65535\n" + values.astype(">u2").tobytes())
        else:
            Image.fromarray(values).save(tmp_path / f"{index:02d}{suffix}")
    data = np.concatenate([load(tmp_path, split).images for split in SPLITS])
    assert sorted(int(image.max()) for image in data) == [127] * 11 + [255]  # one scale for all images of the folder


# paths


@pytest.mark.parametrize("empty", ["folder:", "folder: ", "folder:''", 'folder:" "'])
def test_folder_without_a_path_is_refused_everywhere(empty, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert not is_available(empty)
    with pytest.raises(DataError, match="names no folder; expected folder:PATH"):
        load_dataset(empty)
    for command in (["train", "digits-2d-adam", "--data", empty], ["data", "prepare", empty]):
        assert main(command) == 2
        assert "names no folder; expected folder:PATH" in capsys.readouterr().err


@pytest.mark.parametrize("around", ["'{}'", '"{}"', " {} ", "' {}'", "\u201c{}\u201d", 'folder:"{}"'])
def test_quotes_around_a_pasted_path_are_taken_off(tmp_path, write_pictures, around):
    folder = tmp_path / "my images"
    write_pictures(folder, 12)
    assert resolve_folder(around.format(folder)) == f"folder:{folder}"
    assert counts(around.format(folder).removeprefix("folder:")) == (8, 2, 2)


def test_relative_path_counts_from_where_the_app_was_started(tmp_path, write_pictures, monkeypatch):
    write_pictures(tmp_path / "here" / "images", 12)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert resolve_folder("images") == f"folder:{tmp_path / 'here' / 'images'}"
    monkeypatch.setenv("AEVIZ_START", str(tmp_path / "here"))
    monkeypatch.chdir(tmp_path / "elsewhere")  # as the server does
    assert resolve_folder("./images") == f"folder:{tmp_path / 'here' / 'images'}"
    assert counts("images") == (8, 2, 2)


@pytest.mark.parametrize("path", ["~nobody-of-that-name/x", "a\0b", "x" * 5000, "caf\udce9", "a\nb"])
def test_path_that_cannot_be_is_refused_with_a_sentence(path, tmp_path):
    for use in (resolve_folder, lambda path: load(path), lambda path: prepare_dataset(f"folder:{path}")):
        with pytest.raises(DataError):
            use(path)
    assert not is_available(f"folder:{path}")


# names


def test_class_folders_are_sorted_by_the_value_of_their_numbers(tmp_path, write_pictures):
    for number in range(1, 41):
        write_pictures(tmp_path / f"s{number}", 2, seed=number)
    assert load(tmp_path).class_names == tuple(f"s{number}" for number in range(1, 41))


def test_class_folder_whose_name_is_no_text_is_shown_escaped(tmp_path, write_pictures):
    for seed, name in enumerate((b"caf\xe9", b"two\nlines", "na\u00efve".encode())):
        write_pictures(Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)), 6, seed=seed)
    data = load(tmp_path)
    assert data.class_names == ("caf\\xe9", "na\u00efve", "two\\nlines")
    for name in data.class_names:
        name.encode("utf-8")
    left = load_dataset(DataConfig(name=f"folder:{tmp_path}", without="caf\\xe9"), "train")
    assert 0 not in left.labels


def test_class_folders_that_would_look_alike_are_an_error(tmp_path, write_pictures):
    for name in (b"caf\xe9", b"caf\\xe9"):
        write_pictures(Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)), 6)
    with pytest.raises(DataError, match=r"2 class subfolders whose names are both shown as .*; rename one"):
        load(tmp_path)


def test_damaged_image_with_an_odd_name_is_named(tmp_path, write_pictures):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.png"))
    write_pictures(tmp_path, 12)
    path.write_bytes(b"no image")
    with pytest.raises(DataError, match=r"a\\xff\.png is of no known kind") as caught:
        load(tmp_path)
    str(caught.value).encode("utf-8")
