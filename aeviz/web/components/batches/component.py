"""Paths of gradient descent with batches of 1, 8 and 64 data on a risk of two parameters, without a rerun.

Its numbers: both coordinates of the start, the learning rate, whether it falls, the data seen, and the seed.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

BATCHES = ExperimentComponent("batches", script="batches/batches.js")
