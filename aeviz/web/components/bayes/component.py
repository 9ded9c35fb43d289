"""A Beta prior, trials that the visitor adds, and the posterior, without a rerun.

Its numbers: a and b of the prior; successes; failures.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

BAYES = ExperimentComponent("bayes", script="bayes/bayes.js")
