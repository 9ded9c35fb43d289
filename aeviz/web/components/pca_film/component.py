"""The film of a linear autoencoder beside PCA: played, paused and scrubbed in the page without a rerun."""

from aeviz.web.components.kit.mount import Component

_component = Component(name="pca_film", script="pca_film/pca_film.js", style="pca_film/pca_film.css")


def pca_film(payload: bytes, *, key: str) -> None:
    """Show a film made by `payload.pca_film_payload`; it plays once by itself when it changes.

    Nothing comes back to Python.

    Args:
        payload: The packed film; sent to the browser only when it changes.
        key: Identity of the film on the page.
    """
    _component.show(payload, key=key)
