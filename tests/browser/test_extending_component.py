"""The component of docs/extending.md, added to a copy of the package by the files that the text lists."""

import re
import shutil
from pathlib import Path

import pytest
from app_server import serve
from playwright.sync_api import expect

ROOT = Path(__file__).parents[2]
APP = """
import numpy as np
import streamlit as st

from aeviz.web.components.bars.component import bars

st.write(f"chosen: {bars(np.array([0.25, 1.0], np.float32), key='bars')}")
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Address of an app with the component alone."""
    text = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8").partition("## Add a component\n")[2]
    blocks = {kind: re.search(rf"```{kind}\n(.*?)```", text, flags=re.DOTALL)[1] for kind in ("python", "js", "toml")}
    root = tmp_path_factory.mktemp("extended")
    shutil.copytree(ROOT / "aeviz", root / "aeviz", ignore=shutil.ignore_patterns("vendor", "samples", "__pycache__"))
    folder = root / "aeviz" / "web" / "components" / "bars"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "component.py").write_text(blocks["python"])
    (folder / "bars.js").write_text(blocks["js"])
    with (root / "aeviz" / "pyproject.toml").open("a") as entries:
        entries.write("\n" + blocks["toml"])
    (root / "app.py").write_text(APP)
    with serve(root / "server.log", cwd=root, PYTHONPATH=str(root)) as url:
        yield url


def test_component_from_the_text_is_drawn_and_reports_a_click(visit, address):
    page = visit(base=address)
    second = page.get_by_role("button", name="bar 1: 1.00")
    expect(second).to_have_css("height", "100px")
    expect(page.get_by_text("chosen: None")).to_be_visible()
    second.click()
    expect(page.get_by_text("chosen: 1")).to_be_visible()
