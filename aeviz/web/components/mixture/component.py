"""Points of a plane and a mixture of Gaussians that EM fits to them by half steps, or k-means, without a rerun.

Its numbers: index of the data; 1 for k-means; 1 for a floor of the variance; half steps since the start; then both
coordinates of each component's mean at the start.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

MIXTURE = ExperimentComponent("mixture", script="mixture/mixture.js")
