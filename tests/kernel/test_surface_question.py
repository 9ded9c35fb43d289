"""The question of the surfaces agrees with the trajectories."""

import pytest

from aeviz.lab.adaptive import Settings
from aeviz.lab.surfaces import SURFACES, travel
from aeviz.web.optimizers.surface_question import ask_for_first

CONVEX = SURFACES["quadratic"]


def ask(**rates):
    found = travel(CONVEX, {name: Settings(alpha=rate) for name, rate in rates.items()}, CONVEX.start, 200)
    return ask_for_first(found, 200, rates), found


def test_first_method_at_a_minimum_is_the_answer():
    question, found = ask(adam=0.1, sgd=0.03, momentum=0.03)
    first = min(found, key=lambda name: found[name].arrived if found[name].stays else 201)
    assert question.correct == list(found).index(first)
    assert question.choices == ["Adam", "SGD", "Momentum", "none of them"]
    assert f"first, at step {found[first].arrived}" in question.answer
    assert question.ask.endswith(" Step sizes: Adam 0.1; SGD, Momentum 0.03.")


def test_methods_of_one_track_are_both_right():
    question, _ = ask(adam=0.1, amsgrad=0.1)
    assert (question.correct, question.also) == (0, [1])
    assert question.answer.startswith("Adam and AMSGrad arrive first, at step ")


@pytest.mark.parametrize("rate", [0.0001, 1.0], ids=["too slow", "diverges"])
def test_where_none_arrives_none_is_right(rate):
    question, _ = ask(sgd=rate, momentum=rate)
    assert question.choices[question.correct] == "none of them"
    assert question.answer == "No method stays at a minimum within 200 steps."


def test_nothing_is_asked_of_a_method_alone():
    assert ask(sgd=0.03)[0] is None
