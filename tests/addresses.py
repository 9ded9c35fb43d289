"""What the tests of addresses in documents share."""

from aeviz.lessons.views import models_named, page_paths, parse_view
from aeviz.presets import PRESETS
from aeviz.training.runs import scan_folders
from aeviz.web.generate.view import ARITHMETIC, INTERPOLATE, LEARNED, NUMBER, SAMPLES
from aeviz.web.lab.view import EXPERIMENTS as LAB
from aeviz.web.optimizers.view import EXPERIMENTS
from aeviz.web.reconstruct.view import ANOMALIES, CORRUPTED, LEARNING, OWN, TEST_IMAGES

CHOICES = {
    ("/optimizers", "section"): {experiment.name for experiment in EXPERIMENTS},
    ("/lab", "experiment"): {experiment.name for experiment in LAB},
    ("/reconstruct", "source"): {TEST_IMAGES, OWN, LEARNING, CORRUPTED, ANOMALIES},
    ("/generate", "make"): {SAMPLES, LEARNED, INTERPOLATE, ARITHMETIC, NUMBER},
    ("/train", "preset"): set(PRESETS),
}
"""Page and parameter to its values."""


def assert_leads_somewhere(address):
    """The page of an address is there, and so are the choices and models that its parameters name."""
    view = parse_view(address, page_paths())  # raises where there is no such page
    for parameter, value in view.parameters:
        choices = CHOICES.get((view.page, parameter), {value})
        assert value in choices, f"{address}: {parameter} is one of {sorted(choices)}"
    runs = [value for parameter, value in view.parameters if parameter == "runs"]
    assert {*models_named(view), *runs} <= {folder.name for folder in scan_folders()[0]}, address
