"""The page on optimizers as a visitor without runs of their own has it."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
from visits import open_page, texts

from aeviz.training.runs import find_run
from aeviz.web.components.kit.wire import unpack
from aeviz.web.optimizers.comparison import PLANES, RATES, SETTINGS, STEPS


@pytest.fixture
def visit(app):
    """A function that opens a section of the page, with what else the address says."""

    def open_section(section, **parameters):
        open_page(app, "optimizers", section=section, **parameters)
        assert not app.exception, texts(app.exception)
        assert not [text for text in texts(app.error) if "aeviz" in text]
        return app

    return open_section


def figure(app, place=0):
    return json.loads(app.get("plotly_chart")[place].proto.spec)


def test_surfaces_play_and_say_where_each_method_ends(visit):
    app = visit("surfaces")
    assert texts(app.title) == ["Optimizers"]
    film = figure(app)
    assert len(film["frames"]) == 41
    verdicts = next(text for text in texts(app.markdown) if "SGD" in text and "from step" in text)
    assert all(title in verdicts for title in ("Adam", "AMSGrad", "SGD", "Momentum"))
    codes = " ".join(element.value for element in app.code)
    assert "largest_mean_square" in codes
    assert "beta2 * v + (1 - beta2) * g**2" in codes


def test_adam_and_amsgrad_are_said_to_take_one_track_where_they_do(visit):
    """With the usual beta2 their tracks agree; the page opens where all arrive, Adam and AMSGrad at two minima."""
    app = visit("surfaces")
    same = "Adam and AMSGrad took the same track"
    assert not any(same in text for text in texts(app.markdown))
    verdicts = next(text for text in texts(app.markdown) if "Every method reached a minimum" in text)
    goals = re.findall(r"\*\*(Adam|AMSGrad)\*\* at \((.*?)\)", verdicts)
    assert len(set(goals)) == len({goal for _, goal in goals}) == 2
    app.selectbox(key="surface").set_value("quadratic").run()
    assert app.slider(key="beta2.quadratic").value == 0.8
    verdicts = next(text for text in texts(app.markdown) if "reached a minimum" in text)
    assert verdicts.startswith(":small[Every method reached a minimum")
    assert not any(same in text for text in texts(app.markdown))
    app.slider(key="beta2.quadratic").set_value(0.999).run()
    assert any(same in text for text in texts(app.markdown))


@pytest.mark.parametrize("surface", ["Beale", "saddle"])
def test_start_lies_on_the_grid_of_its_sliders(visit, surface):
    app = visit("surfaces", surface=surface)
    for axis in "xy":
        slider = app.slider(key=f"{axis}.{surface}")
        places = (slider.value - slider.min) / slider.step
        assert places == pytest.approx(round(places), abs=1e-6)


def test_convergence_is_shown_with_its_distance_and_without_signs_of_zero(visit):
    app = visit("surfaces", surface="saddle", steps="400")
    verdicts = next(text for text in texts(app.markdown) if "reached a minimum" in text)
    assert "within 0.05" in verdicts
    assert "at (0.00,\N{NO-BREAK SPACE}1.41) from step 72 on" in verdicts
    app.slider(key="steps").set_value(70).run()
    app.slider(key="y.saddle").set_value(0.0).run()
    verdicts = next(text for text in texts(app.markdown) if "reached a minimum" in text)
    assert "on its way to" in verdicts
    assert "\N{MINUS SIGN}0.000" not in verdicts


def test_divergence_is_stated_in_words(visit):
    app = visit("surfaces", surface="quadratic")
    app.select_slider(key="plain.quadratic").set_value("0.3").run()
    assert any("**SGD** **diverged**: after " in text for text in texts(app.markdown))
    assert not app.exception
    app.select_slider(key="plain.quadratic").set_value("1").run()
    assert not any("0 steps" in text or "1 steps" in text for text in texts(app.markdown))


def test_divergence_at_once_is_no_divergence_after_0_steps(visit):
    app = visit("surfaces", surface="Beale", **{"x.Beale": "4.5", "y.Beale": "4.5", "plain.Beale": "1"})
    assert any(
        "**SGD** **diverged**: it starts at (4.500,\N{NO-BREAK SPACE}4.500)" in text for text in texts(app.markdown)
    )


def test_no_method_is_no_error(visit):
    app = visit("surfaces")
    app.pills(key="methods").set_value([]).run()
    assert "Choose at least one method." in texts(app.info)


def test_other_methods_are_offered_and_off_at_first(visit):
    app = visit("surfaces")
    assert app.pills(key="methods").value == ["Adam", "AMSGrad", "SGD", "Momentum"]
    app.select_slider(key="rate").set_value("0.03").run()
    app.pills(key="methods").set_value(["Nesterov", "AdaGrad", "RMSprop"]).run()
    assert not app.exception
    assert app.select_slider(key="rate").value == "0.03"
    assert app.select_slider(key="rate").label == "Step size of Adam, AMSGrad, AdaGrad, RMSprop"
    assert {trace["name"] for trace in figure(app)["data"]} >= {"Nesterov", "AdaGrad", "RMSprop"}
    assert any("momentum * m + g" in text for text in texts(app.code))


def test_methods_of_the_surfaces_outlive_a_look_at_the_counterexample(visit):
    app = visit("surfaces")
    for section in ("counterexample", "surfaces"):
        app.segmented_control(key="section").set_value(section).run()
    assert app.pills(key="methods").value == ["Adam", "AMSGrad", "SGD", "Momentum"]


def test_counterexample_verdict_follows_beta2(visit):
    app = visit("counterexample")
    assert any("Adam: the average regret does not go to zero" in text for text in texts(app.error))
    assert any("AMSGrad: the average regret goes to zero" in text for text in texts(app.success))
    assert any("Theorem 1.2.17" in text for text in texts(app.markdown))
    assert any(trace["name"] == "bound for AMSGrad, from the thesis" for trace in figure(app)["data"])
    app.select_slider(key="memory").set_value("0.99").run()
    assert not app.error
    assert any("Adam: the average regret goes to zero" in text for text in texts(app.success))


def test_counterexample_that_shows_nothing_yet_says_so(visit):
    app = visit("counterexample", slope="2.1", memory="0.99", alpha="0.05")
    assert not app.error
    assert not app.success
    assert any("Adam: undecided after 3,000 steps" in text for text in texts(app.info))
    assert any("The points end near the worst one, but the average still changes" in text for text in texts(app.info))
    assert not any("Why Adam stays" in text for text in texts(app.markdown))


def test_counterexample_with_random_costs(visit):
    app = visit("counterexample", costs="stochastic", horizon="1000")
    assert any("Adam: the average regret does not go to zero" in text for text in texts(app.error))
    assert any("5 sequences" in text for text in texts(app.caption))


def test_bound_that_says_nothing_is_said(visit):
    app = visit("counterexample", first="0.9", horizon="500")
    assert any("Theorem 1.2.17 does not apply" in text for text in texts(app.warning))


def test_each_bound_has_its_own_name_and_value(visit):
    app = visit("counterexample", first="0.5", memory="0.5")
    table = next(text for text in texts(app.markdown) if "term 1" in text)
    rows = {line.split("|")[1].strip(): line.split("|")[-2].strip() for line in table.splitlines()[2:]}
    assert rows == {"S1, Theorem 1.2.17": "3.06", "quoted by Phuong & Phong": "2.042"}
    assert any("(1 - \\beta_1)^2} \\sum_{t, i}" in text.value for text in app.latex)
    assert any("the bound is stated there, not proved" in text for text in texts(app.caption))
    assert any("The bounds allow:" in text for text in texts(app.markdown))
    app.slider(key="first").set_value(0.9)
    app.select_slider(key="memory").set_value("0.99").run()
    assert any("The bounds allow (above the figure):" in text for text in texts(app.markdown))


@pytest.mark.parametrize(
    ("example", "words", "condition"),
    [
        ("summable steps", "It stops half way", "the step sizes must sum to infinity"),
        ("a steep function", "It diverges", "the gradient must be Lipschitz"),
        ("no minimiser", "It never arrives", "a minimiser must exist"),
    ],
)
def test_theorem_names_the_missing_condition(visit, example, words, condition):
    app = visit("convergence theorem", example=example)
    assert words in app.error[0].value
    assert condition in app.error[0].value


@pytest.mark.parametrize(("example", "key"), [("summable steps", "from.summable"), ("a steep function", "from.steep")])
def test_start_at_the_minimiser_gets_a_message(visit, example, key):
    app = visit("convergence theorem", example=example)
    app.slider(key=key).set_value(0.0).run()
    assert any("You start at the minimiser" in text for text in texts(app.info))
    assert not app.error
    assert not app.success


@pytest.mark.parametrize("section", ["surfaces", "counterexample", "convergence theorem", "comparison"])
def test_thesis_is_named_where_it_is_mentioned_first(visit, section):
    app = visit(section)
    mentions = [text for text in [*texts(app.markdown), *texts(app.caption)] if "S1" in text]
    assert any("S1 (M. Sevkovych's thesis)" in text for text in mentions)
    assert any("S1: M. Sevkovych" in text for text in mentions)


def test_table_of_the_theorem_counts_one_step(visit):
    rows = visit("convergence theorem").table[0].value["after"].tolist()
    assert rows[:3] == ["0 steps", "1 step", "2 steps"]


def test_signs_of_the_bound_are_explained(visit):
    app = visit("counterexample")
    signs = next(text for text in texts(app.caption) if "gamma" in text)
    assert all(sign in signs for sign in ("D_\\infty", "hat v", "g_{1:T,i}", "beta_1 /"))


def test_steep_function_converges_from_near(visit):
    app = visit("convergence theorem", example="a steep function")
    app.slider(key="from.steep").set_value(0.5).run()
    assert not app.error
    assert "From this start it converges" in app.success[0].value


def test_comparison_opens_on_the_shipped_seeds_with_a_verdict(visit):
    app = visit("comparison")
    assert "5 seeds each" in app.selectbox(key="comparison").value
    assert any("Best of a scan: that of Momentum." in text for text in texts(app.markdown))
    assert app.segmented_control(key="part").value == RATES


def test_comparison_of_a_shipped_pair_says_that_one_seed_gives_no_verdict(visit):
    app = visit("comparison")
    choice = app.selectbox(key="comparison")
    choice.set_value(next(option for option in choice.options if "1 seed each" in option)).run()
    assert any("Nobody has scanned rates for this network" in text for text in texts(app.markdown))
    app.segmented_control(key="part").set_value(SETTINGS).run()
    assert any("the same initial weights" in text for text in texts(app.markdown))
    app.segmented_control(key="part").set_value(PLANES).run()
    assert any("images that moved most" in text for text in texts(app.markdown))
    assert app.button[-1].label == "Start the comparison"
    assert any(
        "Five seeds of all four optimizers on the digits take about 4 min" in text for text in texts(app.caption)
    )


def test_comparison_shows_phi_and_psi_of_its_optimizers(visit):
    app = visit("comparison", part=STEPS)
    codes = " ".join(element.value for element in app.code)
    assert "beta2 * v + (1 - beta2) * g**2" in codes
    assert "largest_mean_square" in codes
    assert any("velocity" in element.value for element in app.code)
    assert any(r"\psi_t = \max" in formula for formula in texts(app.latex))
    assert any("The runs used torch.optim" in text for text in texts(app.caption))


def test_map_of_models_says_how_alike_the_planes_are(visit):
    app = visit("map of models")
    assert len(app.get("plotly_chart")) == 2
    assert any("keeps only 31% of how the runs differ: its distances are rough" in text for text in texts(app.caption))
    traces = figure(app, 1)["data"]
    assert [trace["name"] for trace in traces[-2:]] == ["Adam", "AMSGrad"]
    assert [len(trace["customdata"]["bdata"]) > 0 for trace in traces[-2:]] == [True, True]
    assert {trace["opacity"] for trace in traces[:-2]} == {0}  # only the line of the seed that is shown is seen
    assert any("by chance in about 46 of 100 such comparisons (p = 0.46)" in text for text in texts(app.caption))
    assert figure(app)["data"][0]["text"] == [f"<b>{share} %</b>" for share in (42, 43, 43, 84)]
    explained = next(text for text in texts(app.markdown) if "Classical multidimensional scaling" in text)
    assert "9,999 random swaps" in explained


def test_a_missing_atlas_is_a_message(visit, monkeypatch, tmp_path):
    from aeviz.web.kernel.caching import forget_all

    forget_all()
    monkeypatch.setattr("aeviz.lab.seed_atlas.checkpoints_root", lambda: tmp_path)
    app = visit("map of models")
    assert any("python -m tools.atlas" in text for text in texts(app.error))
    forget_all()


def test_comparison_without_runs_offers_to_start_one(app_without_models, monkeypatch):
    monkeypatch.setattr("aeviz.web.optimizers.cached._shipped", lambda root: [])
    app_without_models.switch_page("pages/optimizers.py")
    app_without_models.query_params["section"] = "comparison"
    app = app_without_models.run()
    assert not app.exception
    assert any("Start some below" in text for text in texts(app.info))
    assert any("20 runs, one after the other" in text for text in texts(app.caption))


@pytest.mark.parametrize("section", ["surfaces", "counterexample", "convergence theorem", "comparison", "nonsense"])
def test_addresses_that_say_nonsense_do_not_break_the_page(visit, section):
    app = visit(section, steps="inf", horizon="inf", slope="nan", memory="7", methods="none", surface="none", rate="x")
    assert not app.exception


def test_shipped_models_make_a_comparison():
    from aeviz.lab.optimizer_comparison import gather

    comparisons = gather([find_run("mlp-2d-adam"), find_run("mlp-2d-amsgrad")])
    assert len(comparisons) == 1


def test_comparison_starts_every_run_of_its_plan(visit, monkeypatch):
    started = []

    def start(config):
        started.append(config)
        return SimpleNamespace(name=f"run-{len(started)}", path=Path(f"run-{len(started)}"))

    monkeypatch.setattr("aeviz.workers.training.start", start)
    app = visit("comparison", seeds="2")
    app.pills(key="against").set_value(["Adam", "SGD"]).run()
    assert any("4 runs, one after the other" in text for text in texts(app.caption))
    app.button[-1].click().run()
    assert not app.exception
    assert [(config.optimizer.name, config.train.seed) for config in started] == [
        ("adam", 0),
        ("sgd", 0),
        ("adam", 1),
        ("sgd", 1),
    ]
    assert {config.preset for config in started} == {"optimizer-comparison"}


def test_address_with_the_former_name_of_a_section_still_leads_to_it(visit):
    app = visit("duel")
    assert app.button[-1].label == "Start the comparison"
    assert app.query_params["section"] in ("comparison", ["comparison"])


@pytest.mark.parametrize("beside", [{}, {"lesson": "adam-or-amsgrad"}])
def test_lesson_that_ended_leaves_no_hidden_answers(visit, beside):
    """The address of a lesson's question asks for round 1 alone; it may be kept after the lesson."""
    app = visit("counterexample", ask="first", **beside)
    (sent,) = (part.proto for part in app.get("bidi_component") if part.proto.component_name.endswith("regret_steps"))
    assert (unpack(sent.bytes)["question"] is None) == bool(beside)
