"""CelebA in small: made-up photographs and the publisher's two lists, for tests that must not need the real one."""

import numpy as np
from PIL import Image

NAMES = ("5_o_Clock_Shadow", "No_Beard", "Smiling", *(f"Attribute_{index}" for index in range(37)))


def write_photograph(path, seed):
    """Write a made-up photograph of 178 x 218 pixels: smooth colours, a seam and some noise."""
    rng = np.random.default_rng(seed)
    coarse = Image.fromarray(rng.integers(0, 256, (7, 6, 3), dtype=np.uint8)).resize((178, 218))
    pixels = np.asarray(coarse).astype(int) + rng.integers(-20, 21, (218, 178, 3))
    pixels[:, 89:] //= 2
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path, quality=90)


def write_lists(folder, codes, attributes):
    """Write both lists as the publisher does, lines ending in CR LF."""
    lines = [f"{name} {code}" for name, code in codes.items()]
    (folder / "list_eval_partition.txt").write_bytes("".join(f"{line}\r\n" for line in lines).encode())
    lines = [str(len(codes)), " ".join(NAMES) + " "]
    lines += [f"{name} " + " ".join(f"{2 * bit - 1:2d}" for bit in attributes[name]) for name in codes]
    (folder / "list_attr_celeba.txt").write_bytes("".join(f"{line}\r\n" for line in lines).encode())


def write_faces(root, counts=(14, 6, 4)):
    """Write training, validation and test photographs, whose numbers have gaps, under root / celeba; return root."""
    folder = root / "celeba"
    (folder / "img_align_celeba").mkdir(parents=True)
    parts = [code for code, count in enumerate(counts) for _ in range(count)]
    codes = {f"{3 * index + 1:06d}.jpg": code for index, code in enumerate(parts)}
    rng = np.random.default_rng(0)
    for seed, name in enumerate(codes):
        write_photograph(folder / "img_align_celeba" / name, seed)
    write_lists(folder, codes, {name: rng.integers(0, 2, 40) for name in codes})
    return root
