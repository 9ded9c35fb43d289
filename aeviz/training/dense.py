"""Dense layers, forward and backward, without autograd: each product writes into a buffer that is kept.

On a CPU a small network spends half of a step of autograd on its bookkeeping and on fresh memory. Here a batch is a
chain of matrix products and of functions in place. It computes what autograd computes (tests/training/test_dense.py).

References:
    [S1] M. Sevkovych, On variational autoencoders: theory and applications, Univ. of Stuttgart, 2023, section 1.2.2
    (backpropagation).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

_ATEN = torch.ops.aten


@dataclass(frozen=True, slots=True)
class _Pointwise:
    """A function of each unit, in place, and its derivative from its own output."""

    forward: Callable[[Tensor], object]
    backward: Callable[[Tensor, Tensor], object]
    """Called with the gradient, (N, F), which it overwrites, and the output, (N, F)."""


def _pointwise(module: nn.Module) -> _Pointwise | None:
    """Return the function of an activation; None where its derivative does not follow from its output alone."""
    if isinstance(module, nn.ReLU):
        return _Pointwise(
            lambda y: y.clamp_min_(0), lambda g, y: _ATEN.threshold_backward.grad_input(g, y, 0, grad_input=g)
        )
    if isinstance(module, nn.LeakyReLU):
        slope = module.negative_slope
        return _Pointwise(
            lambda y: nn.functional.leaky_relu_(y, slope),
            lambda g, y: _ATEN.leaky_relu_backward.grad_input(g, y, slope, True, grad_input=g),
        )
    if isinstance(module, nn.ELU):
        alpha = module.alpha
        return _Pointwise(
            lambda y: nn.functional.elu_(y, alpha),
            lambda g, y: _ATEN.elu_backward.grad_input(g, alpha, 1, 1, True, y, grad_input=g),
        )
    if isinstance(module, nn.Tanh):
        return _Pointwise(torch.tanh_, lambda g, y: _ATEN.tanh_backward.grad_input(g, y, grad_input=g))
    if isinstance(module, nn.Sigmoid):
        return _Pointwise(torch.sigmoid_, lambda g, y: _ATEN.sigmoid_backward.grad_input(g, y, grad_input=g))
    return None


@dataclass(frozen=True, slots=True)
class _Buffers:
    """Outputs of the layers and gradients by them, (N, F) each, for one size of batch."""

    outputs: list[Tensor]
    gradients: list[Tensor]


class DenseChain:
    """Linear layers with functions between them.

    Args:
        layers: A linear layer and what follows it, or None, from the first to the last. Their gradients are kept in
            `weight.grad` and `bias.grad`, which each backward pass overwrites.
    """

    def __init__(self, layers: list[tuple[nn.Linear, _Pointwise | None]]) -> None:
        self._layers = layers
        self._buffers: dict[int, _Buffers] = {}
        self._input = torch.empty(0)
        for linear, _ in layers:
            for parameter in linear.parameters():
                parameter.grad = torch.zeros_like(parameter)

    @classmethod
    def of(cls, modules: Iterable[nn.Module]) -> "DenseChain | None":
        """Return the chain of a stack of layers; None where one of them does not fit into it or there is none."""
        layers: list[tuple[nn.Linear, _Pointwise | None]] = []
        for module in modules:
            if isinstance(module, nn.Flatten | nn.Unflatten | nn.Identity):
                continue
            if isinstance(module, nn.Linear) and module.bias is not None:
                layers.append((module, None))
                continue
            function = _pointwise(module)
            if function is None or not layers or layers[-1][1] is not None:
                return None
            layers[-1] = (layers[-1][0], function)
        return cls(layers) if layers else None

    def forward(self, x: Tensor) -> Tensor:
        """Return the output of a batch, (N, last width); it is a buffer that the next batch overwrites.

        Args:
            x: (N, first width), float32. It must not change before `backward`.
        """
        buffers = self._buffers_of(len(x))
        self._input = x
        for (linear, function), output in zip(self._layers, buffers.outputs, strict=True):
            torch.addmm(linear.bias, x, linear.weight.t(), out=output)
            if function is not None:
                function.forward(output)
            x = output
        return x

    def gradient_buffer(self, count: int) -> Tensor:
        """Return a buffer for the gradient by the output of `count` images, (count, last width), to be filled."""
        return self._buffers_of(count).gradients[-1]

    def backward(self, gradient: Tensor, *, to_input: bool = False) -> Tensor | None:
        """Write the gradients by the weights and biases of the last batch.

        Args:
            gradient: Of the loss by the output of `forward`, (N, last width); it is overwritten.
            to_input: Whether to go on to the input.

        Returns:
            The gradient by the input, (N, first width), or None.
        """
        buffers = self._buffers_of(len(gradient))
        for index in range(len(self._layers) - 1, -1, -1):
            linear, function = self._layers[index]
            if function is not None:
                function.backward(gradient, buffers.outputs[index])
            entered = buffers.outputs[index - 1] if index else self._input
            torch.mm(gradient.t(), entered, out=linear.weight.grad)
            torch.sum(gradient, 0, out=linear.bias.grad)
            if index:
                gradient = torch.mm(gradient, linear.weight, out=buffers.gradients[index - 1])
        return gradient @ self._layers[0][0].weight if to_input else None

    def _buffers_of(self, count: int) -> _Buffers:
        """Return the buffers for `count` images; only a full batch and the last of an epoch are ever asked for."""
        if count not in self._buffers:
            first = self._layers[0][0].weight
            widths = [linear.out_features for linear, _ in self._layers]
            self._buffers[count] = _Buffers(
                outputs=[first.new_empty(count, width, requires_grad=False) for width in widths],
                gradients=[first.new_empty(count, width, requires_grad=False) for width in widths],
            )
        return self._buffers[count]
