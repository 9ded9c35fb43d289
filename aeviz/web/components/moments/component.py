"""Adam's moments of a stream of gradients, with and without the correction of their bias, without a rerun.

Its numbers: mean and standard deviation of the gradients, indices of both betas, the marked step, the seed,
the index of epsilon, and whether it stands under the root.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

MOMENTS = ExperimentComponent("moments", script="moments/moments.js")
