"""The best denoiser of data on a curve as a vector field, and a walk along it, without a rerun.

Its numbers: index of the curve; sigma of the noise; both coordinates of the start; how many data; 1 where sigma falls
along the walk; 1 to show corrupted data in place of the field.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

DENOISING_FIELD = ExperimentComponent("denoising_field", script="denoising_field/denoising_field.js")
