"""The log-likelihood of one parameter with the lower bound that touches it, by half steps of EM, without a rerun.

Its numbers: theta at the start, the standard deviation of both components, the half steps since, and the seed.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

MIXTURE_LINE = ExperimentComponent("mixture_line", script="mixture_line/mixture_line.js")
