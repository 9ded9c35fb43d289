"""Encoder and decoder as ONNX files, which the page, and any program with an ONNX runtime, runs without PyTorch.

    decoder.onnx   z (N, D), float32          -> image (N, C, H, W), float32, clamped to [0, 1]
    encoder.onnx   image (N, C, H, W), float32 in [0, 1] -> z (N, D), float32, the posterior mean

N is free. Weights are stored in float16 where that keeps every pixel within half a grey level, and computation is in
float32 always. Each file is run by onnxruntime and compared with PyTorch before it is kept.

References:
    ONNX operators, version 18: https://onnx.ai/onnx/operators
"""

import logging
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

from aeviz import __version__
from aeviz.errors import ExportError
from aeviz.export.beside import PARTS, PRODUCER, PartName
from aeviz.export.check import ExportCheck, Trial, check_trial
from aeviz.export.files import ENDS, expected_metadata, refuse_foreign
from aeviz.export.foreign import write_graph
from aeviz.export.packages import package, require_packages
from aeviz.models.foreign.network import ForeignAutoencoder
from aeviz.training.files import write_atomically
from aeviz.training.run import Run

OPSET = 18
"""Version of the operators: the oldest that PyTorch's exporter writes itself, and known to every runtime since 2023."""


def export_onnx(run: Run, folder: Path, *, half: bool = True) -> list[ExportCheck]:
    """Write decoder.onnx and encoder.onnx into `folder`, which is made if need be; else as `export_part`."""
    require_packages()
    if folder.exists() and not folder.is_dir():
        raise ExportError(f"{str(folder)!r} is a file; expected a folder for the ONNX files")
    for part in PARTS:
        refuse_foreign(folder / f"{part}.onnx", run.name)
    folder.mkdir(parents=True, exist_ok=True)
    return [export_part(run, part, folder / f"{part}.onnx", half=half) for part in PARTS]


def export_part(run: Run, part: PartName, path: Path, *, half: bool = True, replace: bool = False) -> ExportCheck:
    """Write the decoder or the encoder of a run as an ONNX file, atomically.

    Args:
        run: A trained model.
        part: Which.
        path: The file; one that an earlier export of this run left there is replaced.
        half: Whether to store weights in float16 where that moves no pixel by half a grey level.
        replace: Whether to replace whatever else lies there, too.

    Raises:
        ExportError: onnx, onnxscript or onnxruntime is not installed, a foreign file is in the way, or onnxruntime
            does not give what PyTorch gives.
        CheckpointFormatError: The latent points of the run are damaged.
    """
    require_packages()
    if not replace:
        refuse_foreign(path, run.name)
    trial = Trial.of(run, part)
    model = _translate(trial)
    wide = _sealed(model, expected_metadata(run, part, "float32"))
    check = check_trial(trial, wide, False, path)
    chosen = wide
    if half:
        narrow = _sealed(_halved(model), expected_metadata(run, part, "float16"))
        try:
            check = check_trial(trial, narrow, True, path)
            chosen = narrow
        except ExportError:  # float16 is too coarse for these weights, or too short for one of them
            pass
    write_atomically(path, lambda temporary: temporary.write_bytes(chosen))
    return check


def export_decoder(run: Run, path: Path, *, half: bool = True) -> ExportCheck:
    """Write the decoder of a run as an ONNX file; arguments and errors as in `export_part`."""
    return export_part(run, "decoder", path, half=half)


def export_encoder(run: Run, path: Path, *, half: bool = True) -> ExportCheck:
    """Write the encoder of a run as an ONNX file; arguments and errors as in `export_part`."""
    return export_part(run, "encoder", path, half=half)


def _translate(trial: Trial) -> Any:
    """Return a part as an onnx.ModelProto with float32 weights and without traces of the machine that made it."""
    model = trial.network.model
    if isinstance(model, ForeignAutoencoder):  # its operators are ONNX's own
        return write_graph(model, trial.part)
    source, target = ENDS[trial.part]
    # of operators that no model here has; a line for each
    logging.getLogger("torch.onnx._internal.exporter._registration").addFilter(_is_no_torchvision)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # PyTorch 2.11 warns of its own exporter
            program = torch.onnx.export(
                trial.network,
                (trial.inputs[:2],),
                input_names=[source],
                output_names=[target],
                opset_version=OPSET,
                dynamic_shapes=({0: torch.export.Dim("N")},),
                dynamo=True,
                external_data=False,
                verbose=False,
            )
    except torch.onnx.errors.OnnxExporterError as error:
        reason = str(error).strip().partition("\n")[0]
        raise ExportError(f"PyTorch {torch.__version__} cannot write the {trial.part} as ONNX: {reason}") from error
    assert program is not None
    model = program.model_proto
    graph = model.graph
    for entry in (model, graph, *graph.node, *graph.value_info, *graph.input, *graph.output, *graph.initializer):
        entry.ClearField("metadata_props")  # lines of source, with paths
        entry.ClearField("doc_string")
    return model


def _is_no_torchvision(record: logging.LogRecord) -> bool:
    """Whether a message is about something else than torchvision, which aeviz does not need."""
    return "torchvision is not installed" not in record.getMessage()


def _halved(model: Any) -> Any:
    """Return a copy of an onnx.ModelProto whose matrices and kernels lie in float16 and are cast to float32 on use."""
    onnx = package("onnx")
    narrow = type(model)()
    narrow.CopyFrom(model)
    graph = narrow.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type == onnx.TensorProto.FLOAT and len(tensor.dims) >= 2:
            name = tensor.name
            with np.errstate(over="ignore"):  # an infinite weight shows when the model is compared
                values = onnx.numpy_helper.to_array(tensor).astype(np.float16)
            tensor.CopyFrom(onnx.numpy_helper.from_array(values, f"{name}.float16"))
            casts.append(onnx.helper.make_node("Cast", [tensor.name], [name], to=onnx.TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    graph.ClearField("node")
    graph.node.extend(nodes)
    return narrow


def _sealed(model: Any, metadata: dict[str, str]) -> bytes:
    """Return the bytes of an onnx.ModelProto, signed by aeviz and with metadata."""
    model.producer_name, model.producer_version = PRODUCER, __version__
    package("onnx").helper.set_model_props(model, metadata)
    written: bytes = model.SerializeToString(deterministic=True)
    return written
