"""Training curves by Plotly, for a page whose film component could not be loaded."""

import numpy as np
import streamlit as st

from aeviz.figures.charts import training_curves
from aeviz.training.history import EpochReport
from aeviz.training.runs import RunFolder


def show_plain_curves(folder: RunFolder, history: list[EpochReport]) -> None:
    """Show the loss over the epochs."""
    st.caption("The film of this page could not be loaded from the server; these are plain curves, drawn by Plotly.")
    if not history:
        return
    columns = [np.array([getattr(report, name) for report in history]) for name in ("epoch", "train_loss", "val_loss")]
    st.plotly_chart(
        training_curves({folder.name: (columns[0], columns[1], columns[2])}, window=max(1, len(history) // 20)),
        key=f"plain-curves-{folder.name}",
        alt=f"Training and validation loss over the epochs of {folder.name}",
    )
