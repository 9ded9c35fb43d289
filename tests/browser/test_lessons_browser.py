"""Lessons in a real browser: each from beginning to end, views over stale widgets, and a class of three browsers."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from app_server import choose, wait_until_idle
from playwright.sync_api import expect

from aeviz.lessons import Choices, find_lessons

TITLES = {
    "/explore": "Explore",
    "/reconstruct": "Reconstruct",
    "/generate": "Generate",
    "/lab": "Lab",
    "/regimes": "Three regimes",
    "/train": "Train",
    "/compare": "Compare runs",
    "/pca": "PCA = linear autoencoder",
    "/optimizers": "Optimizers",
    "/network": "Network and training",
    "/playground": "Playground",
}
LESSONS = {name: listed.lesson for name, listed in find_lessons().lessons.items() if listed.is_shipped}
OWN = """
title: Stale widgets
minutes: 3
summary: Views of one page.
steps:
  - {text: One., view: "/explore?model=digits-2d-adam&with.digits-2d-adam=nothing"}
  - {text: Two., view: "/explore?model=vae-2d&points=a+sample&with.vae-2d=regime-both"}
  - {text: Three., view: "/explore?model=vae-2d"}
  - {text: Four., view: "/reconstruct?model=digits-2d-amsgrad"}
"""

PAUSE_TIMERS = """
const start = window.setInterval;
window.setInterval = (act, wait) => start(() => window.arePaused || act(), wait);
"""


WORDS_ARE_SEEN = """words => {
  const find = (node) => {
    for (const child of node.children) {
      const found = (child.shadowRoot && find(child.shadowRoot)) || find(child);
      if (found) return found;
      const has = child.textContent.replace(/\\s+/g, " ").includes(words);
      if (has && child.getBoundingClientRect().height > 1) return child;
    }
    return null;
  };
  const box = find(document.querySelector("[data-testid=stMain]"))?.getBoundingClientRect();
  return box && box.top > 0 && box.bottom <= innerHeight;
}"""


def column(page):
    return page.get_by_test_id("stSidebar")


def press(page, name):
    column(page).get_by_role("button", name=name, exact=True).click()


def predict(page, question, is_right):
    """Answer a question in the column, rightly or wrongly."""
    if isinstance(question, Choices):
        right = question.correct
        column(page).get_by_role("radio").nth(right if is_right else (right + 1) % len(question.choices)).check(
            force=True
        )
    else:
        number = question.answer if is_right else question.answer + 10 * question.tolerance + 7
        field = column(page).get_by_role("spinbutton")
        field.fill(f"{number:g}")
        field.press("Tab")
    wait_until_idle(page)
    press(page, "Answer")


def expect_view(page, view):
    """The browser is at a page with the models that a view names."""
    expect(page.get_by_role("heading", name=TITLES[view.page], exact=True, level=1)).to_be_visible()
    expect(page).to_have_url(re.compile(re.escape(view.page) + r"(\?|$)"))
    wait_until_idle(page)
    model = dict(view.parameters).get("model")
    if model is not None:
        expect(page.get_by_role("combobox", name="Model", exact=True)).to_have_value(model)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", LESSONS)
def test_lesson_from_beginning_to_end(visit, name):
    """Every question answered, every other one wrongly; every view opens."""
    lesson = LESSONS[name]
    page = visit("/lessons")
    page.locator(f".st-key-start-{name}").get_by_role("button", name="Start", exact=True).first.click()
    for place, step in enumerate(lesson.steps):
        expect(column(page).get_by_text(f"Step {place + 1} of {len(lesson.steps)}")).to_be_visible()
        if step.before is not None:
            expect_view(page, step.before)
        is_right = place % 2 == 0
        if step.question is not None:
            predict(page, step.question, is_right)
            verdict = "As you predicted" if is_right else "Not as you predicted"
            expect(column(page).get_by_text(verdict, exact=False).first).to_be_visible()
        expect_view(page, step.view)
        expect(page.get_by_test_id("stException")).to_have_count(0)
        expect(page.get_by_text("This part of the page failed")).to_have_count(0)
        if (steps := dict(step.view.parameters).get("train")) is not None:
            expect(page.get_by_test_id("playground").get_by_text(steps, exact=True)).to_be_visible(timeout=60_000)
        if step.find:
            page.wait_for_function(WORDS_ARE_SEEN, arg=step.find)
        if step.view.page != "/optimizers":  # where a red box says that a method does not converge
            expect(page.get_by_test_id("stMain").get_by_test_id("stAlertContentError")).to_have_count(0)
        press(page, "Next" if place < len(lesson.steps) - 1 else "Finish")
    right = sum(step.question is not None and place % 2 == 0 for place, step in enumerate(lesson.steps))
    expect(page.get_by_text(f"{right} of {lesson.questions} predictions were right")).to_be_visible()


def start_own(page, text):
    page.get_by_text("A lesson of your own").click()
    page.get_by_test_id("stFileUploaderDropzoneInput").set_input_files(
        files=[{"name": "own.yaml", "mimeType": "text/yaml", "buffer": text.encode()}]
    )
    start = page.locator(".st-key-start-uploaded").get_by_role("button", name="Start", exact=True).first
    expect(start).to_be_visible()
    wait_until_idle(page)
    start.click()


def parameters(page):
    return parse_qs(urlsplit(page.url).query)


def test_view_wins_over_what_the_widgets_of_an_open_page_show(visit):
    page = visit("/lessons")
    start_own(page, OWN)
    model = page.get_by_role("combobox", name="Model", exact=True)
    expect(model).to_have_value("digits-2d-adam")
    wait_until_idle(page)
    choose(page, "Model", "mlp-3d-adam")  # the visitor looks around
    expect(page).to_have_url(re.compile("model=mlp-3d-adam"))
    wait_until_idle(page)
    press(page, "Next")
    expect(model).to_have_value("vae-2d")
    expect(page.get_by_role("combobox", name="Compare with")).to_have_value("regime-both")
    expect(page.get_by_text(re.compile("^Each point is a sample of the posterior"))).to_be_visible()
    wait_until_idle(page)
    press(page, "Next")  # the same page, and what is not named goes back to its default
    expect(page.get_by_text(re.compile("^Each point is a sample of the posterior"))).to_have_count(0)
    expect(model).to_have_value("vae-2d")
    wait_until_idle(page)
    found = parameters(page)
    assert "points" not in found
    assert (found["model"], found["step"], found["lesson"]) == (["vae-2d"], ["3"], ["uploaded"])
    press(page, "Next")  # another page with a model of its own
    expect(page.get_by_role("heading", name="Reconstruct", exact=True, level=1)).to_be_visible()
    expect(model).to_have_value("digits-2d-amsgrad")
    wait_until_idle(page)
    press(page, "Back")
    expect(page.get_by_role("heading", name="Explore", exact=True, level=1)).to_be_visible()
    expect(model).to_have_value("vae-2d")
    wait_until_idle(page)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Optimizers").click()
    expect(page.get_by_role("heading", name="Optimizers", exact=True, level=1)).to_be_visible()
    expect(column(page).get_by_text("Step 3 of 4")).to_be_visible()
    expect(page).to_have_url(re.compile("lesson=uploaded"))
    press(page, "Show the view again")
    expect(page.get_by_role("heading", name="Explore", exact=True, level=1)).to_be_visible()
    expect(model).to_have_value("vae-2d")


def test_reload_and_shared_link_resume_a_lesson(visit):
    lesson = LESSONS["posterior-collapse"]
    page = visit("/explore?model=vae-10d&lesson=posterior-collapse&step=6")
    expect(column(page).get_by_text("Step 6 of 7")).to_be_visible()
    expect_view(page, lesson.steps[0].view)
    page.reload()
    expect(column(page).get_by_text("Step 6 of 7")).to_be_visible()
    expect_view(page, lesson.steps[0].view)


@pytest.mark.parametrize(
    "width",
    [360, 390, 768],
)
def test_tap_opens_the_column_on_a_phone(visit, width):
    """Nothing lies over the button, and the page's head does not show through the open column."""
    page = visit("/explore", width=width, height=844, touch=True)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    button = page.get_by_test_id("stExpandSidebarButton")
    box = button.bounding_box()
    page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    expect(column(page).get_by_role("link", name="Home").first).to_be_in_viewport()
    over = "node => node.contains(document.elementFromPoint(120, 40))"
    page.wait_for_function(f"() => ({over})(document.querySelector('[data-testid=stSidebar]'))")


