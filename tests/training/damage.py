"""Kinds of damage to the files of a run, and which file each is tried on."""

import json
import os
import socket
import struct
import zipfile
import zlib
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import torch
from safetensors.torch import load_file, save_file

from aeviz.training.latents import LATENTS
from aeviz.training.moments import MOMENTS
from aeviz.training.runs import (
    CONFIG,
    EVALUATION,
    HISTORY,
    LAST,
    MODEL,
)
from aeviz.training.samples import FIXED, PRIOR, SAMPLES
from aeviz.training.status import STATUS
from aeviz.training.summary import SUMMARY

JSON_FILES = (CONFIG, HISTORY, EVALUATION, STATUS, MOMENTS)
ARRAY_FILES = (LATENTS, SUMMARY, PRIOR, f"{SAMPLES}/{FIXED}", f"{SAMPLES}/epoch-000001.npz")
WEIGHT_FILES = (MODEL, LAST)
FILES = (*JSON_FILES, *ARRAY_FILES, *WEIGHT_FILES)


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
