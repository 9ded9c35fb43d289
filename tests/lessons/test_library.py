"""Lessons that ship, and those of AEVIZ_LESSONS."""

import pytest

from aeviz.lessons import TEMPLATE, find_lessons, models_named, page_paths
from aeviz.lessons.library import SHIPPED
from aeviz.lessons.views import parse_view
from aeviz.paths import PROJECT_ROOT, checkpoints_root

FIVE = {
    "From PCA to VAE": 45,
    "Adam or AMSGrad?": 20,
    "Why VAEs blur, and what MS-SSIM does": 45,
    "What a latent space is and is not": 20,
    "Posterior collapse": 20,
}


@pytest.fixture
def own(tmp_path, monkeypatch):
    """The folder of a teacher's own lessons."""
    monkeypatch.setenv("AEVIZ_LESSONS", str(tmp_path))
    return tmp_path


def test_five_lessons_ship(monkeypatch):
    monkeypatch.delenv("AEVIZ_LESSONS", raising=False)
    found = find_lessons()
    assert found.problems == ()
    assert {listed.lesson.title: listed.lesson.minutes for listed in found.lessons.values()} == FIVE


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_shipped_lesson_leads_to_pages_and_models_that_exist(path):
    lesson = find_lessons().lessons[path.stem].lesson
    assert 5 <= len(lesson.steps) <= 10
    assert lesson.questions >= 5
    assert lesson.sources
    models = {folder.name for folder in checkpoints_root().iterdir() if (folder / "config.json").is_file()}
    for step in lesson.steps:
        assert step.view.page in page_paths()
        assert set(models_named(step.view)) <= models, step.view
        named = [value for name, value in step.view.parameters if name == "runs"]
        assert set(named) <= models, step.view
    for step in lesson.steps[1:]:
        assert step.before is not None, "a question beside the view of the step before"
        assert set(models_named(step.before)) <= models, step.before
        # the Playground is not trained before its button is pressed
        assert step.before != step.view or step.view.page == "/playground", "the view gives the answer away"


def test_pages_are_those_of_the_navigation():
    """The checker derives addresses from file names; app.py is what decides."""
    text = (PROJECT_ROOT / "app.py").read_text(encoding="utf-8")
    listed = {path.stem for path in (PROJECT_ROOT / "pages").glob("*.py") if f"pages/{path.name}" in text}
    assert page_paths() == {"/" if name == "home" else f"/{name}" for name in listed}


def test_own_lessons_come_after_those_that_ship(own):
    (own / "mine.yaml").write_text(TEMPLATE)
    found = find_lessons()
    assert list(found.lessons)[-1] == "mine"
    assert not found.lessons["mine"].is_shipped
    assert found.problems == ()


def test_bad_own_lesson_is_told_and_hides_no_other(own):
    (own / "a-bad.yaml").write_text("title: [")
    (own / "b-good.yml").write_text(TEMPLATE)
    (own / "pca-to-vae.yaml").write_text(TEMPLATE)
    (own / "notes.txt").write_text("no lesson")
    found = find_lessons()
    assert "b-good" in found.lessons
    assert found.lessons["pca-to-vae"].is_shipped
    bad, twin = found.problems
    assert bad.startswith("a-bad.yaml: line 1: the YAML is broken here")
    assert twin == "pca-to-vae.yaml: there is a lesson 'pca-to-vae' already; rename the file"


def test_folder_that_is_missing_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("AEVIZ_LESSONS", str(tmp_path / "absent"))
    found = find_lessons()
    assert len(found.lessons) == len(FIVE)
    assert "is no folder; name the folder of your lesson files" in found.problems[0]


def test_models_of_a_view():
    view = parse_view("/decode?model=a&beside.a=b&with.c=nothing&k=2", {"/decode"})
    assert models_named(view) == ["a", "b", "c"]
