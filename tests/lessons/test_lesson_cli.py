"""aeviz lesson: check and template."""

import subprocess
import sys

import pytest

from aeviz.lessons import TEMPLATE
from aeviz.lessons.library import SHIPPED


def test_good_lesson_is_summed_up(aeviz):
    path = SHIPPED / "posterior-collapse.yaml"
    status, out, err = aeviz("lesson", "check", path)
    assert (status, err) == (0, "")
    assert out == f"{path}: Posterior collapse: 20 minutes, 7 steps, 7 questions\n"


def test_each_error_has_a_line_with_file_step_and_field(aeviz, tmp_path):
    path = tmp_path / "bad.yaml"
    path.write_text("title: T\nminutes: 5\nsummary: S\nsteps:\n  - {text: 3, view: /decod}\n")
    good = SHIPPED / "latent-space.yaml"
    status, out, err = aeviz("lesson", "check", path, good)
    assert status == 1
    assert err.splitlines() == [
        f"{path}: step 1, view: '/decod' is no page; did you mean /decode?",
        f"{path}: step 1, text is 3; expected text. Put it in quotes if you mean these characters",
    ]
    assert out.startswith(f"{good}: What a latent space is")


def test_file_that_cannot_be_read_is_bad_input(aeviz, tmp_path):
    status, out, err = aeviz("lesson", "check", tmp_path / "absent.yaml")
    assert (status, out) == (2, "")
    assert "absent.yaml: is no file; name a lesson file that exists" in err


@pytest.mark.parametrize("arguments", [("lesson",), ("lesson", "check"), ("lesson", "chekc", "x")])
def test_bad_usage(aeviz, arguments):
    status, _, err = aeviz(*arguments)
    assert status == 2
    assert err.count("\n") == 1


def test_model_that_is_not_here_is_a_warning(aeviz, tmp_path):
    path = tmp_path / "lesson.yaml"
    path.write_text(TEMPLATE.replace("model=vae-2d", "model=vae-99d"))
    status, out, err = aeviz("lesson", "check", path)
    assert status == 0
    assert "3 steps" in out
    assert err == f"{path}: warning: step 3, view: there is no model 'vae-99d' here; see aeviz list\n"


def test_template_is_written_and_checks_clean(aeviz, tmp_path):
    path = tmp_path / "mine.yaml"
    status, out, err = aeviz("lesson", "template", "--out", path)
    assert (status, err) == (0, "")
    assert f"aeviz lesson check {path}" in out
    assert aeviz("lesson", "check", path)[0] == 0
    status, _, err = aeviz("lesson", "template", "--out", path)
    assert status == 2
    assert "exists already; choose another name" in err
    assert aeviz("lesson", "template")[1] == TEMPLATE


def test_template_goes_to_a_pipe():
    command = [sys.executable, "-m", "aeviz", "lesson", "template"]
    assert subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout == TEMPLATE
