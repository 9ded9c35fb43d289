import contextlib
import hashlib
import importlib.util
import json
import os
import re
import shutil
import stat
import subprocess
import sys
import threading
import types
import zipfile
from pathlib import Path

import numpy as np
import pytest
from made_up_faces import NAMES, write_faces, write_photograph
from PIL import Image

from aeviz.config import DataConfig
from aeviz.data import (
    bytes_to_download,
    celeba,
    face_cache,
    face_workers,
    is_available,
    list_datasets,
    load_dataset,
    prepare_dataset,
)
from aeviz.data.catalog import find_dataset
from aeviz.data.celeba import file_names, label_by_attribute
from aeviz.data.faces import read_face
from aeviz.errors import DataError
from aeviz.paths import cache_root

SPLITS = ("train", "validation", "test")
COUNTS = {"train": 14, "validation": 6, "test": 4}


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    """The folder of the faces, the test's own, which does not exist yet."""
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "celeba"


@pytest.fixture
def root(tmp_path):
    """A data root with CelebA in small: 24 made-up photographs, whose numbers have gaps."""
    return write_faces(tmp_path / "root")


@pytest.fixture
def photographs(root):
    return root / "celeba" / "img_align_celeba"


@pytest.fixture
def several(monkeypatch):
    """Make the few made-up faces by several processes, as the many real ones are."""
    monkeypatch.setattr(face_workers, "_FEW", 2)
    monkeypatch.setattr(face_workers, "_count_cores", lambda: 3)


@pytest.fixture
def shared_celeba(shared_root):
    if not is_available("celeba", shared_root):
        pytest.skip("AEVIZ_DATA holds no celeba")
    return shared_root


def make_unreadable(path):
    """Replace a file's content without a change of its size and time."""
    found = path.stat()
    path.write_bytes(b"x" * found.st_size)
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))


def listing(folder):
    return sorted(path.name for path in folder.iterdir())


def inodes(folder):
    return {path.name: path.stat().st_ino for path in folder.glob("*.npy")}


# what is read


def test_partitions_are_the_publishers(root):
    seen = {split: load_dataset("celeba", split, root=root) for split in SPLITS}
    assert {split: len(data) for split, data in seen.items()} == COUNTS
    for split, data in seen.items():
        assert (data.name, data.split, data.image_shape) == ("celeba", split, (3, 64, 64))
        assert isinstance(data.images, np.memmap)
        assert not data.images.flags.writeable
        assert (data.labels, data.class_names) == (None, ())
        assert (data.attributes.shape, data.attributes.dtype) == ((COUNTS[split], 40), np.bool_)
        assert data.attribute_names == NAMES
        for name, image in zip(file_names(split, root), data.images, strict=True):
            np.testing.assert_array_equal(image, read_face(root / "celeba" / "img_align_celeba" / name))


def test_settings_of_held_out_images_play_no_part(root):
    plain = load_dataset("celeba", "validation", root=root)
    config = DataConfig(name="celeba", split_seed=5, validation_fraction=0.5)
    assert load_dataset(config, "validation", root=root).fingerprint() == plain.fingerprint()


def test_attributes_follow_the_images_whatever_the_order_of_the_lists(root):
    before = dict(
        zip(file_names("train", root), load_dataset("celeba", "train", root=root).attributes.tolist(), strict=True)
    )
    for name in ("list_eval_partition.txt", "list_attr_celeba.txt"):
        path = root / "celeba" / name
        lines = path.read_text().splitlines()
        n_header = 2 if "attr" in name else 0
        path.write_text("\n".join(lines[:n_header] + lines[n_header:][::-1]))  # LF, no newline at the end
    after = load_dataset("celeba", "train", root=root)
    assert file_names("train", root) == tuple(reversed(before))
    assert dict(zip(file_names("train", root), after.attributes.tolist(), strict=True)) == before


@pytest.mark.parametrize("seed", range(5))
def test_face_is_torchvisions_crop_and_resize_pixel_for_pixel(tmp_path, seed):
    transforms = pytest.importorskip("torchvision").transforms
    write_photograph(tmp_path / "a.jpg", seed)
    expected = transforms.Compose([transforms.CenterCrop(148), transforms.Resize(64)])(Image.open(tmp_path / "a.jpg"))
    np.testing.assert_array_equal(read_face(tmp_path / "a.jpg"), np.asarray(expected).transpose(2, 0, 1))


