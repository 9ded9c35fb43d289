"""The costs of the counterexample one by one, and the points that methods choose on them, played step by step.

Its one number is 0: nothing of it is kept.
"""

from aeviz.web.components.kit.experiment import ExperimentComponent
from aeviz.web.components.kit.prediction import style_with_question

REGRET_STEPS = ExperimentComponent(
    "regret_steps", script="regret_steps/regret_steps.js", style=style_with_question("kit/experiment.css")
)
