"""How volumes, distances and a Gaussian change with the dimension, which is a slider, without a rerun.

Its numbers: the dimension, the bins of the grid along an axis, and the thickness of the shell.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

DIMENSION = ExperimentComponent("dimension", script="dimension/dimension.js")
