"""A visitor trains in the app: the run lives in a process of its own, and the page shows it and steers it."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from app_server import serve, wait_until_idle
from playwright.sync_api import expect
from saved_image import check_saved_image
from test_walk import TITLES

from aeviz.experiment import train
from aeviz.training.history import read_history
from aeviz.training.runs import HISTORY
from aeviz.training.status import read_status

PATIENCE_MS = 60_000
"""A trainer imports torch first, on a machine that a browser and a server keep busy."""


def trainers(runs):
    """The processes that train in a folder of runs, by their number."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = path.read_bytes().split(b"\0")
        except OSError:  # it has just ended
            continue
        if b"aeviz.workers" in arguments and any(argument.startswith(bytes(runs)) for argument in arguments):
            found.append(int(path.parent.name))
    return found


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@pytest.fixture(autouse=True)
def _no_run_is_left(runs_dir):
    """End the runs that a failed test leaves, or its second try would wait in the queue behind them."""
    yield
    for pid in trainers(runs_dir):
        with contextlib.suppress(ProcessLookupError):  # one that was stopped may still tidy up
            os.kill(pid, signal.SIGTERM)
    wait_for(lambda: not trainers(runs_dir))


def open_settings(page):
    """Unfold the settings of the form, which are folded at first."""
    page.get_by_text("Settings", exact=True).click()
    expect(page.get_by_role("spinbutton", name="Epochs")).to_be_visible()


def start(page, epochs):
    """Start the quick look with so many epochs, the settings being unfolded; return the name of the run."""
    field = page.get_by_role("spinbutton", name="Epochs")
    field.fill(str(epochs))
    field.press("Enter")
    expect(page.locator("code", has_text="aeviz train").filter(has_text=f"train.epochs={epochs}")).to_have_count(1)
    page.get_by_role("button", name="Start training").click()
    expect(page).to_have_url(re.compile(r"run=quick-look-\d+"))
    return re.search(r"run=([\w-]+)", page.url)[1]


def row(page, name):
    return page.locator(f".st-key-run-{name}")


def film_of(page, name=""):
    """The film of a run, once it shows one."""
    label = f"Training of {name}" if name else re.compile("^Training of (?!digits-2d-adam)")
    film = page.get_by_role("region", name=label)
    expect(film).to_have_attribute("data-epochs", re.compile(r"[1-9]"), timeout=PATIENCE_MS)
    return film


def number(film, name):
    return int(film.get_attribute(f"data-{name}"))


def expect_more(film, name, than):
    wait_for(lambda: number(film, name) > than)


def go_to(page, title):
    page.get_by_test_id("stSidebarNav").get_by_role("link", name=title, exact=True).click()
    expect(page).to_have_title(title)


@pytest.mark.story
def test_example_plays_before_there_is_a_run(visit):
    """The training of a shipped model plays above the fold, below a form of one row; a rerun leaves it where it is."""
    page = visit("/train")
    film = film_of(page, "digits-2d-adam")
    expect(film).to_have_attribute("data-playing", "true")
    expect(film.locator(".latent .plane")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="Start training")).to_be_in_viewport()
    expect(page.get_by_role("spinbutton", name="Epochs")).to_be_hidden()
    wait_for(lambda: number(film, "frame") >= 3)
    film.get_by_role("button", name="Pause").click()
    stopped = number(film, "frame")
    open_settings(page)
    field = page.get_by_role("spinbutton", name="Epochs")
    field.fill("7")
    field.press("Enter")
    expect(page.locator("code", has_text="aeviz train").filter(has_text="train.epochs=7")).to_have_count(1)
    expect(film).to_have_attribute("data-frame", str(stopped))
    expect(film).to_have_attribute("data-playing", "false")


