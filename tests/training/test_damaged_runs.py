"""One bad run never takes the others down: every kind of damage, through every way that a run is read."""

import json
import os
import socket
import struct
import tracemalloc
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import torch
from run_readers import READERS, read_all
from safetensors.torch import load_file, save_file

from aeviz.cli import main
from aeviz.errors import AevizError, CheckpointFormatError
from aeviz.training.arrays import ARRAYS_BYTES, read_arrays, write_arrays
from aeviz.training.latents import LATENTS
from aeviz.training.moments import MOMENTS
from aeviz.training.runs import (
    CONFIG,
    EVALUATION,
    HISTORY,
    LAST,
    MODEL,
    RunFolder,
    list_folders,
    list_problems,
    list_runs,
)
from aeviz.training.safe_files import JSON_BYTES, read_bytes_checked, read_json_checked
from aeviz.training.samples import FIXED, PRIOR, SAMPLES
from aeviz.training.status import LOCK, LOG, STATUS, has_trainer, read_status
from aeviz.training.summary import SUMMARY
from aeviz.workers.training import last_words, list_jobs

JSON_FILES = (CONFIG, HISTORY, EVALUATION, STATUS, MOMENTS)
ARRAY_FILES = (LATENTS, SUMMARY, PRIOR, f"{SAMPLES}/{FIXED}", f"{SAMPLES}/epoch-000001.npz")
WEIGHT_FILES = (MODEL, LAST)
FILES = (*JSON_FILES, *ARRAY_FILES, *WEIGHT_FILES)


# Kinds of damage


def as_folder(path):
    path.mkdir()


def as_pipe(path):
    os.mkfifo(path)


def as_device(path):
    path.symlink_to("/dev/zero")


def as_loop(path):
    path.symlink_to(path)


def as_socket(path):
    with socket.socket(socket.AF_UNIX) as opened:
        folder = os.open(path.parent, os.O_RDONLY)  # the path itself may be too long for a socket's address
        with suppress(OSError):
            opened.bind(f"/proc/self/fd/{folder}/{path.name}")
        os.close(folder)


def content(data):
    return lambda path: path.write_bytes(data)


SPECIAL = {"folder": as_folder, "pipe": as_pipe, "device": as_device, "loop": as_loop, "socket": as_socket}
JSON_DAMAGE = {
    "empty": content(b"\n"),
    "no text": content(b"\xff\xfe\xfd\n"),
    "nested": content(b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"\n"),
    "nested lists": content(b"[" * 100_000 + b"]" * 100_000 + b"\n"),
    "nested a little": content(b'{"epoch": ' + b"[" * 900 + b"]" * 900 + b"}\n"),
    "digits": content(b'{"epoch": ' + b"9" * 5_000 + b"}\n"),
    "many digits": content(b'{"epoch": ' + b"9" * 4_000 + b"}\n"),
    "lists": content(b"[" + b"[]," * 10_000_000 + b"[]]\n"),
    "text": content(b'{"epoch": "' + b"x" * 1_000_000 + b'"}\n'),
    "keys": content(json.dumps({f"key{i}": 0 for i in range(50_000)}).encode() + b"\n"),
    "NaN": content(b'{"epoch": NaN, "train_loss": Infinity}\n'),
    "null": content(b"null\n"),
    "huge": lambda path: os.truncate(os.open(path, os.O_CREAT | os.O_WRONLY), 1 << 40),
}


def npy(header, data=b"", version=b"\x01\x00"):
    return b"\x93NUMPY" + version + struct.pack("<H", len(header)) + header + data


def plain_npy(array):
    shape = "".join(f"{side}, " for side in array.shape)
    header = f"{{'descr': '{array.dtype.str}', 'fortran_order': False, 'shape': ({shape}), }}\n".encode()
    return npy(header, array.tobytes())


def archive(entries, compression=zipfile.ZIP_DEFLATED):
    def damage(path):
        with zipfile.ZipFile(path, "w", compression) as opened:
            for name, data in entries.items():
                opened.writestr(name, data)

    return damage


GOOD = {"z.npy": plain_npy(np.zeros((3, 2), np.float32)), "error.npy": plain_npy(np.zeros(3, np.float32))}


def encrypted(path):
    archive(GOOD)(path)
    data = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        while (at := data.find(signature, at + 1)) >= 0:
            data[at + offset] |= 1
    path.write_bytes(data)


