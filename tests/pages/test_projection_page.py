"""Latents of more than three dimensions on the map: PCA, chosen dimensions, t-SNE and UMAP."""

import importlib.machinery
import sys
import time
import types

import numpy as np
import pytest
from test_latent_page import open_map, payloads, said  # noqa: F401 - a fixture
from visits import open_page

from aeviz.workers import embedding
from aeviz.workers.task import RESULT, Task, TaskView

TEN, VARIATIONAL, PLANE = "mlp-10d-amsgrad", "vae-10d", "mlp-2d-adam"


@pytest.fixture(autouse=True)
def cache_folder(tmp_path, monkeypatch, no_worker_left):
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def begun(monkeypatch):
    """The maps that were asked for; none is computed."""
    calls = []
    monkeypatch.setattr(embedding, "start", lambda z, digest, config: calls.append((len(z), digest, config)))
    return calls


def finish(task, points):
    """Put a map where the worker would put it."""
    task.path.mkdir(parents=True, exist_ok=True)
    np.savez(task.path / RESULT, points=points.astype(np.float32))


def test_planes_and_spaces_are_shown_untouched(app):
    for model in (PLANE, "mlp-3d-adam", "circles-3d"):
        visit = open_map(app, model, projection="t-SNE")
        assert "projection" not in {box.key for box in visit.selectbox}
        assert "t-SNE keeps" not in said(visit)


def test_pca_is_the_default(app, payloads):  # noqa: F811
    visit = open_map(app, TEN)
    assert visit.selectbox(key="projection").value == "PCA"
    ((panel,), _) = payloads[-1]
    assert panel.axis_names == ("PC1", "PC2")


def test_dimensions_are_chosen_and_in_the_address(app, payloads):  # noqa: F811
    visit = open_map(app, VARIATIONAL, projection="chosen dimensions", across="z3", upwards="z8")
    ((panel,), _) = payloads[-1]
    assert panel.axis_names == ("z3", "z8")
    assert panel.posteriors.shapes.shape == (10_000, 3)
    assert "of the variance" in panel.title
    visit.selectbox(key="across").set_value("z8").run()
    assert not visit.exception
    ((panel,), _) = payloads[-1]
    assert panel.axis_names[0] == "z8" != panel.axis_names[1]
    open_map(app, VARIATIONAL, projection="chosen dimensions", directions="3", across="z99")
    ((panel, _), _) = payloads[-1]  # two viewpoints
    assert len(set(panel.axis_names)) == 3


def test_most_informative_dimensions_come_first(app, payloads):  # noqa: F811
    open_map(app, VARIATIONAL, projection="chosen dimensions")
    ((panel,), _) = payloads[-1]
    assert panel.axis_names[0] == "z3"  # as "the aggregate posterior" starts with


def test_map_in_the_background_is_offered_with_an_estimate(app, payloads, begun):  # noqa: F811
    visit = open_map(app, TEN, projection="t-SNE", neighbours="50")
    assert "is not computed yet" in said(visit)
    assert "about 50 s (10,000 points, 10 dimensions)" in said(visit)
    assert "Until then the map shows PCA" in said(visit)
    ((panel,), _) = payloads[-1]
    assert panel.axis_names == ("PC1", "PC2")
    assert not begun
    visit.button(key="embedding.start.0").click().run()
    assert not visit.exception
    ((count, _, config),) = begun
    assert (count, config.algorithm, config.dimensions, config.neighbours) == (10_000, "t-SNE", 2, 50)


def test_finished_map_is_shown_with_a_caution_and_without_ellipses(app, payloads):  # noqa: F811
    open_map(app, VARIATIONAL)
    from aeviz.analysis.embedding import EmbeddingConfig
    from aeviz.training.runs import find_run
    from aeviz.web.kernel.models import Model
    from aeviz.web.map import cached

    model = Model(find_run(VARIATIONAL))
    config = EmbeddingConfig(algorithm="UMAP", dimensions=2, neighbours=30)
    points = np.random.default_rng(0).normal(size=(10_000, 2))
    finish(embedding.embedding_task(cached.latents_digest(model), config), points)
    visit = open_map(app, VARIATIONAL, projection="UMAP", ellipses="all")
    ((panel,), _) = payloads[-1]
    assert panel.axis_names == ("UMAP 1", "UMAP 2")
    np.testing.assert_array_equal(panel.points, points.astype(np.float32))
    assert panel.posteriors is None
    assert panel.priors == ()
    assert "need a map of two latent dimensions" in said(visit)
    assert "UMAP keeps neighbours together" in said(visit)
    assert "mean little" in said(visit)
    assert "points" not in {group.key for group in visit.get("button_group")}  # no samples


def test_two_models_await_two_maps(app, begun, monkeypatch):
    monkeypatch.setitem(sys.modules, "umap", types.ModuleType("umap"))  # an extra, which need not be here
    sys.modules["umap"].__spec__ = importlib.machinery.ModuleSpec("umap", None)
    visit = open_map(app, TEN, VARIATIONAL, projection="UMAP", directions="3")
    visit.button(key="embedding.start.1").click().run()
    assert [config.dimensions for _, _, config in begun] == [3]


def test_umap_that_is_not_installed_is_offered_by_its_extra(app, payloads, begun, monkeypatch):  # noqa: F811
    monkeypatch.setitem(sys.modules, "umap", None)
    visit = open_map(app, TEN, VARIATIONAL, projection="UMAP")
    (message,) = [info.value for info in visit.info if "not installed" in info.value]
    assert '`pip install "aeviz[umap]"`' in message
    ((panel, _), _) = payloads[-1]
    assert panel.axis_names == ("PC1", "PC2")
    assert "embedding.start.0" not in {button.key for button in visit.button}
    visit.selectbox(key="projection").set_value("t-SNE").run()
    assert not visit.exception
    assert visit.button(key="embedding.start.0")


def test_running_map_shows_progress_and_can_be_stopped(app):
    visit = open_map(app, TEN, projection="t-SNE")
    visit.button(key="embedding.start.0").click().run()
    assert not visit.exception
    assert "You may leave this page" in visit.get("progress")[0].proto.text
    other = open_map(app, TEN, projection="t-SNE")  # another visitor sees the same
    assert other.get("progress")
    visit.button(key="embedding.stop.0").click().run()
    deadline = time.monotonic() + 30
    while "is not computed yet" not in said(visit):
        assert time.monotonic() < deadline
        time.sleep(0.2)
        visit.run()
    assert not visit.error


def test_failure_is_told(app, monkeypatch):
    failed = TaskView(state="failed", share=0.0, seconds=1.0, seconds_left=None, message="no room")
    monkeypatch.setattr(Task, "observe", lambda task: failed)
    visit = open_page(app, "explore", TEN, **{f"with.{TEN}": "nothing", "projection": "t-SNE"})
    assert not visit.exception
    assert "t-SNE of mlp-10d-amsgrad failed: no room; try again." in [error.value for error in visit.error]
    assert visit.button(key="embedding.start.0")
