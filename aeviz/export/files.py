"""ONNX files on disk: their metadata, and whether a file belongs to a run."""

import json
from pathlib import Path
from typing import Any

from aeviz.errors import ExportError
from aeviz.export.beside import PRODUCER, PartName, weights_digest
from aeviz.export.packages import package
from aeviz.training.run import Run
from aeviz.training.runs import MODEL
from aeviz.training.safe_files import file_problem

ENDS: dict[PartName, tuple[str, str]] = {"decoder": ("z", "image"), "encoder": ("image", "z")}
"""Names of input and output of each part."""
LARGEST = 2**31
"""Bytes, the most that a file in ONNX's format can have."""


def size_limit(run: Run) -> int:
    """Return the size in bytes above which a file cannot be an export of `run`: twice its weights, and 1 MiB."""
    values: int = sum(tensor.numel() for tensor in run.model.state_dict().values())
    return 2**20 + 8 * values


def model_digest(run: Run) -> str:
    """Return the digest of the run's weights, as `weights_digest` does."""
    return weights_digest(run.folder.path / MODEL)


def expected_metadata(run: Run, part: PartName, weights: str) -> dict[str, str]:
    """Return the metadata of a part of a run, its weights stored in float16 or float32."""
    config = run.config.model
    return {
        "part": part,
        "run": run.name,
        "latent_dim": str(config.latent_dim),
        "image_shape": json.dumps(config.image_shape),
        "model_digest": model_digest(run),
        "weights": weights,
    }


def read_onnx(path: Path, limit: int) -> Any:
    """Read an onnx.ModelProto of at most `limit` bytes.

    Raises:
        ExportError: The file is missing, too large or no ONNX model.
    """
    onnx = package("onnx")
    broken = package("google.protobuf.message").DecodeError
    try:
        if problem := file_problem(path):  # opening a pipe would wait for a writer
            raise ExportError(f"{str(path)!r} is no ONNX model: {problem}; export the run again")
        size = path.stat().st_size
        if size > limit:
            raise ExportError(f"{str(path)!r} has {size:,} bytes; expected at most {limit:,}; export the run again")
        model = onnx.load_model_from_string(path.read_bytes())
        onnx.checker.check_model(model)
    except (OSError, broken, onnx.checker.ValidationError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ExportError(f"{str(path)!r} is no ONNX model: {reason}; export the run again") from error
    return model


def check_ends(model: Any, run: Run, part: PartName, path: Path) -> None:
    """Raise ExportError where names, types or shapes of input and output are not those of the part."""
    config = run.config.model
    shapes = {"z": [config.latent_dim], "image": list(config.image_shape)}
    float32 = package("onnx").TensorProto.FLOAT
    for ends, expected in zip((model.graph.input, model.graph.output), ENDS[part], strict=True):
        found = [(end.name, end.type.tensor_type.elem_type, _free_shape(end)) for end in ends]
        if found != [(expected, float32, [0, *shapes[expected]])]:
            raise ExportError(
                f"{str(path)!r} has {', '.join(f'{name} {shape}' for name, _, shape in found) or 'nothing'} where "
                f"{expected} {[0, *shapes[expected]]} in float32 is expected (0 is any number); export the run again"
            )


def _free_shape(end: Any) -> list[int]:
    """Return the shape of an input or output, 0 for a side that is free."""
    return [side.dim_value for side in end.type.tensor_type.shape.dim]


def refuse_foreign(path: Path, run: str) -> None:
    """Raise ExportError where a file is in the way that is no earlier export of the run."""
    if not path.exists() and not path.is_symlink():
        return
    try:
        model = read_onnx(path, LARGEST)
        known = {entry.key: entry.value for entry in model.metadata_props}
        owner = known.get("run") if model.producer_name == PRODUCER else None
    except ExportError:
        owner = None
    if owner != run:
        what = "is not from aeviz" if owner is None else f"belongs to run '{owner}'"
        raise ExportError(f"{str(path)!r} exists and {what}; choose another place, or remove it first")
