"""Encoder and decoder as ONNX files, which the page, and any program with an ONNX runtime, runs without PyTorch.

    decoder.onnx   z (N, D), float32          -> image (N, C, H, W), float32, clamped to [0, 1]
    encoder.onnx   image (N, C, H, W), float32 in [0, 1] -> z (N, D), float32, the posterior mean

N is free. Weights are stored in float16 where that keeps every pixel within half a grey level, and computation is in
float32 always. What is written was run by onnxruntime and compared with PyTorch first.

References:
    ONNX operators, version 18: https://onnx.ai/onnx/operators
"""

import copy
import importlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor, nn

from aeviz import __version__
from aeviz.errors import ExportError
from aeviz.export.beside import PARTS, PRODUCER, PartName, weights_digest
from aeviz.models import Autoencoder
from aeviz.training.files import write_atomically
from aeviz.training.run import Run
from aeviz.training.runs import MODEL
from aeviz.training.summary import read_summary

OPSET = 18
"""Version of the operators: the oldest that PyTorch's exporter writes itself, and known to every runtime since 2023."""
TOLERANCE = 1e-4
"""By how much onnxruntime may differ from PyTorch with float32 weights; measured as `ExportCheck.error` is."""
HALF_A_GREY_LEVEL = 0.5
"""By how much, in grey levels, float16 weights may move a pixel."""
DEVIATIONS = (0.0, 3.0, -3.0, 10.0, -10.0)
"""How far from the mean, in standard deviations of the latent points, the decoder is tried."""
BATCHES = (1, 3, 64)
"""Numbers of inputs that are sent through at once."""
_ENDS: dict[PartName, tuple[str, str]] = {"decoder": ("z", "image"), "encoder": ("image", "z")}
_MOST_AXES = 64
_KNOWN_POINTS = 64
_LARGEST = 2**31
"""Bytes, the most that a file in ONNX's format can have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportCheck:
    """An ONNX file, and how close onnxruntime comes to PyTorch with it."""

    path: str
    part: PartName
    bytes: int
    """Size of the file."""
    weights: Literal["float16", "float32"]
    """How the weights are stored."""
    error: float
    """Largest difference of a pixel in [0, 1], or of a coordinate relative to the larger of 1 and its point's largest
    coordinate, with which float32 rounds."""
    grey_levels: float
    """Largest difference of a pixel, of the encoder that of its decoded points, in steps of 1/255."""
    inputs: int
    """Number of inputs that were compared."""


def export_onnx(run: Run, folder: Path, *, half: bool = True) -> list[ExportCheck]:
    """Write decoder.onnx and encoder.onnx into `folder`, which is made if need be; else as `export_part`."""
    _require_packages()
    if folder.exists() and not folder.is_dir():
        raise ExportError(f"{str(folder)!r} is a file; expected a folder for the ONNX files")
    for part in PARTS:
        _refuse_foreign(folder / f"{part}.onnx", run.name)
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
    _require_packages()
    if not replace:
        _refuse_foreign(path, run.name)
    trial = _Trial.of(run, part)
    model = _translate(trial)
    wide = _sealed(model, _metadata(run, part, "float32"))
    check = _checked(trial, wide, False, path)
    chosen = wide
    if half:
        narrow = _sealed(_halved(model), _metadata(run, part, "float16"))
        try:
            check = _checked(trial, narrow, True, path)
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


def check_export(run: Run, path: Path) -> ExportCheck:
    """Compare an ONNX file with the run that it came from.

    Args:
        run: A trained model.
        path: What `export_decoder` or `export_encoder` wrote.

    Raises:
        ExportError: The file is missing, truncated, far too large, of another model or gives other values than
            PyTorch; or onnx or onnxruntime is not installed.
    """
    model = _read(path, size_limit(run))
    known = {entry.key: entry.value for entry in model.metadata_props}
    part: PartName = "encoder" if known.get("part") == "encoder" else "decoder"
    expected = _metadata(run, part, known.get("weights", "float32"))
    for key, value in expected.items():
        if known.get(key) != value:
            raise ExportError(
                f"{str(path)!r} has {key} {known.get(key)!r}; run '{run.name}' has {value!r}; export the run again"
            )
    _check_ends(model, run, part, path)
    return _checked(_Trial.of(run, part), model.SerializeToString(), known["weights"] == "float16", path)


def size_limit(run: Run) -> int:
    """Return the size in bytes above which a file cannot be an export of `run`: twice its weights, and 1 MiB."""
    values: int = sum(tensor.numel() for tensor in run.model.state_dict().values())
    return 2**20 + 8 * values


def model_digest(run: Run) -> str:
    """Return the digest of the run's weights, as `weights_digest` does."""
    return weights_digest(run.folder.path / MODEL)


class _Decoder(nn.Module):
    """z (N, D) to images (N, C, H, W) in [0, 1]."""

    def __init__(self, model: Autoencoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, z: Tensor) -> Tensor:
        """Decode a batch."""
        return self.model.decode(z).clamp(0, 1)


