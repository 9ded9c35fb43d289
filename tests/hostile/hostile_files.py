"""Mutations of real files: what a damaged disk, a broken download or an attacker makes of them.

Every mutation is drawn by a seed, so that a failing case can be repeated by its number alone.
"""

import io
import json
import os
import random
import struct
import warnings
import zipfile
from collections.abc import Iterator

from PIL import Image

PATHS = (b"../../evil", b"/evil", b"C:\\evil", b"..\\evil", b"a\0b", "\u202egnp.exe".encode())
"""Texts that lead out of a folder, or hide what they are."""
HUGE = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 2**62, 2**63 - 1, 2**63, 2**64 - 1)
"""Values of length fields."""
TEXTS = (
    "NaN",
    "-Infinity",
    "1e999",
    "9" * 400,
    "9" * 5000,
    "-1",
    "null",
    "true",
    '""',
    "[]",
    "{}",
    "[" * 3000,
    '{"a":' * 3000,
    '"../../evil"',
    '"\\ud800"',
    '"' + "x" * 100_000 + '"',
    "0.5",
    "[[1]]",
)
"""What stands where JSON has a value."""


def mutations(content: bytes, seed: int, count: int, *, is_text: bool = False) -> Iterator[bytes]:
    """Yield so many mutations of a file's content."""
    for number in range(count):
        rng = random.Random(f"{seed}-{number}")
        found = bytearray(content)
        kinds = [*_BYTES, *(_TEXTS if is_text else ())]
        for _ in range(rng.choice((1, 1, 1, 2, 4))):
            rng.choice(kinds)(found, rng)
        yield bytes(found)


def _place(found: bytearray, rng: random.Random) -> int:
    """Return a place in a file, as often as not near one of its ends, where most headers are."""
    size = max(1, len(found))
    near = min(size, 200)
    return rng.choice((rng.randrange(size), rng.randrange(near), size - 1 - rng.randrange(near)))


def truncate(found: bytearray, rng: random.Random) -> None:
    del found[_place(found, rng) :]


def cut_out(found: bytearray, rng: random.Random) -> None:
    start = _place(found, rng)
    del found[start : start + rng.choice((1, 4, 64, 1000))]


def flip_bits(found: bytearray, rng: random.Random) -> None:
    for _ in range(rng.choice((1, 8, 64))):
        if found:
            found[_place(found, rng)] ^= 1 << rng.randrange(8)


def swap_blocks(found: bytearray, rng: random.Random) -> None:
    size = rng.choice((4, 32, 512))
    a, b = _place(found, rng), _place(found, rng)
    found[a : a + size], found[b : b + size] = found[b : b + size], found[a : a + size]


def write_length(found: bytearray, rng: random.Random) -> None:
    """Set what may be a length to a value at the edge of what its bytes hold."""
    kind, size = rng.choice((("H", 2), ("I", 4), ("Q", 8)))
    number = rng.choice(HUGE) % (1 << 8 * size)
    start = _place(found, rng)
    found[start : start + size] = struct.pack(rng.choice("<>") + kind, number)


def insert_text(found: bytearray, rng: random.Random) -> None:
    start = _place(found, rng)
    found[start:start] = rng.choice((*PATHS, bytes(rng.choice((1, 16, 5000))), found[: rng.choice((16, 500))]))


def repeat(found: bytearray, rng: random.Random) -> None:
    found += found[_place(found, rng) :][:100_000]


def replace_value(found: bytearray, rng: random.Random) -> None:
    """Put a hostile value in place of one of a JSON or YAML text."""
    separators = [at for at, byte in enumerate(found) if byte in b":,[-"]
    if not separators:
        return
    start = rng.choice(separators) + 1
    end = start + 1
    while end < len(found) and found[end] not in b",}]\n":
        end += 1
    found[start:end] = b" " + rng.choice(TEXTS).encode("utf-8", "surrogatepass")


