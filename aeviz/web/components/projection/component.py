"""Two points and their projections onto a set in the norm of a matrix that is dragged, without a rerun.

Its numbers: index of the set; eigenvalues of Q and the angle of the first in degrees; both coordinates of both points.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

PROJECTION = ExperimentComponent("projection", script="projection/projection.js")
