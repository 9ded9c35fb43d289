"""Operators of ONNX that are layers: products with weights, convolutions, pooling, normalisation, resizing."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from aeviz.errors import DataError
from aeviz.models.foreign.graph import Node
from aeviz.models.foreign.operators import (
    Inputs,
    Operator,
    broadcast,
    check_size,
    integers,
    need,
    number,
    optional,
    whole,
)


def _matmul(node: Node, x: Inputs, opset: int) -> Tensor:
    a, b = need(x, 0, node), need(x, 1, node)
    if a.ndim > 1 and b.ndim > 1:
        check_size((*broadcast(a.shape[:-2], b.shape[:-2]), a.shape[-2], b.shape[-1]), node.op)
    return torch.matmul(a, b)


def _gemm(node: Node, x: Inputs, opset: int) -> Tensor:
    a, b, bias = need(x, 0, node), need(x, 1, node), optional(x, 2)
    a = a.T if whole(node, "transA", 0) else a
    b = b.T if whole(node, "transB", 0) else b
    check_size((a.shape[0], b.shape[1]), node.op)
    result = number(node, "alpha", 1.0) * (a @ b)
    return result if bias is None else result + number(node, "beta", 1.0) * bias


def _padding(
    node: Node, sides: Sequence[int], kernel: Sequence[int], stride: Sequence[int], dilation: Sequence[int]
) -> list[tuple[int, int]]:
    """Return the pixels to add before and after each side."""
    automatic = str(node.attributes.get("auto_pad", "NOTSET"))
    if automatic in ("NOTSET", ""):
        pads = integers((), 0, node, "pads") or [0] * 2 * len(sides)
        return list(zip(pads[: len(sides)], pads[len(sides) :], strict=True))
    if automatic == "VALID":
        return [(0, 0)] * len(sides)
    missing = [
        max(0, (-(-side // step) - 1) * step + (width - 1) * spread + 1 - side)
        for side, width, step, spread in zip(sides, kernel, stride, dilation, strict=True)
    ]
    small = [each // 2 for each in missing]
    if automatic == "SAME_LOWER":
        return [(each - less, less) for each, less in zip(missing, small, strict=True)]
    return [(less, each - less) for each, less in zip(missing, small, strict=True)]


def _padded(value: Tensor, pads: Sequence[tuple[int, int]], fill: float) -> Tensor:
    sides = [amount for pair in reversed(pads) for amount in pair]
    check_size(
        [*value.shape[:2], *(side + sum(pair) for side, pair in zip(value.shape[2:], pads, strict=True))], "padding"
    )
    return functional.pad(value, sides, value=fill) if any(sides) else value


def _window(node: Node, value: Tensor, kernel: Sequence[int]) -> tuple[list[int], list[int], list[tuple[int, int]]]:
    axes = len(kernel)
    if value.ndim != axes + 2 or axes not in (1, 2):
        raise DataError(f"{node.op} takes values of shape {tuple(value.shape)}; expected images (N, C, H, W)")
    stride = integers((), 0, node, "strides") or [1] * axes
    dilation = integers((), 0, node, "dilations") or [1] * axes
    return stride, dilation, _padding(node, value.shape[2:], kernel, stride, dilation)


def _conv(node: Node, x: Inputs, opset: int) -> Tensor:
    value, weight = need(x, 0, node), need(x, 1, node)
    stride, dilation, pads = _window(node, value, weight.shape[2:])
    before, after = zip(*pads, strict=True)
    if before != after:
        value, before = _padded(value, pads, 0.0), (0,) * len(pads)
    sides = [
        (side + 2 * pad) // step for side, pad, step in zip(value.shape[2:], before, stride, strict=True)
    ]  # of the result, or one more
    check_size((value.shape[0], weight.shape[0], *sides), node.op)
    compute = functional.conv2d if value.ndim == 4 else functional.conv1d
    return compute(value, weight, optional(x, 2), stride, before, dilation, whole(node, "group", 1))


def _conv_transpose(node: Node, x: Inputs, opset: int) -> Tensor:
    value, weight = need(x, 0, node), need(x, 1, node)
    axes = value.ndim - 2
    stride, dilation, pads = _window(node, value, weight.shape[2:])
    extra = integers((), 0, node, "output_padding") or [0] * axes
    full = [
        (side - 1) * step + (width - 1) * spread + 1 + more
        for side, step, width, spread, more in zip(
            value.shape[2:], stride, weight.shape[2:], dilation, extra, strict=True
        )
    ]
    wanted = integers((), 0, node, "output_shape")
    automatic = str(node.attributes.get("auto_pad", "NOTSET"))
    if wanted is None and automatic.startswith("SAME"):
        wanted = [side * step for side, step in zip(value.shape[2:], stride, strict=True)]
    if wanted is not None:
        missing = [max(0, have - want) for have, want in zip(full, wanted[-axes:], strict=True)]
        pads = [(each // 2, each - each // 2) for each in missing]
        if automatic != "SAME_UPPER":
            pads = [(after, before) for before, after in pads]
    group = whole(node, "group", 1)
    check_size((value.shape[0], weight.shape[1] * group, *full), node.op)
    compute = functional.conv_transpose2d if value.ndim == 4 else functional.conv_transpose1d
    result = compute(value, weight, optional(x, 2), stride, 0, 0, group, dilation)
    result = _padded(result, [(0, more) for more in extra], 0.0) if any(extra) else result
    if any(extra) and (bias := optional(x, 2)) is not None:  # what is added has the bias, too
        outside = torch.ones(result.shape[2:], dtype=torch.bool, device=result.device)
        outside[tuple(slice(0, have - more) for have, more in zip(full, extra, strict=True))] = False
        result = result + outside * bias.reshape(-1, *(1,) * axes)
    for axis, (before, after) in enumerate(pads, start=2):
        result = result.narrow(axis, before, result.shape[axis] - before - after)
    return result


def _max_pool(node: Node, x: Inputs, opset: int) -> Tensor:
    value, kernel = need(x, 0, node), integers((), 0, node, "kernel_shape") or []
    stride, dilation, pads = _window(node, value, kernel)
    compute = functional.max_pool2d if value.ndim == 4 else functional.max_pool1d
    padded = _padded(value, pads, float("-inf"))
    return compute(padded, kernel, stride, 0, dilation, bool(whole(node, "ceil_mode", 0)))


def _average_pool(node: Node, x: Inputs, opset: int) -> Tensor:
    value, kernel = need(x, 0, node), integers((), 0, node, "kernel_shape") or []
    stride, _, pads = _window(node, value, kernel)
    if whole(node, "ceil_mode", 0):
        raise DataError("AveragePool with ceil_mode=1 is not known; expected ceil_mode=0")
    compute = functional.avg_pool2d if value.ndim == 4 else functional.avg_pool1d
    result = compute(_padded(value, pads, 0.0), kernel, stride)
    if any(map(any, pads)) and not whole(node, "count_include_pad", 0):
        result = result / compute(_padded(torch.ones_like(value), pads, 0.0), kernel, stride)
    return result


def _batch_norm(node: Node, x: Inputs, opset: int) -> Tensor:
    value, scale, bias, mean, variance = (need(x, k, node) for k in range(5))
    return functional.batch_norm(value, mean, variance, scale, bias, False, 0.0, number(node, "epsilon", 1e-5))


def _instance_norm(node: Node, x: Inputs, opset: int) -> Tensor:
    value, epsilon = need(x, 0, node), number(node, "epsilon", 1e-5)
    axes = tuple(range(2, value.ndim))
    variance, mean = torch.var_mean(value, dim=axes, keepdim=True, correction=0)
    shape = (1, -1, *(1,) * len(axes))
    scale, bias = (need(x, k, node).reshape(shape) for k in (1, 2))
    return (value - mean) / torch.sqrt(variance + epsilon) * scale + bias


def _layer_norm(node: Node, x: Inputs, opset: int) -> Tensor:
    value, axis = need(x, 0, node), whole(node, "axis", -1)
    shape = value.shape[axis % value.ndim :]
    return functional.layer_norm(value, shape, need(x, 1, node), optional(x, 2), number(node, "epsilon", 1e-5))


def _group_norm(node: Node, x: Inputs, opset: int) -> Tensor:
    value, groups, epsilon = need(x, 0, node), whole(node, "num_groups", 1), number(node, "epsilon", 1e-5)
    scale, bias = need(x, 1, node), need(x, 2, node)
    if scale.numel() == groups != value.shape[1]:  # version 18 has a scale for each group, 21 for each channel
        each = value.shape[1] // groups
        scale, bias = scale.repeat_interleave(each), bias.repeat_interleave(each)
    return functional.group_norm(value, groups, scale, bias, epsilon)


def _lp_norm(node: Node, x: Inputs, opset: int) -> Tensor:
    value, axis = need(x, 0, node), whole(node, "axis", -1)
    norm: Tensor = torch.linalg.vector_norm(value, ord=whole(node, "p", 2), dim=axis, keepdim=True)
    return value / norm


def _depth_to_space(node: Node, x: Inputs, opset: int) -> Tensor:
    value, block = need(x, 0, node), whole(node, "blocksize", 1)
    count, channels, height, width = value.shape
    if node.attributes.get("mode", "DCR") == "CRD":
        return functional.pixel_shuffle(value, block)
    parts = value.reshape(count, block, block, channels // block**2, height, width)
    return parts.permute(0, 3, 4, 1, 5, 2).reshape(count, -1, height * block, width * block)


def _space_to_depth(node: Node, x: Inputs, opset: int) -> Tensor:
    value, block = need(x, 0, node), whole(node, "blocksize", 1)
    count, channels, height, width = value.shape
    parts = value.reshape(count, channels, height // block, block, width // block, block)
    return parts.permute(0, 3, 5, 1, 2, 4).reshape(count, -1, height // block, width // block)


def _resize(node: Node, x: Inputs, opset: int) -> Tensor:
    value = need(x, 0, node)
    scales, sizes = optional(x, 2), optional(x, 3)
    mode = str(node.attributes.get("mode", "nearest"))
    if sizes is not None:
        target = [int(each) for each in sizes.tolist()]
    elif scales is not None and scales.numel():
        target = [int(side * scale) for side, scale in zip(value.shape, scales.tolist(), strict=True)]
    else:
        raise DataError(f"{node.op} has neither scales nor sizes")
    check_size(target, node.op)
    if value.ndim != 4 or target[:2] != list(value.shape[:2]):
        raise DataError(f"{node.op} goes from {tuple(value.shape)} to {target}; expected height and width to change")
    place = str(node.attributes.get("coordinate_transformation_mode", "half_pixel"))
    rounding = str(node.attributes.get("nearest_mode", "round_prefer_floor"))
    ratios = [new / old for new, old in zip(target[2:], value.shape[2:], strict=True)]
    if mode == "nearest":
        if not _is_floor(place, rounding, max(ratios)) or any(ratio != int(ratio) for ratio in ratios):
            raise DataError(
                f"{node.op} goes from {tuple(value.shape)} to {target} by {place!r} and {rounding!r}; expected whole "
                "multiples, and 'asymmetric' with 'floor' or 'half_pixel' with 'round_prefer_floor'"
            )
        return functional.interpolate(value, target[2:], mode="nearest")
    if mode == "linear" and place in ("half_pixel", "pytorch_half_pixel", "align_corners"):
        return functional.interpolate(value, target[2:], mode="bilinear", align_corners=place == "align_corners")
    raise DataError(f"{node.op} by {mode!r} with {place!r} is not known; expected nearest, or linear with half_pixel")


def _is_floor(place: str, rounding: str, ratio: float) -> bool:
    """Whether a way to find the nearest pixel repeats each pixel `ratio` times, which is a whole number."""
    if place in ("half_pixel", "pytorch_half_pixel", "half_pixel_symmetric"):
        return rounding.startswith("round_prefer")
    if place == "asymmetric":
        return rounding == "floor" or (rounding == "round_prefer_floor" and ratio <= 2)
    return place == "tf_half_pixel_for_nn" and rounding == "floor"


def _global(compute: Callable[..., Tensor]) -> Operator:
    return lambda node, x, opset: compute(need(x, 0, node), dim=tuple(range(2, need(x, 0, node).ndim)), keepdim=True)


LAYERS: dict[str, Operator] = {
    "AveragePool": _average_pool,
    "BatchNormalization": _batch_norm,
    "Conv": _conv,
    "ConvTranspose": _conv_transpose,
    "DepthToSpace": _depth_to_space,
    "Gemm": _gemm,
    "GlobalAveragePool": _global(torch.mean),
    "GlobalMaxPool": _global(torch.amax),
    "GroupNormalization": _group_norm,
    "InstanceNormalization": _instance_norm,
    "LayerNormalization": _layer_norm,
    "LpNormalization": _lp_norm,
    "MatMul": _matmul,
    "MaxPool": _max_pool,
    "Resize": _resize,
    "SpaceToDepth": _space_to_depth,
}
"""Operators that are layers, by name."""