def repeat_line(found: bytearray, rng: random.Random) -> None:
    """Give a line, and so perhaps a key, twice."""
    lines = bytes(found).split(b"\n")
    lines.insert(rng.randrange(len(lines) + 1), rng.choice(lines))
    found[:] = b"\n".join(lines)


_BYTES = (truncate, cut_out, flip_bits, flip_bits, swap_blocks, write_length, write_length, insert_text, repeat)
_TEXTS = (replace_value, replace_value, replace_value, replace_value, repeat_line)


def mutated_zips(path_of_zip: bytes, seed: int, count: int) -> Iterator[bytes]:
    """Yield archives whose members are mutated, or named, packed or declared as attackers do."""
    with zipfile.ZipFile(io.BytesIO(path_of_zip)) as archive:
        members = [(info.filename, archive.read(info)) for info in archive.infolist()]
    for number in range(count):
        rng = random.Random(f"zip-{seed}-{number}")
        if rng.random() < 0.4:
            yield next(mutations(path_of_zip, rng.randrange(1 << 30), 1))
            continue
        chosen = {rng.randrange(len(members)) for _ in range(3)}
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", rng.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as archive:
            for place, (name, content) in enumerate(members):
                if place not in chosen:
                    archive.writestr(name, content)
                    continue
                info = zipfile.ZipInfo(_hostile_name(name, rng))
                info.external_attr = rng.choice((0, 0o120777 << 16, 0o010666 << 16))  # also a link, a pipe
                with warnings.catch_warnings(action="ignore"):  # of names given twice
                    archive.writestr(info, next(mutations(content, rng.randrange(1 << 30), 1)))
        yield out.getvalue()


def _hostile_name(name: str, rng: random.Random) -> str:
    stem = name.rpartition("/")[2]
    odd = ("../" * 5 + stem, "/etc/" + stem, "C:/" + stem, "..\\" + stem, "a/" * 500 + stem, "." + stem, "", stem * 90)
    return rng.choice((name, name, *odd, name.upper(), name + "/", "\u202e" + name, name + "\0.png"))


def zip_bomb(name: str, megabytes: int) -> bytes:
    """Return an archive of one member of zeros, a hundredth of its size or less."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open(name, "w") as member:
        for _ in range(megabytes):
            member.write(bytes(1 << 20))
    return out.getvalue()


def picture(kind: str = "PNG", size: tuple[int, int] = (24, 20), mode: str = "RGB", seed: int = 0) -> bytes:
    """Return an image file of noise."""
    bands = len(Image.new(mode, (1, 1)).getbands())
    pixels = random.Random(seed).randbytes(size[0] * size[1] * bands)
    out = io.BytesIO()
    Image.frombytes(mode, size, pixels).save(out, kind)
    return out.getvalue()


def image_bomb(side: int) -> bytes:
    """Return a PNG of one colour: side x side pixels in a few kilobytes."""
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    return out.getvalue()


def npy(header: str, content: bytes = b"", version: int = 1) -> bytes:
    """Return an array of numpy with a header of any text."""
    text = header.encode() + b"\n"
    return b"\x93NUMPY" + bytes((version, 0)) + struct.pack("<H" if version == 1 else "<I", len(text)) + text + content


HEADERS = (
    "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000,), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (0, 9223372036854775807), }",
    "{'descr': '<f8', 'fortran_order': False, 'shape': (" + "1, " * 80 + "), }",
    "{'descr': [('a', '<f8'), ('b', '|O')], 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<U1000000000', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (3,), }",
    "{'descr': __import__('os').mkdir('evil'), 'fortran_order': False, 'shape': (1,), }",
    "{" * 5000,
    "(" * 5000,
    "nothing",
)
"""Headers of arrays that claim what they should not."""


def safetensors(header: object, content: bytes = b"") -> bytes:
    """Return a file of tensors with any header."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text)) + text + content


def snapshot(folder: os.PathLike[str]) -> set[str]:
    """Return the paths of all that lies in a folder."""
    return {os.path.join(home, name) for home, folders, names in os.walk(folder) for name in (*folders, *names)}