def test_part_of_the_photographs_is_enough(root, photographs):
    names = file_names("train", root)
    whole = load_dataset("celeba", "train", root=root)
    for name in names[::2]:
        (photographs / name).unlink()
    (photographs / "999999.jpg").write_bytes(b"in no list, so never opened")
    part = load_dataset("celeba", "train", root=root)
    assert file_names("train", root) == names[1::2]
    np.testing.assert_array_equal(part.images, whole.images[1::2])
    np.testing.assert_array_equal(part.attributes, whole.attributes[1::2])


def test_attribute_becomes_labels(root):
    data = load_dataset("celeba", "test", root=root)
    smiling = label_by_attribute(data, "smiling")
    assert smiling.class_names == ("not smiling", "smiling")
    np.testing.assert_array_equal(smiling.labels, data.attributes[:, 2])
    assert smiling.labels.dtype == np.int64
    assert smiling.images is data.images
    assert label_by_attribute(data, "No beard").class_names == ("beard", "no beard")
    assert label_by_attribute(data, "5_o_Clock_Shadow").class_names == ("not 5 o clock shadow", "5 o clock shadow")
    message = r"unknown attribute 'Smilling' of 'celeba'; expected one of: 5_o_Clock_Shadow, .*; did you mean 'Smiling'"
    with pytest.raises(DataError, match=message):
        label_by_attribute(data, "Smilling")
    with pytest.raises(DataError, match="unknown attribute 'Young' of 'digits'; expected one of: none, since this"):
        label_by_attribute(load_dataset("digits"), "Young")


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


# what may be missing


def test_missing_files_are_named_with_what_to_do(root, photographs, tmp_path):
    assert is_available("celeba", root)
    (root / "celeba" / "list_attr_celeba.txt").unlink()
    assert not is_available("celeba", root)
    message = (
        f"data set 'celeba' is not on this machine: found no list_attr_celeba.txt in {root}/celeba; run `aeviz data "
        "prepare celeba` (1.5 GB from the publisher, for non-commercial research only), or set AEVIZ_DATA to a folder "
        "that holds celeba/img_align_celeba, celeba/list_eval_partition.txt and celeba/list_attr_celeba.txt, of whose "
        "images a part is enough, or use the built-in 'digits' or 'circles'"
    )
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        load_dataset("celeba", root=root)
    for path in photographs.iterdir():
        path.unlink()
    with pytest.raises(DataError, match=r"found no img_align_celeba/\*.jpg and no list_attr_celeba.txt in"):
        load_dataset("celeba", root=root)
    assert not is_available("celeba", tmp_path)
    with pytest.raises(DataError, match=r"found no img_align_celeba.* and no list_eval_partition.txt and no list_attr"):
        load_dataset("celeba", root=tmp_path)


def test_partition_without_photographs_is_named(root, photographs):
    for name in file_names("validation", root):
        (photographs / name).unlink()
    message = r"data set 'celeba' has no validation images: .*list_eval_partition.txt lists 6, none of which is in"
    with pytest.raises(DataError, match=message):
        load_dataset("celeba", "validation", root=root)
    assert len(load_dataset("celeba", "test", root=root)) == 4


def test_damaged_lists_are_named(root):
    partitions, attributes = (root / "celeba" / name for name in (celeba.PARTITIONS, celeba.ATTRIBUTES))
    good, lines = partitions.read_text(), attributes.read_text().splitlines()
    partitions.write_text(good + "000099.jpg 3\n")
    with pytest.raises(DataError, match=r"has '000099.jpg 3' in line 25; expected a file name and 0 \(train\), 1"):
        load_dataset("celeba", root=root)
    partitions.write_bytes(b"\xff\xfe")
    with pytest.raises(DataError, match=r"list_eval_partition.txt cannot be read: 'ascii' codec"):
        load_dataset("celeba", root=root)
    partitions.write_text(good)
    name = file_names("test", root)[-1]
    attributes.write_text("\n".join(lines[:-1]))
    with pytest.raises(DataError, match=f"list_attr_celeba.txt has no line for {name}; expected -1 or 1 for each of"):
        load_dataset("celeba", root=root)
    attributes.write_text("\n".join([*lines[:-1], lines[-1][:-2]]))
    with pytest.raises(DataError, match=f"list_attr_celeba.txt has 39 values for {name}; expected -1 or 1 for each of"):
        load_dataset("celeba", root=root)
    attributes.write_text("202599\n")
    with pytest.raises(
        DataError, match=r"list_attr_celeba.txt names no attributes in its second line; expected 40 names"
    ):
        load_dataset("celeba", root=root)


# download