def bomb(path):
    """Two gigabytes of zeros in two megabytes; the header of the array accounts for them."""
    header = npy(b"{'descr': '|u1', 'fortran_order': False, 'shape': (2147483648, ), }\n")
    packer = zlib.compressobj(wbits=-15)
    first = packer.compress(header) + packer.flush(zlib.Z_FULL_FLUSH)
    block = packer.compress(bytes(1 << 24)) + packer.flush(zlib.Z_FULL_FLUSH)
    archive({"z.npy": first + block * (2**31 >> 24) + packer.flush()}, zipfile.ZIP_STORED)(path)
    data = bytearray(path.read_bytes())
    for signature, method in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):  # it was stored: say that it is deflated
        at = data.rfind(signature)
        struct.pack_into("<H", data, at + method, zipfile.ZIP_DEFLATED)
        struct.pack_into("<L", data, at + method + 14, 2**31 + len(header))
    path.write_bytes(data)


def long_directory(path):
    with zipfile.ZipFile(path, "w") as opened:
        for number in range(5_000):
            opened.writestr(f"a{number}.npy", b"")


def lying_size(path):
    """The central directory claims less than the data unpacks to."""
    archive({"z.npy": plain_npy(np.zeros(100_000, np.uint8))})(path)
    data = bytearray(path.read_bytes())
    struct.pack_into("<L", data, data.find(b"PK\x01\x02") + 24, 1_000)
    path.write_bytes(data)


ARRAY_DAMAGE = {
    "empty": content(b""),
    "no archive": content(b"nonsense" * 100),
    "encrypted": encrypted,
    "lzma": archive(GOOD, zipfile.ZIP_LZMA),
    "bzip2": archive(GOOD, zipfile.ZIP_BZIP2),
    "path": archive({"../z.npy": GOOD["z.npy"], "error.npy": GOOD["error.npy"]}),
    "8 TB": archive({"z.npy": npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (1099511627776, ), }\n")}),
    "8 TB in the middle": archive(
        {**GOOD, "z.npy": npy(b"{'descr': '<f8', 'fortran_order': False, 'shape': (1024, 1073741824), }\n", b"\0" * 64)}
    ),
    "pickle": archive({"z.npy": b"\x80\x04]\x94(K\x01K\x02e."}),
    "objects": archive({"z.npy": npy(b"{'descr': '|O', 'fortran_order': False, 'shape': (1, ), }\n", b"\x80\x04N.")}),
    "header": archive({"z.npy": npy(b"{'descr': '<f4', 'fortran_order': False, ((((((((((" + b"(" * 5_000)}),
    "header of digits": archive(
        {"z.npy": npy(b"{'descr': '<f4', 'fortran_order': False, 'shape': (" + b"9" * 6_000 + b", ), }\n")}
    ),
    "header of minus": archive({"z.npy": npy(b"-" * 9_000 + b"1")}),
    "long header": archive({"z.npy": npy(b" " * 60_000)}),
    "bad type": archive({"z.npy": npy(b"{'descr': '<f3', 'fortran_order': False, 'shape': (1, ), }\n", b"\0" * 3)}),
    "directory": long_directory,
    "lying size": lying_size,
    "text": archive({name: plain_npy(np.array(["a", "b"])) for name in ("z.npy", "error.npy", "epochs.npy")}),
    "scalars": archive({name: plain_npy(np.array(1.0)) for name in ("z.npy", "error.npy", "count.npy")}),
    "huge": JSON_DAMAGE["huge"],
}
WEIGHT_DAMAGE = {
    "empty": content(b""),
    "header": content(struct.pack("<Q", 90_000_000) + b"{" * 1_000),
    "nested": content(struct.pack("<Q", 200_000) + b'{"a":' * 40_000),
    "NaN": lambda path: poison(path, float("nan")),
    "infinite": lambda path: poison(path, float("inf")),
    "float64": lambda path: poison(path, 1e300, torch.float64),
}


def poison(path, value, dtype=torch.float32):
    tensors = load_file(path.with_name("before"))
    name = next(name for name in tensors if name.endswith("decoder.0.weight"))
    tensors[name] = tensors[name].to(dtype)
    tensors[name][0, 0] = value
    save_file(tensors, path, metadata={"epoch": "2"})


def config_with(**changes):
    """Damage to config.json alone: values of the whole file or, in a group such as `model`, of that group."""

    def damage(path):
        values = json.loads(path.with_name("before").read_text())
        for key, value in changes.items():
            values[key] = values[key] | value if isinstance(value, dict) else value
        path.write_text(json.dumps(values))

    return damage


LONG = "x" * 1_000_000
MANY = [0] * 100_000
CONFIG_DAMAGE = {
    "format": config_with(format=LONG),
    "group": config_with(model=LONG),
    "list for a group": config_with(provenance=MANY),
    **{
        f"{name} {key}": config_with(**{group: {key: value}})
        for name, value in (("long", LONG), ("many", MANY), ("number", 7))
        for group, key in (("model", "encoder"), ("model", "bottleneck"), ("objective", "reconstruction"))
    },
    "hidden": config_with(model={"hidden": MANY}),
    "channels": config_with(model={"channels": MANY}),
    "width": config_with(model={"hidden": [2**62] * 40}),
    "image size": config_with(data={"name": LONG, "image_size": 64}),
    "version": config_with(provenance={"versions": {LONG: 1}}),
}


@dataclass
class Case:
    file: str
    name: str
    damage: object


CASES = [
    *(Case(file, name, damage) for file in FILES for name, damage in SPECIAL.items()),
    *(Case(file, name, damage) for file in JSON_FILES for name, damage in JSON_DAMAGE.items()),
    *(Case(CONFIG, name, damage) for name, damage in CONFIG_DAMAGE.items()),
    *(Case(LATENTS, name, damage) for name, damage in ARRAY_DAMAGE.items()),
    *(
        Case(file, name, ARRAY_DAMAGE[name])
        for file in ARRAY_FILES[1:]
        for name in ("lzma", "pickle", "8 TB", "text", "scalars")
    ),
    *(Case(file, name, damage) for file in WEIGHT_FILES for name, damage in WEIGHT_DAMAGE.items()),
]


def replace_file(path, damage):
    if path.exists():
        path.rename(path.with_name("before"))
    damage(path)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.file}-{case.name}")
