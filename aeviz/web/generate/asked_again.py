"""A new question begins where a question begins: what the visitor played for the one before is put back."""

import streamlit as st

from aeviz.web.components.kit.prediction import Question
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.url import UrlState

_LAST = "generate.asked.{}"
"""Session key of the last question about a value, and of the value beside it."""


def put_back_for_new_question(state: UrlState[float], model: Model, question: Question | None) -> None:
    """Write the default of a value where another question is asked than before, and the value is left over from that.

    A value that an address brings together with a question stays.

    Args:
        state: The value, which has a default.
        model: What the question is about.
        question: The question; None where nothing is asked.
    """
    key, asked, value = _LAST.format(state.name), (model.name, question), state.restore()
    last = st.session_state.get(key)
    if last is not None and last[0] != asked and last[1] == value:
        state.write(state.default)
    st.session_state[key] = (asked, state.restore())
