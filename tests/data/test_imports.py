"""Images from zip archives, folders and single files as people have them, and as attackers would."""

import stat
import struct
import zipfile
import zlib

import numpy as np
import pytest
from packed import CLASSES, pack, picture, skips

import aeviz
from aeviz.config import DataConfig
from aeviz.data import is_available, list_datasets, load_dataset, preview_images
from aeviz.data.imports import archive, import_images
from aeviz.errors import DataError, StorageError

SPLITS = ("train", "validation", "test")


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("AEVIZ_DATA", str(tmp_path / "data"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("names", "counts", "classes"),
    [
        (CLASSES, {"train": 24}, ("cat", "dog")),
        ([f"pets/{name}" for name in CLASSES], {"train": 24}, ("cat", "dog")),
        ([f"a/b/{name}" for name in CLASSES], {"train": 24}, ("cat", "dog")),
        ([f"{split}/{name}" for split in ("train", "test") for name in CLASSES], {"train": 24, "test": 24}, 2),
        (
            [f"top/{split}/{name}" for split in ("Training", "VAL", "Testing") for name in CLASSES],
            {"train": 24, "validation": 24, "test": 24},
            2,
        ),
        ([f"{s}/images/{name}" for s in ("train", "valid") for name in CLASSES], {"train": 24, "validation": 24}, 2),
        ([f"photos/{number}.png" for number in range(12)], {"train": 12}, ()),
        ([f"{number}.jfif" for number in range(6)] + [f"{number}.PGM" for number in range(6)], {"train": 12}, ()),
        ([f"{number}.ppm" for number in range(12)], {"train": 12}, ()),
        ([name.replace("/", "\\") for name in CLASSES], {"train": 24}, ("cat", "dog")),
    ],
)
def test_layouts_that_people_have(tmp_path, names, counts, classes):
    about, images, labels = preview_images(pack(tmp_path / "x.zip", names))
    assert dict(about.counts) == counts
    assert about.class_names == (("cat", "dog") if classes == 2 else classes)
    assert not about.skipped
    assert len(images) == len(labels) == min(50, sum(counts.values()))


def test_images_that_are_kept_are_those_of_the_archive_and_train_like_any_data_set(tmp_path, root):
    names = [f"{split}/{name}" for split in ("train", "test") for name in CLASSES]
    about = import_images(pack(tmp_path / "My pets.zip", names), "pets")
    wanted = {picture(seed)[1].tobytes(): (name.split("/")[0], name.split("/")[1]) for seed, name in enumerate(names)}
    found = [load_dataset(DataConfig(name="pets", validation_fraction=0.25), split) for split in SPLITS]
    assert [len(part) for part in found] == [18, 6, 24]
    for part in found:
        for image, label in zip(part.images, part.labels, strict=True):
            split, name = wanted.pop(image.tobytes())
            assert part.class_names[label] == name
            assert split == ("test" if part.split == "test" else "train")
    assert not wanted
    (info,) = [info for info in list_datasets() if info.name == "pets"]
    assert (info.image_shape, info.n_train, info.n_test, info.n_validation) == ((1, 8, 8), 24, 24, None)
    assert about.class_counts == (24, 24)
    assert is_available("pets")
    assert [path.name for path in (root / "own").iterdir()] == ["pets"], "nothing else stays"
    with pytest.raises(DataError, match="named 'pets' is there already"):
        import_images(tmp_path / "My pets.zip", "pets")
    with pytest.raises(DataError, match="named 'digits' is there already"):
        aeviz.import_images(tmp_path / "My pets.zip", "digits")


def test_a_sixth_is_the_test_set_where_the_source_has_none(tmp_path):
    import_images(pack(tmp_path / "x.zip", CLASSES), "x")
    assert [len(load_dataset("x", split)) for split in SPLITS] == [17, 3, 4]
    parts = [load_dataset("x", split).images for split in SPLITS]
    assert len({image.tobytes() for part in parts for image in part}) == 24


def test_labels_of_a_flat_archive_come_from_its_table(tmp_path):
    path = pack(tmp_path / "x.zip", [f"pics/{number:02d}.png" for number in range(20)])
    with zipfile.ZipFile(path, "a") as out:
        out.writestr("labels.csv", "file_name,label\n" + "".join(f"{n:02d}.png,{'ab'[n % 2]}\n" for n in range(18)))
    about, _, _ = preview_images(path)
    assert about.class_names == ("a", "b")
    assert about.n_images == 18
    assert skips(about) == {"without a label, which the others have": 2}
    assert "labels are column 'label' of labels.csv" in about.notes


def test_images_of_many_sizes_are_cut_square_and_resized_and_small_ones_of_one_size_left(tmp_path):
    path = tmp_path / "x.zip"
    with zipfile.ZipFile(path, "w") as out:
        for seed in range(14):
            out.writestr(f"{seed}.png", picture(seed, size=(20 + seed, 10), mode="RGB")[0])
    about, images, _ = preview_images(path)
    assert about.image_shape == (3, 64, 64)
    assert about.n_sizes == 14
    assert preview_images(path, side=10)[0].image_shape == (3, 10, 10)
    np.testing.assert_array_equal(
        preview_images(path, side=10)[1][0], np.moveaxis(picture(0, size=(20, 10), mode="RGB")[1][:, 5:15], 2, 0)
    )
    assert images.dtype == np.uint8
    with pytest.raises(DataError, match="a side of 3 pixels cannot be; expected 4 to 512"):
        preview_images(path, side=3)


# what is left out, and why


def test_test_images_without_labels_and_images_beside_the_others_are_skipped(tmp_path):
    names = [f"train/{name}" for name in CLASSES] + [f"test/{number}.png" for number in range(5)]
    about, _, _ = preview_images(pack(tmp_path / "x.zip", [*names, "cover.png", "sample/1.png"]))
    assert dict(about.counts) == {"train": 24}
    assert skips(about) == {"without a label, which the others have": 5, "too deep in the folders, or beside them": 2}
    about, _, _ = preview_images(pack(tmp_path / "y.zip", [*CLASSES, "cover.png"]))
    assert about.class_names == ("cat", "dog")
    assert skips(about) == {"too deep in the folders, or beside them": 1}
    with pytest.raises(DataError, match="is mixed: 30 images lie beside subfolders with images"):
        preview_images(pack(tmp_path / "z.zip", [*CLASSES, *(f"{number}.png" for number in range(30))]))


def test_what_is_no_image_is_skipped_with_its_reason(tmp_path):
    path = pack(tmp_path / "x.zip", CLASSES)
    whole = picture(99, size=(40, 40))[0]
    with zipfile.ZipFile(path, "a") as out:
        out.writestr("README.txt", "hello")
        out.writestr("inner.zip", "PK")
        out.writestr("cat/cut.png", whole[: len(whole) // 2])
        out.writestr("cat/lies.png", "no image at all")
        out.writestr("__MACOSX/cat/._1.png", "x")
        out.writestr("cat/.DS_Store", "x")
        out.writestr("cat/deep/er/1.png", whole)
        out.writestr(zipfile.ZipInfo("/etc/1.png"), whole)
        out.writestr("../../1.png", whole)
        out.writestr("C:\\windows\\1.png", whole)
        link = zipfile.ZipInfo("cat/link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        out.writestr(link, "/etc/passwd")
        out.writestr("cat/odd.png", whole, compress_type=zipfile.ZIP_LZMA)
    about, _, _ = preview_images(path)
    assert about.counts == {"train": 24}
    assert skips(about) == {
        "no image (.txt)": 1,
        "an archive inside the archive": 1,
        "damaged": 1,
        "of no known kind or damaged": 1,
        "too deep in the folders, or beside them": 1,
        "named so that it leads out of the archive": 3,
        "a symbolic link": 1,
        "compressed in an unusual way; expected deflate": 1,
    }


def test_archive_never_writes_a_file_under_a_name_of_its_own(tmp_path, root):
    path = pack(tmp_path / "x.zip", [*CLASSES, "../../evil.png", "/evil.png", "cat/../../evil.png"])
    import_images(path, "x")
    assert {file.name for file in root.rglob("*") if file.is_file()} == {"aeviz-images.json", "images.u8", "labels.npy"}
    assert not list(tmp_path.rglob("evil*"))


def test_names_that_differ_in_capitals_only_overwrite_nothing(tmp_path):
    names = [f"{name}/{n}.{end}" for name in ("cat", "Cat") for n in range(6) for end in ("png", "PNG")]
    about, _, _ = preview_images(pack(tmp_path / "x.zip", names))
    assert dict(zip(about.class_names, about.class_counts, strict=True)) == {"Cat": 12, "cat": 12}
    assert "classes that differ in capitals only are kept apart: Cat, cat" in about.notes


def test_damaged_member_is_skipped(tmp_path):
    path = pack(tmp_path / "x.zip", CLASSES)
    with zipfile.ZipFile(path) as content:
        place = content.getinfo("cat/5.png").header_offset + 60
    data = bytearray(path.read_bytes())
    data[place] ^= 255
    path.write_bytes(data)
    about, _, _ = preview_images(path)
    assert about.n_images == 23
    assert skips(about) == {"damaged in the archive": 1}


def test_bomb_is_refused_by_what_it_declares(tmp_path, monkeypatch):
    path = pack(tmp_path / "x.zip", CLASSES)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as out:
        for number in range(15):
            out.writestr(f"cat/zeros-{number}.bmp", bytes(15_000_000))
    with pytest.raises(DataError, match="unpacks to 225 MB, more than 100 times as much"):
        preview_images(path)
    monkeypatch.setattr(archive, "MOST_TOTAL", 1_000_000)
    with pytest.raises(DataError, match=r"unpacks to 0\.2 GB; expected at most"):
        preview_images(path)
    monkeypatch.setattr(archive, "MOST_DIRECTORY", 1000)
    with pytest.raises(DataError, match="lists millions of files"):
        preview_images(path)


def test_member_that_lies_about_its_size_is_not_read_beyond_it(tmp_path):
    path = pack(tmp_path / "x.zip", CLASSES)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as out:
        out.writestr("cat/lie.bmp", bytes(5_000_000))
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"cat/lie.bmp"))
    data[place + 24 : place + 28] = struct.pack("<I", 100)  # the size that the list of members declares
    path.write_bytes(data)
    assert skips(preview_images(path)[0]) == {"damaged in the archive": 1}


def test_image_of_huge_dimensions_is_not_decoded(tmp_path):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0))
    huge = b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    path = pack(tmp_path / "x.zip", CLASSES)
    with zipfile.ZipFile(path, "a") as out:
        out.writestr("cat/huge.png", huge)
    about, _, _ = preview_images(path)
    assert skips(about) == {"too large": 1}


