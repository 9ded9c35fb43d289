"""The notebooks of docs/: short, without outputs, and each runs from top to bottom on what ships."""

import os
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from aeviz.paths import PROJECT_ROOT

NOTEBOOKS = sorted((PROJECT_ROOT / "docs" / "notebooks").glob("*.ipynb"))
STARTS = Path(__file__).parents[1]


def test_notebooks_are_whole_and_have_no_outputs():
    assert len(NOTEBOOKS) == 5
    for path in NOTEBOOKS:
        book = nbformat.read(path, as_version=4)
        nbformat.validate(book)
        assert book.cells[0].source.startswith("# "), path.name
        code = [cell for cell in book.cells if cell.cell_type == "code"]
        assert [(cell.outputs, cell.execution_count) for cell in code] == [([], None)] * len(code), path.name


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_runs(path, tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(STARTS), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "runs"))
    book = nbformat.read(path, as_version=4)
    NotebookClient(book, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert list(tmp_path.iterdir()) == []
