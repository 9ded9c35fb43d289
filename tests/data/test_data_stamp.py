import os

import pytest

from aeviz.data import stamp
from aeviz.data.stamp import folder_stamp


@pytest.fixture
def folder(tmp_path, write_pictures):
    for split in ("train", "test"):
        for seed, name in enumerate(("a", "b")):
            write_pictures(tmp_path / "images" / split / name, 6, seed=seed)
    return tmp_path / "images"


def overwrite(folder, write_pictures):
    path = folder / "test" / "b" / "003.png"
    before = path.parent.stat().st_mtime_ns
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert path.parent.stat().st_mtime_ns == before  # no folder shows it


def overwrite_in_place_with_equal_size(folder, write_pictures):
    path = folder / "test" / "b" / "003.png"
    with path.open("r+b") as stream:
        stream.seek(40)
        stream.write(b"x")
    os.utime(path, ns=(0, path.stat().st_mtime_ns + 1))


CHANGES = {
    "add": lambda folder, write: write(folder / "test" / "b", 7),
    "add at the top": lambda folder, write: write(folder, 1),
    "add a class": lambda folder, write: write(folder / "test" / "c", 1),
    "remove": lambda folder, write: (folder / "test" / "a" / "000.png").unlink(),
    "rename": lambda folder, write: (folder / "test" / "a" / "000.png").rename(folder / "test" / "a" / "z.png"),
    "move": lambda folder, write: (folder / "test" / "a" / "000.png").rename(folder / "test" / "b" / "z.png"),
    "overwrite": overwrite,
    "overwrite in place": overwrite_in_place_with_equal_size,
}


@pytest.mark.parametrize("change", CHANGES)
def test_every_change_of_the_images_changes_the_stamp(folder, write_pictures, change):
    name = f"folder:{folder}"
    before = folder_stamp(name)
    assert len(before) == 32
    assert folder_stamp(name) == before
    CHANGES[change](folder, write_pictures)
    assert folder_stamp(name) != before


def test_other_names_have_no_stamp(tmp_path):
    for name in ("mnist", "no-such-set", "folder:", f"folder:{tmp_path / 'nowhere'}", "folder:a\0b"):
        assert folder_stamp(name) == ""


def test_of_a_large_folder_a_bounded_number_of_files_is_looked_at(tmp_path, monkeypatch):
    (tmp_path / "many").mkdir()
    for index in range(300):
        (tmp_path / "many" / f"{index}.png").touch()
    looked_at = []
    monkeypatch.setattr(stamp, "_MOST_FILES", 100)
    scan = stamp._scan
    monkeypatch.setattr(stamp, "_scan", lambda *args: looked_at.extend(scan(*args)) or scan(*args))
    folder_stamp(f"folder:{tmp_path}")
    assert len(looked_at) == 100
    before = folder_stamp(f"folder:{tmp_path}")
    (tmp_path / "many" / "x.png").touch()  # beyond the bound, the folder's time still shows it
    assert folder_stamp(f"folder:{tmp_path}") != before


def test_links_that_lead_in_a_circle_or_nowhere_do_no_harm(folder, monkeypatch):
    (folder / "test" / "up").symlink_to(folder)
    (folder / "test" / "gone").symlink_to(folder / "nowhere")
    scanned = []
    scan = stamp._scan
    monkeypatch.setattr(stamp, "_scan", lambda path, most: scanned.append(path) or scan(path, most))
    assert len(folder_stamp(f"folder:{folder}")) == 32
    below = [path.relative_to(folder).parts for path in scanned]
    assert ("test", "up") in below
    assert max(map(len, below)) == 2


def test_closed_folder_leaves_the_stamp_of_the_others(folder, write_pictures, monkeypatch):
    closed, scandir = folder / "test" / "a", os.scandir

    def refuse(path):  # file modes do not keep root out
        if path == closed:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    name = f"folder:{folder}"
    readable = folder_stamp(name)
    monkeypatch.setattr(os, "scandir", refuse)
    before = folder_stamp(name)
    assert len(before) == 32
    assert before != readable
    overwrite(folder, write_pictures)
    assert folder_stamp(name) != before