def test_damaged_run_leaves_the_others(case, two_runs, capfd, caplog):
    replace_file(two_runs / "bad" / case.file, case.damage)
    listed = [folder.name for folder in list_folders()]
    assert "good" in listed
    assert [run.name for run in list_runs()] == listed
    problems = [problem.path.name for problem in list_problems()]
    assert sorted(listed + problems) == ["bad", "good"]
    read_all(two_runs / "bad")
    caplog.clear()
    assert main(["list"]) == 0
    assert "good" in capfd.readouterr().out
    warnings = [record.getMessage() for record in caplog.records]  # which main() writes to standard error
    assert len(warnings) == len(problems)
    assert all(Path(case.file).name in text and "'bad'" in text and len(text) < 1_000 for text in warnings)


@pytest.mark.timeout(60)
@pytest.mark.parametrize(
    "case", [case for case in CASES if case.file in READERS], ids=lambda case: f"{case.file}-{case.name}"
)
def test_damaged_file_is_named(case, two_runs):
    replace_file(two_runs / "bad" / case.file, case.damage)
    if case.file == LAST and case.name in ("NaN", "infinite", "float64"):
        pytest.skip("resuming looks at these: tests/training/test_training_loop.py")
    with pytest.raises(CheckpointFormatError, match=r"'bad'") as caught:
        READERS[case.file](two_runs / "bad")
    message = str(caught.value)
    assert Path(case.file).name in message or "weights of run" in message
    assert any(advice in message for advice in ("restore", "train the model again", "remove"))
    assert len(message) < 1_000


@pytest.mark.parametrize("name", [*SPECIAL, *JSON_DAMAGE])
def test_status_that_cannot_be_read_is_none(name, two_runs):
    replace_file(two_runs / "bad" / STATUS, {**SPECIAL, **JSON_DAMAGE}[name])
    assert read_status(two_runs / "bad") is None


@pytest.mark.parametrize(
    "changes",
    [
        {"state": 3}, {"state": ["training"]}, {"state": {}}, {"epoch": "two"}, {"epoch": -1}, {"epoch": 10**30},
        {"step": 7, "steps_per_epoch": 3}, {"queued_at": "noon"}, {"updated_at": 1e300}, {"updated_at": -1.0},
        {"settings": None}, {"settings": []}, {"pid": 1.5}, {"from_app": 1}, {"message": None}, {"surprise": 1},
    ],
    ids=str,
)  # fmt: skip
def test_status_of_wrong_types_is_none(changes, two_runs):
    values = json.loads((two_runs / "good" / STATUS).read_text())
    (two_runs / "bad" / STATUS).unlink()
    (two_runs / "bad" / STATUS).write_text(json.dumps(values))
    assert read_status(two_runs / "bad") is not None
    (two_runs / "bad" / STATUS).write_text(json.dumps(values | changes))
    assert read_status(two_runs / "bad") is None


@pytest.mark.parametrize("name", SPECIAL)
def test_lock_that_is_no_file_is_no_trainer(name, two_runs):
    replace_file(two_runs / "bad" / LOCK, SPECIAL[name])
    assert not has_trainer(two_runs / "bad")


