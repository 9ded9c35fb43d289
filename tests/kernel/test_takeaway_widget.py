"""The widget for notebooks in Python: what is synchronised, checked, refused; browser/test_widget.py mounts it."""

import importlib.util

import numpy as np
import pytest
import traitlets

import aeviz
from aeviz.errors import CheckpointNotFoundError, ConfigError, DataError, ExportError
from aeviz.paths import checkpoints_root
from aeviz.training.runs import RunFolder
from aeviz.web.components.kit.bundles import script_to_load
from aeviz.web.takeaway.held import SCRIPT

pytestmark = pytest.mark.skipif(script_to_load(SCRIPT) == SCRIPT, reason="the page's scripts are not packed")
Z = np.random.default_rng(0).normal(size=(30, 5)).astype(np.float32)


@pytest.fixture(scope="module")
def widget():
    return aeviz.widget(RunFolder.read(checkpoints_root() / "digits-2d-adam"))


def test_python_reads_and_sets_what_the_page_does(widget):
    seen = []
    widget.observe(lambda change: seen.append(change.name), ["point", "selection"])
    widget.set_state({"point": [0.5, 1]})  # as the page sends it
    assert widget.point == [0.5, 1.0]
    widget.point = np.array([1, 2])
    assert widget.get_state("point") == {"point": [1.0, 2.0]}
    widget.set_state({"selection": [4, 0]})
    widget.selection = [3, 1, 1]
    widget.selection = [1, 3]  # the same
    np.testing.assert_array_equal(widget.selection, [1, 3])
    assert widget.selection.dtype == np.int64
    assert widget.get_state("selection") == {"selection": [1, 3]}
    assert seen == ["point", "point", "selection", "selection"]
    expected = aeviz.load("digits-2d-adam").decode(np.array([[1, 2]], np.float32))[0].numpy()
    np.testing.assert_array_equal(widget.decoded, expected)
    assert repr(widget) == "<aeviz widget of digits-2d-adam: 297 points, point (1, 2), 2 selected>"


@pytest.mark.parametrize("bad", [[1], [np.nan, 0], [1e7, 0], "ab", [[1], [2, 3]], None, [True, False]])
def test_a_bad_point_is_refused(widget, bad):
    before = list(widget.point)
    with pytest.raises(DataError, match="point"):
        widget.point = bad
    assert widget.point == before


@pytest.mark.parametrize("bad", [[-1], [297], [0.5], "x", [[1]], {"a": 1}])
def test_a_bad_selection_is_refused(widget, bad):
    with pytest.raises(DataError, match="selection"):
        widget.selection = bad


def test_a_map_of_vectors_has_no_decoder():
    found = aeviz.widget(z=Z, labels=list("abc") * 10)
    assert isinstance(found, traitlets.HasTraits)
    assert (found.point, found.count) == ([], 30)
    with pytest.raises(ConfigError, match="no decoder"):
        found.decoded  # noqa: B018
    with pytest.raises(DataError, match="vectors have no decoder"):
        found.point = [1.0]


def test_what_does_not_go_together_is_refused(widget):
    with pytest.raises(ConfigError, match="either a run or vectors"):
        aeviz.widget()
    with pytest.raises(ConfigError, match="either a run or vectors"):
        aeviz.widget("digits-2d-adam", z=Z)
    with pytest.raises(ConfigError, match="labels and images belong to z"):
        aeviz.widget("digits-2d-adam", labels=[1])
    with pytest.raises(ConfigError, match="second is a run"):
        aeviz.widget(None, "digits-2d-adam", z=Z)
    with pytest.raises(DataError, match="height=50"):
        aeviz.widget(z=Z, height=50)
    with pytest.raises(DataError, match="a list is no run"):
        aeviz.widget([1])
    with pytest.raises(CheckpointNotFoundError):
        aeviz.widget("no-such-run")
    with pytest.raises(ExportError, match="other images"):
        aeviz.widget("digits-2d-adam", "circles-3d")


def test_the_missing_extra_is_named(monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "anywidget" else real(name))
    with pytest.raises(ConfigError, match=r'pip install "aeviz\[widget\]"'):
        aeviz.widget("digits-2d-adam")
