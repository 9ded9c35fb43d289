"""The chord of a function between two points, and the KL divergence beside the likelihood of draws, without a rerun.

Its numbers: index of the function, both points, the weight lambda, mean and standard deviation of q, and the draws.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

JENSEN = ExperimentComponent("jensen", script="jensen/jensen.js")