@pytest.mark.story
def test_lesson_is_a_sheet_below_the_picture_on_a_phone(visit):
    """It is high for a question and low for the answer; a tap on its button, or on the page, moves it.

    The question is seen with its answers, and *Answer* is blue once one is chosen.
    """
    page = visit("/lessons", width=390, height=844, touch=True)
    page.locator(".st-key-start-latent-space").get_by_role("button", name="Start", exact=True).first.tap()
    expect(column(page).get_by_text("Predict first").first).to_be_in_viewport()
    expect_view(page, LESSONS["latent-space"].steps[0].before)
    top = "top => Math.abs(document.querySelector('[data-testid=stSidebar]').getBoundingClientRect().top - top) < 2"
    page.wait_for_function(top, arg=338)
    for answer in column(page).get_by_role("radiogroup").locator("label").all():
        expect(answer).to_be_in_viewport(ratio=0.99)
    ready = column(page).get_by_role("button", name="Answer", exact=True)
    look = "node => getComputedStyle(node).backgroundColor"
    grey = ready.evaluate(look)
    plane = page.locator("canvas").first
    page.wait_for_function("plane => plane.getBoundingClientRect().top < 80", arg=plane.element_handle())
    column(page).get_by_role("radio").first.check(force=True)
    page.wait_for_function(f"([button, grey]) => ({look})(button) !== grey", arg=[ready.element_handle(), grey])
    predict(page, LESSONS["latent-space"].steps[0].question, is_right=True)
    expect_view(page, LESSONS["latent-space"].steps[0].view)
    page.wait_for_function(top, arg=591)
    expect(column(page).get_by_text("As you predicted").first).to_be_in_viewport()
    expect(column(page).get_by_role("button", name="Next", exact=True)).to_be_in_viewport()
    page.get_by_test_id("stExpandSidebarButton").tap()
    page.wait_for_function(top, arg=422)
    page.touchscreen.tap(200, 30)
    page.wait_for_function(top, arg=591)
    for name in ("Next", "Skip", "Next"):
        press(page, name)
    expect_view(page, LESSONS["latent-space"].steps[2].before)  # a page as short as its picture
    discs = page.locator("img:visible").first
    page.wait_for_function("image => image.getBoundingClientRect().bottom < 338", arg=discs.element_handle())
    press(page, "End the lesson")
    expect(column(page)).to_have_attribute("data-collapsed", "true")  # the navigation does not stay over the page


