"""A density of chosen shape and standard deviation beside the Gaussian of the same variance, without a rerun.

Its numbers: the shape p of the density c exp(-|x/a|^p), and the standard deviation.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

MAXIMUM_ENTROPY = ExperimentComponent("maximum_entropy", script="maximum_entropy/maximum_entropy.js")
