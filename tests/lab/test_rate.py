"""Bytes against error: storing numbers, headers of files, and the measured curves beside the models' evaluations."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from aeviz.data import load_dataset
from aeviz.lab.rate import (
    PRECISIONS,
    QUALITIES,
    WEBP_HEADER,
    curves,
    keep_numbers,
    mean_squared_error,
    pack_image,
    png_bytes,
)
from aeviz.paths import checkpoints_root


@pytest.fixture(scope="module")
def digits():
    return load_dataset("digits", "test").images[:20, 0]


def test_numbers_lose_half_a_step_in_8_bits_and_nothing_in_float32():
    rng = np.random.default_rng(0)
    values = rng.normal(size=(200, 3)).astype(np.float32) * [1, 20, 0.1]
    values[:, 2] = 4
    low, high = values.min(axis=0), values.max(axis=0)
    assert np.array_equal(keep_numbers(values, "float32", low, high), values.astype(np.float32))
    assert keep_numbers(values, "float16", low, high) == pytest.approx(values.astype(np.float16))
    kept = keep_numbers(values, "8 bits", low, high)
    assert np.all(np.abs(kept - values) <= (high - low) / 255 / 2 + 1e-5)
    assert all(len(np.unique(column)) <= 256 for column in kept.T)
    assert keep_numbers(np.array([[-9.0], [9.0]]), "8 bits", np.array([-1.0]), np.array([2.0])).ravel().tolist() == [
        -1,
        2,
    ]


@pytest.mark.parametrize("kind", QUALITIES)
def test_a_file_is_its_header_and_its_body(digits, kind):
    packed = [pack_image(image, kind, 50) for image in digits]
    assert len({one.n_bytes - one.body for one in packed}) == 1
    assert all(0 < one.body < one.n_bytes for one in packed)
    assert len({one.body for one in packed}) > 1
    assert packed[0].image.shape == digits[0].shape
    sizes, errors = [], []
    for quality in QUALITIES[kind][::4]:
        found = [pack_image(image, kind, quality) for image in digits]
        sizes.append(sum(one.body for one in found))
        errors.append(mean_squared_error(digits / 255, np.stack([one.image for one in found]) / 255).mean())
    assert sizes == sorted(sizes)
    assert errors == sorted(errors, reverse=True)


def test_header_of_jpeg_holds_all_tables(digits):
    """A file cut after the header, with the body of another image, decodes to that image."""
    files = []
    for image in digits[:2]:
        file = io.BytesIO()
        Image.fromarray(image).save(file, "JPEG", quality=35)
        files.append(file.getvalue())
    first, second = (pack_image(image, "JPEG", 35) for image in digits[:2])
    header = files[0][: first.n_bytes - first.body]
    joined = header + files[1][second.n_bytes - second.body :]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(joined))), second.image)
    assert files[1][-2:] == b"\xff\xd9"


def test_header_of_webp_ends_with_the_size_of_the_image(digits):
    file = io.BytesIO()
    Image.fromarray(digits[0]).convert("RGB").save(file, "WEBP", quality=50, method=6)
    content = file.getvalue()
    assert content[12:16] == b"VP8 "
    assert (
        int.from_bytes(content[WEBP_HEADER - 4 : WEBP_HEADER - 2], "little")
        == digits.shape[2]
        == content[WEBP_HEADER - 2]
    )


def test_png_is_larger_than_eight_by_eight_pixels(digits):
    assert 64 < png_bytes(digits[0]) < 200


def test_errors_agree_with_the_evaluations_of_the_models():
    for name, measured in curves().items():
        assert measured["pixels"] == {"mnist": 784, "digits": 64}[name]
        seen = 0
        for entry in measured["latent"] + measured["codes"]:
            if not entry["model"]:
                continue
            text = (checkpoints_root() / entry["model"] / "evaluation.json").read_text(encoding="utf-8")
            found = entry["mse"][0] if isinstance(entry["mse"], list) else entry["mse"]
            assert found == pytest.approx(json.loads(text)["mse"], rel=1e-3)
            seen += 1
        assert seen
        assert all(len(entry["mse"]) == len(PRECISIONS) for entry in measured["latent"])
        pca = [entry["mse"][0] for entry in measured["latent"] if entry["method"] == "PCA"]
        assert pca == sorted(pca, reverse=True)
