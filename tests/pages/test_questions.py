"""The questions that pages ask before they play: their answers are right for any number of classes."""

import numpy as np
import pytest

from aeviz.web.components.optimizer_epochs.component import Line
from aeviz.web.generate.questions import ask_for_digit, ask_for_path, ask_for_strength, ask_for_variety
from aeviz.web.generate.readings import Reading
from aeviz.web.kernel.text import with_article
from aeviz.web.optimizers.atlas_question import ask_for_most_similar
from aeviz.web.optimizers.comparison_question import ask_for_lowest


@pytest.mark.parametrize(
    ("count", "means", "choices", "right"),
    [
        (100, 1, ["1", "10", "100"], "1"),
        (100, 7, ["1", "7", "100"], "7"),
        (36, 40, ["1", "36"], "36"),
        (36, 36, ["1", "36"], "36"),
        (10, 1, ["1", "10"], "1"),
    ],
)
def test_images_left_at_temperature_zero(count, means, choices, right):
    asked = ask_for_variety(count, means, _no_places())
    assert asked.choices == choices
    assert asked.choices[asked.correct] == right


def _no_places():
    from types import SimpleNamespace

    return SimpleNamespace(far_by_temperature=None)


def test_all_digits_that_fail_first_are_right():
    asked = ask_for_digit(["9", "9", "1"], [0, 1], "", "")
    assert [asked.choices[place] for place in (asked.correct, *asked.also)] == ["9 in place 1", "9 in place 2"]
    asked = ask_for_digit(["3", "1"], [], "", "")
    assert (asked.choices[asked.correct], list(asked.also)) == ("none", [])


@pytest.mark.parametrize(
    ("turned", "right"), [(None, "never"), (0.3, "up to 0.5"), (0.55, "0.5 to 1"), (1.0, "0.5 to 1"), (1.5, "above 1")]
)
def test_strength_from_which_an_image_is_read_as_another_class(turned, right):
    asked = ask_for_strength(4, "8", Reading(name="8", votes=9), "Ankle boot", turned, "")
    assert asked.choices[asked.correct] == right
    assert asked.ask.endswith("first read the 8 as an Ankle boot?")
    assert "Image 4, an 8, is" in asked.answer


def test_question_names_what_the_encoder_reads_where_that_is_not_the_class():
    for read, said in ((Reading(name="3", votes=9), "3"), (Reading(name="8", votes=5), "no clear class")):
        asked = ask_for_strength(4, "8", read, "1", 0.3, "")
        assert asked.ask.startswith(f"the encoder reads the reconstruction of this 8 as {said}. ")


def test_path_is_asked_about_by_what_its_ends_are_read_as_and_all_images_count():
    zero, one, unclear = (Reading(name=name, votes=votes) for name, votes in (("0", 9), ("1", 9), ("0", 4)))
    line, circle = [zero, unclear, Reading(name="8", votes=9), one], [zero, zero, one, one]
    asked = ask_for_path(line, circle)
    assert asked.choices[asked.correct] == "line"
    assert "The encoder reads the ends as 0 and 1." in asked.ask
    assert asked.answer == "Read as neither 0 nor 1: 50% of the images on the line, 0% on the circle."
    alike = ask_for_path([zero, one, zero], [zero, one, zero])
    assert alike.choices[alike.correct] == "same"
    assert "The encoder reads both ends as 0." in alike.ask
    assert alike.answer.startswith("Not read as 0: 33%")


def test_articles():
    assert [with_article(name) for name in ("8", "18", "11", "118", "80", "7", "1", "Bag", "Ankle boot")] == [
        "an 8",
        "an 18",
        "an 11",
        "a 118",
        "an 80",
        "a 7",
        "a 1",
        "a Bag",
        "an Ankle boot",
    ]


def lines(*shifts, epochs=30, seeds=5):
    """Errors that differ between optimizers from an epoch on, counted from the end."""
    noise = np.random.default_rng(0).normal(0, 1e-3, (seeds, epochs))
    found = []
    for k, last in enumerate(shifts):
        errors = 1 + np.roll(noise, k, axis=0)
        if last:
            errors[:, -last:] += 0.1
        found.append(Line(title=f"method {k}", method="adam", errors=errors, gaps=None))
    return found


@pytest.mark.parametrize(
    ("shifts", "right"),
    [
        ((0, 10), "method 0"),
        ((10, 0), "method 1"),
        ((0, 0), "too close to tell"),
        ((0, 1), "too close to tell"),
        ((0, 10, 1), "too close to tell"),
    ],
)
def test_lowest_optimizer_is_told_only_where_the_seeds_show_it(shifts, right):
    asked = ask_for_lowest(lines(*shifts))
    assert asked.choices[asked.correct] == right


def test_one_seed_asks_nothing():
    assert ask_for_lowest(lines(0, 5, seeds=1)) is None


@pytest.mark.parametrize(
    ("matters", "words"), [(False, "about 50%, whatever the optimizer"), (True, "60% between two of Adam")]
)
def test_most_similar_planes(matters, words):
    groups = [(title, np.array([share])) for title, share in (("a", 0.6), ("b", 0.5), ("c", 0.4), ("d", 0.9))]
    asked = ask_for_most_similar(groups, matters=matters)
    assert asked.choices[asked.correct] == "d"
    assert "agree in 90% of their variance" in asked.answer
    assert words in asked.answer
