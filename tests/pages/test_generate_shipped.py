"""Generate with the models that ship: what it says of their images."""

import re

import numpy as np
import pytest
from test_generate_page import captions, grids, open_section, said, walk_of
from visits import assert_healthy, open_page, texts

from aeviz.analysis.sample_quality import mean_and_error
from aeviz.lab.sample_quality import distances


def test_samples_of_a_shipped_model_have_their_distance_from_test_images(app):
    open_page(app, "generate", "vae-10d", make="samples")
    row = next(row for row in distances()[0]["classifier"] if row.name == "vae-10d")
    mean, error = mean_and_error([block.value for block in row.blocks])
    assert any("Kernel distance" in text and f"**{mean:.3f} ± {error:.3f}**" in text for text in texts(app.markdown))


def test_samples_lie_on_a_map_and_the_first_chosen_is_one_that_is_crossed_out(app):
    app = open_section(app, "vae-10d", "samples")
    grid = grids(app)[0]
    assert grid["first"] in grid["far"]
    places = grid["places"]
    assert [len(row) for row in places["points"]] == [10] * 100
    assert places["centres"] == [[0.0] * 10]
    assert len(places["nearest"]) == 100
    assert places["network"]["latent_dim"] == 10


@pytest.mark.parametrize(("model", "left"), [("vae-10d", "1"), ("vae-2d-anchored", "10")])
def test_samples_ask_what_temperature_0_leaves_and_say_how_many_points_leave_the_data(app, model, left):
    """Each class of an anchored model has an image of its own, so as many are left as there are classes."""
    grid = grids(open_section(app, model, "samples"))[0]
    question, outside = grid["question"], [len(far) for far in grid["places"]["far"]]
    assert question["choices"][question["correct"]] == left
    assert f"{outside[10]} of 100 at temperature 1, {outside[-1]} at 2" in question["why"]


def test_path_opens_with_a_pair_whose_line_goes_astray_more_than_its_circle(app):
    """The text counts what is shown, and another model has a pair of its own."""
    app = open_section(app, "vae-10d", "interpolate")
    ends = [app.number_input(key=place).value for place in ("start", "end")]
    question = walk_of(app)["question"]
    line, circle = map(int, re.search(r"(\d+)% of the images on the line, (\d+)%", question["answer"]).groups())
    assert line > circle
    assert question["choices"][question["correct"]].startswith("line")
    names = [re.search(r"class (\d)", name)[1] for name in captions(app)[:2]]
    assert question["answer"].startswith(f"Read as neither {names[0]} nor {names[1]}: ")
    assert "6 of 10 dimensions that the decoder of vae-10d uses" in said(app)
    app.selectbox(key="model").set_value("circles-3d").run()
    assert_healthy(app, "Generate")
    assert [app.number_input(key=place).value for place in ("start", "end")] != ends


def test_image_number_of_a_larger_data_set_is_cut_down(app):
    app = open_section(app, "mlp-2d-adam", "interpolate")
    app.number_input(key="start").set_value(9999).run()
    app.selectbox(key="model").set_value("digits-2d-adam").run()
    assert_healthy(app, "Generate")
    assert app.number_input(key="start").value == app.number_input(key="start").max < 9999


def test_class_of_other_images_is_forgotten(app):
    app = open_section(app, "digits-2d-adam", "arithmetic")
    app.selectbox(key="plus").set_value("4").run()
    app.selectbox(key="model").set_value("circles-3d").run()
    assert_healthy(app, "Generate")
    assert app.selectbox(key="plus").value in ("small", "medium", "large")


def test_number_shows_all_anchors_and_its_draws_on_the_map(app):
    app = open_section(app, "vae-2d-anchored", "write a number")
    shown = walk_of(app)
    marks = shown["marks"]
    assert [mark["text"] for mark in marks] == [*"0123456789"]
    assert all(mark["faint"] for mark in marks)
    assert [walk["name"][-1] for walk in shown["walks"]] == [*"49382"]
    for walk, digit in zip(shown["walks"], "49382", strict=True):  # at temperature 0 each is at its anchor
        np.testing.assert_allclose(walk["places"].reshape(-1, 2)[0], marks[int(digit)]["at"], atol=1e-4)
    assert (shown["stops"][0], shown["stops"][shown["first"]], shown["stops"][-1]) == (0, 0, 2)
    assert shown["sums"][0] == "Temperature 0.00: 5 of 5 digits are read as typed."
    question = shown["question"]
    assert question["answer"] == "The 2 in place 5, at temperature 1.20: it is read as no clear class."
    assert (question["choices"], question["correct"]) == ([*"49382", "none"], 4)
    why = question["why"]
    assert why.startswith("Of the 10 test images nearest to its point, 10 are of class 2.")  # the point is not to blame
    votes = re.search(r"its image, encoded again: (.*?)\.", why)[1]
    counts = [int(each) for each in re.findall(r"(\d+) of class", votes)]
    assert (sum(counts), counts) == (10, sorted(counts, reverse=True))
    assert counts[0] < 6
    assert "No class has 6 of 10: that is no clear class." in why
    np.testing.assert_allclose(np.hypot(*np.array([mark["at"] for mark in marks[:10]]).T), [4, 8] * 5, atol=1e-4)


def test_number_is_judged_by_its_images_and_not_by_the_points_drawn_for_it(app):
    """As vae-10d draws it, the 5 is between 3 and 5, although the neighbours of its point are 5s."""
    app = open_section(app, "vae-10d", "write a number")
    app.text_input(key="number").set_value("31415").run()
    assert app.selectbox(key="model").value == "vae-2d-anchored"  # the usual model makes way for one that knows digits
    app.query_params["temperature"] = "1"
    app.selectbox(key="model").set_value("vae-10d").run()
    assert not app.exception
    assert "Encoded again: **? 1 ? 1 ?**, 2 of 5 as typed" in said(app)
    assert "**At temperature 1.00, do the images show what was typed?**" in said(app)
    assert "By their pixels" not in said(app)  # MNIST is not on this machine


def test_model_of_other_images_says_that_it_knows_no_digits(app):
    app = open_section(app, "circles-3d", "write a number")
    assert not app.exception
    assert "knows no class 2, 3, 4, 8, 9, only small, medium, large" in app.error[0].value
