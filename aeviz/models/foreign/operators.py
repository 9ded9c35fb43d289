"""Operators of ONNX that compute elementwise, reduce, or change shapes.

Each function takes the node, its inputs (None for one that is left out) and the version of the operators, and returns
a tensor, or several. Numbers are float32 throughout, whole numbers int64.
"""

import math
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional

from aeviz.errors import DataError
from aeviz.models.foreign.graph import Node

Inputs = Sequence[Tensor | None]
Result = Tensor | tuple[Tensor, ...]
Operator = Callable[[Node, Inputs, int], Result]

MOST_VALUES = 1 << 28
"""Most numbers that an operator may return: a gigabyte of float32."""
_FLOATS = {1, 10, 11, 16}
"""ONNX's types float32, float16, float64 and bfloat16, all of which are float32 here."""
_INTEGERS = {2, 3, 4, 5, 6, 7, 12, 13}
_BOOL = 9


def check_size(shape: Sequence[int], op: str) -> None:
    """Raise DataError where a result of that shape would be too large. Asked before the memory is taken."""
    if math.prod(shape) > MOST_VALUES:
        raise DataError(f"{op} would return {math.prod(shape):,} numbers; expected at most {MOST_VALUES:,}")


def broadcast(*shapes: Sequence[int]) -> tuple[int, ...]:
    """Return the shape that values of these shapes have together."""
    found: tuple[int, ...] = torch.broadcast_shapes(*shapes)  # type: ignore[no-untyped-call]
    return found


def need(x: Inputs, index: int, node: Node) -> Tensor:
    """Return an input that must be there.

    Raises:
        DataError: It is left out.
    """
    value = x[index] if index < len(x) else None
    if value is None:
        raise DataError(f"{node.op} lacks its input {index}")
    return value


def optional(x: Inputs, index: int) -> Tensor | None:
    """Return an input that may be left out."""
    return x[index] if index < len(x) else None


def integers(x: Inputs, index: int, node: Node, name: str) -> list[int] | None:
    """Return whole numbers that are an input in newer versions of an operator and an attribute in older ones."""
    value = optional(x, index)
    if value is not None:
        return [int(each) for each in value.flatten().tolist()]
    known = node.attributes.get(name)
    return None if known is None else [int(each) for each in (known if isinstance(known, list) else [known])]


def number(node: Node, name: str, usual: float | int) -> float | int:
    """Return a numeric attribute."""
    value = node.attributes.get(name, usual)
    if isinstance(value, str | list):
        raise DataError(f"{node.op} has {name}={value!r}; expected a number")
    return value


def whole(node: Node, name: str, usual: int) -> int:
    """Return an attribute that is a whole number."""
    return int(number(node, name, usual))


def _unary(compute: Callable[[Tensor], Tensor]) -> Operator:
    return lambda node, x, opset: compute(need(x, 0, node))


def _binary(compute: Callable[[Tensor, Tensor], Tensor]) -> Operator:
    def run(node: Node, x: Inputs, opset: int) -> Tensor:
        a, b = need(x, 0, node), need(x, 1, node)
        check_size(broadcast(a.shape, b.shape), node.op)
        return compute(a, b)

    return run


def _many(compute: Callable[[Tensor, Tensor], Tensor], *, is_mean: bool = False) -> Operator:
    def run(node: Node, x: Inputs, opset: int) -> Tensor:
        result = need(x, 0, node)
        for index in range(1, len(x)):
            other = need(x, index, node)
            check_size(broadcast(result.shape, other.shape), node.op)
            result = compute(result, other)
        return result / len(x) if is_mean else result

    return run


def _divide(a: Tensor, b: Tensor) -> Tensor:
    return a / b if a.is_floating_point() else torch.div(a, b, rounding_mode="trunc")


def _gelu(node: Node, x: Inputs, opset: int) -> Tensor:
    kind = "tanh" if node.attributes.get("approximate") == "tanh" else "none"
    return functional.gelu(need(x, 0, node), approximate=kind)


def _prelu(node: Node, x: Inputs, opset: int) -> Tensor:
    value = need(x, 0, node)
    return torch.where(value < 0, value * need(x, 1, node), value)


