"""Zip archives of made-up images, and what an import says of them."""

import io
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image


def picture(seed, size=(8, 8), mode="L", kind="PNG"):
    """The bytes of an image file, and its pixels."""
    shape = (size[1], size[0]) if mode == "L" else (size[1], size[0], 3)
    pixels = np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind)
    return out.getvalue(), pixels


def pack(path, names, **options):
    """A zip archive with a different image under each name."""
    with zipfile.ZipFile(path, "w") as out:
        for seed, name in enumerate(names):
            kind = {".jpg": "JPEG", ".jfif": "JPEG", ".pgm": "PPM", ".ppm": "PPM"}.get(Path(name).suffix, "PNG")
            mode = "RGB" if kind == "PPM" and name.endswith(".ppm") else "L"
            out.writestr(name, picture(seed, mode=mode, kind=kind, **options)[0])
    return path


def skips(about):
    return {skip.reason: skip.count for skip in about.skipped}


CLASSES = [f"{name}/{number}.png" for name in ("cat", "dog") for number in range(12)]
