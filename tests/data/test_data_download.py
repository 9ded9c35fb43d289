import dataclasses
import errno
import gzip
import os
import re
import threading

import numpy as np
import pytest
from publisher import Publisher

from aeviz.data import download, is_available, load_dataset, mnist, prepare_dataset
from aeviz.errors import DataError


@pytest.fixture
def no_proxy(monkeypatch):
    for variable in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(variable, raising=False)


def set_mirrors(monkeypatch, *mirrors):
    monkeypatch.setitem(mnist.FAMILIES, "mnist", dataclasses.replace(mnist.FAMILIES["mnist"], mirrors=mirrors))


@pytest.fixture
def publisher(tmp_path, write_idx, publish, monkeypatch, no_proxy):
    """A tiny MNIST on a local server, which aeviz takes for the real one."""
    rng = np.random.default_rng(0)
    files = {}
    for prefix, n in (("train", 600), ("t10k", 6)):
        images = rng.integers(0, 256, (n, 28, 28), dtype=np.uint8)
        for name, array in (
            (f"{prefix}-images-idx3-ubyte", images),
            (f"{prefix}-labels-idx1-ubyte", images[:, 0, 0] % 10),
        ):
            files[f"{name}.gz"] = write_idx(tmp_path / "source" / f"{name}.gz", array).read_bytes()
    publish({name.removesuffix(".gz"): gzip.decompress(content) for name, content in files.items()})
    server = Publisher(files)
    set_mirrors(monkeypatch, server.url)
    yield server
    server.close()


@pytest.fixture
def root(tmp_path):
    return tmp_path / "root"


def wait_for_workers():
    for thread in threading.enumerate():
        if thread.name.startswith("download "):
            thread.join(20)


def test_prepare_downloads_a_whole_set_in_silence(publisher, root, capfd):
    calls = []
    folder = prepare_dataset("mnist", root=root, on_progress=lambda fraction, text: calls.append((fraction, text)))
    assert folder == root / "MNIST" / "raw"
    assert os.listdir(root) == ["MNIST"]
    assert is_available("mnist", root)
    data = load_dataset("mnist", root=root)
    np.testing.assert_array_equal(data.labels, data.images[:, 0, 0, 0] % 10)
    for name, content in publisher.files.items():
        assert (folder / name).read_bytes() == content
    fractions = [fraction for fraction, _ in calls]
    assert fractions == sorted(fractions)
    assert calls[-1] == (1.0, f"mnist: ready in {folder}")
    assert re.fullmatch(r"mnist: \d\.\d of 0\.5 MB", calls[0][1])
    assert capfd.readouterr() == ("", "")


def test_progress_grows_with_the_files_in_the_callers_thread(publisher, root, monkeypatch):
    monkeypatch.setattr(download, "_POLL_S", 0.01)
    publisher.chunk_pause_s = 0.03
    seen = []
    prepare_dataset(
        "mnist", root=root, on_progress=lambda fraction, text: seen.append((fraction, threading.current_thread()))
    )
    assert len({fraction for fraction, _ in seen}) > 5
    assert all(0 <= fraction <= 1 for fraction, _ in seen)
    assert {thread for _, thread in seen} == {threading.current_thread()}


def test_prepared_set_is_not_downloaded_again(publisher, root):
    folder = prepare_dataset("mnist", root=root)
    publisher.requests.clear()
    assert prepare_dataset("mnist", root=root) == folder
    assert publisher.requests == []


def test_partial_set_is_completed_in_place(publisher, root):
    raw = root / "MNIST" / "raw"
    raw.mkdir(parents=True)
    (raw / "my notes").write_text("keep")
    (raw / "t10k-labels-idx1-ubyte").write_bytes(b"damaged")
    prepare_dataset("mnist", root=root)
    assert len(load_dataset("mnist", root=root)) == 6
    assert (raw / "my notes").read_text() == "keep"
    assert os.listdir(root) == ["MNIST"]


@pytest.mark.parametrize("root_exists", [True, False])
def test_progress_that_raises_leaves_nothing_behind(publisher, root, monkeypatch, root_exists):
    monkeypatch.setattr(download, "_POLL_S", 0.01)
    publisher.chunk_pause_s = 0.1
    if root_exists:
        root.mkdir()

    def stop(fraction, text):
        if fraction > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        prepare_dataset("mnist", root=root, on_progress=stop)
    wait_for_workers()
    assert (os.listdir(root) == []) if root_exists else not root.exists()
    assert publisher.requests in (["train-images-idx3-ubyte.gz"] * 2, ["train-images-idx3-ubyte.gz"])


