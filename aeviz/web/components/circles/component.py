"""A disc of chosen centre and radius, encoded and decoded in the page, with traversals of the latent dimensions.

Its numbers: centre x, centre y and radius in pixels; what the chart runs along: 0 to 2 a factor, 3 and more a latent
dimension.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

CIRCLES = ExperimentComponent("circles", script="circles/circles.js")
