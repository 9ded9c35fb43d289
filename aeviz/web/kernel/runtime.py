"""Set-up of the server process: heavy imports, one thread for matrix products, and a tamed garbage collector.

After each product OpenBLAS's other threads wait for the next one in a busy loop of some milliseconds: a fifth of the
processor's time for an uploaded image. So one thread computes it, for all BLAS libraries that NumPy and SciPy bring.

Streamlit would end every script run, fragments too, with a full garbage collection. That walks all objects that torch
brought, and all that the sessions hold, while every visitor waits: with 30 of them it took a third of the processor's
time. Three things tame it:

- `runner.postScriptGC` is off (.streamlit/config.toml);
- gc.freeze() moves what is alive after the heavy imports out of the collector's sight; objects still go when their
  last reference does;
- a thread collects in quiet moments, so that memory stays bounded. Python's own collector works on as it always does.
"""

import gc
import sys
import threading
import time

import streamlit as st
from threadpoolctl import threadpool_limits

from aeviz.data.imports.visits import sweep
from aeviz.language import mark
from aeviz.web.kernel.caching import shared

GROWTH = 40
"""Modules that a page may import before memory is settled again."""
COLLECT_EACH_S = 10.0
"""Seconds from one full collection to the next."""
QUIET_S = 0.02
"""Seconds in which the process must have had next to nothing to do before it collects."""
PATIENCE_S = 20.0
"""Seconds that a collection waits at most for such a moment."""
_settled = {"modules": 0}


@shared(max_entries=1, spinner=mark("Starting PyTorch, once: 3 to 5 s, on a busy machine longer …"))
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
    sweep()  # what visitors uploaded to a server that is dead
    threading.Thread(target=_collect_for_ever, name="aeviz-collector", daemon=True).start()


def settle() -> None:
    """Collect once and take all that is left out of the garbage collector's sight; one thread for all BLAS so far."""
    threadpool_limits(1, "blas")
    gc.collect()
    gc.freeze()
    _settled["modules"] = len(sys.modules)


def settle_if_grown() -> None:
    """Settle again if a page imported a heavy library since: pandas for its first table, SciPy for an alignment."""
    if len(sys.modules) > _settled["modules"] + GROWTH:
        settle()


def collect_when_quiet(*, patience_s: float = PATIENCE_S) -> None:
    """Collect as soon as the process has nothing else to do, at the latest after `patience_s` seconds."""
    deadline = time.monotonic() + patience_s
    while time.monotonic() < deadline:
        before = time.process_time()
        time.sleep(QUIET_S)
        if time.process_time() - before < QUIET_S / 10:
            break
    gc.collect()


def _collect_for_ever() -> None:
    seen = -1.0
    while True:
        time.sleep(COLLECT_EACH_S)
        if time.process_time() - seen > COLLECT_EACH_S / 100:  # a server that nobody visits lets the machine sleep
            collect_when_quiet()
            seen = time.process_time()
