"""The page on optimizers in a real browser: sliders turn verdicts, the film plays, a comparison is trained."""

import re

import pytest
from app_server import choose
from playwright.sync_api import expect

from aeviz.lab.seed_atlas import procrustes_residuals, read_atlas

TRAINED_MS = 240_000
"""Two trainers one after the other, each of which imports torch, on a machine that a browser keeps busy."""


def test_more_memory_turns_the_verdict_on_adam(visit):
    page = visit("/optimizers?section=counterexample")
    steps = page.get_by_test_id("regret_steps")
    expect(steps.get_by_text("Lower is better")).to_be_visible()
    expect(steps.get_by_text("which method is still nearer to the worst point")).to_be_visible()
    verdict = page.get_by_text("Adam: the average regret does not go to zero")
    expect(verdict).to_be_hidden()
    steps.get_by_role("button", name="SGD", exact=True).click()  # a guess plays it
    expect(steps).not_to_have_attribute("data-step", "1")
    steps.get_by_role("button", name="Pause").click()
    expect(verdict).to_be_hidden()
    steps.get_by_role("slider").fill("2900")
    steps.get_by_role("button", name="Play").click()
    expect(steps).to_have_attribute("data-step", "3000")
    expect(steps.get_by_text("Not “SGD”. Mean x over the last tenth of the steps: Adam 1.00;")).to_be_visible()
    expect(verdict).to_be_visible()
    expect(page.get_by_text("AMSGrad: the average regret goes to zero")).to_be_visible()
    page.get_by_role("slider", name=re.compile("^beta2")).press("End")
    expect(page.get_by_text("Adam: the average regret goes to zero")).to_be_visible()
    expect(steps.get_by_role("button", name="none of them")).to_have_class("right")  # told at once, without a guess
    expect(steps.get_by_text("Not “SGD”.")).to_have_count(0)
    expect(page.get_by_text("does not go to zero")).to_have_count(0)
    expect(page).to_have_url(re.compile("memory=0.999"))
    page.get_by_text("map of models", exact=True).click()
    planes = page.get_by_test_id("run-planes")
    expect(planes.get_by_role("slider", name="Seed of the planes")).to_have_value("0")
    agreement = page.get_by_text("variance in which two planes agree")
    expect(agreement).to_be_hidden()
    pair = planes.get_by_text(re.compile(r"^agrees with Adam: \d+%$"))
    expect(pair).to_have_count(2)
    expect(pair.first).to_be_hidden()
    planes.get_by_role("button", name="two Adam seeds").click()  # a guess plays some seeds
    expect(planes.get_by_role("slider", name="Seed of the planes")).to_have_value("2")
    expect(planes.get_by_role("button", name="Pause")).to_be_visible()
    expect(
        planes.get_by_text("Not “two Adam seeds”. Same seed: the planes of Adam and AMSGrad agree in 84%")
    ).to_be_visible()
    expect(agreement).to_be_visible()
    expect(planes.get_by_role("slider", name="Seed of the planes")).to_have_value("5")
    planes.get_by_role("button", name="Play").click()
    expect(planes.get_by_role("slider", name="Seed of the planes")).not_to_have_value(re.compile("^[56]$"))
    planes.get_by_role("button", name="Next seed").click()  # which stops them, too
    expect(planes.get_by_role("button", name="Play")).to_be_visible()
    traces = page.locator(".st-key-model-map .scatterlayer .trace")
    lit = page.locator(".st-key-model-map .scatterlayer .trace.aeviz-lit")
    expect(traces).to_have_count(102)
    expect(lit).to_have_count(1)
    names, rings = (page.locator(f".st-key-model-map .aeviz-{kind}") for kind in ("name", "ring"))
    at = planes.get_by_role("slider", name="Seed of the planes").input_value()
    shipped = read_atlas()  # the agreement is that of the very planes on view
    shares = 1 - procrustes_residuals(shipped.planes)
    beside = (shares[int(at), int(at) + shipped.seeds], shares[int(at), (int(at) + 1) % shipped.seeds])
    expect(pair).to_have_text([f"agrees with Adam: {100 * share:.0f}%" for share in beside])
    expect(rings).to_have_count(2)
    assert sorted(names.all_text_contents()) == [f"AMSGrad, seed {at}", f"Adam, seed {at}"]
    dot = traces.nth(100).locator(".points path").nth(7)
    dot.scroll_into_view_if_needed()
    expect(dot).to_be_visible()
    box = dot.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    expect(planes).to_have_attribute("data-pointed", re.compile(r"(Adam|AMSGrad), seed \d+"))
    seed = planes.get_attribute("data-pointed").rpartition(" ")[2]
    expect(traces.nth(int(seed))).to_have_class(re.compile("aeviz-lit"))
    expect(lit).to_have_count(1)
    page.mouse.click(x, y)
    page.mouse.move(5, 5)
    expect(planes).to_have_attribute("data-pointed", "")
    expect(planes.get_by_role("slider", name="Seed of the planes")).to_have_value(seed)


