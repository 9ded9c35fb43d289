"""Paths of gradient descent with batches of 1, 8 and 64 data on a risk of two parameters, without a rerun.

Its numbers: both coordinates of the start, the learning rate, whether it falls, the data seen, the seed, the model (a
line, a line with all x equal, a network) and whether other starts are shown. The last two may lack.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

BATCHES = ExperimentComponent("batches", script="batches/batches.js")
