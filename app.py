"""aeviz in the browser: page settings, navigation, and what stands beside every page."""

import streamlit as st

from aeviz.web import ICON
from aeviz.web.kernel.looks import show_looks
from aeviz.web.lesson.column import show_lesson

st.set_page_config(page_icon=ICON, layout="wide")

page = st.navigation(
    {
        "": [
            st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
            st.Page("pages/status.py", title="Status", visibility="hidden"),
        ],
        "Explore": [
            st.Page("pages/explore.py", title="Explore", icon=":material/scatter_plot:"),
            st.Page("pages/latent_space.py", title="Latent space", visibility="hidden"),
            st.Page("pages/decode.py", title="Decode", visibility="hidden"),
            st.Page("pages/units.py", title="Units", icon=":material/grid_view:"),
            st.Page("pages/reconstruct.py", title="Reconstruct", icon=":material/compare:"),
            st.Page("pages/generate.py", title="Generate", icon=":material/auto_awesome:"),
        ],
        "Learn": [
            st.Page("pages/lessons.py", title="Lessons", icon=":material/school:"),
            st.Page("pages/lab.py", title="Lab", icon=":material/science:"),
            st.Page("pages/pca.py", title="PCA = linear autoencoder", icon=":material/linear_scale:"),
            st.Page("pages/regimes.py", title="Three regimes", icon=":material/view_column:"),
            st.Page("pages/optimizers.py", title="Optimizers", icon=":material/route:"),
            st.Page("pages/network.py", title="Network and training", icon=":material/lan:"),
        ],
        "Train": [
            st.Page("pages/playground.py", title="Playground", icon=":material/toys_and_games:"),
            st.Page("pages/train.py", title="Train", icon=":material/model_training:"),
            st.Page("pages/import_model.py", title="Import a model", icon=":material/input:"),
            st.Page("pages/import.py", title="Import", visibility="hidden"),
            st.Page("pages/compare.py", title="Compare runs", icon=":material/difference:"),
        ],
    },
    expanded=True,
)
show_lesson(page.url_path)
show_looks()
page.run()