DRAWN = """
plot => [...plot.querySelectorAll('.contourlayer path, .imagelayer image')].filter(part => {
  const { width, height } = part.getBoundingClientRect();
  return width > 100 && height > 100;
}).length
"""
"""Counts what a surface is drawn with."""
INTERRUPTED = "addEventListener('unhandledrejection', event => event.reason === undefined && event.preventDefault())"
"""Plotly rejects the promise of a film that another frame interrupts, with nothing, and nobody can catch it."""


def _go_to_the_middle(page, plot):
    """Click on the slider's middle until it shows it: Plotly drops a click while the playing film moves the slider."""
    label = plot.locator(".slider-label").first
    for _ in range(5):
        page.locator(".slider-rail-touch-rect").first.click()
        page.wait_for_timeout(1000)
        if label.text_content() == "step 50":
            break
    expect(label).to_have_text("step 50")


@pytest.mark.story
def test_film_plays_without_the_server_and_leaves_the_surface_be(visit):
    page = visit("/optimizers?surface=Himmelblau&steps=100", prepare=lambda page: page.add_init_script(INTERRUPTED))
    plot = page.get_by_test_id("stPlotlyChart").first.locator(".js-plotly-plot")
    expect(plot).to_be_visible()
    head = "plot => { const head = plot.data.at(-1); return [head.x.at(-1), head.y.at(-1)]; }"
    expect(page.get_by_text(re.compile(r"reached a minimum \(within 0.1\)"))).to_be_visible()
    end = plot.evaluate(head)
    button = page.get_by_role("button", name=re.compile("^(Play|Pause)$"))
    button.press("Enter")
    page.wait_for_timeout(1000)
    playing = plot.evaluate(head)
    assert playing != end
    page.wait_for_timeout(500)
    assert plot.evaluate(head) != playing
    button.click()
    expect(button).to_have_text("Play")
    stopped = plot.evaluate(head)
    page.wait_for_timeout(300)
    assert plot.evaluate(head) == stopped != end
    for name in ("Himmelblau", "Beale"):
        choose(page, "Surface", name)
        expect(page.get_by_role("figure", name=re.compile(rf"surface {name}\b"))).to_be_visible()
        expect(page.locator(f".surface[data-idle][data-surface={name}]")).to_have_count(1)  # a change stops a film
        drawn = plot.evaluate(DRAWN)
        assert drawn
        button.click()
        page.wait_for_timeout(300)
        assert plot.evaluate(DRAWN) == drawn
        _go_to_the_middle(page, plot)
        expect(button).to_have_text("Play")
        assert plot.evaluate(DRAWN) == drawn