@pytest.fixture
def drive(root, tmp_path, monkeypatch):
    """A Google Drive in this process that publishes CelebA in small, which torchvision and aeviz take for the real one.

    Returns a module in the place of gdown; `drive.failure` makes it fail, `drive.calls` lists what it was asked for.
    """
    torchvision = pytest.importorskip("torchvision")
    source = tmp_path / "drive"
    shutil.move(root / "celeba", source)
    with zipfile.ZipFile(source / "img_align_celeba.zip", "w") as archive:
        for path in sorted((source / "img_align_celeba").iterdir()):
            archive.write(path, f"img_align_celeba/{path.name}")
    names = file_names_of(source)
    (source / "identity_CelebA.txt").write_text("".join(f"{name} 1\n" for name in names))
    for name in ("list_bbox_celeba.txt", "list_landmarks_align_celeba.txt"):
        (source / name).write_text(f"{len(names)}\nx y\n" + "".join(f"{name} 1 2\n" for name in names))
    root.rmdir()
    module = types.ModuleType("gdown")
    module.failure, module.calls = None, []

    class FileURLRetrievalError(Exception):
        pass

    FileURLRetrievalError.__module__ = "gdown.exceptions"
    module.FileURLRetrievalError = FileURLRetrievalError

    def download(id, output, quiet, user_agent, cancel=None):
        module.calls.append((id, quiet, cancel))
        if module.failure is not None:
            raise module.failure
        shutil.copy(source / id, output)

    module.download = download
    monkeypatch.setitem(sys.modules, "gdown", module)
    files = [(name, hashlib.md5((source / name).read_bytes()).hexdigest(), name) for _, _, name in real_files()]
    monkeypatch.setattr(torchvision.datasets.CelebA, "file_list", files)
    return module


def file_names_of(folder):
    return [line.split()[0] for line in (folder / "list_eval_partition.txt").read_text().splitlines()]


def real_files():
    import torchvision

    return torchvision.datasets.CelebA.file_list


def test_prepare_downloads_and_makes_all_faces(drive, root, cache, capfd):
    reported = []
    folder = prepare_dataset("celeba", root=root, on_progress=lambda *words: reported.append(words))
    assert folder == root / "celeba"
    assert os.listdir(root) == ["celeba"]
    assert sorted(name for name in os.listdir(folder) if not name.startswith(("identity", "list_b", "list_l"))) == [
        "img_align_celeba",
        "list_attr_celeba.txt",
        "list_eval_partition.txt",
    ]
    assert is_available("celeba", root)
    assert len(inodes(cache)) == 3
    assert {split: len(load_dataset("celeba", split, root=root)) for split in SPLITS} == COUNTS
    shares = [share for share, _ in reported]
    assert shares == sorted(shares)
    assert reported[-1] == (1.0, f"celeba: ready in {folder}")
    assert re.match(r"celeba: \d\.\d of 1,494\.7 MB", reported[0][1])
    assert all(quiet for _, quiet, _ in drive.calls)
    assert all(isinstance(cancel, threading.Event) for _, _, cancel in drive.calls)
    assert capfd.readouterr() == ("", "")


def test_what_is_here_is_not_downloaded_again(root, cache, monkeypatch):
    monkeypatch.setitem(sys.modules, "gdown", None)
    reported = []
    assert prepare_dataset("celeba", root=root, on_progress=lambda *words: reported.append(words)) == root / "celeba"
    assert len(inodes(cache)) == 3
    assert re.match(r"celeba: \d+ of 24 photographs read", reported[0][1])
    reported.clear()
    prepare_dataset("celeba", root=root, on_progress=lambda *words: reported.append(words))
    assert reported == [(1.0, f"celeba: ready in {root / 'celeba'}")]


def test_photographs_without_lists_are_completed_in_place(drive, root):
    folder = root / "celeba" / "img_align_celeba"
    folder.mkdir(parents=True)
    (folder / "000001.jpg").write_bytes(b"damaged")
    (folder / "mine.txt").write_text("keep")
    prepare_dataset("celeba", root=root)
    assert len(load_dataset("celeba", "train", root=root)) == 14
    assert (folder / "mine.txt").read_text() == "keep"


def pack(folder, *, inside="img_align_celeba/"):
    """Put the photographs of a folder into the publisher's archive beside it, and remove them."""
    with zipfile.ZipFile(folder / "img_align_celeba.zip", "w") as archive:
        archive.writestr("../../outside.jpg", b"must not be written")
        archive.writestr("img_align_celeba/readme.txt", b"no photograph")
        for path in sorted((folder / "img_align_celeba").iterdir()):
            archive.write(path, f"{inside}{path.name}")
    shutil.rmtree(folder / "img_align_celeba")


@pytest.fixture
def no_download(monkeypatch):
    monkeypatch.setattr(celeba, "with_torchvision", lambda name: pytest.fail("downloaded"))


