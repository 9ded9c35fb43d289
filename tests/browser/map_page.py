"""A page with a map of made-up points and what Python hears of it: ?n=2000&dims=2&panels=1&classes=10&boxed=1&linked=1.

A linked map shares its latent point with other parts of the page; its panels then show that point as it is.
"""

from dataclasses import replace

import numpy as np
import streamlit as st

from aeviz.analysis.selection import Selection, points_in_selection
from aeviz.web.components.map.component import latent_map
from aeviz.web.components.map.payload import Lift, make_panel, map_payload

usual = {"n": 2000, "dims": 2, "panels": 1, "classes": 10}
n, dims, panels, classes = (int(st.query_params.get(name, value)) for name, value in usual.items())
CLASSES = tuple(map(str, range(classes)))
rng = np.random.default_rng(0)
labels = rng.integers(0, len(CLASSES), n)
points = rng.normal(size=(len(CLASSES), dims))[labels] * 4 + rng.normal(size=(n, dims))
elsewhere = st.toggle("Elsewhere")
st.slider("Another widget", 0, 10)
turned = points @ np.linalg.qr(rng.normal(size=(dims, dims)))[0]
clouds = [turned + 3 if elsewhere or k else points for k in range(panels)]
names = tuple(f"z{k + 1}" for k in range(dims))
shown = [make_panel(f"cloud {k}", cloud, np.zeros(n), names) for k, cloud in enumerate(clouds)]
boxed = Selection(panel=0, polygon=((-2.0, -2.0), (4.0, -2.0), (4.0, 4.0), (-2.0, 4.0)))
start = boxed if "boxed" in st.query_params else None
model = "made-up" if "linked" in st.query_params else ""
if model:
    lift = Lift(model=model, origin=np.zeros(dims), columns=np.eye(dims), network=None, shape=(1, 8, 8), smooth=False)
    shown = [replace(panel, lift=lift) for panel in shown]
    if panels == 2:  # the second cloud is the first, moved by three
        shown[1] = replace(shown[1], carry=(np.eye(dims), np.full(dims, -3.0)))
event = latent_map(map_payload(shown, labels, CLASSES, selection=start, model=model), key="map")
held = np.zeros(n, dtype=bool)
selection = event.selection or (None if event.is_cleared else start)
if selection is not None:
    held = points_in_selection(clouds[selection.panel], selection) & ~np.isin(labels, event.hidden or ())
st.text(f"Python holds {held.sum()}: {' '.join(map(str, np.flatnonzero(held)))}.")
st.text(f"Cleared: {event.is_cleared}.")