@pytest.mark.parametrize("file", [STATUS, LOCK, LOG, CONFIG])
@pytest.mark.parametrize("name", SPECIAL)
def test_jobs_bear_a_run_whose_files_are_no_files(file, name, two_runs):
    replace_file(two_runs / "bad" / file, SPECIAL[name])
    jobs = {job.name: job for job in list_jobs()}
    assert set(jobs) == ({"good"} if file == STATUS else {"bad", "good"})
    assert [last_words(job) for job in jobs.values()] == [""] * len(jobs)


# Memory


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (CONFIG, "lists"),
        (HISTORY, "lists"),
        (CONFIG, "huge"),
        (LATENTS, "bomb"),
        (LATENTS, "8 TB"),
        (LATENTS, "directory"),
    ],
)
def test_damaged_file_takes_little_memory(file, name, two_runs):
    damages = {**JSON_DAMAGE, **ARRAY_DAMAGE, "bomb": bomb}
    replace_file(two_runs / "bad" / file, damages[name])
    tracemalloc.start()
    try:
        with pytest.raises(CheckpointFormatError):
            READERS[file](two_runs / "bad")
        assert tracemalloc.get_traced_memory()[1] < 100e6
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("depth", [1, 100])
def test_largest_json_takes_little_memory(depth, tmp_path):
    """Objects within objects take the most: far more than lists or texts of as many bytes."""
    nested = b'{"":' * depth + b"{}" + b"}" * depth + b","
    text = b'{"a": [' + nested * (JSON_BYTES // len(nested) - 2) + b"{}]}"
    (tmp_path / "value.json").write_bytes(text)
    tracemalloc.start()
    try:
        read_json_checked(tmp_path / "value.json")
        assert tracemalloc.get_traced_memory()[1] < 90e6
    finally:
        tracemalloc.stop()


def test_small_file_takes_little_memory_whatever_the_limit(tmp_path):
    (tmp_path / "lines").write_bytes(b"0123456789")
    tracemalloc.start()
    try:
        assert read_bytes_checked(tmp_path / "lines", 1 << 28) == b"0123456789"
        assert tracemalloc.get_traced_memory()[1] < 1e6
    finally:
        tracemalloc.stop()
    assert read_bytes_checked(tmp_path / "lines", 10, start=7) == b"789"
    assert read_bytes_checked(tmp_path / "lines", 10, start=20) == b""


def test_file_that_grows_beyond_the_limit_while_it_is_opened_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "lines"
    path.write_bytes(b"0123456789")
    looked = os.fstat

    def grow(number):
        status = looked(number)
        with path.open("ab") as file:
            file.write(b"more")
        return status

    monkeypatch.setattr(os, "fstat", grow)
    with pytest.raises(CheckpointFormatError, match="it has 14 bytes; expected at most 10"):
        read_bytes_checked(path, 10)


def test_bomb_is_refused_by_what_it_claims(two_runs):
    replace_file(two_runs / "bad" / LATENTS, bomb)
    with zipfile.ZipFile(two_runs / "bad" / LATENTS) as opened, opened.open("z.npy") as file:
        file.seek(1 << 25)
        assert file.read(1 << 20) == bytes(1 << 20)  # it is a true one
    with pytest.raises(
        CheckpointFormatError, match=r"unpacked, it has 2,147,483,\d+ bytes; expected at most 268,435,456"
    ):
        RunFolder.read(two_runs / "bad").latents()


def test_arrays_that_could_not_be_read_again_are_not_written(tmp_path):
    large = np.broadcast_to(np.uint8(0), (ARRAYS_BYTES + 1,))
    with pytest.raises(AevizError, match=r"would hold 268,435,457 bytes; .*choose a smaller model\.latent_dim"):
        write_arrays(tmp_path / "z.npz", {"z": large})
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6, dtype=np.float16).reshape(2, 3), np.asfortranarray(np.arange(6).reshape(2, 3)), np.array(3),
        np.array(["one", "två"]), np.array(""), np.zeros((0, 4), np.uint8), np.array([True, False]), np.zeros(()),
        np.arange(3, dtype=">i4"),
    ],
    ids=lambda array: f"{array.dtype}-{array.shape}",
)  # fmt: skip
def test_arrays_round_trip(array, tmp_path):
    write_arrays(tmp_path / "a.npz", {"a": array, "b": np.ones(2)})
    read = read_arrays(tmp_path / "a.npz")
    np.testing.assert_array_equal(read["a"], array)
    assert (read["a"].dtype, read["a"].shape) == (array.dtype, array.shape)
    assert read["a"].flags.writeable
    assert list(read) == ["a", "b"]
