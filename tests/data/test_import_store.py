"""Imported images on the disk, and the commands that make and remove them."""

import json

import pytest
from packed import CLASSES, pack
from PIL import Image

from aeviz.cli import main
from aeviz.config import DataConfig
from aeviz.data import list_datasets, load_dataset
from aeviz.data.imports import import_images, remove_own
from aeviz.data.stamp import folder_stamp
from aeviz.errors import DataError


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("AEVIZ_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path / "data"


# what is stored


def test_damaged_store_is_a_sentence(tmp_path, root):
    import_images(pack(tmp_path / "x.zip", CLASSES), "x")
    folder = root / "own" / "x"
    name = f"folder:{folder}"
    assert len(load_dataset(name, "train")) == 17
    with pytest.raises(DataError, match=r"was imported at 8x8 pixels and data\.image_size is 16"):
        load_dataset(DataConfig(name=name, image_size=16))
    pixels = (folder / "images.u8").read_bytes()
    (folder / "images.u8").write_bytes(pixels[:-1])
    with pytest.raises(DataError, match=r"images\.u8 cannot be read: it has 1,535 bytes and should have 1,536"):
        load_dataset(name)
    (folder / "images.u8").write_bytes(pixels)
    (folder / "labels.npy").write_bytes(b"x")
    with pytest.raises(DataError, match=r"labels\.npy cannot be read"):
        load_dataset(name)
    about = json.loads((folder / "aeviz-images.json").read_text())
    (folder / "aeviz-images.json").write_text(json.dumps({**about, "counts": {"train": -5}}))
    with pytest.raises(DataError, match="describes no images that this version can read"):
        load_dataset(name)
    (folder / "aeviz-images.json").write_text("{")
    with pytest.raises(DataError, match=r"aeviz-images\.json cannot be read"):
        load_dataset(name)
    assert "x" not in [info.name for info in list_datasets()]


def test_name_that_could_be_no_folder_is_refused(tmp_path):
    for name in ("../up", "", "Pets", "1st", "x" * 41):
        with pytest.raises(DataError, match="is no name for a data set"):
            import_images(tmp_path, name)


def test_images_imported_anew_under_a_name_have_another_stamp(tmp_path):
    import_images(pack(tmp_path / "x.zip", CLASSES), "x")
    before = folder_stamp("x")
    remove_own("x")
    assert before
    assert folder_stamp("x") == folder_stamp("mnist") == ""
    import_images(tmp_path / "x.zip", "x")
    assert folder_stamp("x") not in ("", before)


# command line


def test_commands(tmp_path, capsys, root):
    path = str(pack(tmp_path / "My pets.zip", CLASSES))
    assert main(["data", "preview", path, "--images", str(tmp_path / "seen.png")]) == 0
    out = capsys.readouterr().out
    assert "My pets.zip: 24 images of 1 x 8 x 8 (24 train)" in out
    assert "2 classes: cat 12, dog 12" in out
    with Image.open(tmp_path / "seen.png") as seen:
        assert seen.width >= 640
    assert not (root / "own").exists()
    assert main(["data", "import", path]) == 0
    assert "kept as my_pets; train on it: aeviz train PRESET --data my_pets" in capsys.readouterr().out
    assert main(["data", "import", path, "--name", "two", "--side", "4", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["image_shape"] == [1, 4, 4]
    assert main(["data", "list"]) == 0
    assert (
        "my_pets        here                 20 +      4 images of 1 x 8 x 8  my_pets (your own)"
        in capsys.readouterr().out
    )
    assert main(["data", "remove", "my_pets"]) == 0
    assert main(["data", "remove", "my_pets"]) == 2
    assert "there is no data set 'my_pets' of your own; there are: two" in capsys.readouterr().err
    assert main(["data", "import", str(tmp_path / "no.zip")]) == 2
