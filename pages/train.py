"""Train: set up a network, and watch with the class how it learns."""

import streamlit as st

from aeviz.language import tr
from aeviz.web.kernel.page import page
from aeviz.web.train.example import show_example
from aeviz.web.train.form import show_form
from aeviz.web.train.view import is_showing_run, is_watching, show_other_runs, show_run, start_run

with page(
    "train",
    tr("Train"),
    tr("Choose images, a network and an optimizer, and watch the latent space form. Training goes on when you leave."),
):
    has_run = is_showing_run()
    with st.expander(tr("New run"), expanded=not is_watching(), icon=":material/add:") if has_run else st.container():
        config = show_form()
    if config is not None:
        start_run(config)
    if has_run:
        show_run()
    else:
        show_example()
    show_other_runs()
