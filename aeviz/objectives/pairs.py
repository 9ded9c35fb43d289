"""The check of two batches of images before every comparison."""

import torch
from jaxtyping import Float
from torch import Tensor

from aeviz.errors import DataError


def matched_pair(
    x: Float[Tensor, "..."], y: Float[Tensor, "..."]
) -> tuple[Float[Tensor, "N C H W"], Float[Tensor, "N C H W"]]:
    """Return both batches in one precision, float32 or finer, after checking that they can be compared.

    Half precision is widened: variances of pixels and means over a batch lose too much in it.

    Args:
        x: (N, C, H, W), floating point, any range.
        y: As `x`, the same shape; the dtype may differ.

    Returns:
        x and y, in the finest of their dtypes and float32. They share memory with the arguments where they can.

    Raises:
        DataError: The shapes differ, are not (N, C, H, W), or the pixels are whole numbers.
    """
    if x.shape != y.shape or x.ndim != 4:
        raise DataError(
            f"cannot compare images of shapes {tuple(x.shape)} and {tuple(y.shape)}; expected two batches of the same "
            "shape (N, C, H, W): reshape, crop or resize one of them"
        )
    if not (x.is_floating_point() and y.is_floating_point()):
        raise DataError(
            f"cannot compare images of types {x.dtype} and {y.dtype}; expected floating point in [0, 1]: divide bytes "
            "by 255 first"
        )
    dtype = torch.promote_types(torch.promote_types(x.dtype, y.dtype), torch.float32)
    return x.to(dtype), y.to(dtype)