def test_page_leads_to_what_the_step_names_although_the_sheet_is_moved_meanwhile(visit):
    """On a phone the models stand below each other: the second one is named by its title, and brought into sight."""
    page = visit("/regimes?lesson=posterior-collapse&step=3", width=390, height=844, touch=True)
    column(page).evaluate("""column => new MutationObserver(() => {
      if (column.textContent.includes("Look for")) column.dispatchEvent(new Event("touchstart", { bubbles: true }));
    }).observe(column, { childList: true, subtree: true })""")
    predict(page, LESSONS["posterior-collapse"].steps[2].question, is_right=True)
    title = page.get_by_test_id("stMain").get_by_role("heading", name="KL only")
    page.wait_for_function("title => Math.abs(title.getBoundingClientRect().top - 64) < 40", arg=title.element_handle())
    expect(column(page).get_by_text("The map under KL only")).to_be_in_viewport()


def test_game_stands_still_beside_its_question_and_moves_after_the_answer(visit):
    """Started on the page Lessons: the first round alone, and nothing that gives the end away."""
    page = visit("/lessons", width=390, height=844, touch=True)
    page.locator(".st-key-start-adam-or-amsgrad").get_by_role("button", name="Start", exact=True).first.tap()
    game = page.get_by_test_id("regret_steps")
    expect(game.get_by_text("Step 1: cost f(x) = 3x. Lower is better.")).to_be_in_viewport()
    expect(game).to_have_attribute("data-step", "1")
    for words in ("is best", "average regret", "Play"):
        found = game.get_by_text(words, exact=words == "Play")
        expect(found).to_have_count(0 if words == "average regret" else 1)
        expect(found.filter(visible=True)).to_have_count(0)
    first = LESSONS["adam-or-amsgrad"].steps[0].question.choices[-1]
    for words in ("Adam or AMSGrad?", "Step 1 of 7", "Adam divides each step", first):  # all of the sheet, unscrolled
        expect(column(page).get_by_text(words).first).to_be_in_viewport(ratio=0.99)
    expect(page.get_by_text("the average regret goes to zero").filter(visible=True)).to_have_count(0)
    predict(page, LESSONS["adam-or-amsgrad"].steps[0].question, is_right=True)
    expect(game).to_have_attribute("data-step", "3")
    expect(game.get_by_role("button", name="Pause")).to_be_in_viewport(ratio=0.99)
    expect(game.locator("canvas").first).to_be_in_viewport(ratio=0.99)
    expect(game.get_by_text("Predict:")).to_be_hidden()  # the lesson has asked
    sheet = page.get_by_test_id("stSidebar").bounding_box()["y"]
    for legend in game.get_by_text("average regret").all():  # which disc is whose, above the sheet
        expect(legend).to_be_in_viewport()
        assert legend.bounding_box()["y"] < sheet
    press(page, "Next")
    expect(column(page).get_by_text("Where does Adam go?").first).to_be_in_viewport()
    expect(game).to_have_attribute("data-step", "1")
    expect(game.get_by_text("Play", exact=True)).to_be_hidden()


