"""Faces are cut from the photographs once: the cache, the processes that fill it, and what is damaged."""

import contextlib
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
import types
from pathlib import Path

import numpy as np
import pytest
from celeba_files import SPLITS, inodes, listing, make_unreadable
from made_up_faces import write_photograph
from PIL import Image

from aeviz.data import (
    celeba,
    face_cache,
    face_workers,
    load_dataset,
)
from aeviz.data.celeba import file_names
from aeviz.data.faces import read_face
from aeviz.errors import DataError
from aeviz.paths import cache_root

# the cache


def test_cache_folder_comes_from_the_environment(monkeypatch, tmp_path):
    assert cache_root() == tmp_path / "cache"
    monkeypatch.delenv("AEVIZ_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    assert cache_root() == Path("/x/aeviz")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_root() == Path.home() / ".cache" / "aeviz"


def test_second_load_opens_no_photograph(root, photographs, cache):
    first = {split: load_dataset("celeba", split, root=root) for split in SPLITS}
    before = inodes(cache)
    for path in photographs.iterdir():
        make_unreadable(path)
    for split in SPLITS:
        reported = []
        again = load_dataset(
            "celeba", split, root=root, on_progress=lambda *words, reported=reported: reported.append(words)
        )
        assert again.fingerprint() == first[split].fingerprint()
        np.testing.assert_array_equal(again.attributes, first[split].attributes)
        assert reported == []
    assert inodes(cache) == before
    assert len(before) == 3


def test_cache_serves_a_copy_of_the_photographs_elsewhere(root, tmp_path, cache):
    first = load_dataset("celeba", root=root)
    shutil.copytree(root, tmp_path / "copy")  # keeps the times
    before = inodes(cache)
    assert load_dataset("celeba", root=tmp_path / "copy").fingerprint() == first.fingerprint()
    assert inodes(cache) == before


@pytest.mark.parametrize("change", ["photograph", "photographs", "partitions", "attributes"])
def test_changed_files_make_new_faces_and_clear_the_old_ones_away(root, photographs, cache, change):
    load_dataset("celeba", "train", root=root)
    load_dataset("celeba", "test", root=root)
    before = inodes(cache)
    name = file_names("train", root)[0]
    if change == "photograph":
        write_photograph(photographs / name, 99)
    elif change == "photographs":
        (photographs / name).unlink()
    else:
        path = root / "celeba" / {"partitions": celeba.PARTITIONS, "attributes": celeba.ATTRIBUTES}[change]
        path.write_text(path.read_text() + "\n")
    data = load_dataset("celeba", "train", root=root)
    for file, image in zip(file_names("train", root), data.images, strict=True):
        np.testing.assert_array_equal(image, read_face(photographs / file))
    after = inodes(cache)
    assert len(after) == 2
    assert len(after.keys() & before.keys()) == 1  # the test images' faces: they have not been asked for again
    assert [path.suffix for path in sorted(cache.glob("[!.]*-*"))] == [".json", ".npy"] * 2


def damage(cache, how):
    [path] = cache.glob("test-*.npy")
    content = bytearray(path.read_bytes())
    if how == "cut off":
        path.write_bytes(content[:-1])
    elif how == "altered":
        content[-1] ^= 1
        path.write_bytes(content)
    elif how == "emptied":
        path.write_bytes(b"")
    elif how == "other header":
        path.write_bytes(content.replace(b"(4, 3, 64, 64)", b"(4, 3, 32,128)"))
    elif how == "no header":
        path.write_bytes(b"x" * len(content))
    elif how == "removed":
        path.unlink()
    elif how == "record removed":
        path.with_suffix(".json").unlink()
    elif how == "record cut off":
        path.with_suffix(".json").write_text(path.with_suffix(".json").read_text()[:-20])
    elif how == "record of another kind":
        path.with_suffix(".json").write_text("[]")


@pytest.mark.parametrize(
    "how",
    [
        "cut off",
        "altered",
        "emptied",
        "other header",
        "no header",
        "removed",
        "record removed",
        "record cut off",
        "record of another kind",
    ],
)
def test_damaged_cache_is_made_anew(root, cache, how):
    whole = load_dataset("celeba", root=root).fingerprint()
    before = inodes(cache)
    damage(cache, how)
    assert load_dataset("celeba", root=root).fingerprint() == whole
    assert inodes(cache).keys() == before.keys()
    reported = []
    load_dataset("celeba", root=root, on_progress=lambda *words: reported.append(words))
    assert reported == []


def test_cache_whose_time_alone_changed_is_compared_once_and_kept(root, photographs, cache, monkeypatch):
    whole = load_dataset("celeba", root=root).fingerprint()
    before = inodes(cache)
    [path] = cache.glob("test-*.npy")
    os.utime(path, ns=(1, 1))
    for photograph in photographs.iterdir():
        make_unreadable(photograph)
    assert load_dataset("celeba", root=root).fingerprint() == whole
    assert inodes(cache) == before
    assert json.loads(path.with_suffix(".json").read_text())["mtime_ns"] == 1
    monkeypatch.setattr(face_cache, "_has_digests", lambda *args: pytest.fail("compared again"))
    load_dataset("celeba", root=root)


def test_what_an_interrupted_build_left_behind_is_removed(root, cache):
    cache.mkdir(parents=True)
    for name in (".train-0123.part", ".test-0123-77-1.part"):
        (cache / name).write_bytes(b"half")
    load_dataset("celeba", root=root)
    assert [path.name for path in cache.iterdir() if path.name.endswith(".part")] == []


def test_several_processes_make_the_same_faces(root, cache, several):
    reported = []
    by_processes = load_dataset(
        "celeba", "train", root=root, on_progress=lambda *words: reported.append((*words, threading.current_thread()))
    ).fingerprint()
    [record] = cache.glob("train-*.json")
    assert [part[:2] for part in json.loads(record.read_text())["digests"]] == [[0, 4], [4, 9], [9, 14]]
    shares = [share for share, _, _ in reported]
    assert shares == sorted(shares)
    assert reported[-1][:2] == (1.0, "celeba: 14 photographs read")
    assert re.match(r"celeba: \d+ of 14 photographs read", reported[0][1])
    assert {thread for _, _, thread in reported} == {threading.current_thread()}
    shutil.rmtree(cache)
    face_workers._FEW = 1000
    assert load_dataset("celeba", "train", root=root).fingerprint() == by_processes
    assert len(json.loads(record.read_text())["digests"]) == 1


def test_faces_can_be_made_from_a_thread_and_with_any_main_module(root, several, monkeypatch, tmp_path):
    # Streamlit puts the page's script there; importing it in each process would run the app
    page = types.ModuleType("__main__")
    page.__file__ = str(tmp_path / "app.py")
    Path(page.__file__).write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.setitem(sys.modules, "__main__", page)
    (tmp_path / "json.py").write_text("raise SystemError('shadowed')")
    monkeypatch.chdir(tmp_path)
    found = []
    thread = threading.Thread(target=lambda: found.append(load_dataset("celeba", "train", root=root)))
    thread.start()
    thread.join(60)
    assert len(found[0]) == 14
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize("n_cores", [1, 3])
def test_progress_that_raises_leaves_nothing_behind(root, cache, several, monkeypatch, n_cores):
    monkeypatch.setattr(face_workers, "_count_cores", lambda: n_cores)

    def stop(share, text):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load_dataset("celeba", "train", root=root, on_progress=stop)
    assert listing(cache) == ["build.lock"]
    assert len(load_dataset("celeba", "train", root=root)) == 14


@pytest.mark.parametrize("n_cores", [1, 3])
def test_damaged_photograph_is_named(root, photographs, cache, several, monkeypatch, n_cores):
    monkeypatch.setattr(face_workers, "_count_cores", lambda: n_cores)
    path = photographs / file_names("train", root)[10]
    path.write_bytes(path.read_bytes()[:2000])
    message = (
        rf"photograph {path} of 'celeba' cannot be read: image file is truncated.*; expected a complete JPEG; copy"
    )
    with pytest.raises(DataError, match=message):
        load_dataset("celeba", "train", root=root)
    assert listing(cache) == ["build.lock"]
    assert len(load_dataset("celeba", "test", root=root)) == 4


def test_photograph_of_another_kind_or_size_is_named(tmp_path):
    (tmp_path / "a.jpg").write_bytes(b"no picture")
    with pytest.raises(DataError, match=r"a.jpg of 'celeba' cannot be read: cannot identify image file"):
        read_face(tmp_path / "a.jpg")
    Image.new("RGB", (218, 178)).save(tmp_path / "b.jpg")
    with pytest.raises(DataError, match=r"b.jpg of 'celeba' has 218 x 178 pixels; expected 178 x 218, as in the publi"):
        read_face(tmp_path / "b.jpg")
    with pytest.raises(DataError, match=r"c.jpg of 'celeba' cannot be read: .*No such file"):
        read_face(tmp_path / "c.jpg")


def test_photographs_with_flipped_bytes_raise_no_other_error(tmp_path):
    write_photograph(tmp_path / "whole.jpg", 0)
    content = (tmp_path / "whole.jpg").read_bytes()
    rng = np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(content)
        for place in rng.integers(0, 700, 3):  # headers and tables
            damaged[place] = rng.integers(0, 256)
        (tmp_path / "a.jpg").write_bytes(damaged)
        with contextlib.suppress(DataError):
            assert read_face(tmp_path / "a.jpg").shape == (3, 64, 64)


def test_process_that_dies_is_told_with_its_last_words(root, cache, several, monkeypatch, tmp_path):
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho Traceback\necho 'ImportError: no numpy'\nexit 3\n")
    python.chmod(python.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(sys, "executable", str(python))
    message = r"a process that reads photographs of 'celeba' ended with status 3 \(ImportError: no numpy\); expected 0"
    with pytest.raises(DataError, match=message):
        load_dataset("celeba", "train", root=root)
    assert listing(cache) == ["build.lock"]


def test_process_ends_when_its_parent_is_gone(root, photographs, tmp_path):
    (tmp_path / "faces").write_bytes(b"")
    names = file_names("train", root) * 1000  # would take longer than this test may
    task = {"folder": str(photographs), "names": names, "file": str(tmp_path / "faces"), "offset": 0}
    with subprocess.Popen(
        [sys.executable, "-c", "from aeviz.data.face_workers import serve; serve()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        process.stdin.write(json.dumps(task).encode())
        process.stdin.close()
        assert process.stdout.readline() == b"64\n"
        process.stdout.close()
        assert process.wait(20) != 0


def test_two_processes_at_once_build_once(root, cache):
    code = f"""
import sys, time
from pathlib import Path
from aeviz.data import face_cache, load_dataset
make = face_cache._make
def slow(*args):
    print("built", flush=True)
    time.sleep(1)
    make(*args)
face_cache._make = slow
root, show = Path({str(root)!r}), lambda share, text: print(text, flush=True)
data = load_dataset("celeba", "train", root=root, on_progress=show)
print(data.fingerprint())
"""
    command = [sys.executable, "-c", code]
    pair = [subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") for _ in range(2)]
    outputs = [process.communicate(timeout=60)[0].splitlines() for process in pair]
    assert [process.returncode for process in pair] == [0, 0]
    assert sorted(output.count("built") for output in outputs) == [0, 1]
    assert outputs[0][-1] == outputs[1][-1]
    [waiting] = [output for output in outputs if "built" not in output]
    assert set(waiting[:-1]) <= {"celeba: another process is reading the photographs; waiting for it"}
    assert len(inodes(cache)) == 1


def test_waiting_for_another_process_can_be_given_up(root, cache):
    cache.mkdir(parents=True)

    def stop(share, text):
        assert text == "celeba: another process is reading the photographs; waiting for it"
        raise KeyboardInterrupt

    with (
        face_cache.FileLock(cache / "build.lock", thread_local=False),
        pytest.raises(KeyboardInterrupt),
    ):
        load_dataset("celeba", root=root, on_progress=stop)
    assert len(load_dataset("celeba", root=root)) == 4


def test_full_disk_and_unwritable_cache_are_named(root, cache, monkeypatch):
    def usage(path):
        return types.SimpleNamespace(free=10_000)

    with monkeypatch.context() as patch:
        patch.setattr(face_cache.shutil, "disk_usage", usage)
        message = (
            r"faces of 'celeba' cannot be kept in .*celeba: 0\.0 GB are needed and 0\.0 GB are free; expected a folder"
        )
        with pytest.raises(DataError, match=message):
            load_dataset("celeba", root=root)
    cache.parent.rename(cache.parent.with_name("kept"))
    cache.parent.write_text("in the way")
    with pytest.raises(DataError, match=r"cannot be kept in .*: (Not a directory|File exists); .* set AEVIZ_CACHE to"):
        load_dataset("celeba", root=root)


def test_disk_that_fills_up_meanwhile_is_named(root, several):
    if not Path("/dev/full").exists():
        pytest.skip("this system has no disk that is always full")
    names = list(file_names("train", root))
    task = {"folder": str(root / "celeba" / celeba.IMAGES), "names": names, "file": "/dev/full", "offset": 0}
    with pytest.raises(OSError, match="No space left on device"):
        face_workers._write_in_processes([task], face_workers.Progress(14, lambda share, text: None))


def test_lent_cache_that_cannot_be_written_is_read(root, cache, monkeypatch):
    whole = load_dataset("celeba", root=root).fingerprint()
    monkeypatch.setattr(face_cache, "FileLock", lambda *args, **options: pytest.fail("wants to write"))
    assert load_dataset("celeba", root=root).fingerprint() == whole
