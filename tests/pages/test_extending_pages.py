"""The page of docs/extending.md, added from outside the package by the files that the text lists."""

import re
import shutil
import sys
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

import aeviz.web

ROOT = Path(__file__).parents[2]
SECTION = "## Add a page"
LAST = 'st.Page("pages/network.py"'


def example():
    """The script, the view and the line of app.py that docs/extending.md shows."""
    text = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
    part = text.partition(SECTION + "\n")[2].partition("\n## ")[0]
    script, view = re.findall(r"```python\n(.*?)```", part, flags=re.DOTALL)
    (line,) = re.findall(r"^ {4}(st\.Page\(.+\),)$", part, flags=re.MULTILINE)
    return script, view, line


@pytest.fixture
def extended(tmp_path, monkeypatch):
    """Path of an app.py that has the page, which lies beside it and not in the package."""
    script, view, line = example()
    shutil.copytree(ROOT / "pages", tmp_path / "pages")
    (tmp_path / "pages" / "class_means.py").write_text(script)
    package = tmp_path / "web" / "class_means"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text('"""What the page alone uses."""\n')
    (package / "view.py").write_text(view)
    app = (ROOT / "app.py").read_text(encoding="utf-8")
    assert LAST in app
    (tmp_path / "app.py").write_text(app.replace(LAST, f"{line}\n        {LAST}"))
    monkeypatch.setattr(aeviz.web, "__path__", [*aeviz.web.__path__, str(tmp_path / "web")])
    monkeypatch.setattr("aeviz.web.kernel.page.PROJECT_ROOT", tmp_path)  # whose app.py a page runs on a first visit
    monkeypatch.setenv("AEVIZ_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "runs"))
    yield tmp_path / "app.py"
    for name in [name for name in sys.modules if name.startswith("aeviz.web.class_means")]:
        del sys.modules[name]


def test_page_from_outside_shows_the_mean_of_each_class(extended):
    app = AppTest.from_file(str(extended), default_timeout=60).run()
    app.switch_page("pages/class_means.py").run()
    assert not app.exception
    assert [title.value for title in app.title] == ["Class means"]
    assert app.selectbox(key="model").value == "mlp-2d-adam"
    assert app.get("image")[0].proto.imgs[0].caption == "Decoded class means: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9"