def test_start_pause_resume_stop_and_delete(visit, address, runs_dir):
    """One run, all its buttons; the gallery has it when it ended, the folder is gone when it is deleted."""
    page = visit("/train")
    expect(film_of(page, "digits-2d-adam")).to_have_attribute("data-live", "false")
    open_settings(page)
    rate = page.get_by_role("spinbutton", name="Learning rate")
    rate.fill("")
    rate.press("Enter")
    expect(page.get_by_text("Learning rate is empty; expected a number")).to_be_visible()
    expect(page.get_by_role("button", name="Start training")).to_be_disabled()
    rate.fill("0.01")
    rate.press("Enter")
    name = start(page, 100_000)
    mine = row(page, name)
    film = film_of(page)
    expect(film).to_have_attribute("data-live", "true")
    expect(mine).to_contain_text("training")
    expect(page.get_by_text(re.compile(r"Epoch [\d,]+ of 100,000 on CPU.*left"))).to_be_visible()
    frames, epochs = number(film, "frames"), number(film, "epochs")
    assert frames >= 2
    expect_more(film, "epochs", epochs)  # it grows without a touch

    mine.get_by_role("button", name="Pause").click()
    expect(mine.get_by_role("button", name="Resume")).to_be_visible()
    expect(mine).to_contain_text("paused")
    wait_for(lambda: read_status(runs_dir / name).state == "paused")
    rested = len(read_history(runs_dir / name / HISTORY))
    wait_for(lambda: number(film, "epochs") == rested)
    time.sleep(1)
    assert len(read_history(runs_dir / name / HISTORY)) == rested
    mine.get_by_role("button", name="Resume").click()
    expect(mine.get_by_role("button", name="Pause")).to_be_visible()
    expect_more(film, "epochs", rested)

    mine.get_by_role("button", name="Stop").click()
    expect(mine).to_contain_text("stopped", timeout=PATIENCE_MS)
    expect(film).to_have_attribute("data-live", "false")
    kept = len(read_history(runs_dir / name / HISTORY))
    expect(film).to_have_attribute("data-epochs", str(kept))
    expect(page.get_by_text(f"Stopped after {kept:,} epochs; the weights are kept")).to_be_visible()
    wait_for(lambda: not trainers(runs_dir))

    go_to(page, "Home")
    expect(page.locator(f".st-key-card-{name}").get_by_role("img")).to_be_visible()
    page.goto(f"{address}/train?run={name}")
    mine.get_by_role("button", name="Resume").click()
    expect(mine.get_by_role("button", name="Pause")).to_be_visible(timeout=PATIENCE_MS)
    expect(film).to_have_attribute("data-live", "true")
    expect_more(film, "epochs", kept)
    mine.get_by_role("button", name="Stop").click()
    expect(mine.get_by_role("button", name="Resume")).to_be_visible(timeout=PATIENCE_MS)

    mine.get_by_role("button", name="Delete").click()
    expect(page.get_by_text(f"Delete {name} with its weights and curves?")).to_be_visible()
    assert (runs_dir / name).is_dir()
    page.get_by_role("button", name="Delete permanently").click()
    expect(mine).to_have_count(0)
    expect(page).not_to_have_url(re.compile("run="))
    assert not (runs_dir / name).exists()


def test_run_goes_on_over_reload_and_pages_while_another_visitor_waits(visit, address, runs_dir):
    """Two sessions: one reloads and changes pages; the other, on a phone, queues behind it and stops its own run."""
    page = visit("/train")
    open_settings(page)
    name = start(page, 100_000)
    film = film_of(page)
    (pid,) = trainers(runs_dir)
    seen = number(film, "epochs")
    page.reload()
    expect_more(film_of(page), "epochs", seen)
    go_to(page, "Home")
    go_to(page, "Train")
    expect(row(page, name)).to_contain_text("training")
    expect_more(film_of(page), "epochs", seen)

    other = visit("/train", width=390, height=844, touch=True)
    open_settings(other)
    theirs = start(other, 50)
    assert theirs != name
    expect(row(other, theirs)).to_contain_text("queued")
    expect(row(other, name)).to_contain_text("training")
    expect(other.get_by_text("1 in the queue.")).to_be_visible()
    row(other, name).get_by_role("button", name="Stop").click()
    expect(other.get_by_text(f"{name} was not started in this window. Stop it anyway?")).to_be_visible()
    other.keyboard.press("Escape")
    row(other, theirs).get_by_role("button", name="Stop").click()
    expect(row(other, theirs)).to_contain_text("stopped")
    assert trainers(runs_dir) == [pid]
    expect(row(page, name)).to_contain_text("training")
    for path in (f"/train?run={name}", f"/compare?runs={name}&runs=digits-2d-adam"):
        other.goto(address + path)
        expect(other.get_by_role("heading", level=1)).to_be_visible()
        if "train" in path:
            film_of(other)
        else:
            expect(other.get_by_role("table")).to_be_visible()
        wait_until_idle(other)
        main = other.get_by_test_id("stMain")
        assert main.evaluate("node => node.scrollWidth <= node.clientWidth + 1"), path

    row(page, name).get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Stop it").click()  # since the reload it is nobody's
    expect(row(page, name)).to_contain_text("stopped", timeout=PATIENCE_MS)
    wait_for(lambda: not trainers(runs_dir))


