"""Small versions of images: what the browser reads is what was packed."""

import io

import numpy as np
import pytest
from PIL import Image

from aeviz.web.components.kit import wire
from aeviz.web.components.map import sprites
from aeviz.web.components.map.sprites import pack_sprites


def unpack(payload):
    """Return the header and the pages as arrays, as sprites.js does."""
    header = wire.unpack(payload)
    return header, [np.asarray(Image.open(io.BytesIO(page)).convert("RGB")) for page in header["pages"]]


def image_at(header, pages, index):
    page, place = divmod(index, header["page"])
    row, column = divmod(place, header["columns"])
    height, width = header["height"], header["width"]
    return pages[page][row * height : (row + 1) * height, column * width : (column + 1) * width]


def test_grey_images_come_out_as_they_went_in():
    images = np.random.default_rng(0).integers(0, 256, (1100, 1, 28, 28), dtype=np.uint8)
    header, pages = unpack(pack_sprites(images))
    assert (header["count"], header["width"], header["height"], len(pages)) == (1100, 28, 28, 2)
    assert (header["type"], header["smooth"]) == ("image/png", False)
    for index in (0, 33, 1023, 1024, 1099):
        np.testing.assert_array_equal(image_at(header, pages, index)[..., 0], images[index, 0])


def test_photographs_are_shrunk_and_nearly_the_same():
    ramp = np.linspace(0, 255, 64).astype(np.uint8)
    images = np.broadcast_to(ramp, (40, 3, 64, 64)).copy()
    images[7, :, :] = 255 - images[7]
    header, pages = unpack(pack_sprites(images))
    assert (header["width"], header["height"], header["type"], header["smooth"]) == (32, 32, "image/webp", True)
    expected = images[7].reshape(3, 32, 2, 32, 2).mean(axis=(2, 4)).transpose(1, 2, 0)
    assert np.abs(image_at(header, pages, 7) - expected).mean() < 5


def test_images_beyond_the_caps_have_no_small_version(monkeypatch):
    images = np.random.default_rng(0).integers(0, 256, (3000, 1, 4, 4), dtype=np.uint8)
    monkeypatch.setattr(sprites, "MOST_IMAGES", 1500)
    header, pages = unpack(pack_sprites(images))
    assert (header["count"], len(pages)) == (1500, 2)
    header, pages = unpack(pack_sprites(images, most_bytes=20_000))
    assert (header["count"], len(pages)) == (1024, 1)


def test_mnist_is_within_its_budget(shared_root):
    from aeviz.config import DataConfig
    from aeviz.data import is_available, load_dataset

    if not is_available("mnist"):
        pytest.skip("no MNIST here")
    payload = pack_sprites(load_dataset(DataConfig(name="mnist"), "test", root=shared_root).images)
    assert len(payload) < 2_000_000
    assert unpack(payload)[0]["count"] == 10_000