def test_closed_port_is_no_network(root, monkeypatch, no_proxy):
    set_mirrors(monkeypatch, "http://127.0.0.1:9/", "http://127.0.0.1:9/b/")
    message = (
        f"data set 'mnist' could not be downloaded into {root}: no network connection to the server (Connection "
        "refused); expected 4 files of 11.6 MB in all; mend this and run `aeviz data prepare mnist` again, or put "
        "train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz, t10k-images-idx3-ubyte.gz, t10k-labels-idx1-ubyte.gz "
        f"into {root}/MNIST/raw by hand, or use the built-in 'digits' or 'circles'"
    )
    with pytest.raises(DataError, match=f"^{re.escape(message)}$"):
        prepare_dataset("mnist", root=root)
    assert not root.exists()


def test_answers_of_the_server_are_named(publisher, root):
    publisher.status = 503
    with pytest.raises(DataError, match=r"the server answered 503: Service Unavailable; expected 4 files of 0.5 MB"):
        prepare_dataset("mnist", root=root)
    publisher.status = 200
    publisher.files.pop("t10k-labels-idx1-ubyte.gz")
    with pytest.raises(DataError, match=r"the server answered 404: Not Found"):
        prepare_dataset("mnist", root=root)
    assert not root.exists()


@pytest.mark.parametrize("content", [lambda good: good[:-1] + b"x", lambda good: good[:-1], lambda good: 9 * good])
def test_file_that_is_not_the_publishers_is_named(publisher, root, content):
    name = "train-images-idx3-ubyte.gz"
    publisher.files[name] = content(publisher.files[name])
    with pytest.raises(DataError, match=r"a file arrived damaged \(its checksum is not the publisher's\)"):
        prepare_dataset("mnist", root=root)
    assert not root.exists()


def test_next_mirror_is_asked_after_one_that_fails(publisher, root, monkeypatch):
    """One that refuses, one with a damaged file, one that says nothing, and one that has it."""
    monkeypatch.setattr(download, "_STALL_S", 2.0)
    broken = Publisher({name: content[:-1] for name, content in publisher.files.items()})
    silent = Publisher(publisher.files)
    silent.released.clear()
    set_mirrors(monkeypatch, "http://127.0.0.1:9/", broken.url, silent.url, publisher.url)
    try:
        prepare_dataset("mnist", root=root)
        assert is_available("mnist", root)
        assert len(broken.requests) == len(silent.requests) == len(publisher.requests) == 4
        publisher.status = 503
        with pytest.raises(DataError) as caught:
            prepare_dataset("mnist", root=root / "again")
        for cause in ("no network connection", "arrived damaged", "broke off", "answered 503"):
            assert cause in str(caught.value)
    finally:
        broken.close()
        silent.close()


def test_download_that_stands_still_is_given_up(root, monkeypatch):
    monkeypatch.setattr(download, "_STALL_S", 0.3)
    released = threading.Event()
    monkeypatch.setattr(mnist, "download_file", lambda *args, **options: released.wait(20))
    message = r"the connection to the server broke off \(nothing arrived for 0 seconds\)"
    with pytest.raises(DataError, match=message):
        prepare_dataset("mnist", root=root)
    assert not root.exists()
    released.set()
    wait_for_workers()
    assert not root.exists()


@pytest.mark.parametrize(
    ("failure", "cause"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), "the disk is full"),
        (
            PermissionError(errno.EACCES, "Permission denied"),
            "no permission to write there; choose another folder with",
        ),
        (OSError(errno.EROFS, "Read-only file system"), "no permission to write there"),
        (OSError(errno.EIO, "Input/output error"), "the folder cannot be written (Input/output error)"),
        (ConnectionResetError(errno.ECONNRESET, "reset"), "the connection to the server broke off ([Errno 104] reset)"),
        (KeyError("odd"), "KeyError: 'odd'"),
    ],
)
def test_failures_are_named_in_words(root, monkeypatch, failure, cause):
    def fail(*args, **options):
        raise failure

    monkeypatch.setattr(mnist, "download_file", fail)
    with pytest.raises(DataError, match=re.escape(f"could not be downloaded into {root}: {cause}")) as caught:
        prepare_dataset("mnist", root=root)
    assert caught.value.__cause__ is failure
    assert not root.exists()


def test_root_that_cannot_be_made_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DataError, match=r"the folder cannot be written \((Not a directory|File exists)\)"):
        prepare_dataset("mnist", root=tmp_path / "file")


def test_target_that_cannot_be_written_is_named_and_cleaned_up(publisher, root):
    root.mkdir()
    (root / "MNIST").write_text("in the way")
    with pytest.raises(DataError, match="the folder cannot be written"):
        prepare_dataset("mnist", root=root)
    assert os.listdir(root) == ["MNIST"]


def test_embedded_sets_folders_and_unknown_names(tmp_path):
    assert prepare_dataset("digits") is None
    assert prepare_dataset("circles") is None
    assert prepare_dataset(f"folder:{tmp_path}") == tmp_path
    with pytest.raises(DataError, match="nowhere does not exist; expected a folder; check the path"):
        prepare_dataset(f"folder:{tmp_path / 'nowhere'}")
    with pytest.raises(DataError, match=r"unknown data set 'minst'; .*did you mean 'mnist'"):
        prepare_dataset("minst")