def test_film_is_played_and_scrubbed(visit, runs_dir, tiny_config):
    """The film of a finished run, one from a shell here: play, scrub with keys and slider; then on to the map."""
    train(tiny_config("train.epochs=12"), out=runs_dir / "with-a-film")
    page = visit("/train?run=with-a-film")
    film = film_of(page)
    expect(row(page, "with-a-film")).to_contain_text("finished")
    expect(film).to_have_attribute("data-live", "false")
    expect(film).to_have_attribute("data-epochs", "12")
    expect(film).to_have_attribute("data-frames", "13")  # the network before training, too
    expect(film).to_have_attribute("data-frame", "12")
    film.get_by_role("button", name="Play").click()
    expect(film).to_have_attribute("data-playing", "true")
    expect(film).to_have_attribute("data-frame", re.compile("^[1-6]$"))
    film.get_by_role("button", name="Pause").click()
    expect(film).to_have_attribute("data-playing", "false")
    slider = film.get_by_role("slider", name="Epoch")
    slider.focus()
    page.keyboard.press("Home")
    expect(film).to_have_attribute("data-frame", "0")
    page.keyboard.press("ArrowRight")
    expect(film).to_have_attribute("data-frame", "1")
    slider.fill("11")
    expect(film).to_have_attribute("data-frame", "11")
    film.locator(".chart .front").first.click()
    expect(film).to_have_attribute("data-frame", re.compile("^[5-8]$"))
    clicked = number(film, "frame")
    page.keyboard.press("ArrowRight")  # the slider has the focus
    expect(film).to_have_attribute("data-frame", str(clicked + 1))
    check_saved_image(page, film, f"with-a-film-epoch-{clicked + 1}.png")
    film.get_by_role("combobox", name="Speed").select_option("4")
    film.get_by_role("button", name="Play").click()
    expect(film).to_have_attribute("data-frame", "12")
    expect(film).to_have_attribute("data-playing", "false")
    page.get_by_test_id("stMain").get_by_role("link", name="Explore").click()
    expect(page).to_have_url(re.compile(r"/explore\?.*model=with-a-film"))
    expect(page.get_by_test_id("latent-map")).to_have_attribute("data-drawn", re.compile(r"\d+"))


def test_server_that_ends_takes_its_trainers_along_and_the_next_offers_to_go_on(visit, tmp_path):
    """SIGTERM while one run trains and one waits; after the restart both are offered, and a deep link leads in."""
    runs = tmp_path / "runs"
    environment = {"AEVIZ_RUNS": str(runs), "AEVIZ_DATA": str(tmp_path / "data"), "AEVIZ_JOBS": "1"}
    with serve(tmp_path / "first.log", **environment) as address:
        page = visit("/train", base=address)
        open_settings(page)
        name = start(page, 100_000)
        film_of(page)
        second = visit("/train", base=address)
        open_settings(second)
        waiting = start(second, 50)
        expect(row(second, waiting)).to_contain_text("queued")
        assert len(trainers(runs)) == 2
        for each in (page, second):
            each.close()
    wait_for(lambda: not trainers(runs), 5)
    with serve(tmp_path / "second.log", **environment) as address:
        page = visit("/explore?model=circles-3d&image=7", base=address)  # a shared address is its first visit
        expect(page.get_by_role("heading", name="Test image 7")).to_be_visible()
        names = page.get_by_test_id("stSidebarNav").get_by_role("link").all_inner_texts()
        assert {name.split("\n")[-1] for name in names} == set(TITLES.values())
        page.goto(f"{address}/train?run={name}")
        expect(row(page, name)).to_contain_text("interrupted")
        expect(row(page, waiting)).to_contain_text("interrupted")
        expect(page.get_by_text(re.compile(r"Interrupted after [\d,]+ epochs"))).to_be_visible()
        expect(film_of(page)).to_have_attribute("data-live", "false")
        expect(row(page, name).get_by_role("button", name="Resume")).to_be_enabled()
        page.close()
    for log in ("first.log", "second.log"):
        assert "Traceback" not in (tmp_path / log).read_text()


def test_command_that_starts_the_app_is_the_server(tmp_path):
    """`aeviz app` leaves no server behind, and so no trainer, whoever ends it and however."""
    command = [sys.executable, "-m", "aeviz", "app", "--headless", "--port", "8599"]
    with (tmp_path / "log").open("wb") as log:
        server = subprocess.Popen(command, cwd=tmp_path, stdout=log, stderr=subprocess.STDOUT)
        try:
            wait_for(lambda: b"aeviz.web.server" in Path(f"/proc/{server.pid}/cmdline").read_bytes())
        finally:
            server.terminate()
            server.wait(timeout=20)
