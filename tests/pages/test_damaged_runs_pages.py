"""One bad run among a visitor's own takes no page down, and Home says which one it is."""

import json
import os

import pytest
from visits import assert_healthy, open_page

from aeviz.training.runs import CONFIG, HISTORY, MODEL

PAGES = {"home": "aeviz", "latent_space": "Latent space", "train": "Train", "compare": "Compare runs"}


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


def test_model_that_is_deleted_while_a_page_shows_it_gives_a_message(app, run_copy, tmp_path):
    path = tmp_path / "runs" / "going"
    path.parent.mkdir()
    run_copy.rename(path)
    app = open_page(app, "decode", "going")
    assert_healthy(app, "Decode")
    for name in (CONFIG, MODEL):
        (path / name).unlink()
    app.button(key="random").click().run()
    assert not app.exception


def test_config_with_strange_values_is_passed_over(app, run_copy, tmp_path):
    path = tmp_path / "runs" / "odd"
    path.parent.mkdir()
    run_copy.rename(path)
    values = json.loads((path / CONFIG).read_text())
    values["model"]["latent_dim"] = {"no": "number"}
    (path / CONFIG).write_text(json.dumps(values))
    assert_healthy(open_page(app, "home"), "aeviz")