def test_surface_asks_before_the_film_and_answers_after_it(visit):
    """A guess starts the film, trajectories grow with it; another surface asks anew, one with settings does not."""
    page = visit("/optimizers")
    question = page.get_by_label("Prediction")
    choices = question.get_by_role("button")
    told = page.locator(".surface .answer")
    verdict = page.get_by_text(re.compile(r"reached a minimum \(within"))
    line = page.locator(".st-key-surface-film .scatterlayer .trace").nth(6)
    expect(choices).to_have_text(["Adam", "AMSGrad", "SGD", "Momentum", "none of them", "Show the answer"])
    expect(verdict).to_be_hidden()
    expect(line).to_have_css("visibility", "hidden")
    expect(page.get_by_test_id("surface-start")).to_be_visible()
    top = page.locator(".nsewdrag").first.bounding_box()["y"]
    below = page.get_by_role("slider", name="Start, x").bounding_box()["y"]
    choices.first.click()
    page.wait_for_function("document.querySelectorAll('[data-testid=surface-paths] circle').length === 4")
    expect(told).to_have_text("You predict “Adam”. Watch what happens.")
    drawn = page.get_by_test_id("surface-paths").locator("circle")
    expect(verdict).to_be_visible()  # at the end
    expect(told).to_have_text(
        re.compile(r"^(Right|Not “Adam”)\. .* first, at step \d+; then .* They find 3 different minima\.$")
    )
    assert abs(page.locator(".nsewdrag").first.bounding_box()["y"] - top) < 2
    assert abs(page.get_by_role("slider", name="Start, x").bounding_box()["y"] - below) < 2
    expect(drawn).to_have_count(0)
    expect(line).to_have_css("visibility", "visible")
    choose(page, "Surface", "Beale")
    expect(told).to_have_text("")
    expect(verdict).to_be_hidden()
    question.get_by_role("button", name="Show the answer").click()
    expect(verdict).to_be_visible()
    page = visit("/optimizers?rate=0.03")
    expect(page.get_by_text(re.compile(r"reached a minimum \(within"))).to_be_visible()


def test_start_is_set_on_the_plot(visit):
    page = visit("/optimizers", prepare=lambda page: page.add_init_script(INTERRUPTED))
    start = page.get_by_test_id("surface-start")
    expect(start).to_have_attribute("aria-label", re.compile(r"^Start at \(0.25, -3.25\)"))
    page.locator(".st-key-surface-film .nsewdrag").scroll_into_view_if_needed()
    area = page.locator(".st-key-surface-film .nsewdrag").bounding_box()
    page.mouse.move(area["x"] + 0.5 * area["width"], area["y"] + 0.8 * area["height"])
    page.mouse.down()
    page.mouse.move(area["x"] + 0.4 * area["width"], area["y"] + 0.3 * area["height"], steps=3)
    page.mouse.up()
    expect(page).to_have_url(re.compile(r"x.Himmelblau=-1&y.Himmelblau=2$"))
    expect(page.get_by_role("slider", name="Start, x")).to_have_value("-1")
    start.focus()
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(r"x.Himmelblau=-0.8&y.Himmelblau=2$"))


def test_verdict_and_table_of_a_comparison_are_those_of_the_epoch(visit):
    """The epoch is played, dragged and in the address; the strips say when a difference is shown."""
    page = visit("/optimizers?section=comparison&epoch=20")
    played = page.get_by_test_id("optimizer_epochs")
    verdict = played.get_by_role("status")
    expect(page.get_by_text("Learning rates: ")).to_be_visible()
    expect(verdict).to_have_text(re.compile(r"^Epoch 20\. Momentum is behind Adam: its error is 34 % higher\."))
    expect(verdict).to_contain_text("Too few seeds to tell AMSGrad from Adam.")
    caveat = "Adam and AMSGrad did better at 0.01 than at 0.003 (error 0.0334 and 0.0340 against 0.0357 and 0.0359)"
    expect(played.get_by_text(caveat)).to_be_visible()
    expect(
        played.get_by_text("are not compared at 0.01, because with it seed 0 learns only the mean image")
    ).to_be_visible()
    dots = played.get_by_role("img", name=re.compile(r"^Errors of single trainings after epoch 20\. Adam: 0\.\d{4} to"))
    expect(dots.locator("i")).to_have_count(15)
    played.get_by_text("Numbers, and how they are computed").click()
    expect(played.get_by_role("row", name=re.compile("^Momentum"))).to_contain_text("+34 % ± 23 %")
    expect(played.get_by_text(re.compile("behind Adam in epochs 4.6, 8.42; ahead of Adam in epoch 2 "))).to_be_visible()
    expect(played.get_by_text("(one of 60: may be chance)")).to_be_visible()
    expect(played.get_by_role("button", name="Play")).to_be_visible()  # an address with an epoch stays there
    played.get_by_role("slider", name="Epoch").fill("60")
    expect(verdict).to_have_text("Epoch 60. 5 seeds are too few to tell AMSGrad or Momentum from Adam.")
    expect(played.get_by_role("row", name=re.compile("^Momentum"))).to_contain_text("about 33")
    expect(page).not_to_have_url(re.compile("epoch="))
    played.get_by_role("button", name="Play").click()
    expect(verdict).to_have_text(re.compile("^Epoch 1[0-9]"))
    expect(verdict).to_have_attribute("aria-live", "off")  # no voice reads every epoch
    played.get_by_role("button", name="Pause").click()
    expect(verdict).to_have_attribute("aria-live", "polite")
    expect(page).to_have_url(re.compile(r"epoch=\d+"))
    at = played.get_attribute("data-epoch")
    page.reload()
    expect(verdict).to_have_text(re.compile(rf"^Epoch {at}\."))


