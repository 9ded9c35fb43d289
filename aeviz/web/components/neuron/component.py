"""Activation functions with their derivatives, one neuron over a plane, and a sum of ReLUs, without a rerun.

Its numbers: index of the activation function, alpha, both weights, the bias, both inputs, and the count of ReLUs.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

NEURON = ExperimentComponent("neuron", script="neuron/neuron.js")
