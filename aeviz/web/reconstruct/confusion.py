"""Whether reconstructions keep the class of their originals, by the pixels of the test images nearest to them."""

import numpy as np
import streamlit as st

from aeviz.analysis.reconstruction import confusion, pick_per_class
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.images import decoded, find_originals
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.reading import read_by_pixels
from aeviz.web.kernel.text import escape

PER_CLASS = 30
"""Test images of each class whose reconstructions are classified."""


@shared(max_entries=32)  # below 1 kB each
def _confusion(model: Model) -> np.ndarray:
    """Return how often a class, (rows), is reconstructed as another, (columns), int64; the images must be here."""
    table = model.require_latents()
    if table.labels is None:
        raise LookupError("the images have no classes; the caller must check first")
    chosen = pick_per_class(table.labels, PER_CLASS, 0)
    chosen = chosen[chosen >= 0]
    votes = read_by_pixels(model, decoded(model, table.z[chosen]), chosen)
    if votes is None:
        raise LookupError("the test images are not here; the caller must check first")
    return confusion(table.labels[chosen], votes, len(model.class_names))


def show_confusions(runs: list[Model]) -> None:
    """Show for each model how many reconstructions keep their class, and which classes are mixed up, folded away."""
    dataset, _ = find_originals(runs[0])
    if dataset is None or dataset.labels is None:
        return
    names = runs[0].class_names
    tables = {model.name: _confusion(model) for model in runs}
    kept = ", ".join(f"{escape(name)} {np.trace(table) / max(1, table.sum()):.0%}" for name, table in tables.items())
    st.markdown(f"**Reconstructions that keep their class:** {kept}.")
    with st.expander("Confusion table: class of the original against class of the reconstruction"):
        for column, (name, table) in zip(st.columns(len(tables)), tables.items(), strict=True):
            with column:
                st.markdown(f"**{escape(name)}**: original in rows, reconstruction in columns")
                cells = {"": [f"**{escape(each)}**" for each in names]}
                for place, each in enumerate(names):
                    cells[escape(each)] = [str(count) if count else "" for count in table[:, place].tolist()]
                st.table(cells, border="horizontal", hide_index=True)
        st.caption(
            f"Up to {PER_CLASS} test images of each class. The 10 other test images whose pixels are nearest to a "
            "reconstruction vote on its class; model and original take no part in the vote."
        )
