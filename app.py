"""aeviz in the browser: page settings, navigation, and what stands beside every page."""

import streamlit as st

from aeviz.language import tr, trc
from aeviz.web import ICON
from aeviz.web.kernel.language import follow_language
from aeviz.web.kernel.looks import show_looks
from aeviz.web.lesson.column import show_lesson

st.set_page_config(page_icon=ICON, layout="wide")
follow_language()

page = st.navigation(
    {
        "": [
            st.Page("pages/home.py", title=tr("Home"), icon=":material/home:", default=True),
            st.Page("pages/status.py", title=tr("Status"), visibility="hidden"),
        ],
        tr("Explore"): [
            st.Page("pages/explore.py", title=tr("Explore"), icon=":material/scatter_plot:"),
            st.Page("pages/latent_space.py", title=tr("Latent space"), visibility="hidden"),
            st.Page("pages/decode.py", title=tr("Decode"), visibility="hidden"),
            st.Page("pages/units.py", title=tr("Units"), icon=":material/grid_view:"),
            st.Page("pages/reconstruct.py", title=tr("Reconstruct"), icon=":material/compare:"),
            st.Page("pages/generate.py", title=tr("Generate"), icon=":material/auto_awesome:"),
        ],
        tr("Learn"): [
            st.Page("pages/lessons.py", title=tr("Lessons"), icon=":material/school:"),
            st.Page("pages/lab.py", title=tr("Lab"), icon=":material/science:"),
            st.Page("pages/pca.py", title=tr("PCA = linear autoencoder"), icon=":material/linear_scale:"),
            st.Page("pages/regimes.py", title=tr("Three regimes"), icon=":material/view_column:"),
            st.Page("pages/optimizers.py", title=tr("Optimizers"), icon=":material/route:"),
            st.Page("pages/network.py", title=tr("Network and training"), icon=":material/lan:"),
        ],
        trc("group of pages", "Train"): [
            st.Page("pages/playground.py", title=tr("Playground"), icon=":material/toys_and_games:"),
            st.Page("pages/train.py", title=tr("Train"), icon=":material/model_training:"),
            st.Page("pages/import_model.py", title=tr("Import a model"), icon=":material/input:"),
            st.Page("pages/import.py", title=tr("Import"), visibility="hidden"),
            st.Page("pages/compare.py", title=tr("Compare runs"), icon=":material/difference:"),
        ],
    },
    expanded=True,
)
show_lesson(page.url_path)
show_looks()
page.run()