@pytest.mark.parametrize("inside", ["img_align_celeba/", "", "img_align_celeba/img_align_celeba/"])
def test_archive_beside_the_lists_is_unpacked_without_a_download(root, tmp_path, no_download, inside):
    expected = {split: load_dataset("celeba", split, root=root).fingerprint() for split in SPLITS}
    assert bytes_to_download("celeba", root) == 0
    pack(root / "celeba", inside=inside)
    assert not is_available("celeba", root)
    assert bytes_to_download("celeba", root) == 0
    assert bytes_to_download("celeba", tmp_path / "nowhere") == 1_494_710_798
    prepare_dataset("celeba", root=root)
    assert {split: load_dataset("celeba", split, root=root).fingerprint() for split in SPLITS} == expected
    assert (root / "celeba" / "img_align_celeba.zip").is_file()
    assert not list(tmp_path.rglob("outside.jpg"))
    assert not list(tmp_path.rglob("readme.txt"))


def test_damaged_archive_is_named_and_leaves_nothing(root, no_download):
    pack(root / "celeba")
    path = root / "celeba" / "img_align_celeba.zip"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 255
    path.write_bytes(content)
    with pytest.raises(DataError, match="a file arrived damaged"):
        prepare_dataset("celeba", root=root)
    assert not (root / "celeba" / "img_align_celeba").exists()


def test_kaggles_copy_is_read_as_it_is_unpacked(root, no_download):
    expected = {split: load_dataset("celeba", split, root=root) for split in SPLITS}
    folder = root / "celeba"
    (folder / "img_align_celeba").rename(folder / "photographs")
    (folder / "img_align_celeba").mkdir()
    (folder / "photographs").rename(folder / "img_align_celeba" / "img_align_celeba")
    assert is_available("celeba", root)
    partitions, attributes = ((folder / name) for name in ("list_eval_partition.txt", "list_attr_celeba.txt"))
    lines = [line.split() for line in partitions.read_text().splitlines()]
    partitions.with_suffix(".csv").write_text(
        "".join(f"{','.join(line)}\n" for line in [["image_id", "partition"], *lines])
    )
    lines = [line.split() for line in attributes.read_text().splitlines()]
    rows = [["image_id", *lines[1]], *lines[2:]]
    attributes.with_suffix(".csv").write_text("".join(f"{','.join(line)}\n" for line in rows))
    partitions.unlink()
    attributes.unlink()
    assert is_available("celeba", root)
    for split in SPLITS:
        found = load_dataset("celeba", split, root=root)
        assert found.fingerprint() == expected[split].fingerprint()
        assert found.attribute_names == NAMES
        np.testing.assert_array_equal(found.attributes, expected[split].attributes)


@pytest.mark.parametrize("empty", ["list_eval_partition.txt", "list_attr_celeba.txt", "img_align_celeba"])
def test_empty_files_are_not_here(root, empty):
    path = root / "celeba" / empty
    for file in [path] if path.is_file() else path.iterdir():
        file.write_bytes(b"")
    assert not is_available("celeba", root)
    with pytest.raises(DataError, match=rf"is not on this machine: found no {empty}"):
        load_dataset("celeba", root=root)


def test_missing_gdown_is_named(drive, root, monkeypatch):
    monkeypatch.setitem(sys.modules, "gdown", None)
    message = (
        f"data set 'celeba' could not be downloaded into {root}: the package gdown, which fetches from Google Drive, "
        "is not installed; run `pip install gdown`; expected 6 files of 1,494.7 MB in all; mend this and run `aeviz "
        "data prepare celeba` again, or put img_align_celeba/*.jpg, list_eval_partition.txt, list_attr_celeba.txt into "
        f"{root}/celeba by hand, or use the built-in 'digits' or 'circles'"
    )
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        prepare_dataset("celeba", root=root)
    assert not root.exists()


QUOTA = "Failed to retrieve file url:\n\n\tToo many users have viewed or downloaded this file\n\trecently. Please try"
LINK = "Cannot retrieve the public link of the file. You may need to change the permission, or have had many accesses."


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        (QUOTA, "Google Drive's quota for this file is used up, since many have fetched it lately; try again in a day"),
        (LINK, "Google Drive's quota for this file is used up, since many have fetched it lately; try again in a day"),
        ("Download is incomplete: received 3 bytes", "the connection to the server broke off (Download is incomplete"),
    ],
)
def test_refusals_of_google_drive_are_named(drive, root, text, cause):
    drive.failure = drive.FileURLRetrievalError(text)
    with pytest.raises(DataError, match=re.escape(f"could not be downloaded into {root}: {cause}")) as caught:
        prepare_dataset("celeba", root=root)
    assert caught.value.__cause__ is drive.failure
    assert not root.exists()


