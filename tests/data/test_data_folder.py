import re

import numpy as np
import pytest
from PIL import ExifTags, Image

from aeviz.config import DataConfig
from aeviz.data import is_available, load_dataset
from aeviz.data.image_files import read_header, read_pixels
from aeviz.errors import DataError

SPLITS = ("train", "validation", "test")


def load(folder, split="test", **settings):
    return load_dataset(DataConfig(name=f"folder:{folder}", **settings), split)


def test_flat_folder_is_unlabelled_and_split_into_every_picture_once(tmp_path, write_pictures):
    paths = write_pictures(tmp_path, 24, size=(9, 7))
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / ".hidden.png").write_text("no picture")
    (tmp_path / "empty").mkdir()
    parts = {split: load(tmp_path, split) for split in SPLITS}
    assert {split: len(data) for split, data in parts.items()} == {"train": 17, "validation": 3, "test": 4}
    for data in parts.values():
        assert data.labels is None
        assert data.class_names == ()
        assert data.image_shape == (1, 7, 9)
        assert data.name == f"folder:{tmp_path}"
    found = {image.tobytes() for data in parts.values() for image in data.images}
    assert found == {np.asarray(Image.open(path)).tobytes() for path in paths}
    assert is_available(f"folder:{tmp_path}")


def test_test_pictures_do_not_depend_on_the_seed(tmp_path, write_pictures):
    write_pictures(tmp_path, 30)
    assert load(tmp_path, split_seed=0).fingerprint() == load(tmp_path, split_seed=5).fingerprint()
    assert load(tmp_path, "train").fingerprint() != load(tmp_path, "train", split_seed=5).fingerprint()


def test_subfolders_are_classes_in_sorted_order(tmp_path, write_pictures):
    for seed, name in enumerate(("pear", "apple", "Fig")):
        write_pictures(tmp_path / name, 8, seed=seed)
    data = [load(tmp_path, split) for split in SPLITS]
    assert data[0].class_names == ("Fig", "apple", "pear")
    assert sum(np.bincount(part.labels, minlength=3) for part in data).tolist() == [8, 8, 8]
    apple = {np.asarray(Image.open(path)).tobytes() for path in (tmp_path / "apple").iterdir()}
    for part in data:
        for image, label in zip(part.images, part.labels, strict=True):
            assert (image.tobytes() in apple) == (label == 1)


def test_train_and_test_subfolders_are_the_splits(tmp_path, write_pictures):
    for seed, (split, name, n) in enumerate([("train", "a", 6), ("train", "b", 6), ("test", "a", 2), ("test", "b", 3)]):
        write_pictures(tmp_path / split / name, n, seed=seed)
    test = load(tmp_path)
    assert test.labels.tolist() == [0, 0, 1, 1, 1]
    expected = [np.asarray(Image.open(path)) for path in sorted((tmp_path / "test").rglob("*.png"))]
    np.testing.assert_array_equal(test.images[:, 0], expected)
    assert len(load(tmp_path, "train")) + len(load(tmp_path, "validation")) == 12


def test_train_and_test_subfolders_must_agree_and_stand_alone(tmp_path, write_pictures):
    write_pictures(tmp_path / "train" / "a", 12)
    write_pictures(tmp_path / "test", 3)
    with pytest.raises(
        DataError, match="has class subfolders in some of test and train only; expected them in all or in none"
    ):
        load(tmp_path)
    write_pictures(tmp_path / "more", 1)
    with pytest.raises(DataError, match="has test and train subfolders and beside them 'more'; expected nothing else"):
        load(tmp_path)


def test_mixed_folder_is_an_error(tmp_path, write_pictures):
    write_pictures(tmp_path, 12)
    write_pictures(tmp_path / "cats", 2)
    message = (
        f"image folder {tmp_path} is mixed: 12 images lie beside subfolders with images, 'cats'; expected images only "
        "(no labels) or one subfolder for each class"
    )
    with pytest.raises(DataError, match=re.escape(message)):
        load(tmp_path)


