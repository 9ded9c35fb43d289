"""A network 2-3-1 with all its numbers, forward and backward, whose weights are dragged, without a rerun.

Its numbers: indices of the activation functions of the hidden and of the output layer; both inputs and the target; the
weights into each hidden unit in turn; the hidden biases; the weights and the bias of the output; how many steps show.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

BACKPROPAGATION = ExperimentComponent("backpropagation", script="backpropagation/backpropagation.js")
