"""A cross-fade of two images beside the decoded line between their codes, without a rerun.

Its number: t, from 0 at the first image to 1 at the last.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

MANIFOLD_WALK = ExperimentComponent("manifold_walk", script="manifold_walk/manifold_walk.js")
