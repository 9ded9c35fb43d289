"""Gradients of E f(z) by REINFORCE and by reparameterization over the epochs of a descent, without a rerun.

Its numbers: index of f; mean and standard deviation of q at the start; k of sin(kz); epochs; 1 for a baseline; 1 for
the gradient with respect to the standard deviation; the noise e of one sample.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

GRADIENTS = ExperimentComponent("gradients", script="gradients/gradients.js")