class _Encoder(nn.Module):
    """Images (N, C, H, W) in [0, 1] to posterior means (N, D)."""

    def __init__(self, model: Autoencoder) -> None:
        super().__init__()
        self.model = model

    def forward(self, image: Tensor) -> Tensor:
        """Encode a batch."""
        return self.model.encode_mean(image)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Trial:
    """What goes into a part and what PyTorch makes of it, on the CPU."""

    part: PartName
    network: nn.Module
    decoder: _Decoder
    inputs: Tensor
    outputs: Tensor
    pixels: Tensor
    """The outputs as images, (N, C, H, W), float32."""

    @classmethod
    @torch.no_grad()
    def of(cls, run: Run, part: PartName) -> "_Trial":
        """Return the inputs of a part: random and extreme ones, and for the encoder what the decoder makes of these."""
        model = copy.deepcopy(run.model).to("cpu").eval()  # tracing may touch what sessions share
        decoder = _Decoder(model).eval()
        points = _latents_to_try(run)
        network: nn.Module = decoder
        inputs = points
        if part == "encoder":
            network = _Encoder(model).eval()
            noise = torch.rand(BATCHES[-1], *run.config.model.image_shape, generator=torch.Generator().manual_seed(1))
            plain = torch.stack([torch.zeros_like(noise[0]), torch.ones_like(noise[0])])
            inputs = torch.cat([plain, noise, (noise > 0.5).float(), decoder(points)])
        outputs = network(inputs)
        pixels = outputs if part == "decoder" else decoder(outputs)
        return cls(part=part, network=network, decoder=decoder, inputs=inputs, outputs=outputs, pixels=pixels)

    @torch.no_grad()
    def compare(self, model: bytes) -> tuple[float, float]:
        """Return the largest error of an output and of a pixel in grey levels; NaN where an output is NaN.

        Raises:
            ExportError: onnxruntime cannot run the model.
        """
        session = _open_session(model)
        source, target = _ENDS[self.part]
        error = grey_levels = 0.0
        for batch in BATCHES:
            stop = len(self.inputs) if batch == BATCHES[-1] else batch
            for start in range(0, stop, batch):
                these = slice(start, start + batch)
                (found,) = _attempt(session.run, [target], {source: self.inputs[these].numpy()})
                if found.shape != self.outputs[these].shape:
                    raise ExportError(f"onnxruntime gives shape {found.shape}, not {tuple(self.outputs[these].shape)}")
                values = torch.from_numpy(found)
                expected = self.outputs[these].flatten(1)
                scale = expected.abs().amax(1, keepdim=True).clamp(min=1)
                off = (values.flatten(1) - expected).abs() / scale
                images = values if self.part == "decoder" else self.decoder(values)
                error = float(np.maximum(error, float(off.max())))  # which keeps NaN
                moved = 255 * (images - self.pixels[these]).abs()
                grey_levels = float(np.maximum(grey_levels, float(moved.max())))
        return error, grey_levels


def _latents_to_try(run: Run) -> Tensor:
    """Return latent points (N, D), float32: drawn, far out in every direction, and quantiles of the data if known."""
    latent_dim = run.config.model.latent_dim
    known: list[np.ndarray] = []
    mean, deviation = np.zeros(latent_dim), np.ones(latent_dim)
    if (table := run.folder.latents()) is not None and len(table.z):
        mean, deviation = table.z.mean(axis=0), table.z.std(axis=0)
        known = [table.z[:_KNOWN_POINTS], np.quantile(table.z, (0, 0.005, 0.25, 0.5, 0.75, 0.995, 1), axis=0)]
    elif (summary := read_summary(run.folder.path, latent_dim)) is not None:
        mean, deviation = summary.mean, np.sqrt(np.diag(summary.covariance).clip(min=0))
        known = [summary.quantiles]
    drawn = np.random.default_rng(0).standard_normal((2 * BATCHES[-1], latent_dim))
    corners = np.array(DEVIATIONS)[:, None] * np.ones(latent_dim)
    axes = np.concatenate([scale * np.eye(latent_dim)[:_MOST_AXES] for scale in DEVIATIONS[1:]])
    far = mean + deviation * np.concatenate([corners, axes, drawn, DEVIATIONS[1] * drawn[: BATCHES[-1]]])
    return torch.from_numpy(np.concatenate([*known, far]).astype(np.float32))


def _checked(trial: _Trial, model: bytes, is_half: bool, path: Path) -> ExportCheck:
    """Return how close a model comes; raise ExportError where that is not close enough."""
    error, grey_levels = trial.compare(model)
    is_close = grey_levels < HALF_A_GREY_LEVEL if is_half else error <= TOLERANCE  # NaN is neither
    if not is_close:
        found, limit = (f"{grey_levels:.3g} grey levels", HALF_A_GREY_LEVEL) if is_half else (f"{error:.3g}", TOLERANCE)
        raise ExportError(
            f"{path.name}: onnxruntime differs from PyTorch by {found}, expected at most {limit}; export the run "
            "again, and report it if that does not help"
        )
    return ExportCheck(
        path=str(path),
        part=trial.part,
        bytes=len(model),
        weights="float16" if is_half else "float32",
        error=error,
        grey_levels=grey_levels,
        inputs=len(trial.inputs),
    )