def test_empty_missing_unnamed_and_small_folders_are_errors(tmp_path, write_pictures):
    with pytest.raises(
        DataError, match=r"holds no images; expected \.png, .*\.pnm files, directly or in one subfolder"
    ):
        load(tmp_path)
    with pytest.raises(DataError, match="nowhere cannot be opened: No such file or directory; expected a folder of"):
        load(tmp_path / "nowhere")
    with pytest.raises(DataError, match="data set 'folder:' names no folder; expected folder:PATH"):
        load_dataset("folder:")
    write_pictures(tmp_path, 11)
    with pytest.raises(DataError, match="holds 11 images; expected at least 12, so that training, validation and test"):
        load(tmp_path)
    assert not is_available("folder:")
    assert not is_available(f"folder:{tmp_path / 'nowhere'}")


def test_different_sizes_need_image_size(tmp_path, write_pictures):
    write_pictures(tmp_path / "a", 10, size=(8, 8))
    write_pictures(tmp_path / "b", 3, size=(10, 6))
    message = (
        f"image folder {tmp_path} holds images of 2 sizes (width x height: images; 8x8: 10, 10x6: 3); expected one "
        "size; pass `--set data.image_size=64` to crop and resize them all"
    )
    with pytest.raises(DataError, match=re.escape(message)):
        load(tmp_path)
    assert load(tmp_path, image_size=4).image_shape == (1, 4, 4)


def test_many_sizes_are_counted_not_listed(tmp_path, write_pictures):
    for width in range(8, 21):
        write_pictures(tmp_path / str(width), 1, size=(width, 8))
    with pytest.raises(DataError, match=r"images of 13 sizes .*8 more sizes"):
        load(tmp_path)


def test_one_colour_picture_makes_the_folder_colour(tmp_path, write_pictures):
    write_pictures(tmp_path / "a", 12)
    assert load(tmp_path).image_shape == (1, 8, 8)
    write_pictures(tmp_path / "b", 1, mode="RGB")
    data = [load(tmp_path, split) for split in SPLITS]
    assert {part.image_shape for part in data} == {(3, 8, 8)}
    grey = [image for part in data for image, label in zip(part.images, part.labels, strict=True) if label == 0]
    assert all((image[0] == image[1]).all() and (image[0] == image[2]).all() for image in grey)


