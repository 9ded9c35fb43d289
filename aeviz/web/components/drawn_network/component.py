"""A network as nodes and edges that computes, with movable inputs and chosen weights, without a rerun.

Its numbers: index of the network, index of the activation function, the seed of the weights, up to five inputs, and the
widths of the visitor's own networks with a 0 between two of them; none for those that the page starts with.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

DRAWN_NETWORK = ExperimentComponent("drawn_network", script="drawn_network/drawn_network.js")
