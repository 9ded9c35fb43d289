"""Components on the page: how they are keyed, and what comes back."""

import pytest
from streamlit.testing.v1 import AppTest

from aeviz.web.components.kit.mount import safe_key

ODD = [
    "film-my__run",
    "film-run_",
    "___",
    "film-a%5F_b",
    "film-my%__run",
    "latent-map-folder:/data/my__pics",
    "\udcff-é",
]
"""Keys that hold names of runs and folders: two underscores, one at the end, a byte that is no UTF-8."""


def show_films(keys):
    from aeviz.web.components.film.component import training_film

    for key in keys:
        training_film(b"", key=key)


def show_inputs():
    import streamlit as st

    from aeviz.web.components.drawing.component import drawing_pad
    from aeviz.web.components.kit.mount import state_of
    from aeviz.web.components.paste.component import paste_box

    st.text(drawing_pad(key="my__pad_").png)
    st.text(paste_box(key="my__paste"))
    st.text(state_of("nothing"))


def test_names_of_any_kind_may_stand_in_a_key():
    app = AppTest.from_function(show_films, kwargs={"keys": [*ODD, "plain_key"]}).run()
    assert not app.exception
    shown = [each.proto.component_name for each in app.get("bidi_component")]
    assert shown == ["aeviz.film"] * (len(ODD) + 1)


def test_components_are_registered_anew_in_each_runtime():
    for _ in range(2):
        app = AppTest.from_function(show_inputs).run()
        assert not app.exception
        assert [text.value for text in app.text] == ["None", "[]", "None"]


def test_safe_keys_differ_and_hold_no_delimiter():
    keys = [*ODD, "a", "a_b", "a__b", "a_%5Fb", "a%5F_b", "a%255F_b", "_", "%"]
    safe = [safe_key(key) for key in keys]
    assert len(set(safe)) == len(set(keys))
    for key in safe:
        assert "__" not in key
        assert not key.endswith("_")
        key.encode()


@pytest.mark.parametrize("key", ["film-run", "latent-map-mnist", "a_b-c.d", "Ünï-日本"])
def test_usual_keys_stay_as_they_are(key):
    assert safe_key(key) == key