def test_damaged_picture_is_named(tmp_path, write_pictures):
    paths = write_pictures(tmp_path, 12, size=(64, 64))
    whole = paths[5].read_bytes()
    paths[5].write_bytes(b"GIF")
    message = f"image {paths[5]} is of no known kind or damaged; expected PNG, JPEG, BMP, GIF, WEBP, TIFF, PPM/PGM; "
    with pytest.raises(DataError, match=re.escape(message)):
        load(tmp_path)
    paths[5].write_bytes(whole[: len(whole) // 2])
    message = f"image {re.escape(str(paths[5]))} cannot be read: .*; expected a complete image; remove it from"
    with pytest.raises(DataError, match=message):
        read_pixels(paths[5], is_grey=True, side=None)


def test_decompression_bomb_is_named(tmp_path, write_pictures, monkeypatch):
    paths = write_pictures(tmp_path, 12, size=(20, 20))
    for limit in (300, 100):  # below twice the limit Pillow only warns, beyond it raises
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", limit)
        message = f"image {re.escape(str(paths[0]))} is too large: .*400 pixels.*; expected at most {limit} pixels"
        with pytest.raises(DataError, match=message):
            load(tmp_path)


@pytest.mark.parametrize("mode", ["I", "F"])
def test_32_bit_grey_is_an_error(tmp_path, mode):
    path = tmp_path / "a.tif"
    Image.new(mode, (8, 8), 7).save(path)
    with pytest.raises(DataError, match=f"a.tif has 32-bit grey values \\(mode '{mode}'\\), whose range is unknown"):
        read_header(path)


@pytest.mark.parametrize("suffix", [".png", ".bmp", ".gif", ".webp", ".tiff", ".jpg", ".JPEG"])
def test_every_format_is_read(tmp_path, suffix):
    colour = np.full((6, 5, 3), (250, 10, 20), np.uint8)
    path = tmp_path / f"a{suffix}"
    Image.fromarray(colour).save(path, **({"lossless": True} if suffix == ".webp" else {}))
    header = read_header(path)
    assert (header.width, header.height, header.is_grey) == (5, 6, False)
    found = read_pixels(path, is_grey=False, side=None)
    assert found.shape == (3, 6, 5)
    np.testing.assert_allclose(found, np.moveaxis(colour, 2, 0), atol=4)  # JPEG is lossy


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".tiff", ".webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation_is_applied(tmp_path, suffix, orientation):
    upright = np.zeros((16, 24), np.uint8)
    upright[:8, :8] = 250
    turns = {  # what the camera stored, from what should be seen
        1: lambda a: a,
        2: np.fliplr,
        3: lambda a: np.rot90(a, 2),
        4: np.flipud,
        5: np.transpose,
        6: lambda a: np.rot90(a, 1),
        7: lambda a: np.rot90(a, 2).T,
        8: lambda a: np.rot90(a, -1),
    }
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    path = tmp_path / f"a{suffix}"
    Image.fromarray(np.ascontiguousarray(turns[orientation](upright))).save(path, exif=exif)
    header = read_header(path)
    assert (header.width, header.height) == (24, 16)
    np.testing.assert_allclose(read_pixels(path, is_grey=True, side=None)[0], upright, atol=4)


def test_transparency_is_laid_over_white(tmp_path):
    rgba = np.zeros((4, 4, 4), np.uint8)
    rgba[:2, :, 3] = 255  # opaque black above, nothing below
    la = rgba[..., [0, 3]]
    Image.fromarray(rgba).save(tmp_path / "rgba.png")
    Image.fromarray(la).save(tmp_path / "la.png")
    expected = np.repeat([0, 0, 255, 255], 4).reshape(4, 4)
    assert not read_header(tmp_path / "rgba.png").is_grey
    assert read_header(tmp_path / "la.png").is_grey
    assert (read_pixels(tmp_path / "rgba.png", is_grey=False, side=None) == expected).all()
    assert (read_pixels(tmp_path / "la.png", is_grey=True, side=None) == expected).all()
    palette = Image.fromarray(rgba).convert("P")
    palette.save(tmp_path / "p.gif", transparency=palette.getpixel((0, 0)))
    assert (read_pixels(tmp_path / "p.gif", is_grey=False, side=None)[:, :2] == 255).all()


def test_16_bit_1_bit_and_palette_grey(tmp_path):
    deep = np.array([[0, 257, 32768, 65535]], np.uint16)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    assert read_header(tmp_path / "deep.png").is_grey
    assert read_pixels(tmp_path / "deep.png", is_grey=True, side=None).tolist() == [[[0, 1, 128, 255]]]
    Image.fromarray(np.array([[True, False]])).save(tmp_path / "bit.png")
    assert read_header(tmp_path / "bit.png").is_grey
    assert read_pixels(tmp_path / "bit.png", is_grey=True, side=None).tolist() == [[[255, 0]]]
    for colours, is_grey in (([9, 9, 9, 200, 200, 200], True), ([9, 9, 9, 200, 0, 0], False)):
        palette = Image.new("P", (2, 1))
        palette.putpalette(colours)
        palette.putpixel((1, 0), 1)
        palette.save(tmp_path / "p.png")
        assert read_header(tmp_path / "p.png").is_grey == is_grey
    assert read_pixels(tmp_path / "p.png", is_grey=False, side=None).tolist() == [[[9, 200]], [[9, 0]], [[9, 0]]]


def test_image_size_crops_the_centre_square_and_averages(tmp_path):
    wide = np.zeros((8, 16), np.uint8)
    wide[:, 4:12] = 200  # the centred square, flat but for its surroundings
    Image.fromarray(wide).save(tmp_path / "wide.png")
    assert (read_pixels(tmp_path / "wide.png", is_grey=True, side=4) == 200).all()
    checks = np.indices((64, 64)).sum(axis=0) % 2 * 255
    Image.fromarray(checks.astype(np.uint8)).save(tmp_path / "checks.png")
    found = read_pixels(tmp_path / "checks.png", is_grey=True, side=8)
    assert np.abs(found.astype(int) - 127.5).max() < 4  # anti-aliased: neither all black nor all white


def test_celeba_sample_reads_as_a_folder(shared_root):
    if not is_available(f"folder:{shared_root / 'celeba'}"):
        pytest.skip("AEVIZ_DATA holds no celeba")
    paths = sorted((shared_root / "celeba" / "img_align_celeba").iterdir())[:2]
    for path in paths:
        assert (read_header(path).width, read_header(path).height) == (178, 218)
        assert read_pixels(path, is_grey=False, side=64).shape == (3, 64, 64)
