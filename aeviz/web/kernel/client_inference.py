"""Networks that the page itself runs: what is sent to it, why one is missing, and making those that are."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from aeviz.export.beside import PartName, beside, weights_digest
from aeviz.language import tr
from aeviz.training.runs import MODEL
from aeviz.training.status import has_trainer
from aeviz.web.components.kit.blobs import send_blob
from aeviz.web.components.kit.network import Network
from aeviz.web.kernel import spaces
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import escape
from aeviz.workers import export

USUAL_S = 15
"""Seconds that the files of a network usually take to be written."""
POLL_S = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class InPage:
    """A network for the page, or why there is none."""

    spec: Network | None
    why: str = ""


def find_network(model: Model, part: PartName) -> InPage:
    """Return what the page must know of a run's encoder or decoder; `send_network` sends the network itself."""
    content = spaces.onnx_file(model, part)
    if content is None:
        if not beside(model.folder, part).is_file():
            return InPage(spec=None, why=tr("{file} is missing", file=f"{part}.onnx"))
        return InPage(
            spec=None, why=tr("{file} is damaged, too large or belongs to other weights", file=f"{part}.onnx")
        )
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


def send_network(model: Model, part: PartName) -> None:
    """Send a network to the page, if there is one; call it outside of fragments."""
    content = spaces.onnx_file(model, part)
    if content is not None:
        send_blob(content.name, content.content)


def send_networks(runs: Sequence[Model], part: PartName) -> None:
    """Send the same part of several runs to the page, that of copies once."""
    contents = [spaces.onnx_file(model, part) for model in runs]
    for name, content in {each.name: each.content for each in contents if each is not None}.items():
        send_blob(name, content)


def prepare_networks(model: Model, without: str = "") -> None:
    """Write what is missing of a run's encoder and decoder, and say so meanwhile; then the page is run again.

    Args:
        model: The model.
        without: What happens on the page without these files, as a clause, translated; none for "the server decodes".
    """
    without = without or tr("the server decodes")
    if all(find_network(model, part).spec is not None for part in ("decoder", "encoder")):
        return
    if has_trainer(model.path):
        st.caption(tr("{model} is still training. Until it ends {without}.", model=escape(model.name), without=without))
        return
    if os.environ.get("AEVIZ_ONNX") == "0":
        return
    view = export.prepare(model.folder)
    if view is None or view.is_active:
        _wait(model, without)
        return
    why = {"failed": escape(view.message), "interrupted": tr("the process that writes the files has been ended")}
    st.caption(f"{without[0].upper()}{without[1:]}: {why.get(view.state, tr('the exported files cannot be used'))}")


@st.fragment(run_every=POLL_S)
def _wait(model: Model, without: str) -> None:
    view = export.prepare(model.folder)
    if view is None or view.state == "queued":
        st.caption(
            tr(
                "Preparing {model} for your browser takes about {usual} s, after another model. Until then {without}.",
                model=escape(model.name),
                usual=USUAL_S,
                without=without,
            )
        )
        return
    if not view.is_active:
        st.rerun(scope="app")
    left = tr("{seconds:.0f} of about {usual} s", seconds=view.seconds, usual=USUAL_S)
    if view.seconds > USUAL_S:
        left = tr(
            "{seconds:.0f} s so far, more than the usual {usual} s, as on a busy machine",
            seconds=view.seconds,
            usual=USUAL_S,
        )
    st.progress(
        min(view.seconds / USUAL_S, 0.95),
        tr(
            "Preparing {model} for your browser: {left}. Until then {without}.",
            model=escape(model.name),
            left=left,
            without=without,
        ),
    )
