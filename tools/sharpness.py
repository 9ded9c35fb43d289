"""Sharpness of reconstructions by the models that ship, beside their test images: checkpoints/sharpness.json.

The Lab's experiment *Blur of reconstructions* draws it. Of faces only numbers leave this machine, no images.

Usage:
    python -m tools.sharpness
"""

import json
import sys

import numpy as np

from aeviz.data import load_dataset
from aeviz.errors import AevizError
from aeviz.lab.sharpness import MEASURED, band_energies, high_energy, laplacian_variance, ratio_and_error, to_grey
from aeviz.paths import checkpoints_root
from aeviz.training.files import write_atomically
from aeviz.training.run import load

MODELS = {
    "mnist": ("vae-10d", "msssim-vae-10d", "mlp-10d-amsgrad", "conv-64d-amsgrad"),
    "celeba": ("celeba-vae", "celeba-msssim-vae"),
}


def main() -> int:
    """Measure and write the file."""
    try:
        found = {name: measure(name, models) for name, models in MODELS.items()}
    except AevizError as error:
        print(error, file=sys.stderr)
        return 1
    text = json.dumps(found, indent=1) + "\n"
    write_atomically(MEASURED, lambda path: path.write_text(text, encoding="utf-8"))
    return 0


def measure(name: str, models: tuple[str, ...]) -> dict[str, object]:
    """Measure the models of a data set; see `aeviz.lab.sharpness.measured` for the result."""
    images = np.asarray(load_dataset(name, "test").images)
    grey = to_grey(images.astype(np.float32) / np.float32(255))
    energies, edges = band_energies(grey), laplacian_variance(grey)
    found = {}
    for model in models:
        run = load(checkpoints_root() / model)
        restored = to_grey(run.reconstruct(images).numpy())
        others = band_energies(restored)
        evaluation = json.loads((checkpoints_root() / model / "evaluation.json").read_text(encoding="utf-8"))
        found[model] = {
            "spectrum": _short(others.mean(axis=0)),
            "laplacian": _short(ratio_and_error(laplacian_variance(restored), edges)),
            "high": _short(ratio_and_error(high_energy(others), high_energy(energies))),
            "mse": evaluation["mse"],
            "ms_ssim": evaluation["ms_ssim"],
        }
    return {"images": len(images), "spectrum": _short(energies.mean(axis=0)), "models": found}


def _short(values: np.ndarray | tuple[float, float]) -> list[float]:
    return [float(f"{value:.5g}") for value in values]


if __name__ == "__main__":
    sys.exit(main())
