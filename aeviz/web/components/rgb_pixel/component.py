"""A colour image as three grids of levels, one pixel that is set, and the image in grey, without a rerun.

Its numbers: the chosen cell (0 to 63), its red, green and blue level (0 to 255), and the place of the weights of grey.
It is sent `pixels`, 3 x 64 levels, one channel after the other, row by row.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

RGB_PIXEL = ExperimentComponent("rgb_pixel", script="rgb_pixel/rgb_pixel.js", style="kit/grids.css")
