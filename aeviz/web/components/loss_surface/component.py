"""The loss of a linear autoencoder 2-1-2 over its two weights, and the squared error of a point, without a rerun.

Its numbers: both weights, both coordinates of the point x, standard deviation of the data across, the angle of their
first axis in degrees, the learning rate, and the steps of gradient descent.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

LOSS_SURFACE = ExperimentComponent("loss_surface", script="loss_surface/loss_surface.js")
