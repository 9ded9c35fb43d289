"""ONNX Runtime as a file or a folder takes it along: as the page loads it, compressed."""

from pathlib import Path

from aeviz.errors import ExportError
from aeviz.web.components.kit.bundles import COMPONENTS

FOLDER = "vendor/onnxruntime-web"
"""Below aeviz/web/components."""
MODULE, PROGRAM = "ort.wasm.bundle.min.mjs", "ort-wasm-simd-threaded.wasm.gz"
"""As components/kit/runtime.js loads them."""
LICENCE = "LICENSE"


def has_runtime() -> bool:
    """Tell whether the runtime was fetched."""
    return all((COMPONENTS / FOLDER / name).is_file() for name in (MODULE, PROGRAM))


def runtime_files() -> dict[str, Path]:
    """Return the files of the runtime by name, its licence among them.

    Raises:
        ExportError: It was not fetched.
    """
    if not has_runtime():
        raise ExportError(
            "this decoder needs the page's ONNX Runtime, which is not here; make app fetches it where npm can be had"
        )
    paths = {name: COMPONENTS / FOLDER / name for name in (MODULE, PROGRAM, LICENCE)}
    return {name: path for name, path in paths.items() if path.is_file()}
