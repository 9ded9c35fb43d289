"""Codes of one model with a latent plane, decoded by another: as they are, aligned, and by an affine map.

Its numbers: how far the code is dragged from that of the image, in both coordinates; how many networks are composed.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

FOREIGN_DECODER = ExperimentComponent("foreign_decoder", script="foreign_decoder/foreign_decoder.js")
