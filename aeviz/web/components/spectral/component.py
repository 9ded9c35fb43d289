"""A covariance that rotations of pairs of coordinates make diagonal, and its rebuild of lower rank, without a rerun.

Its numbers: index of the covariance among those that are sent, rotations, and the rank of the rebuild.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

SPECTRAL = ExperimentComponent("spectral", script="spectral/spectral.js")
