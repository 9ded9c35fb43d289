"""The offer of models that are published beside aeviz and not on this machine."""

import streamlit as st

from aeviz.errors import AevizError
from aeviz.language import tr
from aeviz.published import RELEASES, fetch_model, is_here, list_published, releases_address
from aeviz.web.kernel import jobs
from aeviz.web.kernel.text import escape


def offer_published() -> None:
    """Offer each published model that is not here, with its size and terms; nothing where all are here."""
    missing = {name: model for name, model in list_published().items() if not is_here(name)}
    if not missing or jobs.is_demo():
        return
    st.subheader(tr("More models"))
    for name, model in missing.items():
        with st.container(border=True):
            st.markdown(f"**{escape(name)}**: {escape(tr(model.title))}. {escape(tr(model.licence))}")
            if not releases_address():
                st.caption(
                    tr(
                        "`aeviz models fetch {name} --from ADDRESS` downloads it; or set {variable} for this server.",
                        name=name,
                        variable=RELEASES,
                    )
                )
            elif st.button(
                tr("Fetch {name} ({size:.0f} MB)", name=name, size=model.bytes / 1e6),
                icon=":material/download:",
                key=f"fetch.{name}",
            ):
                _fetch(name)


def _fetch(name: str) -> None:
    bar = st.progress(0.0, tr("Connecting …"))

    def show(share: float, text: str) -> None:
        bar.progress(min(share, 1.0), text)

    try:
        fetch_model(name, on_progress=show)
    except AevizError as error:
        bar.empty()
        st.error(escape(str(error)), icon=":material/cloud_off:")
    else:
        st.rerun(scope="app")
