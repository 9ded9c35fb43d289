"""Every Plotly figure is shown in one way: legible, with a button that saves it."""

import ast
import json
from pathlib import Path

import plotly.graph_objects as go
import pytest
from plotly.subplots import make_subplots
from streamlit.testing.v1 import AppTest

import aeviz.web
from aeviz.figures.legibility import SMALLEST, make_legible
from aeviz.web.kernel.charts import save_button

WEB = Path(aeviz.web.__file__).parent
HELPER = "kernel/charts.py"


def callers_of_plotly_chart():
    """The modules of the app that call `plotly_chart`, by their path below aeviz/web."""
    return {
        path.relative_to(WEB).as_posix()
        for path in WEB.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "plotly_chart"
    }


def test_figures_are_shown_by_the_helper_alone():
    assert callers_of_plotly_chart() == {HELPER}


def test_bar_has_one_button_which_saves_the_figure():
    config = save_button("layers of mlp-2d-adam/1")
    assert config["modeBarButtons"] == [["toImage"]]
    assert config["displayModeBar"] == "hover"
    assert config["toImageButtonOptions"] == {"format": "svg", "filename": "aeviz-layers-of-mlp-2d-adam-1"}


def page():
    import plotly.graph_objects as go

    from aeviz.web.kernel.charts import show_figure

    show_figure(go.Figure(go.Scatter(y=[1, 2])), key="some-curve", alt="a line")


def test_page_gets_figure_and_settings():
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    (chart,) = app.get("plotly_chart")
    assert json.loads(chart.proto.config)["toImageButtonOptions"]["filename"] == "aeviz-some-curve"
    assert json.loads(chart.proto.spec)["layout"]["xaxis"]["tickfont"]["size"] == SMALLEST


@pytest.mark.parametrize("rows", [1, 2])
def test_small_text_is_enlarged_and_large_text_stays(rows):
    figure = make_subplots(rows, 2, subplot_titles=["a", "b"])
    figure.add_trace(go.Scatter(y=[1, 2]), row=rows, col=2)
    figure.update_xaxes(tickfont_size=9, title={"text": "x", "font": {"size": 20}})
    layout = make_legible(figure).to_plotly_json()["layout"]
    axes = [layout[name] for name in layout if name.startswith(("xaxis", "yaxis"))]
    assert len(axes) == 4 * rows
    assert {axis["tickfont"]["size"] for axis in axes} == {SMALLEST}
    assert layout["xaxis"]["title"]["font"]["size"] == 20
    assert all(note["font"]["size"] >= SMALLEST for note in layout["annotations"])
    assert layout["legend"]["font"]["size"] == SMALLEST


def test_figure_without_settings_gets_legible_axes():
    layout = make_legible(go.Figure()).layout
    assert (layout.font.size, layout.xaxis.tickfont.size, layout.yaxis.tickfont.size) == (SMALLEST,) * 3
