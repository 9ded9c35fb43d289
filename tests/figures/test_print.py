"""Figures for print, read back: what is in the file, how large it is, and what it says of itself."""

import importlib.util
import io
import json
import re
import xml.etree.ElementTree as ET
import zlib

import numpy as np
import pytest
from PIL import Image

import aeviz
from aeviz.cli import main
from aeviz.errors import ConfigError, DataError
from aeviz.figures.palette import CLASS_COLOURS
from aeviz.training.runs import find_run
from aeviz.web.takeaway.figures import figure_file

SVG, DC = "{http://www.w3.org/2000/svg}", "{http://purl.org/dc/elements/1.1/}"
POINTS = 297
"""Test images of the 8x8 digits."""


@pytest.fixture(scope="module")
def folder():
    return find_run("digits-2d-adam")


def described(text):
    found = json.loads(text)
    assert found["version"] == aeviz.__version__
    (run,) = found["runs"]
    assert (run["run"], run["dataset"], run["seed"]) == (
        "digits-2d-adam",
        "digits",
        find_run("digits-2d-adam").config.train.seed,
    )
    assert run["settings"]["optimizer.name"] == "adam"
    return found


def test_svg_has_every_point_in_its_class_colour(folder, tmp_path):
    path = aeviz.save_figure("digits-2d-adam", "map", tmp_path / "map.svg", width=85)
    root = ET.fromstring(path.read_bytes())
    groups = [group for group in root.iter(f"{SVG}g") if group.get("id", "").startswith("points-")]
    assert sum(len(list(group.iter(f"{SVG}use"))) for group in groups) == POINTS
    drawn = " ".join(use.get("style", "") for group in groups for use in group.iter(f"{SVG}use"))
    assert set(re.findall("fill: (#[0-9a-f]{6})", drawn)) == set(CLASS_COLOURS)
    assert float(root.get("width").removesuffix("pt")) == pytest.approx(85 / 25.4 * 72, abs=1e-3)
    texts = {text.text for text in root.iter(f"{SVG}text")}
    assert {"z1", "z2", "0", "9"} <= texts
    assert {re.search(r"(\d+)px", text.get("style", ""))[1] for text in root.iter(f"{SVG}text")} == {"8"}
    title, description = (next(root.iter(f"{DC}{name}")).text for name in ("title", "description"))
    assert title == "Map of digits-2d-adam"
    found = described(description)
    assert (found["figure"], found["width_mm"]) == ("map", 85)
    assert figure_file([folder], "map", "svg", 85) == path.read_bytes()


def test_pdf_has_its_width_and_says_what_it_is(folder):
    content = figure_file([folder], "curves", "pdf", 120)
    box = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+) ([\d.]+) ?\]", content)
    assert float(box[1]) / 72 * 25.4 == pytest.approx(120, abs=0.1)
    assert b"/Title (Curves of digits-2d-adam)" in content
    described(re.search(rb"/Subject \((.*?[^\\])\)", content, re.DOTALL)[1].replace(b"\\(", b"(").replace(b"\\)", b")"))
    assert b"/FontFile2" in content  # TrueType
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    assert any(b" l\n" in zlib.decompress(stream) for stream in streams if stream[:1] == b"x")  # lines, no picture


@pytest.mark.parametrize("kind", ["plane", pytest.param("reconstructions", marks=pytest.mark.slow)])
def test_png_has_its_size_and_resolution(folder, kind):
    image = Image.open(io.BytesIO(figure_file([folder], kind, "png", 60)))
    assert abs(image.width - 60 / 25.4 * 300) < 1
    assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    assert described(image.info["Description"])["figure"] == kind
    assert (np.asarray(image.convert("L")) == 255).mean() < 0.7


def test_very_many_points_become_one_picture():
    from aeviz.figures.print.drawings import MOST_VECTOR, print_map
    from aeviz.figures.print.sheet import rules, to_file

    points = np.random.default_rng(0).normal(size=(MOST_VECTOR + 1, 2))
    with rules():
        figure = print_map(points, None, (), ("x", "y"), width_mm=50)
        root = ET.fromstring(to_file(figure, "svg", "Many", {}))
    assert len(list(root.iter(f"{SVG}image"))) == 1
    assert len(list(root.iter(f"{SVG}use"))) < 40


def test_the_command_writes_two_runs_and_refuses_what_does_not_fit(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    both = ["export", "digits-2d-adam", "--second", "digits-2d-amsgrad", "--format", "svg"]
    assert main([*both, "--figure", "curves", "--width", "170"]) == 0
    texts = {text.text for text in ET.fromstring((tmp_path / "2-runs-curves.svg").read_bytes()).iter(f"{SVG}text")}
    assert {"digits-2d-adam", "digits-2d-amsgrad", "mean squared error"} <= texts
    assert main([*both, "--figure", "map"]) == 2
    assert "shows one run" in capsys.readouterr().err
    assert main(["export", "digits-2d-adam", "--format", "csv", "--width", "80"]) == 2
    assert main(["export", "digits-2d-adam", "--format", "pdf", "--width", "nan"]) == 2
    assert "expected 40 to 400 mm" in capsys.readouterr().err
    with pytest.raises(ConfigError, match=r"expected \.svg"):
        aeviz.save_figure("digits-2d-adam", "map", "map.eps")
    with pytest.raises(ConfigError, match="figure='chart'"):
        aeviz.save_figure("digits-2d-adam", "chart", "map.svg")
    with pytest.raises(DataError, match="other test images"):
        aeviz.save_figure(["digits-2d-adam", "mlp-2d-adam"], "reconstructions", "x.svg")


def test_the_missing_extra_is_named(folder, monkeypatch):
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "matplotlib" else real(name))
    with pytest.raises(ConfigError, match=r'pip install "aeviz\[figures\]"'):
        figure_file([folder], "map", "svg")
