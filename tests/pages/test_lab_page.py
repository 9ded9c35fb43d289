"""The Lab: every experiment opens from its address, with what a lecturer needs, and keeps what the visitor set."""

import importlib

import pytest
from visits import assert_healthy, open_page, texts

from aeviz.web.components.kit.mount import safe_key
from aeviz.web.lab.divergence import GAUSSIANS
from aeviz.web.lab.numbers import format_numbers, parse_numbers
from aeviz.web.lab.view import EXPERIMENTS, GROUPS

RANGES = [[(-6, 6), (0.2, 3)] * 2, [(-6, 6), (0.2, 3)] * 3]
BY_NAME = {experiment.name: experiment for experiment in EXPERIMENTS}


@pytest.mark.parametrize("name", BY_NAME)
def test_every_experiment_opens_with_notice_question_and_source(app, name):
    experiment = BY_NAME[name]
    open_page(app, "lab", experiment=name)
    assert_healthy(app, "Lab")
    assert app.selectbox(key="experiment.choice").value == name
    assert f"**Notice:** {experiment.notice}" in texts(app.markdown)
    assert f"Source: {experiment.source}" in texts(app.caption)
    folded = {expander.label: texts(expander.markdown) for expander in app.expander}
    assert folded[f"Question for a class: {experiment.question}"] == [experiment.answer]
    assert bool(experiment.slips) == ("Slips of the sources" in folded)
    assert all((experiment.notice, experiment.question, experiment.answer, experiment.source))
    assert experiment.group in GROUPS


def test_names_are_unique_and_groups_stand_together():
    assert len(BY_NAME) == len(EXPERIMENTS)
    order = [GROUPS.index(experiment.group) for experiment in EXPERIMENTS]
    assert order == sorted(order)


def test_choice_goes_into_the_address_and_an_unknown_one_is_the_first(app):
    open_page(app, "lab", experiment="no such thing")
    choice = app.selectbox(key="experiment.choice")
    assert choice.value == EXPERIMENTS[0].name
    assert "experiment" not in app.query_params
    last = EXPERIMENTS[-1].name
    choice.set_value(last).run()
    assert app.query_params.get("experiment", EXPERIMENTS[0].name) == last
    assert_healthy(app, "Lab")


@pytest.mark.parametrize("values", [(0, 1, 1, 2), (-2.5, 0.6, 1, 1.5, 2.5, 0.6), (-6, 0.2, 6, 3), (-0.0, 1, 0.12, 1)])
def test_gaussians_are_read_as_they_are_written(values):
    assert parse_numbers(format_numbers(values), RANGES) == pytest.approx(values)


@pytest.mark.parametrize(
    "text", ["", "0_1_1", "0_1_1_nan", "0_0_0_1", "7_1_0_1", "0_1_1_2_3", "0_1_1_2_3_4", "1e0_1_1_1"]
)
def test_addresses_that_mean_nothing_are_ignored(text):
    assert parse_numbers(text, RANGES) is None


def test_what_the_visitor_drags_is_in_the_address(app, monkeypatch):
    """The component is sent the address's numbers; what it reports is written, and nonsense is not."""
    import streamlit as st

    view = importlib.import_module("aeviz.web.lab.divergence")
    shown = []

    def show(values, *, key, on_change):
        shown.append(tuple(values))

        def take():
            sent = {"good": [2.0, 0.5, -1.234, 1.5], "bad": [99, "x"]}[st.session_state["hand"]]
            st.session_state[safe_key(key)] = {"changed": sent}
            on_change()

        st.selectbox("hand", ["none", "good", "bad"], key="hand", on_change=take)

    monkeypatch.setattr(view, "divergence", show)
    open_page(app, "lab")
    assert shown[-1] == GAUSSIANS.start
    app.selectbox(key="hand").set_value("good").run()
    assert app.query_params["gaussians"] == "2_0.5_-1.23_1.5"
    app.selectbox(key="hand").set_value("bad").run()
    assert app.query_params["gaussians"] == "2_0.5_-1.23_1.5"
    assert_healthy(app, "Lab")


def test_list_of_all_experiments_opens_one_and_closes(app):
    open_page(app, "lab", gaussians="0_1_1_3", contrast="more")
    app.session_state["experiment.all"] = True
    app.run()
    listed = [button for button in app.button if str(button.key).startswith("experiment.all.")]
    assert [button.label for button in listed] == list(BY_NAME)
    assert [button.label for button in listed if button.proto.type == "primary"] == list(BY_NAME)[:1]
    app.button(key="experiment.all.Dimension").click().run()
    assert app.selectbox(key="experiment.choice").value == "Dimension"
    assert app.query_params["experiment"] in ("Dimension", ["Dimension"])
    assert not app.session_state["experiment.all"]
    assert "gaussians" not in app.query_params  # it belonged to the experiment that was left
