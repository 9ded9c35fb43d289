"""Small decoders without torch, whose import would hold up the first visitor of the page for seconds."""

import numpy as np

from aeviz.web.kernel.models import Model

_KERNEL, _STRIDE = 3, 2
"""Side of the kernels that double an image, and their stride; a larger kernel makes the first image of a point."""


def decode(model: Model, codes: np.ndarray) -> np.ndarray:
    """Decode with layers of `aeviz.models.encoders.mlp` or `conv`, ReLU between them and a sigmoid at the end.

    Args:
        model: The model, whose decoder is fully connected or convolutional without batch normalisation.
        codes: (N, D), floating point.

    Returns:
        (N, C, H, W), float64 in [0, 1].
    """
    from safetensors.numpy import load_file

    weights = load_file(model.path / "model.safetensors")
    layers = sorted({int(name.split(".")[1]) for name in weights if name.startswith("decoder.")})
    values = codes.astype(np.float64)
    for layer in layers:
        weight, bias = weights[f"decoder.{layer}.weight"], weights[f"decoder.{layer}.bias"]
        if weight.ndim == 2:
            values = values @ weight.T + bias
        else:
            images = values.reshape(len(codes), weight.shape[0], -1)
            side = round(images.shape[2] ** 0.5)
            values = _transposed(images.reshape(*images.shape[:2], side, side), weight) + bias[:, None, None]
        values = np.maximum(values, 0) if layer != layers[-1] else 1 / (1 + np.exp(-values))
    result: np.ndarray = values.reshape(len(codes), *model.config.model.image_shape)
    return result


def _transposed(images: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Return the transposed convolution of images, (N, C, H, W), with a kernel, (C, K, S, S), as (N, K, H', W').

    A kernel of 3 has stride 2, padding 1 and output padding 1, so that H' is 2 H; another one has stride 1.
    """
    side, high = kernel.shape[2], images.shape[2]
    stride, margin = (_STRIDE, 1) if side == _KERNEL else (1, 0)
    whole = (high - 1) * stride + side + margin
    out = np.zeros((len(images), kernel.shape[1], whole, whole))
    reach = (high - 1) * stride + 1
    for row, column in np.ndindex(side, side):
        part = np.einsum("nchw,ck->nkhw", images, kernel[:, :, row, column])
        out[:, :, row : row + reach : stride, column : column + reach : stride] += part
    return out[:, :, margin : whole - margin, margin : whole - margin]
