"""The steps from a photograph to a small image, against the faces that models are trained on and against torch."""

import numpy as np
import pytest
import torch
from made_up_faces import write_photograph
from PIL import Image
from torch.nn.functional import interpolate

from aeviz.data.faces import read_face
from aeviz.lab.face_steps import INTERPOLATIONS, prepare_face

USUAL = next(iter(INTERPOLATIONS))


@pytest.fixture
def photograph(tmp_path):
    path = tmp_path / "000001.jpg"
    write_photograph(path, 3)
    return path


def prepare(image, **changes):
    return prepare_face(image, **{"crop": True, "mirror": False, "side": 64, "interpolation": USUAL, **changes})


def test_usual_settings_make_the_faces_of_the_data_set(photograph):
    image = np.asarray(Image.open(photograph).convert("RGB"))
    found = prepare(image)
    assert np.array_equal(np.moveaxis(found.resized, 2, 0), read_face(photograph))
    assert found.box == (15, 35, 163, 183)
    assert found.cut.shape == (148, 148, 3)
    assert prepare(image, crop=False).cut.shape == (218, 178, 3)


@pytest.mark.parametrize("name", INTERPOLATIONS)
def test_mirroring_and_resizing_commute(photograph, name):
    image = np.asarray(Image.open(photograph).convert("RGB"))
    first, then = prepare(image, mirror=True, interpolation=name), prepare(image, interpolation=name)
    assert np.array_equal(first.mirrored, then.cut[:, ::-1])
    if name not in ("nearest pixel", "box (mean)"):  # for which a pixel may lie on an edge and counts to one side
        assert np.abs(first.resized.astype(int) - then.resized[:, ::-1]).max() <= 1
    assert first.resized.shape == (64, 64, 3)


@pytest.mark.parametrize("side", [64, 200])
def test_bilinear_is_that_of_torch_with_and_without_antialiasing(photograph, side):
    image = np.asarray(Image.open(photograph).convert("RGB"))
    for name, antialias in (("bilinear, antialiased", True), ("bilinear, not antialiased", False)):
        found = prepare(image, crop=False, side=side, interpolation=name).resized
        values = torch.from_numpy(image.copy()).permute(2, 0, 1)[None].float()
        expected = interpolate(values, (side, side), mode="bilinear", antialias=antialias)[0].permute(1, 2, 0).numpy()
        assert np.abs(found - expected).max() <= (1.01 if antialias else 0.51)
