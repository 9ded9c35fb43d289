"""Widgets of translated options, and the address."""

import pytest
from streamlit.testing.v1 import AppTest


def show_page():
    import streamlit as st

    from aeviz.language import tr
    from aeviz.web.kernel.choices import choose
    from aeviz.web.kernel.language import follow_language

    follow_language()
    if st.session_state.pop("set", None):
        st.session_state["kind"] = "points"
    kind = choose(st.segmented_control, tr("Show"), ["images", "points", "both"], key="kind", default="images")
    place = choose(st.selectbox, tr("Place"), [1, 2], key="place", format_func={1: "Units", 2: "Home"}.__getitem__)
    many = choose(st.multiselect, tr("Many"), ["images", "points"], key="many")
    st.text(f"{kind} {place} {len(many)}")


def visit(**parameters):
    app = AppTest.from_function(show_page)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def address(app):
    found = {name: value if isinstance(value, list) else [value] for name, value in app.query_params.items()}
    return {name: value for name, value in found.items() if name != "lang"}


@pytest.mark.parametrize("language", ["en", "de"])
def test_address_in_english_says_the_same_in_all_languages(language):
    asked = {"kind": ["points"], "place": ["Home"], "many": ["points", "images"]}
    app = visit(lang=language, **asked)
    assert app.text[0].value == "points 2 2"
    assert visit(lang=language).text[0].value == "images 1 0"
    assert visit(lang=language, kind="Punkte", place="nowhere").text[0].value == "images 1 0"


def test_choice_in_german_is_written_in_english():
    app = visit(lang="de")
    assert [*app.get("button_group")[0].options] == ["Bilder", "Punkte", "beides"]
    assert app.selectbox[0].options == ["Einheiten", "Start"]
    assert address(app) == {}
    app.get("button_group")[0].set_value("both").run()
    app.selectbox[0].set_value(2).run()
    app.multiselect[0].set_value(["points"]).run()
    assert app.text[0].value == "both 2 1"
    assert address(app) == {"kind": ["both"], "place": ["Home"], "many": ["points"]}
    app.get("button_group")[0].set_value("images").run()
    app.selectbox[0].set_value(1).run()
    assert address(app) == {"many": ["points"]}


def test_page_and_address_may_change_the_choice_in_german():
    app = visit(lang="de", kind="both")
    app.session_state["set"] = True
    app.run()
    assert (app.text[0].value, address(app)) == ("points 1 0", {"kind": ["points"]})
    app.query_params["kind"] = "both"  # as Back of the browser does
    app.run()
    assert app.text[0].value == "both 1 0"


def test_choice_outlives_a_change_of_language():
    app = visit(lang="en", kind="both", place="Home")
    app.query_params["lang"] = "de"
    app.run()
    assert not app.exception
    assert app.text[0].value == "both 2 0"
    app.query_params["lang"] = "en"
    app.run()
    assert not app.exception
    assert app.text[0].value == "both 2 0"


def test_link_to_a_choice_is_followed_again_after_another_page():
    """Streamlit forgets a widget that a page does not show."""

    def show():
        import streamlit as st

        from aeviz.web.kernel.choices import choose
        from aeviz.web.kernel.language import follow_language

        follow_language()
        if "away" in st.query_params:
            st.text("away")
        else:
            st.text(choose(st.segmented_control, "Show", ["images", "both"], key="kind", default="images"))

    app = AppTest.from_function(show)
    app.query_params["lang"] = "de"
    app.run().get("button_group")[0].set_value("both").run()
    assert address(app) == {"kind": ["both"]}
    app.query_params["away"] = "1"
    assert app.run().text[0].value == "away"
    del app.query_params["away"]
    app.query_params["kind"] = "both"
    app.run()
    assert (app.text[0].value, address(app)) == ("both", {"kind": ["both"]})
