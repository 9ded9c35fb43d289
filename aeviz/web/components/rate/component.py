"""Bytes of an image against its squared error, with a budget that is dragged, without a rerun.

Its numbers: the budget in bytes, the place of the precision of latent numbers (float32, float16, 8 bits), and whether
the headers of files count (0 or 1). `web.lab.rate.payload` says what else the script is sent.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent

RATE = ExperimentComponent("rate", script="rate/rate.js")