def test_encrypted_damaged_and_empty_archives_are_refused_in_a_sentence(tmp_path):
    path = pack(tmp_path / "x.zip", CLASSES)
    data = bytearray(path.read_bytes())
    place = data.index(b"PK\x01\x02")
    data[place + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(DataError, match=r"x\.zip is encrypted; expected an archive without a password"):
        preview_images(path)
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(DataError, match=r"x\.zip cannot be opened: .*; expected a complete zip archive"):
        preview_images(path)
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("a.txt", "x")
    with pytest.raises(DataError, match=r"holds no images; .*; of its files 1 is no image \(\.txt\)"):
        preview_images(path)
    (tmp_path / "x.rar").write_bytes(b"Rar!")
    with pytest.raises(DataError, match=r"x\.rar is no zip archive"):
        preview_images(tmp_path / "x.rar")
    with pytest.raises(DataError, match="cannot be read: No such file"):
        preview_images(tmp_path / "nowhere.zip")


def test_too_few_images_name_what_was_skipped(tmp_path):
    path = pack(tmp_path / "x.zip", CLASSES[:12])
    with zipfile.ZipFile(path, "a") as out:
        out.writestr("cat/bad.png", "x")
    assert preview_images(path)[0].n_images == 12
    path = pack(tmp_path / "y.zip", CLASSES[:11])
    with zipfile.ZipFile(path, "a") as out:
        out.writestr("cat/bad.png", "x")
    with pytest.raises(DataError, match=r"holds 11 images that can be read; .*; 1 skipped: of no known kind"):
        preview_images(path)


# folders and single files


def test_folder_and_single_files(tmp_path, write_pictures):
    for seed, name in enumerate(("a", "b")):
        write_pictures(tmp_path / "set" / "inside" / name, 8, seed=seed)
    (tmp_path / "set" / "notes.txt").write_text("x")
    about, _, _ = preview_images(tmp_path / "set")
    assert (about.class_names, about.n_images, skips(about)) == (("a", "b"), 16, {"no image (.txt)": 1})
    files = sorted((tmp_path / "set").rglob("*.png"))
    about, _, _ = preview_images(files[:8] + files[8:])
    assert about.n_images == 16


def test_nothing_stays_when_an_import_is_given_up_or_cannot_be_written(tmp_path, root, monkeypatch):
    path = pack(tmp_path / "x.zip", CLASSES)
    monkeypatch.setattr("aeviz.data.imports.build._REPORT_S", 0.0)

    def stop(share, text):
        if share > 0.6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_images(path, "x", on_progress=stop)
    assert not list(root.rglob("*.*"))
    assert not is_available("x")
    (root / "own").rmdir()
    (root / "own").touch()
    with pytest.raises(StorageError, match="cannot write"):
        import_images(path, "x")


def test_progress_grows_and_says_how_far_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr("aeviz.data.imports.build._REPORT_S", 0.0)
    seen = []
    import_images(pack(tmp_path / "x.zip", CLASSES), "x", on_progress=lambda share, text: seen.append((share, text)))
    shares = [share for share, _ in seen]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert seen[-1][1] == "Reading the images: 24 of 24"


def test_full_disk_and_too_many_pixels_are_told_before_anything_is_written(tmp_path, monkeypatch):
    path = pack(tmp_path / "x.zip", CLASSES)
    monkeypatch.setattr("aeviz.data.imports.build._SPARE", 10**18)
    with pytest.raises(DataError, match="the disk has no room"):
        preview_images(path)
    monkeypatch.setattr("aeviz.data.imports.build.MOST_BYTES", 1000)
    with pytest.raises(DataError, match=r"take 0\.0 GB; expected at most .* choose a smaller side, for example 4"):
        preview_images(path)
    monkeypatch.setattr("aeviz.data.imports.items.MOST_IMAGES", 20)
    with pytest.raises(DataError, match="holds 24 images; expected at most 20"):
        preview_images(path)