def _clip(node: Node, x: Inputs, opset: int) -> Tensor:
    bounds = [
        optional(x, place) if optional(x, place) is not None else node.attributes.get(name)
        for place, name in ((1, "min"), (2, "max"))
    ]
    low, high = (float(bound) if bound is not None and not isinstance(bound, list) else None for bound in bounds)
    return need(x, 0, node) if low is None and high is None else need(x, 0, node).clamp(low, high)


def _where(node: Node, x: Inputs, opset: int) -> Tensor:
    check_size(broadcast(*(need(x, k, node).shape for k in range(3))), node.op)
    return torch.where(need(x, 0, node).bool(), need(x, 1, node), need(x, 2, node))


def _cast(node: Node, x: Inputs, opset: int) -> Tensor:
    kind = whole(node, "to", 1)
    if kind in _FLOATS:
        return need(x, 0, node).to(torch.float32)
    if kind == _BOOL:
        return need(x, 0, node).bool()
    if kind in _INTEGERS:
        return need(x, 0, node).to(torch.int64)
    raise DataError(f"Cast has to={kind}; expected a number or a truth value")


def _softmax(compute: Callable[..., Tensor]) -> Operator:
    def run(node: Node, x: Inputs, opset: int) -> Tensor:
        value = need(x, 0, node)
        if opset >= 13:
            return compute(value, dim=whole(node, "axis", -1))
        axis = whole(node, "axis", 1) % value.ndim  # older versions flatten what comes after the axis
        flat = value.reshape(*value.shape[:axis], -1)
        return compute(flat, dim=-1).reshape(value.shape)

    return run


def _reduce(compute: Callable[[Tensor, list[int], bool], Tensor]) -> Operator:
    def run(node: Node, x: Inputs, opset: int) -> Tensor:
        value, axes = need(x, 0, node), integers(x, 1, node, "axes")
        if not axes:
            if whole(node, "noop_with_empty_axes", 0):
                return value
            axes = list(range(value.ndim))
        return compute(value, axes, bool(whole(node, "keepdims", 1)))

    return run


def _product(value: Tensor, axes: list[int], keep: bool) -> Tensor:
    for axis in sorted((axis % value.ndim for axis in axes), reverse=True):
        value = value.prod(axis, keepdim=keep)
    return value


def _arg(compute: Callable[..., Tensor]) -> Operator:
    return lambda node, x, opset: compute(
        need(x, 0, node), dim=whole(node, "axis", 0), keepdim=bool(whole(node, "keepdims", 1))
    )


def _reshape(node: Node, x: Inputs, opset: int) -> Tensor:
    value, shape = need(x, 0, node), integers(x, 1, node, "shape") or []
    if not whole(node, "allowzero", 0):
        shape = [value.shape[k] if side == 0 else side for k, side in enumerate(shape)]
    return value.reshape(shape)


def _flatten(node: Node, x: Inputs, opset: int) -> Tensor:
    value, axis = need(x, 0, node), whole(node, "axis", 1)
    return value.reshape(math.prod(value.shape[: axis % (value.ndim + 1) if axis < 0 else axis]), -1)


def _transpose(node: Node, x: Inputs, opset: int) -> Tensor:
    value = need(x, 0, node)
    return value.permute(integers((), 0, node, "perm") or list(reversed(range(value.ndim))))


def _squeeze(node: Node, x: Inputs, opset: int) -> Tensor:
    value, axes = need(x, 0, node), integers(x, 1, node, "axes")
    return value.squeeze() if axes is None else value.squeeze(tuple(axes))


def _unsqueeze(node: Node, x: Inputs, opset: int) -> Tensor:
    value, axes = need(x, 0, node), integers(x, 1, node, "axes") or []
    for axis in sorted(axis % (value.ndim + len(axes)) for axis in axes):
        value = value.unsqueeze(axis)
    return value


def _concat(node: Node, x: Inputs, opset: int) -> Tensor:
    parts = [need(x, k, node) for k in range(len(x))]
    return torch.cat(parts, dim=whole(node, "axis", 0))


