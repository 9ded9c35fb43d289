"""Convolution, transposed convolution and pooling of one image, output sizes, parameters and receptive field.

Sources: S1 (M. Sevkovych), Definitions 1.3.8 to 1.3.13, equations (1.9) to (1.12); S2 (R. Grabovac), section 2.3,
Example 2.3.2, Figures 2.6 and 2.7. Indices begin at 0. Slips of the sources:

- S1 (1.9) and (1.10) shift by m + i with indices from 1: they start one pixel late and run out of the image.
- S1 (1.11) and (1.12) do not move with (i, j) at all, and the stride is defined but not used.
- S1 1.3.8 calls an operator between finite sets continuous; a convolution leaves the set {0..255}.
- S2 Example 2.3.2 prints 196,736 parameters of the dense layer; it has 196,672.

`aeviz/web/components/convolution/operators.js` computes the same in the page.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np

from aeviz.lab.activations import Activation, activate
from aeviz.language import mark

Pooling = Literal["max", "min", "average"]
_REDUCERS: dict[Pooling, Callable[..., np.ndarray]] = {"max": np.max, "min": np.min, "average": np.mean}

KERNELS: dict[str, tuple[int, tuple[int, ...]]] = {
    mark("vertical edges (Sobel)"): (1, (-1, 0, 1, -2, 0, 2, -1, 0, 1)),
    mark("horizontal edges (Sobel)"): (1, (-1, -2, -1, 0, 0, 0, 1, 2, 1)),
    mark("all edges (Laplace)"): (1, (0, 1, 0, 1, -4, 1, 0, 1, 0)),
    mark("blur (binomial)"): (16, (1, 2, 1, 2, 4, 2, 1, 2, 1)),
    mark("blur (mean)"): (9, (1,) * 9),
    mark("sharpen"): (1, (0, -1, 0, -1, 5, -1, 0, -1, 0)),
    mark("identity"): (1, (0, 0, 0, 0, 1, 0, 0, 0, 0)),
}
"""Divisor and weights of 3x3 kernels, row by row."""
FIGURE_KERNEL = (1, 0, 1, 0, 1, 0, 1, 0, -1)
FIGURE_INPUT = (
    *(1, 0, 1, 0, 1, 0),
    *(1, 1, 1, 0, 1, 1),
    *(1, 0, 0, 0, 1, 0),
    *(1, 0, 1, 1, 0, 0),
    *(0, 0, 1, 1, 0, 1),
    *(1, 0, 0, 0, 1, 0),
)
"""6x6 numbers and a kernel that give what S2 says of its Figure 2.6, whose own numbers stand in the drawing alone: a
feature map that begins with 4 and 1, above 2 and 0."""


def output_side(side: int, size: int, *, stride: int = 1, padding: int = 0) -> int:
    """Return the side of the output of a convolution or pooling: floor((side + 2 padding - size) / stride) + 1.

    Where the window does not fit it is 0 or less: there is no output.
    """
    return (side + 2 * padding - size) // stride + 1


def transposed_side(side: int, size: int, *, stride: int = 1, padding: int = 0) -> int:
    """Return the side of the output of a transposed convolution: (side - 1) stride - 2 padding + size."""
    return (side - 1) * stride - 2 * padding + size


def _windows(image: np.ndarray, size: int, stride: int) -> np.ndarray:
    """Return (H', W', size, size) windows of an image (H, W)."""
    return np.lib.stride_tricks.sliding_window_view(image, (size, size))[::stride, ::stride]


def convolve(image: np.ndarray, kernel: np.ndarray, *, stride: int = 1, padding: int = 0) -> np.ndarray:
    """Convolve an image as networks do, without mirroring the kernel: a cross-correlation. S1 (1.9), corrected.

    Args:
        image: (H, W), of any real type.
        kernel: (k, k), of any real type; k <= H + 2 padding, and likewise for W.
        stride: Pixels between two windows, at least 1.
        padding: Zeros added on each side, at least 0.

    Returns:
        (H', W'), float64, see `output_side`.
    """
    padded = np.pad(np.asarray(image, dtype=np.float64), padding)
    found: np.ndarray = np.einsum("hwmn,mn->hw", _windows(padded, len(kernel), stride), kernel)
    return found


def transpose_convolve(image: np.ndarray, kernel: np.ndarray, *, stride: int = 1, padding: int = 0) -> np.ndarray:
    """Put a copy of the kernel down for each pixel, scaled by it, and add the copies: S2 Figure 2.7.

    It is the transpose of the matrix of `convolve` with the same kernel, stride and padding, and not its inverse.

    Args:
        image: (H, W), of any real type.
        kernel: (k, k), of any real type.
        stride: Pixels between two copies, at least 1.
        padding: Pixels cut off on each side, at least 0.

    Returns:
        (H', W'), float64, see `transposed_side`.
    """
    size = len(kernel)
    height, width = ((side - 1) * stride + size for side in image.shape)
    found = np.zeros((height, width))
    for (row, column), value in np.ndenumerate(image):
        found[row * stride : row * stride + size, column * stride : column * stride + size] += value * kernel
    return found[padding : height - padding, padding : width - padding]


def pool(image: np.ndarray, kind: Pooling, size: int, *, stride: int) -> np.ndarray:
    """Return maximum, minimum or mean of each window of an image: S1 (1.10) to (1.12), corrected.

    Args:
        image: (H, W), of any real type.
        kind: What is taken of a window.
        size: Side of the window, at most H and W.
        stride: Pixels between two windows, at least 1.

    Returns:
        (H', W'), float64, see `output_side`.
    """
    found: np.ndarray = _REDUCERS[kind](_windows(np.asarray(image, dtype=np.float64), size, stride), axis=(2, 3))
    return found


def image_layer(
    image: np.ndarray, kernel: np.ndarray, *, bias: float, activation: Activation, stride: int = 1, padding: int = 0
) -> np.ndarray:
    """Return phi(T image + b) with a convolution as T: a layer that operates on images, S1, Definition 1.3.9.

    Args:
        image: As for `convolve`; so are kernel, stride and padding.
        kernel: Weights of T.
        bias: b, one number that is added to each pixel.
        activation: phi, applied to each pixel.
        stride: Pixels between two windows, at least 1.
        padding: Zeros added on each side, at least 0.
    """
    return activate(activation, convolve(image, kernel, stride=stride, padding=padding) + bias)


def receptive_field(layers: Sequence[tuple[int, int]]) -> int:
    """Return the side of the window of the input that one number of the last layer depends on.

    Args:
        layers: Window and stride of each convolution or pooling, the first one first.
    """
    field, jump = 1, 1
    for size, stride in layers:
        field += (size - 1) * jump
        jump *= stride
    return field


def convolution_parameters(size: int, channels: int, filters: int) -> int:
    """Return the weights and biases of a convolution with square kernels: S2 Example 2.3.2."""
    return (size * size * channels + 1) * filters


def dense_parameters(inputs: int, outputs: int) -> int:
    """Return the weights and biases of a dense layer: S2 Example 2.3.2."""
    return inputs * outputs + outputs
