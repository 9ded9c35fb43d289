"""CelebA as it is read: partitions, attributes, pixels, damaged lists, and the real photographs."""

import re

import numpy as np
import pytest
from celeba_files import COUNTS, SPLITS
from made_up_faces import NAMES, write_photograph
from PIL import Image

from aeviz.config import DataConfig
from aeviz.data import (
    celeba,
    face_cache,
    is_available,
    load_dataset,
)
from aeviz.data.celeba import file_names, label_by_attribute
from aeviz.data.faces import read_face
from aeviz.errors import DataError


@pytest.fixture
def shared_celeba(shared_root):
    if not is_available("celeba", shared_root):
        pytest.skip("AEVIZ_DATA holds no celeba")
    return shared_root


# what is read


def test_partitions_are_the_publishers(root):
    seen = {split: load_dataset("celeba", split, root=root) for split in SPLITS}
    assert {split: len(data) for split, data in seen.items()} == COUNTS
    for split, data in seen.items():
        assert (data.name, data.split, data.image_shape) == ("celeba", split, (3, 64, 64))
        assert isinstance(data.images, np.memmap)
        assert not data.images.flags.writeable
        assert (data.labels, data.class_names) == (None, ())
        assert (data.attributes.shape, data.attributes.dtype) == ((COUNTS[split], 40), np.bool_)
        assert data.attribute_names == NAMES
        for name, image in zip(file_names(split, root), data.images, strict=True):
            np.testing.assert_array_equal(image, read_face(root / "celeba" / "img_align_celeba" / name))


def test_settings_of_held_out_images_play_no_part(root):
    plain = load_dataset("celeba", "validation", root=root)
    config = DataConfig(name="celeba", split_seed=5, validation_fraction=0.5)
    assert load_dataset(config, "validation", root=root).fingerprint() == plain.fingerprint()


def test_attributes_follow_the_images_whatever_the_order_of_the_lists(root):
    before = dict(
        zip(file_names("train", root), load_dataset("celeba", "train", root=root).attributes.tolist(), strict=True)
    )
    for name in ("list_eval_partition.txt", "list_attr_celeba.txt"):
        path = root / "celeba" / name
        lines = path.read_text().splitlines()
        n_header = 2 if "attr" in name else 0
        path.write_text("\n".join(lines[:n_header] + lines[n_header:][::-1]))  # LF, no newline at the end
    after = load_dataset("celeba", "train", root=root)
    assert file_names("train", root) == tuple(reversed(before))
    assert dict(zip(file_names("train", root), after.attributes.tolist(), strict=True)) == before


@pytest.mark.parametrize("seed", range(5))
def test_face_is_torchvisions_crop_and_resize_pixel_for_pixel(tmp_path, seed):
    transforms = pytest.importorskip("torchvision").transforms
    write_photograph(tmp_path / "a.jpg", seed)
    expected = transforms.Compose([transforms.CenterCrop(148), transforms.Resize(64)])(Image.open(tmp_path / "a.jpg"))
    np.testing.assert_array_equal(read_face(tmp_path / "a.jpg"), np.asarray(expected).transpose(2, 0, 1))


def test_part_of_the_photographs_is_enough(root, photographs):
    names = file_names("train", root)
    whole = load_dataset("celeba", "train", root=root)
    for name in names[::2]:
        (photographs / name).unlink()
    (photographs / "999999.jpg").write_bytes(b"in no list, so never opened")
    part = load_dataset("celeba", "train", root=root)
    assert file_names("train", root) == names[1::2]
    np.testing.assert_array_equal(part.images, whole.images[1::2])
    np.testing.assert_array_equal(part.attributes, whole.attributes[1::2])


def test_attribute_becomes_labels(root):
    data = load_dataset("celeba", "test", root=root)
    smiling = label_by_attribute(data, "smiling")
    assert smiling.class_names == ("not smiling", "smiling")
    np.testing.assert_array_equal(smiling.labels, data.attributes[:, 2])
    assert smiling.labels.dtype == np.int64
    assert smiling.images is data.images
    assert label_by_attribute(data, "No beard").class_names == ("beard", "no beard")
    assert label_by_attribute(data, "5_o_Clock_Shadow").class_names == ("not 5 o clock shadow", "5 o clock shadow")
    message = r"unknown attribute 'Smilling' of 'celeba'; expected one of: 5_o_Clock_Shadow, .*; did you mean 'Smiling'"
    with pytest.raises(DataError, match=message):
        label_by_attribute(data, "Smilling")
    with pytest.raises(DataError, match="unknown attribute 'Young' of 'digits'; expected one of: none, since this"):
        label_by_attribute(load_dataset("digits"), "Young")


# what may be missing


