"""URL parameters that no widget holds."""

import streamlit as st


def set_parameter(name: str, value: str) -> None:
    """Write a URL parameter, or drop it where it is empty; unchanged ones are left alone."""
    if value and st.query_params.get(name) != value:
        st.query_params[name] = value
    elif not value and name in st.query_params:
        del st.query_params[name]


def numbers_from_url(name: str, limit: int = 10**9) -> list[int]:
    """Return the numbers below `limit` in a URL parameter, where dots join them; whatever else it holds is ignored."""
    parts = st.query_params.get(name, "").split(".")
    numbers = [int(part) for part in parts if part.isdecimal() and len(part) < 10]
    return [number for number in numbers if number < limit]
