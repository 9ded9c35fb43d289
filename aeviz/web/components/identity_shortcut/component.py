"""Four small autoencoders on data near lines: which of them copy every point, and what stops them, without a rerun.

Its numbers: index of the data; index of the autoencoder; lambda; the factor c of the code; both coordinates of x.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

IDENTITY_SHORTCUT = ExperimentComponent("identity_shortcut", script="identity_shortcut/identity_shortcut.js")
