import gzip
import re

import numpy as np
import pytest

from aeviz.data import is_available, list_datasets, load_dataset
from aeviz.data.mnist import FAMILIES, read_mnist
from aeviz.errors import DataError

TRAIN_COUNTS = [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]


def unpack(name, shared_root, target):
    """Copy the real compressed files, unpacked, to where torchvision wants them."""
    family = FAMILIES[name]
    family.raw_folder(target).mkdir(parents=True)
    for file_name in family.files:
        packed = family.raw_folder(shared_root) / f"{file_name}.gz"
        (family.raw_folder(target) / file_name).write_bytes(gzip.decompress(packed.read_bytes()))


@pytest.mark.parametrize("name", ["mnist", "fashion_mnist", "kmnist"])
def test_real_files_read_as_torchvision_reads_them(name, shared_root, tmp_path):
    if not is_available(name, shared_root):
        pytest.skip(f"AEVIZ_DATA holds no {name}")
    torchvision = pytest.importorskip("torchvision")
    unpack(name, shared_root, tmp_path)
    info = next(info for info in list_datasets() if info.name == name)
    for part in ("train", "test"):
        reference = getattr(torchvision.datasets, FAMILIES[name].folder)(root=tmp_path, train=part == "train")
        for root in (shared_root, tmp_path):  # compressed, plain
            data = read_mnist(FAMILIES[name], root, part)
            np.testing.assert_array_equal(data.images[:, 0], reference.data.numpy())
            np.testing.assert_array_equal(data.labels, reference.targets.numpy())
            assert len(data) == (info.n_train if part == "train" else info.n_test)
            assert data.image_shape == info.image_shape
    if name == "mnist":
        assert [label[0] for label in reference.classes] == list(data.class_names)
    else:
        assert tuple(reference.classes) == data.class_names


def test_table_of_files_is_torchvisions():
    torchvision = pytest.importorskip("torchvision")
    for family in FAMILIES.values():
        known = dict(getattr(torchvision.datasets, family.folder).resources)
        assert {f"{name}.gz": file.md5 for name, file in family.files.items()} == known
        assert family.mirrors[0] == getattr(torchvision.datasets, family.folder).mirrors[0]


def test_real_mnist_splits_hold_every_training_digit(shared_root):
    if not is_available("mnist", shared_root):
        pytest.skip("AEVIZ_DATA holds no mnist")
    train, validation = (load_dataset("mnist", split, root=shared_root) for split in ("train", "validation"))
    assert (len(train), len(validation)) == (50_000, 10_000)
    assert (np.bincount(train.labels) + np.bincount(validation.labels)).tolist() == TRAIN_COUNTS


def test_root_comes_from_the_environment(tiny_mnist, monkeypatch):
    monkeypatch.setenv("AEVIZ_DATA", str(tiny_mnist))
    assert is_available("mnist")
    assert not is_available("fashion_mnist")
    assert len(load_dataset("mnist")) == 6
    assert len(load_dataset("mnist", "train")) == 20
    assert load_dataset("mnist").class_names == tuple("0123456789")


def test_plain_file_is_preferred_to_gz(tiny_mnist):
    labels = tiny_mnist / "MNIST" / "raw" / "t10k-labels-idx1-ubyte.gz"
    labels.write_bytes(b"never opened")
    assert len(load_dataset("mnist", root=tiny_mnist)) == 6


def test_missing_files_are_named_with_what_to_do(tiny_mnist):
    raw = tiny_mnist / "MNIST" / "raw"
    (raw / "train-labels-idx1-ubyte").unlink()
    assert not is_available("mnist", tiny_mnist)
    message = (
        f"data set 'mnist' is not on this machine: found no train-labels-idx1-ubyte (.gz or not) in {raw}; run `aeviz "
        "data prepare mnist`, or set AEVIZ_DATA to a folder that holds MNIST/raw, or use the built-in 'digits' or "
        "'circles'"
    )
    with pytest.raises(DataError, match=re.escape(message)):
        load_dataset("mnist", "train", root=tiny_mnist)
    assert len(load_dataset("mnist", "test", root=tiny_mnist)) == 6
    missing = (
        r"found no t10k-images-idx3-ubyte and no t10k-labels-idx1-ubyte .* prepare fashion_mnist`.* FashionMNIST/raw"
    )
    with pytest.raises(DataError, match=missing):
        load_dataset("fashion_mnist", root=tiny_mnist / "nowhere")


@pytest.mark.parametrize("suffix", ["", ".gz"])
@pytest.mark.parametrize("damage", ["flipped", "short", "empty"])
def test_file_without_the_publishers_md5_is_an_error(tiny_mnist, suffix, damage):
    plain = tiny_mnist / "MNIST" / "raw" / "t10k-images-idx3-ubyte"
    path = plain.with_name(plain.name + suffix)
    content = bytearray(gzip.compress(plain.read_bytes(), mtime=0) if suffix else plain.read_bytes())
    content[len(content) // 2] ^= 1
    plain.unlink()
    path.write_bytes({"flipped": content, "short": content[:-1], "empty": b""}[damage])
    message = (
        rf"{re.escape(str(path))} is damaged: its md5 is [0-9a-f]{{32}}; expected the publisher's [0-9a-f]{{32}}; "
        "delete it and run `aeviz data prepare mnist`"
    )
    with pytest.raises(DataError, match=message):
        load_dataset("mnist", root=tiny_mnist)
    assert is_available("mnist", tiny_mnist) == (damage == "flipped")  # sizes alone are looked at


def test_whole_gz_beside_a_truncated_plain_file_is_read(tiny_mnist):
    plain = tiny_mnist / "MNIST" / "raw" / "t10k-images-idx3-ubyte"
    plain.with_name(plain.name + ".gz").write_bytes(gzip.compress(plain.read_bytes(), mtime=0))
    plain.write_bytes(b"")
    assert is_available("mnist", tiny_mnist)
    assert len(load_dataset("mnist", root=tiny_mnist)) == 6


def test_plain_files_whose_digest_is_not_known_do_not_count(tiny_mnist):
    (tiny_mnist / "MNIST").rename(tiny_mnist / "KMNIST")
    assert not is_available("kmnist", tiny_mnist)
    with pytest.raises(DataError, match=r"found no t10k-images-idx3-ubyte and no t10k-labels-idx1-ubyte\.gz in"):
        load_dataset("kmnist", root=tiny_mnist)


def test_files_that_do_not_fit_each_other_are_an_error(tiny_mnist, write_idx, publish):
    raw = tiny_mnist / "MNIST" / "raw"

    def write_labels(labels):
        path = write_idx(raw / "t10k-labels-idx1-ubyte", labels)
        publish({file.name: file.read_bytes() for file in raw.iterdir()})
        return path

    write_labels(np.zeros(5, np.uint8))
    message = r"declare shapes \(6, 28, 28\) and \(5,\); expected \(N, H, W\) and \(N,\) .*; delete both and run"
    with pytest.raises(DataError, match=message):
        load_dataset("mnist", root=tiny_mnist)
    write_labels(np.full(6, 77, np.uint8))
    with pytest.raises(DataError, match="t10k-labels-idx1-ubyte holds the label 77; expected 0 to 9; delete both"):
        load_dataset("mnist", root=tiny_mnist)
