"""Keeping a model that a page has trained: its weights become a run, which a trainer evaluates."""

import streamlit as st

from aeviz.errors import AevizError, ConfigError
from aeviz.language import tr
from aeviz.paths import runs_root
from aeviz.playground.choices import DATA, config_of
from aeviz.playground.keep import keep_run, read_weights
from aeviz.training.runs import new_run_path
from aeviz.web.components.playground.component import sent_of
from aeviz.web.components.playground.payload import Kept
from aeviz.web.kernel import jobs
from aeviz.web.kernel.url import UrlState
from aeviz.web.playground import images
from aeviz.web.playground.choices import hidden_state, parse_values

KEPT = "playground.kept"
"""Session key: what became of the model that was kept last."""


def keep(key: str, data: UrlState[str], usual: dict[str, str]) -> None:
    """Make a run of the model that the page sent; the message about it is shown with the next run of the script."""
    try:
        st.session_state[KEPT] = _keep(key, data, usual)
    except AevizError as error:
        st.session_state[KEPT] = Kept(text=tr("The model was not kept: {error}.", error=error))


def _keep(key: str, data: UrlState[str], usual: dict[str, str]) -> Kept:
    sent = sent_of(key)
    if sent is None:
        raise ConfigError(tr("the page sent no model that can be read; reload the page and try again"))
    values = parse_values(sent.values, data, lambda name: hidden_state(usual[name]))
    if values[DATA] == images.OWN:
        raise ConfigError(
            tr(
                "its images are in your page alone, and a run needs them on the server; choose a data set, or train on "
                "the folder of your images with Train"
            )
        )
    config = config_of(values, images.images_of(values[DATA]).shape)
    weights = read_weights(config, sent.weights)
    jobs.check_new_runs()
    runs_root().mkdir(parents=True, exist_ok=True)
    path = new_run_path(config)
    folder = keep_run(path, config, weights)
    jobs.evaluate(folder.path, folder.config)
    links = ((tr("Open in Train"), f"/train?run={path.name}"), (tr("Open its map"), f"/explore?model={path.name}"))
    text = tr("Kept after {steps:,} steps as {name}; it is being evaluated.", steps=sent.step, name=path.name)
    return Kept(text=text, links=links)
