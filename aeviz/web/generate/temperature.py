"""The temperature at which latent points are drawn: one value, in the address, for all sections that draw."""

import math

import streamlit as st

from aeviz.language import tr
from aeviz.web.kernel.url import UrlState

HIGHEST = 2.0
"""Highest temperature; the lowest is 0."""
_KEY = "temperature.slider"


def _parse(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return round(value, 2) if math.isfinite(value) and 0 <= value <= HIGHEST else None


TEMPERATURE = UrlState("temperature", _parse, "{:g}".format, 1.0)
"""The temperature; the standard deviations of what is drawn from are multiplied by it."""
RISING = UrlState("temperature", _parse, "{:g}".format, 0.0)
"""The temperature where the visitor watches it rise from 0."""


def read_temperature(state: UrlState[float] = TEMPERATURE) -> float:
    """Return the temperature that the address names, or the usual one."""
    return float(state.restore() or 0)


def write_temperature(value: float | None, state: UrlState[float] = TEMPERATURE) -> None:
    """Write a temperature that a component reported to the address; what is none is left out."""
    known = None if value is None else _parse(f"{value:g}")
    if known is not None:
        state.write(known)


def pick_temperature() -> float:
    """Let the visitor choose the temperature where no component does."""
    st.session_state[_KEY] = read_temperature()
    return float(
        st.slider(
            tr("Temperature"),
            0.0,
            HIGHEST,
            step=0.05,
            key=_KEY,
            on_change=lambda: TEMPERATURE.write(round(float(st.session_state[_KEY]), 2)),
            width=220,
            help=tr(
                "Factor of the standard deviation, 0 to {highest:g}. Below 1: more typical, less varied images. "
                "Above 1: more varied, less typical.",
                highest=HIGHEST,
            ),
        )
    )