def test_missing_files_are_named_with_what_to_do(root, photographs, tmp_path):
    assert is_available("celeba", root)
    (root / "celeba" / "list_attr_celeba.txt").unlink()
    assert not is_available("celeba", root)
    message = (
        f"data set 'celeba' is not on this machine: found no list_attr_celeba.txt in {root}/celeba; run `aeviz data "
        "prepare celeba` (1.5 GB from the publisher, for non-commercial research only), or set AEVIZ_DATA to a folder "
        "that holds celeba/img_align_celeba, celeba/list_eval_partition.txt and celeba/list_attr_celeba.txt, of whose "
        "images a part is enough, or use the built-in 'digits' or 'circles'"
    )
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        load_dataset("celeba", root=root)
    for path in photographs.iterdir():
        path.unlink()
    with pytest.raises(DataError, match=r"found no img_align_celeba/\*.jpg and no list_attr_celeba.txt in"):
        load_dataset("celeba", root=root)
    assert not is_available("celeba", tmp_path)
    with pytest.raises(DataError, match=r"found no img_align_celeba.* and no list_eval_partition.txt and no list_attr"):
        load_dataset("celeba", root=tmp_path)


def test_partition_without_photographs_is_named(root, photographs):
    for name in file_names("validation", root):
        (photographs / name).unlink()
    message = r"data set 'celeba' has no validation images: .*list_eval_partition.txt lists 6, none of which is in"
    with pytest.raises(DataError, match=message):
        load_dataset("celeba", "validation", root=root)
    assert len(load_dataset("celeba", "test", root=root)) == 4


def test_damaged_lists_are_named(root):
    partitions, attributes = (root / "celeba" / name for name in (celeba.PARTITIONS, celeba.ATTRIBUTES))
    good, lines = partitions.read_text(), attributes.read_text().splitlines()
    partitions.write_text(good + "000099.jpg 3\n")
    with pytest.raises(DataError, match=r"has '000099.jpg 3' in line 25; expected a file name and 0 \(train\), 1"):
        load_dataset("celeba", root=root)
    partitions.write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"list_eval_partition.txt cannot be read: 'ascii' codec"):
        load_dataset("celeba", root=root)
    partitions.write_text(good)
    name = file_names("test", root)[-1]
    attributes.write_text("\n".join(lines[:-1]))
    with pytest.raises(DataError, match=f"list_attr_celeba.txt has no line for '{name}'; expected -1 or 1 for each of"):
        load_dataset("celeba", root=root)
    attributes.write_text("\n".join([*lines[:-1], lines[-1][:-2]]))
    with pytest.raises(
        DataError, match=f"list_attr_celeba.txt has 39 values for '{name}'; expected -1 or 1 for each of"
    ):
        load_dataset("celeba", root=root)
    attributes.write_text("202599\n")
    with pytest.raises(
        DataError, match=r"list_attr_celeba.txt names no attributes in its second line; expected 40 names"
    ):
        load_dataset("celeba", root=root)


# the real photographs


@pytest.mark.slow
def test_sample_has_its_partitions_and_attributes(shared_celeba):
    folder = shared_celeba / "celeba"
    codes = dict(line.split() for line in (folder / celeba.PARTITIONS).read_text().splitlines())
    head, *body = [line.split() for line in (folder / celeba.ATTRIBUTES).read_text().splitlines()[1:]]
    expected = {name: values for name, *values in body}
    for split, code in zip(SPLITS, "012", strict=True):
        data = load_dataset("celeba", split, root=shared_celeba)
        names = file_names(split, shared_celeba)
        assert names == tuple(name for name in codes if codes[name] == code)
        assert len(data) == len(names) > 0
        assert data.attribute_names == tuple(head)
        assert len(head) == 40
        np.testing.assert_array_equal(data.attributes, [[value == "1" for value in expected[name]] for name in names])
        assert "Smiling" in data.attribute_names
    if len(codes) == 5000:
        counts = {split: len(load_dataset("celeba", split, root=shared_celeba)) for split in SPLITS}
        assert counts == {"train": 4000, "validation": 500, "test": 500}


def test_sample_has_torchvisions_pixels(shared_celeba):
    transforms = pytest.importorskip("torchvision").transforms
    transform = transforms.Compose([transforms.CenterCrop(148), transforms.Resize(64)])
    data = load_dataset("celeba", "test", root=shared_celeba)
    names = file_names("test", shared_celeba)
    for place in range(0, len(data), 10):
        with Image.open(shared_celeba / "celeba" / "img_align_celeba" / names[place]) as photograph:
            expected = np.asarray(transform(photograph)).transpose(2, 0, 1)
        np.testing.assert_array_equal(data.images[place], expected)


def test_sample_is_read_without_a_photograph_the_second_time(shared_celeba, monkeypatch):
    first = load_dataset("celeba", "test", root=shared_celeba)
    monkeypatch.setattr(face_cache, "make_faces", lambda *args: pytest.fail("made again"))
    monkeypatch.setattr(celeba, "make_faces", lambda *args: pytest.fail("made again"))
    assert load_dataset("celeba", "test", root=shared_celeba).fingerprint() == first.fingerprint()
