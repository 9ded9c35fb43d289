"""The experiment on two recipes: curves by time and by epoch, and when each reaches the error of the source."""

import json

from visits import assert_healthy, open_page, texts

from aeviz.lab.recipe_curves import measured

NAME = "Two recipes for one network"


def test_curves_are_by_seconds_or_by_epochs_and_the_words_say_when_the_goal_is_reached(app):
    open_page(app, "lab", experiment=NAME, unit="x")
    (chart,) = (json.loads(figure.proto.spec) for figure in app.get("plotly_chart"))
    assert len(chart["data"]) == 2 * len(measured().seeds)
    assert chart["layout"]["xaxis"]["title"]["text"] == "seconds of training"
    words = next(text for text in texts(app.markdown) if "Fast recipe" in text)
    seconds = measured().ways["fast"].seconds_until(measured().goal)
    assert (
        f"after {seconds:.0f} s (median); the whole training takes {29 * measured().ways['fast'].epoch_s:.0f} s"
        in words
    )
    app.segmented_control(key="unit").set_value("Epochs").run()
    (chart,) = (json.loads(figure.proto.spec) for figure in app.get("plotly_chart"))
    assert chart["layout"]["xaxis"]["title"]["text"] == "epochs of training"
    assert_healthy(app, "Lab")
