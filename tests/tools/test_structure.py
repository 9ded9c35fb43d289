import re
from xml.etree import ElementTree

import pytest

from tools.structure import (
    FIGURE,
    ROOT,
    SHARED,
    arrows_of,
    count,
    imports_of,
    levels_of,
    main,
    modules_of,
    package_of,
    without_shortcuts,
)


@pytest.fixture
def checkout(tmp_path):
    """Write a small checkout from module names and sources; return its folder."""

    def write(**sources):
        for name, source in sources.items():
            path = tmp_path / (name.replace("__", "/") + ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(source)
        (tmp_path / "pages").mkdir(exist_ok=True)
        return tmp_path

    return write


def boxes(svg):
    """Texts of the boxes of a figure."""
    root = ElementTree.fromstring(svg)
    return {text.text for text in root.iter("{http://www.w3.org/2000/svg}text") if text.get("font-size") is None}


def test_figure_has_a_box_for_each_package(tmp_path, capsys):
    assert main(["--out", str(tmp_path / "figure.svg")]) == 0
    packages = {package_of(name).removeprefix("web.") for name in modules_of(ROOT)} - {"web"}
    drawn = boxes((tmp_path / "figure.svg").read_text(encoding="utf-8"))
    assert packages <= drawn
    assert str(tmp_path / "figure.svg") in capsys.readouterr().out


def test_committed_figure_shows_the_packages_of_today():
    packages = {package_of(name).removeprefix("web.") for name in modules_of(ROOT)} - {"web"}
    drawn = boxes(FIGURE.read_text(encoding="utf-8"))
    assert packages == {name for name in drawn if " " not in name}, "write it anew: python -m tools.structure"


def test_each_page_has_a_package_of_its_own_name():
    scripts = (ROOT / "pages").glob("*.py")
    pages = {path.stem for path in scripts if "lead_to(" not in path.read_text(encoding="utf-8")}  # a former address
    packages = {package_of(name) for name in modules_of(ROOT) if name.startswith("aeviz.web.")} - set(SHARED)
    assert {f"web.{page}" for page in pages} == packages


def test_import_for_type_checkers_is_left_out_and_one_in_a_function_counts(checkout):
    root = checkout(
        aeviz__data__a="from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from aeviz.models.b import B\n",
        aeviz__models__b="def f():\n    from aeviz.data import a\n    return a\n",
    )
    assert arrows_of(imports_of(modules_of(root))) == {"data": set(), "models": {"data"}}


def test_circle_is_named(checkout):
    root = checkout(aeviz__data__a="import aeviz.models.b\n", aeviz__models__b="import aeviz.data.a\n")
    with pytest.raises(ValueError, match=re.escape("data -> models -> data; move what they share down")):
        levels_of(arrows_of(imports_of(modules_of(root))))


def test_arrow_that_follows_from_others_is_left_out():
    arrows = {"a": {"b", "c"}, "b": {"c"}, "c": set()}
    assert without_shortcuts(arrows) == {"a": {"b"}, "b": {"c"}, "c": set()}
    assert levels_of(arrows) == {"a": 2, "b": 1, "c": 0}


def test_numbers_count_modules_lines_and_imports(checkout, capsys):
    root = checkout(
        aeviz__web__kernel__url="X = 1\n",
        aeviz__web__decode__view="from aeviz.web.kernel.url import X\nfrom aeviz.web.kernel import url\n",
    )
    found = count(root)
    assert found["Python modules"] == 2
    assert found["Python lines"] == 3
    assert found["imports between packages of aeviz/web"] == 2
    assert found["arrows between packages of aeviz/web"] == 1
    assert found["levels of packages in aeviz/web (-1: a circle)"] == 2
    assert main(["--numbers", "--root", str(root)]) == 0
    assert "Python modules: 2" in capsys.readouterr().out
