"""A page as a visitor opens it by its address, and what it shows."""

import json
from pathlib import Path

from streamlit.testing.v1 import AppTest

from aeviz.web.components.kit.wire import unpack

APP = str(Path(__file__).parents[2] / "app.py")


def new_session():
    """The app as another visitor finds it: no page was opened yet."""
    return AppTest.from_file(APP, default_timeout=60)


def open_page(app, name, model=None, **address):
    """Open a page by an address; where it is the first one, no other page runs before it.

    Args:
        app: The app, fresh or on another page.
        name: File of the page in pages/, without ".py".
        model: The model that the address names.
        address: What else it says: parameter to value.
    """
    if name != "home":  # where the app begins; AppTest finds a page by its file's name only
        app.switch_page(f"pages/{name}.py")
    if model is not None:
        address["model"] = model
    app.query_params.update(address)
    return app.run()


def open_plane(app, model=None, **address):
    """Open the decoded plane of a model alone on Explore, by an address."""
    alone = {} if model is None else {f"with.{model}": "nothing"}
    return open_page(app, "explore", model, show="decoded plane", **{**alone, **address})


def texts(elements):
    """What elements say, one by one."""
    return [element.value for element in elements]


def assert_healthy(app, title):
    """Check that a page shows its title and neither a traceback nor an error."""
    assert not app.exception, texts(app.exception)
    assert texts(app.title) == [title]
    assert not app.error, texts(app.error)


def film_of(app):
    """The film of images over training: what is in it, and under `now` the text of each set at the shown epoch."""
    sent = {"image_film": [], "blobs": []}
    for element in app.get("bidi_component"):
        sent.setdefault(element.proto.component_name.rpartition(".")[2], []).append(element.proto)
    (proto,) = sent["image_film"]
    shown = json.loads(proto.json)
    blobs = {blob["name"]: blob["content"] for blob in (unpack(each.bytes) for each in sent["blobs"])}
    film = unpack(blobs[shown["name"]].tobytes())
    at = film["epochs"].index(shown["at"])
    return {**film, "at": shown["at"], "now": [each["texts"][min(at, len(each["texts"]) - 1)] for each in film["sets"]]}