@pytest.mark.parametrize("is_at_once", [False, True], ids=["looked before", "acted at once"])
def test_trial_is_told_when_the_address_shows_it(visit, is_at_once):
    page = visit("/lessons?lesson=adam-or-amsgrad&step=4", prepare=lambda page: page.add_init_script(PAUSE_TIMERS))
    expect_view(page, LESSONS["adam-or-amsgrad"].steps[3].before)
    page.evaluate("paused => Object.assign(window, { arePaused: paused })", is_at_once)
    press(page, "Skip")
    expect(page.get_by_text("Aligned: 84%")).to_be_visible()
    expect(column(page).get_by_text("Done", exact=False)).to_have_count(0)
    if not is_at_once:
        expect(page.get_by_text("Aligned: 84%")).to_be_in_viewport()
    page.get_by_text("Align (Procrustes)").click()
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query).get("align") != ["true"])
    page.evaluate("Object.assign(window, { arePaused: false })")
    expect(column(page).get_by_text("✓ Done")).to_be_visible()


def test_class_shows_no_cards_to_start_and_its_board_whole(visit):
    page = visit("/lessons")
    expect(page.locator(".lesson-picture").last).to_be_visible()
    moving = "document.getAnimations().filter(({ animationName }) => animationName?.startsWith('lesson-'))"
    times = page.evaluate(f"{moving}.map(({{ effect }}) => effect.getComputedTiming().activeDuration)")
    assert 0 < max(times) <= 5000, "what moves by itself stops soon (WCAG 2.2, criterion 2.2.2)"
    page.locator(".st-key-teach-posterior-collapse").get_by_role(
        "button", name="Teach a class", exact=True
    ).first.click()
    board = page.locator(".st-key-class-board")
    expect(board.get_by_role("heading")).to_be_visible()
    expect_view(page, LESSONS["posterior-collapse"].steps[0].before)
    page.get_by_test_id("stSidebarNavLink").filter(has_text="Lessons").click()
    expect(page.get_by_text("You teach class")).to_be_visible()
    expect(page.get_by_role("button", name="Start", exact=True)).to_have_count(0)
    head = page.get_by_test_id("stHeader").bounding_box()
    assert board.bounding_box()["y"] >= head["y"] + head["height"], "the line of Streamlit's menu covers it"
    question = column(page).get_by_role("button", name="Reveal", exact=True)
    colours = "node => [getComputedStyle(node).color, getComputedStyle(node).backgroundColor]"
    assert len(set(question.evaluate(colours))) == 2
    press(page, "Next")
    expect_view(page, LESSONS["posterior-collapse"].steps[1].before)


