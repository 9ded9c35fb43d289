"""`aeviz.import_model`: a model of another program becomes a run."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aeviz.bring.settings import Imported, ImportSettings
from aeviz.data import load_dataset
from aeviz.errors import ImportedModelError
from aeviz.workers.importing import import_files

if TYPE_CHECKING:
    from torch import nn
    from torch.export import ExportedProgram

    Part = str | Path | bytes | nn.Module | ExportedProgram


def import_model(
    name: str,
    *,
    encoder: "Part | None" = None,
    decoder: "Part | None" = None,
    model: Any = None,
    data: str | None = None,
    image_shape: tuple[int, int, int] | None = None,
    latent_dim: int | None = None,
    pixels: str | None = None,
    on_progress: Callable[[float, str], None] | None = None,
) -> Imported:
    """Import a model of another program, so that every page and function of aeviz works with it.

    Args:
        name: Of the run that is made in AEVIZ_RUNS.
        encoder: Images to latent points: the path of an ONNX file, its content, a module or a program of torch.export.
            Its outputs are the point, or the mean and the log-variance of the posterior.
        decoder: Latent points to images, likewise.
        model: Instead of both: a model of pythae (AE, VAE, VQVAE) or an AutoencoderKL of diffusers.
        data: A data set, or folder:PATH, on whose test images it is measured; None takes the one on this machine that
            it reconstructs best.
        image_shape: (C, H, W); for modules, None takes that of `data`.
        latent_dim: D; for a decoder that is a module.
        pixels: Range of the pixels: "0..1", "-1..1" or "0..255"; None takes the one with the smallest error.
        on_progress: Called in this thread with the share done in [0, 1] and what is done.

    Returns:
        What was made; `aeviz.load(name)` loads it.

    Raises:
        ImportedModelError: The model cannot be read, computed or fitted; the message says what to do.
        DataError: The data set is missing.
        WorkerError: The process that checks it did not start.
    """
    if (model is None) == (encoder is None or decoder is None):
        raise ImportedModelError("import_model takes encoder= and decoder=, or model=; expected one of both")
    if image_shape is None and data is not None:
        image_shape = load_dataset(data, "test").image_shape
    if model is not None:
        from aeviz.bring.modules import convert

        contents = convert(model, image_shape)
        pixels = pixels or "0..1"  # as `convert` has it
        source = f"{type(model).__module__.partition('.')[0]} {type(model).__name__}"
    else:
        assert encoder is not None
        assert decoder is not None
        points = None if latent_dim is None else (latent_dim,)
        contents = _content(encoder, image_shape, "image_shape"), _content(decoder, points, "latent_dim")
        source = " and ".join(str(Path(part).name) for part in (encoder, decoder) if isinstance(part, str | Path))
    settings = ImportSettings(name=name, data=data, pixels_in=pixels, pixels_out=pixels, source=source)
    return import_files(*contents, settings, on_progress=on_progress)


def _content(part: "Part", side: tuple[int, ...] | None, needed: str) -> bytes:
    """Return a part as the content of an ONNX file."""
    if isinstance(part, bytes):
        return part
    if isinstance(part, str | Path):
        return read_file(Path(part))
    if side is None:
        raise ImportedModelError(f"a module does not say the shape of its input; set {needed}=")
    from aeviz.bring.modules import module_to_onnx

    return module_to_onnx(part, side, ())


def read_file(path: Path) -> bytes:
    """Return the content of an ONNX file.

    Raises:
        ImportedModelError: It cannot be read, or its name tells that it may hold code.
    """
    if path.suffix.lower() in (".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt", ".pt2", ".h5", ".keras"):
        raise ImportedModelError(
            f"{path.name} may hold code, which aeviz never runs; expected ONNX files; load it in your own Python and "
            "call aeviz.import_model(name, encoder=..., decoder=...) with its modules"
        )
    try:
        return path.expanduser().read_bytes()
    except OSError as error:
        raise ImportedModelError(f"{str(path)!r} cannot be read: {error.strerror or error}") from error
