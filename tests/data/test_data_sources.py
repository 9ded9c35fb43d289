import re
import subprocess
import sys

import numpy as np
import pytest

from aeviz.config import DataConfig
from aeviz.data import ImageDataset, is_available, list_datasets, load_dataset
from aeviz.data.catalog import find_dataset
from aeviz.data.splits import split_indices
from aeviz.errors import ConfigError, DataError


def test_importing_the_package_imports_no_heavy_library():
    code = (
        "import sys, aeviz.data; "
        "print([m for m in ('torch', 'torchvision', 'sklearn', 'streamlit', 'plotly') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("name", ["digits", "circles"])
def test_embedded_sets_match_their_catalog_entry(name):
    info = find_dataset(name)
    train, validation, test = (load_dataset(name, split) for split in ("train", "validation", "test"))
    assert info.embedded
    assert info.bytes_download == 0
    assert is_available(name)
    assert len(train) + len(validation) == info.n_train
    assert len(test) == info.n_test
    for data, split in ((train, "train"), (validation, "validation"), (test, "test")):
        assert isinstance(data, ImageDataset)
        assert (data.name, data.split, data.image_shape) == (name, split, info.image_shape)
        assert data.images.dtype == np.uint8
        assert data.images.flags.writeable  # torch.from_numpy warns of read-only arrays


def test_train_and_validation_share_the_training_images_by_the_documented_permutation():
    n, config = 1500, DataConfig(name="digits", split_seed=3)
    permutation = np.random.default_rng(3).permutation(n)
    validation, train = split_indices(n, config, "validation"), split_indices(n, config, "train")
    np.testing.assert_array_equal(validation, np.sort(permutation[:250]))
    np.testing.assert_array_equal(np.sort(np.concatenate([train, validation])), np.arange(n))
    assert (np.diff(train) > 0).all()
    assert (
        len(split_indices(60_000, DataConfig(), "train")),
        len(split_indices(60_000, DataConfig(), "validation")),
    ) == (
        50_000,
        10_000,
    )


def test_seed_moves_validation_but_not_test():
    first, second = (DataConfig(name="digits", split_seed=seed) for seed in (0, 1))
    assert load_dataset(first, "validation").fingerprint() != load_dataset(second, "validation").fingerprint()
    assert load_dataset(first, "test").fingerprint() == load_dataset(second, "test").fingerprint()
    assert load_dataset("digits", "train").fingerprint() == load_dataset(first, "train").fingerprint()


def test_split_that_leaves_a_part_empty_is_an_error():
    message = (
        "data.validation_fraction=0.001 gives 0 of the 100 training images of 'digits' to validation; expected at "
        "least one there and one left to train on; choose for example 0.1667"
    )
    with pytest.raises(DataError, match=re.escape(message)):
        split_indices(100, DataConfig(name="digits", validation_fraction=0.001), "train")
    with pytest.raises(DataError, match="gives 10 of the 10 training images"):
        split_indices(10, DataConfig(name="digits", validation_fraction=0.999), "train")


def test_negative_seed_is_an_error():
    with pytest.raises(ConfigError, match=r"data.split_seed=-1; expected a whole number from 0 up"):
        DataConfig(name="digits", split_seed=-1)


@pytest.mark.parametrize(
    ("name", "guess"),
    [
        ("mnits", "; did you mean 'mnist'?"),
        ("Fashion-MNIST", "; did you mean 'fashion_mnist'?"),
        ("DIGITS", "; did you mean 'digits'?"),
        ("zzz", ""),
    ],
)
def test_unknown_name_lists_the_known_ones_and_guesses(name, guess):
    known = "digits, circles, mnist, fashion_mnist, kmnist, cifar10, celeba, folder:PATH"
    message = f"unknown data set {name!r}; expected one of: {known}{guess}"
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        load_dataset(name)
    assert not is_available(name)


def test_folder_without_prefix_is_guessed(tmp_path):
    with pytest.raises(DataError, match=re.escape(f"did you mean 'folder:{tmp_path}'?")):
        load_dataset(str(tmp_path))


def test_unknown_split_lists_the_known_ones(unchecked):
    with pytest.raises(DataError, match="unknown split 'val' of 'digits'; expected one of: train, validation, test"):
        load_dataset("digits", "val")


def test_catalog_is_complete():
    infos = list_datasets()
    assert [info.name for info in infos] == [
        "digits",
        "circles",
        "mnist",
        "fashion_mnist",
        "kmnist",
        "cifar10",
        "celeba",
    ]
    for info in infos:
        assert info.title
        assert info.source
        assert info.licence
        assert info.embedded == (info.bytes_download == 0)
    assert find_dataset("mnist").bytes_download == 11_594_722
    assert find_dataset("fashion_mnist").bytes_download == 30_878_645
    assert find_dataset("kmnist").bytes_download == 21_240_888
    assert find_dataset("cifar10").bytes_download == 170_052_171


@pytest.mark.parametrize("split", ["train", "validation"])
def test_class_is_left_out_of_training_and_validation_alone(split):
    whole, part = load_dataset("digits", split), load_dataset(DataConfig(name="digits", without="7"), split)
    np.testing.assert_array_equal(part.images, whole.images[whole.labels != 7])
    np.testing.assert_array_equal(part.labels, whole.labels[whole.labels != 7])
    assert part.class_names == whole.class_names
    assert part.split == split
    assert load_dataset(DataConfig(name="digits", without="7"), "test").fingerprint() == (
        load_dataset("digits", "test").fingerprint()
    )


def test_class_that_is_none_cannot_be_left_out(tmp_path):
    with pytest.raises(DataError, match=r"data\.without='12' is no class of 'digits'; expected one of: 0, 1, 2"):
        load_dataset(DataConfig(name="digits", without="12"), "train")
    with pytest.raises(DataError, match=r"data\.without='1' is no class of 'celeba'; expected none"):
        load_dataset(DataConfig(name="celeba", without="1"), "train", root=tmp_path)


def test_only_class_cannot_be_left_out():
    from aeviz.data.splits import leave_out

    sevens = load_dataset("digits", "train")
    sevens = sevens.take(sevens.labels == 7)
    with pytest.raises(DataError, match=r"data\.without='7' leaves none of the \d+ train images of 'digits'"):
        leave_out(sevens, "7")
