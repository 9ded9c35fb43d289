"""`python -m tools.publish [--into FOLDER]`: the list of the models that are published and not in the wheel.

Writes aeviz/published.json from checkpoints/, and with --into copies the files as a server offers them, NAME/FILE.
"""

import argparse
import hashlib
import json
import shutil
from pathlib import Path

from aeviz.paths import PROJECT_ROOT, checkpoints_root
from aeviz.presets import PRESETS
from aeviz.published import REGISTRY

LICENCES = {
    "celeba-vae": "Trained on CelebA: for non-commercial research only.",
    "celeba-msssim-vae": "Trained on CelebA: for non-commercial research only.",
}
"""The models by name, with their terms. setup.py leaves them out of the wheel."""


def files_of(name: str) -> list[Path]:
    """Return the files of a model; networks for the page are made from the weights where they are wanted."""
    return sorted(path for path in (checkpoints_root() / name).iterdir() if path.suffix != ".onnx")


def registry() -> str:
    """Return the content of published.json."""
    found = {
        name: {
            "title": PRESETS[name].summary,
            "licence": licence,
            "files": {
                path.name: {"bytes": path.stat().st_size, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
                for path in files_of(name)
            },
        }
        for name, licence in LICENCES.items()
    }
    return json.dumps(found, indent=2) + "\n"


def main() -> None:
    """Write the list, and copy the files if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="copy the files there, as a server offers them")
    options = parser.parse_args()
    REGISTRY.write_text(registry(), encoding="utf-8")
    print(f"wrote {REGISTRY.relative_to(PROJECT_ROOT)}")
    if options.into is not None:
        for name in LICENCES:
            (options.into / name).mkdir(parents=True, exist_ok=True)
            for path in files_of(name):
                shutil.copy2(path, options.into / name / path.name)
        print(f"copied {len(LICENCES)} models into {options.into}")


if __name__ == "__main__":
    main()