def _translate(trial: _Trial) -> Any:
    """Return a part as an onnx.ModelProto with float32 weights and without traces of the machine that made it."""
    source, target = _ENDS[trial.part]
    try:
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


def _halved(model: Any) -> Any:
    """Return a copy of an onnx.ModelProto whose matrices and kernels lie in float16 and are cast to float32 on use."""
    onnx = _package("onnx")
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
    _package("onnx").helper.set_model_props(model, metadata)
    written: bytes = model.SerializeToString(deterministic=True)
    return written


def _metadata(run: Run, part: PartName, weights: str) -> dict[str, str]:
    config = run.config.model
    return {
        "part": part,
        "run": run.name,
        "latent_dim": str(config.latent_dim),
        "image_shape": json.dumps(config.image_shape),
        "model_digest": model_digest(run),
        "weights": weights,
    }


def _read(path: Path, limit: int) -> Any:
    """Read an onnx.ModelProto of at most `limit` bytes.

    Raises:
        ExportError: The file is missing, too large or no ONNX model.
    """
    onnx = _package("onnx")
    broken = _package("google.protobuf.message").DecodeError
    try:
        size = path.stat().st_size
        if size > limit:
            raise ExportError(f"{str(path)!r} has {size:,} bytes; expected at most {limit:,}; export the run again")
        model = onnx.load_model_from_string(path.read_bytes())
        onnx.checker.check_model(model)
    except (OSError, broken, onnx.checker.ValidationError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ExportError(f"{str(path)!r} is no ONNX model: {reason}; export the run again") from error
    return model


def _check_ends(model: Any, run: Run, part: PartName, path: Path) -> None:
    """Raise ExportError where names, types or shapes of input and output are not those of the part."""
    config = run.config.model
    shapes = {"z": [config.latent_dim], "image": list(config.image_shape)}
    float32 = _package("onnx").TensorProto.FLOAT
    for ends, expected in zip((model.graph.input, model.graph.output), _ENDS[part], strict=True):
        found = [(end.name, end.type.tensor_type.elem_type, _free_shape(end)) for end in ends]
        if found != [(expected, float32, [0, *shapes[expected]])]:
            raise ExportError(
                f"{str(path)!r} has {', '.join(f'{name} {shape}' for name, _, shape in found) or 'nothing'} where "
                f"{expected} {[0, *shapes[expected]]} in float32 is expected (0 is any number); export the run again"
            )


def _free_shape(end: Any) -> list[int]:
    """Return the shape of an input or output, 0 for a side that is free."""
    return [side.dim_value for side in end.type.tensor_type.shape.dim]


def _refuse_foreign(path: Path, run: str) -> None:
    """Raise ExportError where a file is in the way that is no earlier export of the run."""
    if not path.exists() and not path.is_symlink():
        return
    try:
        model = _read(path, _LARGEST)
        known = {entry.key: entry.value for entry in model.metadata_props}
        owner = known.get("run") if model.producer_name == PRODUCER else None
    except ExportError:
        owner = None
    if owner != run:
        what = "is not from aeviz" if owner is None else f"belongs to run '{owner}'"
        raise ExportError(f"{str(path)!r} exists and {what}; choose another place, or remove it first")


def _open_session(model: bytes) -> Any:
    """Return an onnxruntime session on one thread of the CPU.

    Raises:
        ExportError: onnxruntime is not installed or refuses the model.
    """
    runtime = _package("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4  # only what is fatal: a refusal is raised as well
    return _attempt(runtime.InferenceSession, model, options, providers=["CPUExecutionProvider"])


def _attempt(call: Any, *arguments: Any, **options: Any) -> Any:
    """Call into onnxruntime; raise ExportError with its first line where it fails."""
    states = importlib.import_module("onnxruntime.capi.onnxruntime_pybind11_state")
    names = ("Fail", "InvalidArgument", "InvalidGraph", "InvalidProtobuf", "NotImplemented", "RuntimeException")
    try:
        return call(*arguments, **options)
    except tuple(getattr(states, name) for name in names) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ExportError(f"onnxruntime cannot run the model: {reason}; export the run again") from error


def _require_packages() -> None:
    """Raise ExportError where a package that exports need is not installed."""
    for name in ("onnx", "onnxscript", "onnxruntime"):
        _package(name)


def _package(name: str) -> Any:
    """Import a package that only exports need.

    Raises:
        ExportError: It is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ExportError(
            f"ONNX files need the package {name}, which is not installed; run: pip install {name}"
        ) from error
