"""The bar above the map: which models, and how they are shown."""

from collections.abc import Mapping

import streamlit as st

from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import pick_model, pick_second
from aeviz.web.map.controls import MapOptions, pick_map_options

_KEY = "explore-bar"
_STYLE = f"""<style>
.st-key-{_KEY} > div:has([data-testid="stSelectbox"]) {{ flex: 1 1 8rem; width: auto !important; min-width: 8rem; }}
.st-key-{_KEY} > div:has([data-testid="stPopover"]) {{ flex: none; width: auto !important; }}
@media (max-width: 40rem) {{
  .st-key-{_KEY} {{ flex-wrap: nowrap; overflow-x: auto; scrollbar-width: thin; }}
  .st-key-{_KEY} > div {{ flex: none !important; }}
}}
</style>"""
"""All choices stand in one row where there is room for them, and in a row to swipe through on a phone."""


def show_bar(found: Mapping[str, Model]) -> tuple[Model, Model | None, MapOptions]:
    """Let the visitor choose one or two of the models and how they are shown; all is in the URL."""
    st.html(_STYLE)
    bar = st.container(horizontal=True, vertical_alignment="bottom", key=_KEY, gap="small")
    with bar:
        first = pick_model(found)
        second = pick_second(found, first)
    return first, second, pick_map_options(first, second, bar)
