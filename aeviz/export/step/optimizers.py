"""Optimizers as ONNX nodes, with bias correction and epsilon as torch.optim has them.

What changes from step to step comes in as numbers, computed in double precision outside of the graph
(`aeviz.playground.numbers`): `rate`, the factor of the step, and for Adam and AMSGrad `root`, the root of the bias
correction of the second moment.

References:
    D. Kingma, J. Ba, Adam: a method for stochastic optimization, ICLR 2015, arXiv:1412.6980, Algorithm 1.
    S. Reddi, S. Kale, S. Kumar, On the convergence of Adam and beyond, ICLR 2018, arXiv:1904.09237, Algorithm 2.
"""

from collections.abc import Sequence
from typing import NamedTuple

from aeviz.config import OptimizerName
from aeviz.export.step.graph import Graph

MOMENTS: dict[OptimizerName, tuple[str, ...]] = {
    "adam": ("first_moment", "second_moment"),
    "amsgrad": ("first_moment", "second_moment", "largest_second_moment"),
    "sgd": ("velocity",),
}
"""State that each optimizer keeps beside the weights: vectors of their length, 0 at the start."""
NUMBERS: dict[OptimizerName, tuple[str, ...]] = {
    "adam": ("beta1", "beta1_rest", "beta2", "beta2_rest", "epsilon"),
    "amsgrad": ("beta1", "beta1_rest", "beta2", "beta2_rest", "epsilon"),
    "sgd": ("momentum",),
}
"""Scalars that each optimizer reads; beta1_rest is 1 - beta1, rounded once."""


class Update(NamedTuple):
    """The result of an optimizer's step."""

    parameters: str
    moments: list[str]


def update(
    graph: Graph,
    name: OptimizerName,
    parameters: str,
    gradient: str,
    moments: Sequence[str],
    rate: str,
    root: str | None,
) -> Update:
    """Make one step on vectors of n weights.

    Args:
        graph: Where the nodes go; its scalars have the names in `NUMBERS`.
        name: Which optimizer.
        parameters: The weights.
        gradient: Of the objective.
        moments: The optimizer's state, as `MOMENTS` names it.
        rate: Scalar: the learning rate; of Adam and AMSGrad divided by 1 - beta1^t.
        root: Scalar: the root of 1 - beta2^t at step t, from 1; None for sgd.
    """
    if root is None:
        velocity = graph.op("Add", graph.op("Mul", moments[0], "momentum"), gradient)
        return Update(graph.op("Sub", parameters, graph.op("Mul", velocity, rate)), [velocity])
    first = graph.op("Add", graph.op("Mul", moments[0], "beta1"), graph.op("Mul", gradient, "beta1_rest"))
    squared = graph.op("Mul", graph.op("Mul", gradient, gradient), "beta2_rest")
    second = graph.op("Add", graph.op("Mul", moments[1], "beta2"), squared)
    kept = [first, second]
    if name == "amsgrad":
        second = graph.op("Max", moments[2], second)
        kept.append(second)
    # rate * first / (sqrt(second) / root + epsilon), with one division of vectors less
    spread = graph.op("Add", graph.op("Sqrt", second), graph.op("Mul", "epsilon", root))
    scaled = graph.op("Mul", graph.op("Div", first, spread), graph.op("Mul", rate, root))
    return Update(graph.op("Sub", parameters, scaled), kept)