def test_class_of_three_browsers(visit):
    """A teacher and two students: code, link, bars, reveal, the teacher's view, leave, rejoin, reload, CSV, end."""
    teacher, one, two = (visit("/lessons") for _ in range(3))
    teacher.locator(".st-key-teach-posterior-collapse").get_by_role(
        "button", name="Teach a class", exact=True
    ).first.click()
    board = teacher.locator(".st-key-class-board")
    code = board.get_by_role("heading").inner_text().strip()
    assert re.fullmatch("[A-HJKMNP-Z]{5}", code)

    for width, height in ((390, 844), (1440, 900)):  # joining is one line above the first lesson
        one.set_viewport_size({"width": width, "height": height})
        joins = one.get_by_role("button", name="Have a code? Join your class")
        expect(joins).to_be_in_viewport(ratio=1)
        expect(one.get_by_role("button", name="Start", exact=True).first).to_be_in_viewport(ratio=1)
    joins.click()
    one.get_by_role("textbox", name="Code of your class").fill("ZZZZZ")
    one.get_by_role("button", name="Join the class").click()
    expect(one.get_by_text("there is no class ZZZZZ")).to_be_visible()
    one.get_by_role("textbox", name="Code of your class").fill(code.lower())
    one.get_by_role("button", name="Join the class").click()
    expect(column(one).get_by_text("Step 1 of 7")).to_be_visible()
    two.set_viewport_size({"width": 390, "height": 844})
    two.goto(f"{two.url.split('/lessons')[0]}/lessons?class={code}")
    expect(column(two).get_by_role("spinbutton")).to_be_in_viewport()
    expect(board.get_by_text("2 students in the class")).to_be_visible()

    question = LESSONS["posterior-collapse"].steps[0].question
    predict(one, question, True)
    expect(column(one).get_by_text("You can change it until it is revealed")).to_be_visible()
    predict(two, question, False)
    expect(column(two).get_by_text("You can change it until it is revealed")).to_be_visible()
    board.get_by_text("Show the answers").click()
    expect(board.get_by_text("4 dimensions: 1")).to_be_visible()
    expect(board.get_by_text("11 dimensions: 1")).to_be_visible()
    expect(board.get_by_text("2 of 2 answered")).to_be_visible()
    two.reload()  # the same browser is the same student
    expect(column(two).get_by_text("You can change it until it is revealed")).to_be_visible()
    expect(board.get_by_text("2 students in the class")).to_be_visible()

    press(teacher, "Reveal")
    for page, verdict in ((one, "As you predicted"), (two, "Not as you predicted")):
        expect(page.get_by_role("heading", name="Explore", exact=True, level=1)).to_be_visible()
        expect(page.get_by_role("combobox", name="Model", exact=True)).to_have_value("vae-10d")
        expect(column(page).get_by_text(verdict).first).to_be_in_viewport()
    two.set_viewport_size({"width": 1280, "height": 900})

    press(two, "Leave the class")
    expect(column(two).get_by_text("You have left the class for now")).to_be_visible()
    wait_until_idle(teacher)
    choose(teacher, "Model", "vae-3d")
    expect(teacher).to_have_url(re.compile("model=vae-3d"))
    wait_until_idle(teacher)
    press(teacher, "Show my view to all")
    expect(one.get_by_role("combobox", name="Model", exact=True)).to_have_value("vae-3d")
    two.wait_for_timeout(2500)
    expect(two.get_by_role("combobox", name="Model", exact=True)).to_have_value("vae-10d")
    press(two, "Rejoin the class")
    expect(two.get_by_role("combobox", name="Model", exact=True)).to_have_value("vae-3d")

    teacher.reload()  # still the teacher
    expect(board.get_by_text("2 students in the class")).to_be_visible()
    press(teacher, "Next")
    for page in (one, two):
        expect(column(page).get_by_text("Step 2 of 7")).to_be_visible()
    wait_until_idle(teacher)
    column(teacher).get_by_role("button", name="End the class").click()
    with teacher.expect_download() as download:
        teacher.get_by_role("button", name="Download the answers (CSV)").click()
    rows = download.value.path().read_text().splitlines()
    assert rows[0] == "step,question,student,answer,right"
    assert sorted(row.rsplit(",", 2)[1:] for row in rows[1:]) == [["11.0", "no"], ["4.0", "yes"]]
    teacher.get_by_role("button", name="End now").click()
    for page in (one, two):
        expect(page.get_by_text(f"Class {code} has ended")).to_be_visible()
        page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 0)")
        assert page.get_by_test_id("stAlert").bounding_box()["y"] >= 60, "the line of Streamlit's menu covers it"
