import hashlib
import re

import numpy as np
import pytest

from aeviz.data import ImageDataset
from aeviz.errors import DataError


def make(n=4, **changes):
    images = np.arange(n * 6, dtype=np.uint8).reshape(n, 1, 2, 3)
    fields = dict(
        images=images, labels=np.arange(n, dtype=np.int64) % 2, class_names=("a", "b"), name="made", split="test"
    )
    return ImageDataset(**{**fields, **changes})


def test_dataset_reports_length_and_shape():
    data = make(5)
    assert len(data) == 5
    assert data.image_shape == (1, 2, 3)


def test_dataset_accepts_memmap_and_every_optional_array(tmp_path):
    images = np.memmap(tmp_path / "images", dtype=np.uint8, mode="w+", shape=(4, 3, 2, 2))
    data = make(
        images=images,
        factors=np.zeros((4, 2), np.float32),
        factor_names=("x", "y"),
        attributes=np.zeros((4, 1), np.bool_),
        attribute_names=("smiling",),
    )
    assert data.images is images
    assert len(data.fingerprint()) == 32


def test_dataset_is_frozen():
    with pytest.raises(AttributeError):
        make().name = "other"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"split": "eval"}, "'made' has split='eval'; expected one of: train, validation, test"),
        (
            {"images": np.zeros((4, 1, 2, 3), np.float32)},
            "images of 'made' are float32 of shape (4, 1, 2, 3); expected a NumPy array of uint8 and shape (N, C, H,",
        ),
        ({"images": np.zeros((4, 2, 3), np.uint8)}, "images of 'made' are uint8 of shape (4, 2, 3); expected"),
        ({"images": [[[[0]]]]}, "images of 'made' are a list; expected a NumPy array of uint8"),
        (
            {"images": np.zeros((4, 28, 28, 1), np.uint8)},
            "images of 'made' have shape (4, 28, 28, 1); expected (N, C, H, W) with C = 1 (grey) or 3 (RGB)",
        ),
        (
            {"labels": np.zeros(4, np.int32)},
            "labels of 'made' are int32 of shape (4,); expected a NumPy array of int64",
        ),
        ({"labels": np.zeros(3, np.int64)}, "labels of 'made' have 3 rows for 4 images; expected one each"),
        (
            {"labels": np.array([0, 1, 2, 0])},
            "labels of 'made' run from 0 to 2; expected 0 to 1, since there are 2 class names",
        ),
        ({"labels": np.array([0, -1, 1, 0])}, "labels of 'made' run from -1 to 1; expected 0 to 1"),
        ({"labels": None}, "'made' names 2 classes but has no labels; pass both or none"),
        (
            {"factors": np.zeros((4, 3), np.float32), "factor_names": ("x",)},
            "factors of 'made' have 3 columns but factor_names has 1 names; expected one name for each column",
        ),
        (
            {"factors": np.zeros((4, 1)), "factor_names": ("x",)},
            "factors of 'made' are float64 of shape (4, 1); expected a NumPy array of float32 and shape (N, columns)",
        ),
        (
            {"attributes": np.zeros((4, 1), np.uint8), "attribute_names": ("x",)},
            "attributes of 'made' are uint8 of shape (4, 1); expected a NumPy array of bool",
        ),
        ({"attribute_names": ("x",)}, "attributes of 'made' have 0 columns but attribute_names has 1 names"),
    ],
)
def test_dataset_rejects_what_does_not_fit(changes, message, unchecked):
    with pytest.raises(DataError, match=re.escape(message)):
        make(**changes)


def test_take_keeps_everything_in_the_given_order():
    factors = np.arange(8, dtype=np.float32).reshape(4, 2)
    attributes = np.array([[True], [False], [False], [True]])
    data = make(factors=factors, factor_names=("x", "y"), attributes=attributes, attribute_names=("odd",))
    taken = data.take([3, 0, 3])
    np.testing.assert_array_equal(taken.images, data.images[[3, 0, 3]])
    np.testing.assert_array_equal(taken.labels, [1, 0, 1])
    np.testing.assert_array_equal(taken.factors, factors[[3, 0, 3]])
    np.testing.assert_array_equal(taken.attributes, attributes[[3, 0, 3]])
    assert (taken.name, taken.split, taken.class_names, taken.factor_names) == ("made", "test", ("a", "b"), ("x", "y"))


def test_take_accepts_masks_negative_and_no_indices():
    data = make()
    np.testing.assert_array_equal(data.take(data.labels == 1).images, data.images[[1, 3]])
    np.testing.assert_array_equal(data.take(np.array([-1])).images, data.images[[3]])
    assert len(data.take([])) == 0
    assert data.take([]).image_shape == (1, 2, 3)


@pytest.mark.parametrize(
    ("indices", "message"),
    [
        ([0, 4], "indices into 'made' (test) run from 0 to 4; expected at most 3, since it has 4 images"),
        ([-5], "indices into 'made' (test) run from -5 to -5"),
        (np.array([0.5]), "indices into 'made' are float64 of shape (1,); expected whole numbers of shape (n,)"),
        (
            np.array([True]),
            "indices into 'made' are bool of shape (1,); expected whole numbers of shape (n,) or a bool",
        ),
        (np.zeros((2, 2), int), "indices into 'made' are int64 of shape (2, 2)"),
    ],
)
def test_take_rejects_other_indices(indices, message):
    with pytest.raises(DataError, match=re.escape(message)):
        make().take(indices)


def test_fingerprint_is_blake2b_of_shape_images_and_labels():
    data = make()
    content = b"(4, 1, 2, 3)" + data.images.tobytes() + b"labels" + data.labels.tobytes()
    assert data.fingerprint() == hashlib.blake2b(content, digest_size=16).hexdigest()


def test_fingerprint_ignores_names_and_layout_but_no_pixel_or_label():
    data = make()
    same = make(name="other", split="train", images=np.asfortranarray(data.images))
    assert same.fingerprint() == data.fingerprint()
    pixel, label = data.images.copy(), data.labels.copy()
    pixel[3, 0, 1, 2] ^= 1
    label[3] ^= 1
    reshaped = data.images.reshape(4, 1, 3, 2)
    others = [
        make(images=pixel),
        make(labels=label),
        make(images=reshaped),
        make(labels=None, class_names=()),
        data.take([]),
    ]
    assert len({other.fingerprint() for other in [data, *others]}) == 6
