"""The Playground: settings in the address, graphs for the page, and models that visitors keep."""

import json
from functools import partial

import streamlit as st

from aeviz.errors import AevizError
from aeviz.figures.palette import FIRST, SECOND
from aeviz.language import tr, trc
from aeviz.playground.choices import DATA, HIDDEN, OPTIONS, STRUCTURE, Values, config_of, usual_hidden
from aeviz.playground.plan import Plan, plan_of
from aeviz.web.components.kit.blobs import send_blob
from aeviz.web.components.playground.component import playground, values_of
from aeviz.web.components.playground.payload import Kept, PlaygroundImages, playground_payload
from aeviz.web.kernel.page import has_just_arrived
from aeviz.web.kernel.url import UrlState, parse_number
from aeviz.web.playground import images
from aeviz.web.playground.choices import FIELDS, data_state, hidden_state, parse_values
from aeviz.web.playground.keep import KEPT, keep

_KEY = "playground"
_LEFT = "playground.left"
"""Session key: the settings with which the visitor left, by name."""
_MOST_STEPS = 5000
_TRAIN = UrlState("train", lambda text: None if (steps := parse_number(text)) is None else min(steps, _MOST_STEPS))
"""URL parameter: steps that the networks make by themselves; 0 shows them with their initial weights."""


def show_playground() -> None:
    """Show the playground with the settings of the address."""
    known = images.available()
    shapes = images.shapes()
    usual = {name: usual_hidden(shapes[name][0] * shapes[name][1] * shapes[name][2]) for name in known}
    data = data_state(known, "mnist" if "mnist" in known else "digits")
    if has_just_arrived():
        _return_to_former(data, usual)
    st.session_state[_LEFT] = values = _read(data, usual)
    plan: Plan | None = None
    found: PlaygroundImages | None = None
    message = ""
    try:
        found = images.images_of(values[DATA])
        plan = plan_of(config_of(values, found.shape))
    except AevizError as error:
        message = tr("These settings make no network: {error}.", error=error)
    kept = st.session_state.get(KEPT)
    payload = playground_payload(
        values=values,
        options={DATA: tuple(known.items()), **_options()},
        defaults=usual,
        structure=json.dumps([values[name] for name in (DATA, HIDDEN, *STRUCTURE)]),
        plan=plan,
        images=found,
        message=message,
        kept=kept if isinstance(kept, Kept) else None,
        colours=(FIRST, SECOND),
        train=_TRAIN.restore(),
    )
    playground(
        payload,
        key=_KEY,
        on_change=partial(_write, data, usual),
        on_keep=partial(keep, _KEY, data, usual),
    )
    if found is not None and found.content:
        send_blob(found.blob, found.content)


def _options() -> dict[str, tuple[tuple[str, str], ...]]:
    """Return value and title of each choice, in the visitor's language."""
    off = trc("a setting that is off", "none")
    return {
        name: tuple((value, off if title == "none" else tr(title)) for value, title in choices)
        for name, choices in OPTIONS.items()
    }


def _read(data: UrlState[str], usual: dict[str, str]) -> dict[str, str]:
    return parse_values(dict(st.query_params.items()), data, lambda name: hidden_state(usual[name]))


def _write(data: UrlState[str], usual: dict[str, str]) -> None:
    """Write what the page reports into the address."""
    values: Values = parse_values(values_of(_KEY), data, lambda name: hidden_state(usual[name]))
    _put(values, data, usual)


def _return_to_former(data: UrlState[str], usual: dict[str, str]) -> None:
    """Go on with the settings of the last visit, whose networks the page still has, unless the address names others."""
    left = st.session_state.get(_LEFT)
    if left and not any(name in st.query_params for name in left):
        _put(parse_values(left, data, lambda name: hidden_state(usual[name])), data, usual)


def _put(values: Values, data: UrlState[str], usual: dict[str, str]) -> None:
    """Write settings into the address."""
    data.write(values[DATA])
    hidden_state(usual[values[DATA]]).write(values[HIDDEN])
    for field in FIELDS.values():
        field.write(values[field.name])
