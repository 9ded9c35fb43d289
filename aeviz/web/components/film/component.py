"""The training film in the page: played, scrubbed and followed live without a rerun."""

from aeviz.web.components.kit.mount import Component

_component = Component(name="film", script="film/film.js", style="film/film.css")


def training_film(payload: bytes, *, key: str) -> None:
    """Show a film made by `aeviz.web.components.film.payload.film_payload`.

    Nothing comes back to Python: playing and scrubbing cause no rerun. While a run trains, call it again with a longer
    film under the same key, best from a fragment of its own; the visitor's place in the film stays.

    Args:
        payload: The packed film; sent to the browser only when it changes.
        key: Identity of the film on the page.
    """
    _component.show(payload, key=key)
