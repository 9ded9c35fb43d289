"""Risk and empirical risk of polynomials that are fitted to a sample, without a rerun.

Its numbers: the loss (0 squared, 1 absolute error), the degree, the size of the sample, the standard deviation of y,
the seed, and the pair (x, y) whose loss is shown.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

RISK = ExperimentComponent("risk", script="risk/risk.js")
