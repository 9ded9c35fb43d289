"""*Save figure* where matplotlib is missing: the page says what to install, and offers no file."""

from streamlit.testing.v1 import AppTest


def show():
    from aeviz.training.runs import find_run
    from aeviz.web.kernel.figure_file import offer_figure

    offer_figure(["map", "curves"], [find_run("digits-2d-adam")], key="here")


def test_what_is_missing_is_named(monkeypatch):
    monkeypatch.setattr("aeviz.web.kernel.figure_file.is_available", lambda: False)
    app = AppTest.from_function(show).run()
    assert not app.exception
    assert 'pip install "aeviz[figures]"' in app.markdown[0].value
    assert not app.get("download_button")


def test_each_figure_is_offered_as_svg_and_pdf():
    app = AppTest.from_function(show).run()
    assert not app.exception
    assert app.selectbox[0].options == ["Map of the test images", "Curves"]
    assert len(app.get("download_button")) == 2
    app.number_input[0].set_value(120.0)
    app.selectbox[0].select("curves").run()
    assert "--figure curves --width 120" in app.caption[0].value