def test_no_network_is_named(drive, root, monkeypatch):
    requests = pytest.importorskip("requests")
    for variable in ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(requests.exceptions.ConnectionError) as caught:
        requests.get("http://127.0.0.1:9/")
    drive.failure = caught.value
    with pytest.raises(DataError, match=r"no network connection to the server \(Connection refused\); expected 6"):
        prepare_dataset("celeba", root=root)
    drive.failure = requests.exceptions.HTTPError("404 Client Error: Not Found for url: https://drive.google.com/uc?x")
    with pytest.raises(DataError, match=r"the server answered 404: Not Found; expected 6"):
        prepare_dataset("celeba", root=root)
    assert not root.exists()


def test_wrong_checksum_is_named(drive, root, tmp_path):
    (tmp_path / "drive" / "list_attr_celeba.txt").write_text("other")
    with pytest.raises(DataError, match=r"a file arrived damaged \(its checksum is not the publisher's\)"):
        prepare_dataset("celeba", root=root)
    assert not root.exists()


def test_other_threads_keep_gdowns_progress_bar(drive, root, tmp_path):
    prepare_dataset("celeba", root=root)
    drive.calls.clear()
    drive.download("list_attr_celeba.txt", str(tmp_path / "x"), quiet=False, user_agent="")
    assert drive.calls == [("list_attr_celeba.txt", False, None)]


@pytest.mark.skipif(importlib.util.find_spec("gdown") is not None, reason="gdown is installed")
def test_real_torchvision_asks_for_gdown(tmp_path):
    pytest.importorskip("torchvision")
    with pytest.raises(DataError, match="the package gdown, which fetches from Google Drive, is not installed"):
        prepare_dataset("celeba", root=tmp_path / "root")


def test_catalog_and_layout_are_torchvisions():
    pytest.importorskip("torchvision")
    info = find_dataset("celeba")
    assert info in list_datasets()
    assert info.n_train + info.n_validation + info.n_test == 202_599
    assert info.image_shape == (3, 64, 64)
    assert "non-commercial research only" in info.licence
    names = {name for _, _, name in real_files()}
    assert names >= {f"{celeba.IMAGES}.zip", celeba.PARTITIONS, celeba.ATTRIBUTES}


# the real photographs


@pytest.mark.slow
def test_sample_has_its_partitions_and_attributes(shared_celeba):
    folder = shared_celeba / "celeba"
    codes = dict(line.split() for line in (folder / celeba.PARTITIONS).read_text().splitlines())
    head, *body = [line.split() for line in (folder / celeba.ATTRIBUTES).read_text().splitlines()[1:]]
    expected = {name: values for name, *values in body}
    for split, code in zip(SPLITS, "012", strict=True):
        data = load_dataset("celeba", split, root=shared_celeba)
        names = file_names(split, shared_celeba)
        assert names == tuple(name for name in codes if codes[name] == code)
        assert len(data) == len(names) > 0
        assert data.attribute_names == tuple(head)
        assert len(head) == 40
        np.testing.assert_array_equal(data.attributes, [[value == "1" for value in expected[name]] for name in names])
        assert "Smiling" in data.attribute_names
    if len(codes) == 5000:
        counts = {split: len(load_dataset("celeba", split, root=shared_celeba)) for split in SPLITS}
        assert counts == {"train": 4000, "validation": 500, "test": 500}


def test_sample_has_torchvisions_pixels(shared_celeba):
    transforms = pytest.importorskip("torchvision").transforms
    transform = transforms.Compose([transforms.CenterCrop(148), transforms.Resize(64)])
    data = load_dataset("celeba", "test", root=shared_celeba)
    names = file_names("test", shared_celeba)
    for place in range(0, len(data), 10):
        with Image.open(shared_celeba / "celeba" / "img_align_celeba" / names[place]) as photograph:
            expected = np.asarray(transform(photograph)).transpose(2, 0, 1)
        np.testing.assert_array_equal(data.images[place], expected)


def test_sample_is_read_without_a_photograph_the_second_time(shared_celeba, monkeypatch):
    first = load_dataset("celeba", "test", root=shared_celeba)
    monkeypatch.setattr(face_cache, "make_faces", lambda *args: pytest.fail("made again"))
    monkeypatch.setattr(celeba, "make_faces", lambda *args: pytest.fail("made again"))
    assert load_dataset("celeba", "test", root=shared_celeba).fingerprint() == first.fingerprint()
