"""Dense layers, forward and backward, without autograd: each product writes into a buffer that is kept.

On a CPU a small network spends half of a step of autograd on its bookkeeping and on fresh memory. Here a batch is a
chain of matrix products and of functions in place. It computes what autograd computes (tests/training/test_dense.py).
A chain of several networks of one shape computes them all in each product (`StackedLinear`).
With `train.precision=bf16` the products of large layers take bfloat16, of 8 significant bits, and add up in float32;
weights, sums, activations and gradients stay float32. A small product gains nothing: it keeps float32.

References:
    [S1] M. Sevkovych, On variational autoencoders: theory and applications, Univ. of Stuttgart, 2023, section 1.2.2
    (backpropagation).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from aeviz.config.train import PrecisionName

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


SMALLEST_HALVED = 1 << 14
"""Weights of the smallest layer whose products are worth the way to bfloat16 and back."""


class StackedLinear(nn.Module):
    """The same linear layer of K networks.

    Args:
        weight: (K, out, in), float32.
        bias: (K, out), float32.
    """

    def __init__(self, weight: nn.Parameter, bias: nn.Parameter) -> None:
        super().__init__()
        self.weight, self.bias = weight, bias
        _, self.out_features, self.in_features = weight.shape


class _Products:
    """The three matrix products of a linear layer, for one size of batch.

    Args:
        linear: The layer.
        count: N, images in the batch.
    """

    def __init__(self, linear: nn.Linear | StackedLinear, count: int) -> None:
        self.linear = linear
        self.output = linear.weight.new_empty(count, linear.out_features, requires_grad=False)
        """(N, out), float32."""
        self.gradient = torch.empty_like(self.output)
        """Of the loss by `output`, once it is known."""
        self._entered = torch.empty(0)

    def forward(self, x: Tensor) -> Tensor:
        """Return W x + b."""
        self._entered = x
        return torch.addmm(self.linear.bias, x, self.linear.weight.t(), out=self.output)

    def backward(self, gradient: Tensor, by_input: Tensor | None) -> None:
        """Write the gradients by weights and bias, and that by the input into `by_input`, (N, in)."""
        torch.mm(gradient.t(), self._entered, out=self.linear.weight.grad)
        torch.sum(gradient, 0, out=self.linear.bias.grad)
        if by_input is not None:
            torch.mm(gradient, self.linear.weight, out=by_input)


class _StackedProducts(_Products):
    """The same products of K networks; each array has K in front."""

    def __init__(self, linear: nn.Linear | StackedLinear, count: int) -> None:
        self.linear = linear
        self.output = linear.weight.new_empty(len(linear.weight), count, linear.out_features, requires_grad=False)
        self.gradient = torch.empty_like(self.output)
        self._entered = torch.empty(0)

    def forward(self, x: Tensor) -> Tensor:
        """Return W x + b."""
        self._entered = x
        return torch.baddbmm(self.linear.bias[:, None], x, self.linear.weight.transpose(1, 2), out=self.output)

    def backward(self, gradient: Tensor, by_input: Tensor | None) -> None:
        """Write the gradients by weights and bias, and that by the input into `by_input`, (K, N, in)."""
        torch.bmm(gradient.transpose(1, 2), self._entered, out=self.linear.weight.grad)
        torch.sum(gradient, 1, out=self.linear.bias.grad)
        if by_input is not None:
            torch.bmm(gradient, self.linear.weight, out=by_input)


class _HalvedProducts(_Products):
    """The same products of bfloat16 numbers; what enters and what leaves is float32."""

    def __init__(self, linear: nn.Linear | StackedLinear, count: int) -> None:
        super().__init__(linear, count)
        self._weight = torch.empty_like(linear.weight, dtype=torch.bfloat16, requires_grad=False)
        self._x = self._weight.new_empty(count, linear.in_features)
        self._y = self._weight.new_empty(count, linear.out_features)
        self._by_weight, self._by_x = torch.empty_like(self._weight), torch.empty_like(self._x)

    def forward(self, x: Tensor) -> Tensor:
        """Return W x + b."""
        self._weight.copy_(self.linear.weight)
        torch.mm(self._x.copy_(x), self._weight.t(), out=self._y)
        return self.output.copy_(self._y).add_(self.linear.bias)

    def backward(self, gradient: Tensor, by_input: Tensor | None) -> None:
        """Write the gradients by weights and bias, and that by the input into `by_input`, (N, in)."""
        halved = self._y.copy_(gradient)
        _gradient_of(self.linear.weight).copy_(torch.mm(halved.t(), self._x, out=self._by_weight))
        torch.sum(gradient, 0, out=self.linear.bias.grad)
        if by_input is not None:
            by_input.copy_(torch.mm(halved, self._weight, out=self._by_x))


_Layer = tuple[nn.Linear | StackedLinear, _Pointwise | None]
"""A linear layer and the function after it."""


def _unstacked(module: nn.Module) -> Iterator[nn.Module]:
    """Yield the layers of a stack in turn; a module that computes otherwise is itself the only one."""
    if isinstance(module, nn.Sequential) and type(module).forward is nn.Sequential.forward:
        for each in module:
            yield from _unstacked(each)
    else:
        yield module


def _gradient_of(parameter: Tensor) -> Tensor:
    """Return the gradient that a chain keeps for a parameter."""
    if parameter.grad is None:
        raise RuntimeError("a chain's gradient was taken away; expected the one that it made")
    return parameter.grad


class DenseChain:
    """Linear layers with functions between them.

    Args:
        layers: A linear layer and what follows it, or None, from the first to the last. Their gradients are kept in
            `weight.grad` and `bias.grad`, which each backward pass overwrites.
        precision: Of the products of layers with at least `SMALLEST_HALVED` weights.
    """

    def __init__(self, layers: "list[_Layer]", precision: PrecisionName = "fp32") -> None:
        self._linears = [linear for linear, _ in layers]
        self._functions = [function for _, function in layers]
        self._precision = precision
        self._products: dict[int, list[_Products]] = {}
        for linear in self._linears:
            for parameter in linear.parameters() if isinstance(linear, nn.Linear) else ():
                parameter.grad = torch.zeros_like(parameter)

    @classmethod
    def of(
        cls,
        *stacks: nn.Module,
        precision: PrecisionName = "fp32",
        stacked: Callable[[nn.Linear], StackedLinear] | None = None,
    ) -> "DenseChain | None":
        """Return the chain of layers that follow one another.

        None where one of them does not fit into it, occurs twice (its gradients would be sums), or there is none.

        Args:
            stacks: The layers.
            precision: Of the products, as above.
            stacked: Gives for each linear layer that of K networks; the chain is then theirs, and float32.
        """
        layers: list[_Layer] = []
        for module in (each for stack in stacks for each in _unstacked(stack)):
            if isinstance(module, nn.Flatten | nn.Unflatten | nn.Identity):
                continue
            if type(module) is nn.Linear and module.bias is not None:
                if any(linear is module for linear, _ in layers):
                    return None
                layers.append((module, None))
                continue
            function = _pointwise(module)
            if function is None or not layers or layers[-1][1] is not None:
                return None
            layers[-1] = (layers[-1][0], function)
        if stacked is not None:
            layers = [(stacked(linear), function) for linear, function in layers if isinstance(linear, nn.Linear)]
        return cls(layers, precision) if layers else None

    def forward(self, x: Tensor) -> Tensor:
        """Return the output of a batch, (N, last width); it is a buffer that the next batch overwrites.

        Arrays of K networks have K in front, here and below.

        Args:
            x: (N, first width), float32. It must not change before `backward`.
        """
        for products, function in zip(self._of(x.shape[-2]), self._functions, strict=True):
            x = products.forward(x)
            if function is not None:
                function.forward(x)
        return x

    def gradient_buffer(self, count: int) -> Tensor:
        """Return a buffer for the gradient by the output of `count` images, (count, last width), to be filled."""
        return self._of(count)[-1].gradient

    def backward(self, gradient: Tensor, *, to_input: bool = False) -> Tensor | None:
        """Write the gradients by the weights and biases of the last batch.

        Args:
            gradient: Of the loss by the output of `forward`, (N, last width); it is overwritten.
            to_input: Whether to go on to the input.

        Returns:
            The gradient by the input, (N, first width), or None.
        """
        chain = self._of(gradient.shape[-2])
        by_input = gradient.new_empty(*gradient.shape[:-1], self._linears[0].in_features) if to_input else None
        for index in range(len(chain) - 1, -1, -1):
            function = self._functions[index]
            if function is not None:
                function.backward(gradient, chain[index].output)
            before = chain[index - 1].gradient if index else by_input
            chain[index].backward(gradient, before)
            if before is not None:
                gradient = before
        return by_input

    def _of(self, count: int) -> list[_Products]:
        """Return the products for `count` images; only a full batch and the last of an epoch are ever asked for."""
        if count not in self._products:
            self._products[count] = [self._kind(linear)(linear, count) for linear in self._linears]
        return self._products[count]

    def _kind(self, linear: nn.Linear | StackedLinear) -> type[_Products]:
        if isinstance(linear, StackedLinear):
            return _StackedProducts
        is_halved = self._precision == "bf16" and linear.weight.numel() >= SMALLEST_HALVED
        return _HalvedProducts if is_halved else _Products
