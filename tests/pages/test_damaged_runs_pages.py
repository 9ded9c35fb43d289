"""One bad run among a visitor's own takes no page down, and Home says which one it is."""

import json
import os
import shutil

import pytest
from visits import assert_healthy, new_session, open_page, texts

from aeviz.training.runs import CONFIG, EVALUATION, HISTORY, LATENTS, MODEL

PAGES = {"home": "aeviz", "explore": "Explore", "train": "Train", "compare": "Compare runs"}


def nested(path):
    path.write_text("[" * 100_000 + "]" * 100_000)


def long_number(path):
    path.write_text('{"format": ' + "9" * 5000 + "}")


def pipe(path):
    path.unlink()
    os.mkfifo(path)


def loop(path):
    path.unlink()
    path.symlink_to(path.name)


def folder(path):
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize("page", PAGES)
def test_bad_runs_are_named_and_the_others_are_shown(app, run_copy, tmp_path, page):
    runs = tmp_path / "runs"
    damages = {CONFIG: (nested, long_number, pipe, loop), HISTORY: (folder, pipe), MODEL: (loop,)}
    for name, kinds in damages.items():
        for damage in kinds:
            bad = runs / f"bad-{name.split('.')[0]}-{damage.__name__}"
            bad.mkdir(parents=True)
            for file in (CONFIG, HISTORY, MODEL):
                (bad / file).write_bytes((run_copy / file).read_bytes())
            damage(bad / name)
    run_copy.rename(runs / "good")
    app = open_page(app, page)
    assert_healthy(app, PAGES[page])
    if page == "home":
        (problems,) = (text.value for text in app.markdown if text.value.startswith("- ") and "bad" in text.value)
        assert len(problems.splitlines()) == 7
        assert any("**good**" in text.value for text in app.markdown)


@pytest.mark.parametrize("page", ["home", "explore", "train", "compare", "units", "reconstruct", "generate", "network"])
def test_figures_of_a_newer_version_take_no_page_down(app, run_copy, tmp_path, page):
    for name in ("newer", "broken"):
        shutil.copytree(run_copy, tmp_path / "runs" / name)
    measured = json.loads((run_copy / EVALUATION).read_text())
    (tmp_path / "runs" / "newer" / EVALUATION).write_text(json.dumps({**measured, "unheard_of": 1.5}))
    (tmp_path / "runs" / "broken" / EVALUATION).write_text("{")
    run_copy.rename(tmp_path / "runs" / "good")
    for model in ("good", "newer", "broken"):
        app = open_page(new_session(), page, model, **{f"with.{model}": "nothing"})
        assert not app.exception, (page, model, [entry.value for entry in app.exception])
        if model != "broken":
            assert not app.error, (page, model, [entry.value for entry in app.error])


@pytest.fixture
def own_run(run_copy, tmp_path):
    """A run of the visitor's own."""
    path = tmp_path / "runs" / "going"
    path.parent.mkdir()
    return run_copy.rename(path)


@pytest.mark.parametrize("page", ["explore", "generate"])
@pytest.mark.parametrize("names", [(CONFIG, MODEL), (MODEL,), (CONFIG,), (LATENTS, MODEL)])
def test_model_that_is_deleted_while_a_page_shows_it_gives_a_message(app, own_run, page, names):
    app = open_page(app, page, "going")
    assert not app.exception
    assert not app.error
    for name in names:
        (own_run / name).unlink()
    app.run()
    assert not app.exception
    assert any("going" in text for text in texts([*app.info, *app.warning, *app.error]))


def test_run_that_was_mended_is_listed_again(app, own_run):
    whole = (own_run / HISTORY).read_bytes()
    (own_run / HISTORY).unlink()
    (own_run / HISTORY).mkdir()
    app = open_page(app, "home")
    assert any("going" in text and text.startswith("- ") for text in texts(app.markdown))
    (own_run / HISTORY).rmdir()
    (own_run / HISTORY).write_bytes(whole)
    app.run()
    assert "**going**" in texts(app.markdown)
    assert not any("going" in text and text.startswith("- ") for text in texts(app.markdown))


def test_damaged_weights_leave_the_rest_of_the_map_page_alone(app, own_run):
    weights = (own_run / MODEL).read_bytes()
    (own_run / MODEL).write_bytes(weights[:-8])
    app = open_page(app, "explore", "going", image="5")
    assert not app.exception
    assert any(MODEL in text for text in texts(app.error))
    assert any("Lasso" in text for text in texts(app.caption)), texts(app.caption)


def test_config_with_strange_values_is_passed_over(app, run_copy, tmp_path):
    path = tmp_path / "runs" / "odd"
    path.parent.mkdir()
    run_copy.rename(path)
    values = json.loads((path / CONFIG).read_text())
    values["model"]["latent_dim"] = {"no": "number"}
    (path / CONFIG).write_text(json.dumps(values))
    assert_healthy(open_page(app, "home"), "aeviz")
