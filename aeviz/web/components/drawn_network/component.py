"""A network as nodes and edges that computes, with movable inputs and chosen weights, without a rerun.

Its numbers: index of the network, index of the activation function, the seed of the weights, and up to five inputs.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

DRAWN_NETWORK = ExperimentComponent("drawn_network", script="drawn_network/drawn_network.js")
