"""The same regression with fixed Gaussian bumps and with the hidden units of a network, without a rerun.

Its numbers: count of basis functions, width of a bump, hundreds of steps of training, whether the hidden layer stays,
and the seed of the initial weights.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

BASIS = ExperimentComponent("basis", script="basis/basis.js")
