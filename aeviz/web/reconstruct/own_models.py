"""Reconstructions of a visitor's image by every model that takes such images."""

from collections.abc import Mapping

import streamlit as st

from aeviz.data.prepare import Prepared
from aeviz.figures.images import enlarge, error_map, similarity_map, tile, to_data_uri
from aeviz.language import number, tr
from aeviz.web.kernel.looks import is_dark
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.text import escape
from aeviz.web.reconstruct.own_result import result_of
from aeviz.web.reconstruct.own_verdict import PICTURE_PX

CARD_PX = 3 * PICTURE_PX + 66
"""Width of a card with three images beside each other."""


def show_models(prepared: Prepared, model: Model, found: Mapping[str, Model]) -> None:
    """Show the reconstruction of each model that takes such images: those of the same data, then the others."""
    shape = model.config.model.image_shape
    fitting = [other for other in found.values() if other.config.model.image_shape == shape]
    # on demand: most of the work for an upload were these images below the fold (benchmarks/load.py)
    offer = st.expander(
        tr("Reconstructions by all {count} models", count=len(fitting)),
        key="own.all-models",
        on_change="rerun",
    )
    if not offer.open:
        return
    kin = [other for other in fitting if other.config.data.shares_test_images(model.config.data)]
    strangers = [other for other in fitting if other not in kin]
    with offer:
        st.caption(
            tr(
                "Reconstruction, difference (red: too bright, blue: too dark) and SSIM map (violet: unlike, grey: "
                "undefined). Larger PSNR and SSIM are better."
            )
        )
        _cards(prepared, [model, *(other for other in kin if other.name != model.name)])
        if strangers:
            st.markdown(tr("**Models of other data with the same image size**"))
            _cards(prepared, strangers)


def _cards(prepared: Prepared, runs: list[Model]) -> None:
    with st.container(horizontal=True, gap="medium"):
        for model in runs:
            result = result_of(prepared, model)
            image, likeness = result.image, result.likeness
            with st.container(width=CARD_PX, border=True):
                errors = error_map(prepared.image, image, is_dark=is_dark())
                parts = [
                    (tile(image[None], 1), tr("reconstruction by {model}", model=model.name)),
                    (errors, tr("error by {model}", model=model.name)),
                ]
                if likeness.ssim_map is not None:
                    likenesses = similarity_map(likeness.ssim_map, *image.shape[1:], is_dark=is_dark())
                    parts.append((likenesses, tr("SSIM by {model}", model=model.name)))
                st.image(
                    [to_data_uri(enlarge(part, PICTURE_PX)) for part, _ in parts],
                    width=PICTURE_PX,
                    alt=[name for _, name in parts],
                )
                psnr = "∞" if likeness.psnr is None else f"{number(likeness.psnr, '.1f')} dB"
                ssim = "-" if likeness.ssim is None else number(likeness.ssim, ".3f")
                mse = number(likeness.mse, ".4f")
                st.markdown(f"**{escape(model.name)}**  \n:small[MSE {mse} · PSNR {psnr} · SSIM {ssim}]")
