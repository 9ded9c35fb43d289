"""Networks that the page itself runs: what is sent to it, why one is missing, and making those that are."""

import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import IO

import streamlit as st

from aeviz.export.beside import PartName, beside, weights_digest
from aeviz.export.missing import start_writing
from aeviz.training.runs import MODEL
from aeviz.training.status import has_trainer
from aeviz.web.components.explorer.payload import Network
from aeviz.web.components.kit.blobs import carry
from aeviz.web.kernel import spaces
from aeviz.web.kernel.caching import Stamp
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import escape

USUAL_S = 15
"""Seconds that the files of a network usually take to be written."""
POLL_S = 1.5
_guard = threading.Lock()
_writings: dict[Stamp, "_Writing"] = {}
"""What was begun since the server started, a few bytes each once it has ended."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InPage:
    """A network for the page, or why there is none."""

    spec: Network | None
    why: str = ""


@dataclass(slots=True, kw_only=True)
class _Writing:
    """The process that writes a run's ONNX files for the page."""

    process: subprocess.Popen[bytes]
    said: IO[bytes]
    """What it wrote to its standard error."""
    since: float
    problem: str | None = None
    """What went wrong, once it has ended; empty where nothing did."""
    looking: threading.Lock = field(default_factory=threading.Lock)

    def look(self) -> str | None:
        """Return None while it works, then what went wrong, or nothing."""
        with self.looking:  # every visitor who waits asks
            if self.problem is None and self.process.poll() is not None:
                self.said.seek(0)
                lines = self.said.read().decode(errors="replace").strip().splitlines()
                self.said.close()
                why = lines[-1] if lines else "it ended without a message"
                self.problem = "" if self.process.returncode == 0 else why
            return self.problem


def find_network(model: Model, part: PartName) -> InPage:
    """Return what the page must know of a run's encoder or decoder; `carry_network` sends the network itself."""
    content = spaces.onnx_file(model, part)
    if content is None:
        if not beside(model.folder, part).is_file():
            return InPage(spec=None, why=f"{part}.onnx is missing")
        return InPage(spec=None, why=f"{part}.onnx is damaged, too large or belongs to other weights")
    config = model.config.model
    spec = Network(
        name=content.name,
        part=part,
        latent_dim=config.latent_dim,
        image_shape=config.image_shape,
        digest=weights_digest(model.path / MODEL),
        limit=spaces.onnx_limit(model),
    )
    return InPage(spec=spec)


def carry_network(model: Model, part: PartName) -> None:
    """Send a network to the page, if there is one; call it outside of fragments."""
    content = spaces.onnx_file(model, part)
    if content is not None:
        carry(content.name, content.content)


def carry_networks(runs: Sequence[Model], part: PartName) -> None:
    """Send the same part of several runs to the page, that of copies once."""
    contents = [spaces.onnx_file(model, part) for model in runs]
    for name, content in {each.name: each.content for each in contents if each is not None}.items():
        carry(name, content)


def prepare_networks(model: Model) -> None:
    """Write what is missing of a run's encoder and decoder, and say so meanwhile; then the page is run again."""
    if all(find_network(model, part).spec is not None for part in ("decoder", "encoder")):
        return
    if has_trainer(model.path):
        st.caption(f"{escape(model.name)} is still training. Until it ends the server decodes.")
        return
    if os.environ.get("AEVIZ_ONNX") == "0":
        return
    writing = _begin(model)
    problem = None if writing is None else writing.look()
    if problem is None:
        _wait(model)
    else:
        st.caption(f"The server decodes: {problem or 'the exported files cannot be used'}")


def _begin(model: Model) -> _Writing | None:
    """Return the process that writes a run's files or has written them, begun now if none works; None if another does.

    One needs most of a gigabyte and a core, so that a class which opens many models at once must not start many.
    """
    with _guard:
        if model.stamp not in _writings and all(each.look() is not None for each in _writings.values()):
            # no pipe, which may fill up while nobody reads; closed when the process has ended
            said = tempfile.TemporaryFile()  # noqa: SIM115
            _writings[model.stamp] = _Writing(
                process=start_writing(model.folder, said), said=said, since=time.monotonic()
            )
        return _writings.get(model.stamp)


@st.fragment(run_every=POLL_S)
def _wait(model: Model) -> None:
    writing = _begin(model)
    if writing is None:
        st.caption(f"Preparing {escape(model.name)} for your browser. Until then the server decodes.")
        return
    if writing.look() is not None:
        st.rerun(scope="app")
    waited = time.monotonic() - writing.since
    st.progress(
        min(waited / USUAL_S, 0.95),
        f"Preparing {escape(model.name)} for your browser: {waited:.0f} of about {USUAL_S} s. Until then the "
        "server decodes.",
    )
