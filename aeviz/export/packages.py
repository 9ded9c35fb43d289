"""The packages that only exports need, imported on use: onnx, onnxscript and onnxruntime."""

import importlib
import os
from typing import Any

from aeviz.errors import ExportError


def require_packages() -> None:
    """Raise ExportError where a package that exports need is not installed."""
    for name in ("onnx", "onnxscript", "onnxruntime"):
        package(name)


def package(name: str) -> Any:
    """Import a package that only exports need.

    From 1.29 on onnxruntime tells its makers about each model that it runs, graph name and digests included; aeviz
    switches that off, unless ORT_DISABLE_TELEMETRY says otherwise.

    Raises:
        ExportError: It is not installed.
    """
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ExportError(
            f"ONNX files need the package {name}, which is not installed; run: pip install {name}"
        ) from error


def open_session(model: bytes) -> Any:
    """Return an onnxruntime session on one thread of the CPU.

    Raises:
        ExportError: onnxruntime is not installed or refuses the model.
    """
    runtime = package("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # only what is fatal: a refusal is raised as well
    return attempt(runtime.InferenceSession, model, options, providers=["CPUExecutionProvider"])


def attempt(call: Any, *arguments: Any, **options: Any) -> Any:
    """Call into onnxruntime; raise ExportError with its first line where it fails."""
    states = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    names = ("Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NotImplemented", "RuntimeException")
    try:
        return call(*arguments, **options)
    except tuple(getattr(states, name) for name in names) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ExportError(f"onnxruntime cannot run the model: {reason}; export the run again") from error
