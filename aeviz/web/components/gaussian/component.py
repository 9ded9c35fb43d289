"""The density of a Gaussian in two dimensions whose mean and covariance are dragged, and a sample, without a rerun.

Its numbers: both coordinates of the mean, standard deviations along both axes, the angle of the first in degrees, both
coordinates of the point A, the size of the sample, and the seed.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

GAUSSIAN = ExperimentComponent("gaussian", script="gaussian/gaussian.js")
