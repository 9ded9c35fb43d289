"""Set-up of the server process: heavy imports, one torch thread, and a tamed garbage collector.

Streamlit ends every script run, fragments too, with a full garbage collection. Once torch is imported that walks a
million objects which never die, and the visitor waits for it: a slider step takes 130 to 147 ms without the line below
and 13 to 15 with it (benchmarks/app_start.py, another browser at work beside it). gc.freeze() moves what is alive out
of the collector's sight; objects still go when their last reference does.
"""

import gc
import sys

import streamlit as st

GROWTH = 40
"""Modules that a page may import before memory is settled again."""
_settled = {"modules": 0}


@st.cache_resource(show_spinner="Starting PyTorch …")
def start_torch() -> None:
    """Import torch and the model code once a process, on one thread, then freeze what they brought."""
    import torch

    import aeviz.analysis.evaluation
    import aeviz.training.run  # noqa: F401

    torch.set_num_threads(1)  # with two, the browser's share of the cores makes a single image slower, not faster
    settle()


@st.cache_resource(show_spinner=False)
def start_plain() -> None:
    """Freeze what Streamlit, Plotly and NumPy brought, once a process, for pages that need no torch."""
    settle()


def settle() -> None:
    """Collect once and take all that is left out of the garbage collector's sight."""
    gc.collect()
    gc.freeze()
    _settled["modules"] = len(sys.modules)


def settle_if_grown() -> None:
    """Settle again if a page imported a heavy library since: pandas for its first table, SciPy for an alignment."""
    if len(sys.modules) > _settled["modules"] + GROWTH:
        settle()