def test_comparison_asks_before_it_plays(visit):
    """The first epochs are seen; the others, the words of the strips and the parts below come with the end."""
    page = visit("/optimizers?section=comparison")
    played = page.get_by_test_id("optimizer_epochs")
    verdict = played.get_by_role("status")
    expect(verdict).to_have_text("Epoch 10. Validation errors of Adam, AMSGrad, Momentum, 5 seeds each.")
    history = played.get_by_text("too few seeds to tell from Adam at any epoch")
    rates = page.get_by_text("Learning rates: ")
    expect(history).to_be_hidden()
    expect(rates).to_be_hidden()
    page.wait_for_timeout(1000)
    assert "epoch=" not in page.url  # which would tell the answer after a reload
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(1500)
    expect(verdict).to_have_text(re.compile(r"^Epoch 10\."))
    page.emulate_media(color_scheme="light")
    played.get_by_role("button", name="Momentum", exact=True).click()
    expect(played.get_by_role("button", name="Pause")).to_be_visible()
    expect(history).to_be_hidden()
    played.get_by_role("button", name="Show the answer").click()
    expect(verdict).to_have_text(re.compile(r"^Epoch 60\."))
    expect(played.get_by_text("Not “Momentum”.")).to_be_visible()
    expect(played.get_by_role("button", name=re.compile("^too close to tell"))).to_have_class("right")
    expect(history).to_be_visible()
    expect(rates).to_be_visible()
    played.get_by_role("slider", name="Epoch").fill("2")
    expect(verdict).to_contain_text("Perhaps by chance, Momentum is ahead of Adam: its error is 0.9 % lower")
    played.get_by_text("Numbers, and how they are computed").click()
    expect(played.get_by_role("row", name=re.compile("^Momentum"))).to_contain_text("may be chance")


def test_comparison_that_seeds_can_tell_names_the_better_one(visit):
    page = visit("/optimizers?section=comparison")
    page.get_by_role("combobox").first.click()
    page.get_by_role("option", name="Adam or SGD? 5 seeds each").click()
    played = page.get_by_test_id("optimizer_epochs")
    expect(played.get_by_role("status")).to_have_text("Epoch 7. Validation errors of Adam, SGD, 5 seeds each.")
    played.get_by_role("button", name="too close to tell").click()
    played.get_by_role("button", name="Show the answer").click()
    expect(played.get_by_text("Not “too close to tell”.")).to_be_visible()
    expect(played.get_by_role("status")).to_have_text(
        re.compile(r"^Epoch 40\. SGD is behind Adam: its error is \d\d %")
    )
    expect(page.get_by_text(re.compile("Best of a scan: that of SGD"))).to_be_visible()


@pytest.mark.timeout(600)
def test_duel_is_trained_in_the_background_and_judged(visit):
    page = visit("/optimizers?section=comparison&seeds=1&epochs.digits=5&against=Adam&against=AMSGrad")
    expect(page.get_by_text("2 runs, one after the other")).to_be_visible()
    page.get_by_role("button", name="Start the comparison").click()
    expect(page.get_by_role("heading", name="A comparison is running")).to_be_visible()
    expect(page.get_by_text(re.compile(r"\d of 2 runs of 5 epochs finished"))).to_be_visible()
    expect(page.get_by_role("heading", name="A comparison is running")).to_have_count(0, timeout=TRAINED_MS)
    expect(page.get_by_text("One seed each: no verdict")).to_be_visible()
    page.get_by_text("settings", exact=True).click()
    expect(page.get_by_text("in the same order, 5 epochs")).to_be_visible()
