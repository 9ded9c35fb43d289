"""Image, encoder, latent point, decoder, image: example images in turn, and a point that is dragged.

Its one number is 0: nothing of it is kept.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

IMPORT_WAY = ExperimentComponent("import_way", script="import_way/import_way.js")