def _split(node: Node, x: Inputs, opset: int) -> tuple[Tensor, ...]:
    value, axis = need(x, 0, node), whole(node, "axis", 0)
    sizes = integers(x, 1, node, "split")
    if sizes is None:
        parts = len(node.outputs)
        each = -(-value.shape[axis] // parts)
        sizes = [min(each, value.shape[axis] - k * each) for k in range(parts)]
    return torch.split(value, sizes, dim=axis)


def _slice(node: Node, x: Inputs, opset: int) -> Tensor:
    value = need(x, 0, node)
    starts, ends = integers(x, 1, node, "starts") or [], integers(x, 2, node, "ends") or []
    axes = integers(x, 3, node, "axes") or list(range(len(starts)))
    steps = integers(x, 4, node, "steps") or [1] * len(starts)
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        side = value.shape[axis]
        places = range(side)[slice(start, None if step < 0 and end < -side else end, step)]
        if step == 1:
            value = value.narrow(axis, places.start, len(places)) if len(places) < side else value
        else:
            value = value.index_select(axis, torch.tensor(list(places), dtype=torch.int64, device=value.device))
    return value


def _gather(node: Node, x: Inputs, opset: int) -> Tensor:
    value, indices, axis = need(x, 0, node), need(x, 1, node), whole(node, "axis", 0)
    axis %= max(value.ndim, 1)
    side = value.shape[axis]
    check_size((*value.shape[:axis], *indices.shape, *value.shape[axis + 1 :]), node.op)
    flat = torch.where(indices < 0, indices + side, indices).flatten().to(torch.int64)
    found = value.index_select(axis, flat)
    return found.reshape(*value.shape[:axis], *indices.shape, *value.shape[axis + 1 :])


def _shape(node: Node, x: Inputs, opset: int) -> Tensor:
    shape = list(need(x, 0, node).shape)
    end = node.attributes.get("end")
    return torch.tensor(shape[whole(node, "start", 0) : None if end is None else whole(node, "end", 0)])


def _expand(node: Node, x: Inputs, opset: int) -> Tensor:
    value = need(x, 0, node)
    shape = broadcast(value.shape, tuple(integers(x, 1, node, "shape") or []))
    check_size(shape, node.op)
    return value.expand(shape)


def _tile(node: Node, x: Inputs, opset: int) -> Tensor:
    value, repeats = need(x, 0, node), integers(x, 1, node, "repeats") or []
    check_size([side * count for side, count in zip(value.shape, repeats, strict=True)], node.op)
    return value.tile(repeats)


def _constant_of_shape(node: Node, x: Inputs, opset: int) -> Tensor:
    shape = integers(x, 0, node, "shape") or []
    check_size(shape, node.op)
    value = number(node, "value", 0.0)
    return torch.full(shape, value, dtype=torch.float32 if isinstance(value, float) else torch.int64)


def _range(node: Node, x: Inputs, opset: int) -> Tensor:
    start, stop, step = (need(x, k, node).item() for k in range(3))
    check_size([math.ceil(abs((stop - start) / step))], node.op)
    return torch.arange(start, stop, step)


def _pad(node: Node, x: Inputs, opset: int) -> Tensor:
    value, pads = need(x, 0, node), integers(x, 1, node, "pads") or []
    axes = integers(x, 3, node, "axes") or list(range(value.ndim))
    mode = str(node.attributes.get("mode", "constant"))
    known = optional(x, 2)
    fill = float(known) if known is not None else number(node, "value", 0.0)
    half = len(pads) // 2
    by_axis = {axis % value.ndim: (pads[k], pads[k + half]) for k, axis in enumerate(axes)}
    check_size([side + sum(by_axis.get(axis, (0, 0))) for axis, side in enumerate(value.shape)], node.op)
    sides = [amount for axis in reversed(range(value.ndim)) for amount in by_axis.get(axis, (0, 0))]
    if mode == "constant":
        return functional.pad(value, sides, value=fill)
    if any(sides[2 * (value.ndim - 2) :]):
        raise DataError(f"Pad with mode={mode!r} pads images or channels; expected height and width only")
    return functional.pad(value, sides[: 2 * (value.ndim - 2)], mode={"reflect": "reflect", "edge": "replicate"}[mode])


OPERATORS: dict[str, Operator] = {
    "Abs": _unary(torch.abs),
    "Add": _binary(torch.add),
    "And": _binary(torch.logical_and),
    "ArgMax": _arg(torch.argmax),
    "ArgMin": _arg(torch.argmin),
    "Cast": _cast,
    "CastLike": lambda node, x, opset: need(x, 0, node).to(need(x, 1, node).dtype),
    "Ceil": _unary(torch.ceil),
    "Celu": lambda node, x, opset: functional.celu(need(x, 0, node), number(node, "alpha", 1.0)),
    "Clip": _clip,
    "Concat": _concat,
    "ConstantOfShape": _constant_of_shape,
    "Cos": _unary(torch.cos),
    "Div": _binary(_divide),
    "Dropout": _unary(lambda value: value),
    "Elu": lambda node, x, opset: functional.elu(need(x, 0, node), number(node, "alpha", 1.0)),
    "Equal": _binary(torch.eq),
    "Erf": _unary(torch.erf),
    "Exp": _unary(torch.exp),
    "Expand": _expand,
    "Flatten": _flatten,
    "Floor": _unary(torch.floor),
    "Gather": _gather,
    "Gelu": _gelu,
    "Greater": _binary(torch.gt),
    "GreaterOrEqual": _binary(torch.ge),
    "HardSigmoid": lambda node, x, opset: (
        number(node, "alpha", 0.2) * need(x, 0, node) + number(node, "beta", 0.5)
    ).clamp(0, 1),
    "HardSwish": _unary(functional.hardswish),
    "Identity": _unary(lambda value: value),
    "LeakyRelu": lambda node, x, opset: functional.leaky_relu(need(x, 0, node), number(node, "alpha", 0.01)),
    "Less": _binary(torch.lt),
    "LessOrEqual": _binary(torch.le),
    "Log": _unary(torch.log),
    "LogSoftmax": _softmax(functional.log_softmax),
    "Max": _many(torch.maximum),
    "Mean": _many(torch.add, is_mean=True),
    "Min": _many(torch.minimum),
    "Mish": _unary(functional.mish),
    "Mul": _binary(torch.mul),
    "Neg": _unary(torch.neg),
    "Not": _unary(torch.logical_not),
    "Or": _binary(torch.logical_or),
    "PRelu": _prelu,
    "Pad": _pad,
    "Pow": _binary(torch.pow),
    "Range": _range,
    "Reciprocal": _unary(torch.reciprocal),
    "ReduceL2": _reduce(lambda value, axes, keep: torch.linalg.vector_norm(value, dim=axes, keepdim=keep)),
    "ReduceMax": _reduce(lambda value, axes, keep: value.amax(axes, keepdim=keep)),
    "ReduceMean": _reduce(lambda value, axes, keep: value.mean(axes, keepdim=keep)),
    "ReduceMin": _reduce(lambda value, axes, keep: value.amin(axes, keepdim=keep)),
    "ReduceProd": _reduce(_product),
    "ReduceSum": _reduce(lambda value, axes, keep: value.sum(axes, keepdim=keep)),
    "ReduceSumSquare": _reduce(lambda value, axes, keep: (value * value).sum(axes, keepdim=keep)),
    "Relu": _unary(torch.relu),
    "Reshape": _reshape,
    "Round": _unary(torch.round),
    "Selu": lambda node, x, opset: (
        number(node, "gamma", 1.0507009873554805)
        * functional.elu(need(x, 0, node), number(node, "alpha", 1.6732632423543772))
    ),
    "Shape": _shape,
    "Sigmoid": _unary(torch.sigmoid),
    "Sign": _unary(torch.sign),
    "Sin": _unary(torch.sin),
    "Size": lambda node, x, opset: torch.tensor(need(x, 0, node).numel()),
    "Slice": _slice,
    "Softmax": _softmax(functional.softmax),
    "Softplus": _unary(functional.softplus),
    "Softsign": _unary(functional.softsign),
    "Split": _split,
    "Sqrt": _unary(torch.sqrt),
    "Squeeze": _squeeze,
    "Sub": _binary(torch.sub),
    "Sum": _many(torch.add),
    "Tanh": _unary(torch.tanh),
    "ThresholdedRelu": lambda node, x, opset: functional.threshold(need(x, 0, node), number(node, "alpha", 1.0), 0.0),
    "Tile": _tile,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
    "Where": _where,
}
"""Operators that need no sliding window, by name."""
