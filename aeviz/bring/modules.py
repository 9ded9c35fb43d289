"""PyTorch modules as ONNX files: any encoder and decoder, and the models of pythae and diffusers.

References:
    pythae: https://github.com/clementchadebec/benchmark_VAE, 0.1.2
    diffusers: AutoencoderKL, whose encoder has images in [-1, 1]
"""

import warnings
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from aeviz.errors import ImportedModelError
from aeviz.export.onnx import OPSET

Shape = tuple[int, int, int]


def module_to_onnx(
    module: nn.Module | torch.export.ExportedProgram, side: tuple[int, ...], names: tuple[str, ...]
) -> bytes:
    """Return a module as the content of an ONNX file, its first dimension free.

    Args:
        module: A module in eval mode, or a program that torch.export made.
        side: Shape of its input without N.
        names: Names of its outputs.

    Raises:
        ImportedModelError: PyTorch cannot write it.
    """
    example = torch.zeros(2, *side)
    is_program = isinstance(module, torch.export.ExportedProgram)
    options: dict[str, Any] = {} if is_program else {"dynamic_shapes": ({0: torch.export.Dim("N")},)}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            program = torch.onnx.export(
                module,
                (example,),
                output_names=list(names),
                opset_version=OPSET,
                dynamo=True,
                external_data=False,
                verbose=False,
                **options,
            )
    except (torch.onnx.errors.OnnxExporterError, RuntimeError, TypeError, ValueError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise ImportedModelError(
            f"PyTorch {torch.__version__} cannot write {type(module).__name__} as ONNX: {reason}; expected a module "
            f"that maps (N, {', '.join(map(str, side))}) to tensors"
        ) from error
    assert program is not None
    content: bytes = program.model_proto.SerializeToString()
    return content


def convert(model: Any, image_shape: Shape | None) -> tuple[bytes, bytes]:
    """Return encoder and decoder of a model of pythae or diffusers as the contents of two ONNX files.

    Args:
        model: An AE, a VAE (or a subclass), or a VQVAE of pythae; an AutoencoderKL of diffusers.
        image_shape: (C, H, W); pythae's models know it.

    Raises:
        ImportedModelError: The model is of another kind.
    """
    library = type(model).__module__.partition(".")[0]
    if library == "pythae":
        encoder, decoder, side = _of_pythae(model)
        image_shape = image_shape or side
    elif library == "diffusers":
        encoder, decoder = _DiffusersEncoder(model), _DiffusersDecoder(model)
    else:
        raise ImportedModelError(
            f"a model of {library!r} is not known; expected one of pythae or diffusers, or encoder= and decoder="
        )
    if image_shape is None:
        raise ImportedModelError("the shape of the images is not known; set image_shape=(C, H, W)")
    encoder, decoder = encoder.eval(), decoder.eval()
    with torch.no_grad():
        codes = encoder(torch.zeros(2, *image_shape))
    names = ("mean", "log_variance")[: len(codes)]
    return (
        module_to_onnx(encoder, image_shape, names),
        module_to_onnx(decoder, tuple(codes[0].shape[1:]), ("image",)),
    )


def _of_pythae(model: Any) -> tuple[nn.Module, nn.Module, Shape | None]:
    sides = tuple(int(side) for side in getattr(model.model_config, "input_dim", None) or ())
    shape: Shape | None = (sides[0], sides[1], sides[2]) if len(sides) == 3 else None
    if hasattr(model, "quantizer"):
        return _PythaeCodes(model), _PythaeDecoder(model.decoder), shape
    return _PythaeEncoder(model.encoder), _PythaeDecoder(model.decoder), shape


class _PythaeEncoder(nn.Module):
    """Images to embeddings, and their log-variances where the model is variational."""

    def __init__(self, encoder: nn.Module) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Encode a batch."""
        found: Mapping[str, Tensor] = self.encoder(x)
        return tuple(found[name] for name in ("embedding", "log_covariance") if name in found)


class _PythaeDecoder(nn.Module):
    """Embeddings to images."""

    def __init__(self, decoder: nn.Module) -> None:
        super().__init__()
        self.decoder = decoder

    def forward(self, z: Tensor) -> Tensor:
        """Decode a batch."""
        image: Tensor = self.decoder(z)["reconstruction"]
        return image


class _PythaeCodes(nn.Module):
    """Images to the nearest codes of a VQ-VAE, put beside each other; its decoder takes any points."""

    def __init__(self, model: Any) -> None:
        super().__init__()
        self.encoder = model.encoder
        self.quantizer = model.quantizer

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Encode a batch."""
        embedding = self.encoder(x)["embedding"]
        is_flat = embedding.ndim == 2  # then each number is a place, as pythae has it
        image = embedding.reshape(embedding.shape[0], 1, 1, -1) if is_flat else embedding
        places = image.permute(0, 2, 3, 1)
        codes: Tensor = (
            self.quantizer.embeddings.weight
            if hasattr(self.quantizer.embeddings, "weight")
            else (self.quantizer.embeddings)
        )
        distances = (places**2).sum(-1, keepdim=True) - 2 * places @ codes.T + (codes**2).sum(1)
        nearest = functional.embedding(distances.argmin(-1), codes)
        return (nearest.permute(0, 3, 1, 2).reshape(embedding.shape),)


class _DiffusersEncoder(nn.Module):
    """Images in [0, 1] to the mean and the log-variance of the latent image."""

    def __init__(self, vae: Any) -> None:
        super().__init__()
        self.vae = vae

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        """Encode a batch."""
        posterior = self.vae.encode(2 * x - 1).latent_dist
        return posterior.mean, posterior.logvar


class _DiffusersDecoder(nn.Module):
    """A latent image to an image in [0, 1]."""

    def __init__(self, vae: Any) -> None:
        super().__init__()
        self.vae = vae

    def forward(self, z: Tensor) -> Tensor:
        """Decode a batch."""
        image: Tensor = self.vae.decode(z).sample
        return (image + 1) / 2
