"""The language of a visitor, and what the page is told of it."""

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from aeviz import language
from aeviz.web.kernel.language import catalogue_name
from aeviz.web.server.languages import ROUTE


def show_page():
    import streamlit as st

    from aeviz.language import tr
    from aeviz.web.kernel.language import follow_language, show_language

    follow_language()
    show_language()
    st.text(tr("Units"))

    @st.fragment
    def part():
        st.button(tr("Units"))

    part()


@pytest.fixture
def visit(monkeypatch):
    """A function that opens a page with parameters, a browser's language and its cookies; German is complete or not."""

    def open_page(*, locale="en-US", cookie="", complete=True, wishes=None, **parameters):
        monkeypatch.setattr(language, "is_complete", lambda name: name == "en" or complete)
        monkeypatch.setattr("streamlit.runtime.context.ContextProxy.locale", locale)
        headers = {} if wishes is None else {"Accept-Language": wishes}
        monkeypatch.setattr("streamlit.runtime.context.ContextProxy.headers", headers)
        monkeypatch.setattr("streamlit.runtime.context.ContextProxy.cookies", {"aeviz_language": cookie})
        app = AppTest.from_function(show_page)
        for name, value in parameters.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception
        return app

    return open_page


def shown(app):
    """The text, the languages on offer, and the language in the address."""
    groups = app.get("button_group")
    named = app.query_params.get("lang")  # a list of the test's own, or a text of the page's
    return app.text[0].value, [*groups[0].options] if groups else [], named[0] if isinstance(named, list) else named


def test_english_visitor_sees_english_and_is_told_nothing(visit):
    assert shown(visit()) == ("Units", ["English", "Deutsch"], None)
    assert shown(visit(complete=False)) == ("Units", [], None)
    assert not visit(complete=False).get("html")


def test_address_goes_before_choice_before_browser_before_server(visit, monkeypatch):
    monkeypatch.setenv("AEVIZ_LANGUAGE", "de")
    assert shown(visit(lang="en", cookie="de", locale="de-DE"))[0] == "Units"
    assert shown(visit(cookie="en", locale="de-DE"))[::2] == ("Units", "en")
    assert shown(visit(locale="de-DE"))[::2] == ("Einheiten", None)
    assert shown(visit(locale="en-GB"))[0] == "Units"
    assert shown(visit(locale="xx"))[0] == "Einheiten"


def test_second_wish_of_a_browser_counts_where_the_first_is_not_there(visit):
    assert shown(visit(locale="fr-FR", wishes="fr-FR,de;q=0.8,en;q=0.6"))[0] == "Einheiten"
    assert shown(visit(locale="fr-FR", wishes="fr-FR,en;q=0.8,de;q=0.6"))[0] == "Units"
    assert shown(visit(locale="de-DE"))[0] == "Einheiten"


def test_incomplete_language_is_for_those_who_ask_by_the_address(visit, monkeypatch):
    monkeypatch.setenv("AEVIZ_LANGUAGE", "de")
    assert shown(visit(complete=False, locale="de-DE", cookie="de")) == ("Units", [], None)
    assert shown(visit(complete=False, lang="de")) == ("Einheiten", ["English", "Deutsch"], "de")
    assert shown(visit(complete=False, lang="../../etc"))[0] == "Units"


def test_switch_changes_all_texts_and_the_address_and_is_remembered(visit):
    app = visit()
    app.get("button_group")[0].set_value("de").run()
    assert shown(app) == ("Einheiten", ["English", "Deutsch"], "de")
    assert app.button[0].label == "Einheiten"
    script = app.get("html")[0].proto.body
    assert f"/aeviz-language/{catalogue_name('de')}" in script
    assert "aeviz_language=de" in script
    app.get("button_group")[0].set_value("en").run()
    assert shown(app) == ("Units", ["English", "Deutsch"], "en")
    assert 'dataset.catalogue = ""' in app.get("html")[0].proto.body


def test_an_address_does_not_change_the_language_that_the_browser_remembers(visit):
    app = visit()
    app.get("button_group")[0].set_value("de").run()
    assert "document.cookie" in app.get("html")[0].proto.body
    app.query_params["lang"] = "en"  # as Back and links do
    app.run()
    assert shown(app)[0] == "Units"
    assert "document.cookie" not in app.get("html")[0].proto.body


def test_server_has_the_messages_of_scripts_under_a_name_of_their_content():
    with TestClient(Starlette(routes=[ROUTE])) as client:
        for base in ("", "/below/it"):
            answer = client.get(f"{base}/aeviz-language/{catalogue_name('de')}")
            assert answer.status_code == 200
            assert "immutable" in answer.headers["cache-control"]
            assert answer.json()["texts"]["Zoom in"] == "Vergrößern"
        for name in ("de.0123456789abcdef.json", "en.json", "..%2Fde.po", "xx.json", ".json"):
            assert client.get(f"/aeviz-language/{name}").status_code == 404
