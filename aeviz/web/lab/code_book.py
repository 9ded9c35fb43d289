"""The code book of a VQ-VAE: its cells, how often each code is used, and an image whose codes can be changed."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from aeviz.data import ImageDataset
from aeviz.figures.code_book import CODES_TRACE, code_plane
from aeviz.lab.code_book import bits, distances, entropy_bits, groups_of, perplexity, shares
from aeviz.language import current_language, mark, tr
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.charts import clicked_point, show_figure
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.controls import pick_image
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.kernel.images import decoded, find_originals, grid_uri, offer_download, show_row
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.page import errors_as_messages, pick_model

USUAL_MODEL = "vq-mnist"
"""The model that the experiment opens with."""
USUAL_IMAGE = 8
"""The test image that it opens with."""
_IMAGE, _POSITION, _CODE = "image", "position", "code"
"""URL parameters."""
_OWN = mark("the encoder's")
_FIGURE = "code-book"


@st.fragment
def show_code_book() -> None:
    """Let the visitor choose an image, one of its codes and another in its place; show the book and both images."""
    with errors_as_messages():
        found = {
            name: model
            for name, model in list_models().items()
            if model.has_latents
            and model.config.model.bottleneck_spec.is_quantized
            and model.config.model.code_dim == 2
        }
        if not found:
            st.info(
                tr(
                    "No model fits. The plane needs a VQ-VAE with codes of two numbers. Train one on the page Train: "
                    "bottleneck *codes of a code book*, size of a code 2."
                ),
                icon=":material/model_training:",
            )
            return
        controls = st.columns([3, 4, 3, 3], vertical_alignment="bottom", gap="small")
        with controls[0]:
            model = pick_model(found, default=USUAL_MODEL)
        with controls[1], st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            count = len(model.require_latents().z)
            index = pick_image(model, tr("Test image"), _IMAGE, min(USUAL_IMAGE, count - 1))
        codes, assigned = _book(model)
        position, chosen = _pick_code(controls[2:], assigned.shape[1], len(codes))
        row = assigned[index]
        _show_result(model, index, position, int(row[position]) if chosen is None else chosen)


def _pick_code(places: list, groups: int, count: int) -> tuple[int, int | None]:  # type: ignore[type-arg]
    """Return the chosen position, from 0, and the code to put there, or None for the encoder's."""
    positions = [str(position) for position in range(1, groups + 1)]
    options = [_OWN, *map(str, range(count))]
    for key, allowed in ((_POSITION, positions), (_CODE, options)):
        if st.session_state.get(key) not in (None, *allowed):  # chosen for a model of another size
            del st.session_state[key]
    with places[0]:
        position = st.selectbox(
            tr("Position"),
            positions,
            key=_POSITION,
            bind="query-params",
            help=tr("Which of the image's codes to change."),
        )
    with places[1]:
        code = choose(
            st.selectbox,
            tr("Code there"),
            options,
            key=_CODE,
            help=tr("Number of a code of the book. A click on a code in the plane chooses it, too."),
        )
    return positions.index(position or "1"), None if code in (None, _OWN) else int(code)


def _take_clicked() -> None:
    clicked = clicked_point(_FIGURE, CODES_TRACE)
    if clicked is not None:
        st.session_state[_CODE] = str(clicked)


@shared(max_entries=4)  # 8 bytes a code of each test image
def _book(model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Return the codes, (K, 2), float32, and the test images' codes, (N, M), int64."""
    from aeviz.analysis.code_book import code_book  # brings torch

    codes = code_book(model.network())
    return codes, groups_of(model.require_latents().z, codes)


@shared(max_entries=4)  # 8 bytes a code
def _shares(model: Model) -> np.ndarray:
    codes, assigned = _book(model)
    return shares(assigned, len(codes))


@shared(max_entries=64)  # 8 bytes a latent dimension
def _outputs(model: Model, index: int, _image: np.ndarray) -> np.ndarray:
    """Return the outputs of the encoder for a test image before they are replaced, (M, 2), float32."""
    from aeviz.analysis.code_book import encoder_outputs  # brings torch

    points: np.ndarray = encoder_outputs(model.network(), _image[None])[0]
    return points


@shared(max_entries=64)  # 0.1 MB each
def _plane(
    model: Model, index: int, position: int, code: int, language: str, _outputs: np.ndarray | None, known: bool
) -> go.Figure:
    codes, assigned = _book(model)
    return code_plane(codes, _shares(model), assigned[index], _outputs, position, code)


@shared(max_entries=32)  # 4 bytes a pixel of K images
def _variants(model: Model, index: int, position: int) -> np.ndarray:
    """Return the image decoded with each code at a position, (K, C, H, W), float32 in [0, 1]."""
    codes, assigned = _book(model)
    rows = np.repeat(assigned[index][None], len(codes), axis=0)
    rows[:, position] = np.arange(len(codes))
    return decoded(model, codes[rows].reshape(len(codes), -1))


@shared(max_entries=32)  # 30 kB
def _all_variants(model: Model, index: int, position: int) -> str:
    """Return the address of the picture of all variants."""
    return grid_uri(_variants(model, index, position), 16, 480)


def _show_result(model: Model, index: int, position: int, code: int) -> None:
    codes, assigned = _book(model)
    row = assigned[index]
    own = int(row[position])
    dataset, why = find_originals(model)
    image = None if dataset is None else _pixels(dataset, index)
    outputs = None if image is None else _outputs(model, index, image)
    variants = _variants(model, index, position)
    left, right = st.columns([6, 5], gap="medium")
    with left:
        share = _shares(model)
        show_figure(
            _plane(model, index, position, code, current_language(), outputs, image is not None),
            key=_FIGURE,
            alt=tr(
                "{count} codes in the plane with the cells of nearest points; the most used has {most:.1%} of the "
                "groups, the least used {least:.1%}. Position {position} of the image has code {own}",
                count=len(codes),
                most=share.max(),
                least=share.min(),
                position=position + 1,
                own=own,
            ),
            on_click=_take_clicked,
        )
    with right:
        shown = [] if image is None else [image]
        pictures = np.stack([*shown, variants[own], variants[code]])
        names = [
            *([tr("image")] if shown else []),
            tr("with its codes (position {position}: code {own})", position=position + 1, own=own),
            tr("with code {code} there", code=code),
        ]
        label = tr("Test image {index}: {names}", index=index, names="; ".join(names))
        show_row(model, pictures, label, width=110)
        st.caption(label)
        st.markdown(tr("Codes of the image: {codes}", codes=_row_text(row, position, code)))
        st.latex(_formula(outputs, codes, position, own))
        _show_errors(image, variants, own, code)
        st.latex(_bits_formula(model, assigned.shape[1], len(codes)))
        text = tr("Position {position} with code 0 to {last}, row by row", position=position + 1, last=len(codes) - 1)
        st.image(_all_variants(model, index, position), width="stretch", caption=text, alt=text)
    if dataset is None and not why:
        offer_download(model.config.data.name, tr("to see the test image beside its reconstruction"))


def _pixels(dataset: ImageDataset, index: int) -> np.ndarray:
    pixels: np.ndarray = dataset.images[index].astype(np.float32) / np.float32(255)
    return pixels


def _row_text(row: np.ndarray, position: int, code: int) -> str:
    parts = [str(index) for index in row]
    own = int(row[position])
    parts[position] = f"**{own}**" if own == code else f"**{own} → {code}**"
    return ", ".join(parts)


def _formula(outputs: np.ndarray | None, codes: np.ndarray, position: int, own: int) -> str:
    """Return the choice of the nearest code with its numbers; without the image only the code's place."""
    choice = rf"k_{{{position + 1}}} = \arg\min_k |z_{{{position + 1}}} - e_k| = {own}"
    if outputs is None:
        return rf"{choice}, \quad e_{{{own}}} = ({codes[own][0]:.2f},\ {codes[own][1]:.2f})"
    far = distances(outputs[position : position + 1], codes)[0]
    second = int(np.argsort(far, kind="stable")[1])
    return (
        rf"\begin{{aligned}} & {choice} \\ & |z_{{{position + 1}}} - e_{{{own}}}| = {far[own]:.3f} < "
        rf"{far[second]:.3f} = |z_{{{position + 1}}} - e_{{{second}}}| \end{{aligned}}"
    )


def _show_errors(image: np.ndarray | None, variants: np.ndarray, own: int, code: int) -> None:
    if image is None:
        st.caption(tr("The test images are not on this machine: the image's codes are known, the image itself is not."))
        return
    errors = ((variants - image) ** 2).reshape(len(variants), -1).mean(axis=1)
    best = int(errors.argmin())
    parts = [tr("Squared error with its codes: {error:.4f}.", error=errors[own])]
    if code != own:
        parts.append(tr("With code {code} it is {error:.4f}.", code=code, error=errors[code]))
    if best == own:
        parts.append(tr("No other code here has less."))
    else:
        parts.append(tr("Least is {error:.4f}, with code {code}.", error=errors[best], code=best))
    st.markdown(" ".join(parts))


def _bits_formula(model: Model, groups: int, count: int) -> str:
    share = _shares(model)
    whole = bits(groups, count)
    length = f"{whole:.1f}".removesuffix(".0")
    channels, height, width = model.config.model.image_shape
    raw = channels * height * width
    return (
        rf"\begin{{aligned}} M \log_2 K &= {groups} \cdot \log_2 {count} = {length} \text{{ {tr('bits an image')}}} \\ "
        rf"\text{{{tr('raw')}}} &= 8 \cdot {_thousands(raw)} = {_thousands(8 * raw)} \text{{ {tr('bits')}}}, \ "
        rf"{8 * raw / whole:.0f} : 1 \\ "
        rf"\text{{{tr('perplexity')} }} 2^{{H}} &= 2^{{{entropy_bits(share):.2f}}} = "
        rf"{perplexity(share):.1f} \end{{aligned}}"
    )


def _thousands(value: int) -> str:
    return f"{value:,}".replace(",", "{,}")


EXPERIMENT = Experiment(
    name="Code book of a VQ-VAE",
    group="Dimension and compression",
    source=(
        "A. van den Oord, O. Vinyals, K. Kavukcuoglu, Neural discrete representation learning, NeurIPS 2017, "
        "arXiv:1711.00937, equations (1) to (3)"
    ),
    show=show_code_book,
    notice=(
        "Each pair of numbers from the encoder is replaced by the nearest code. Click on another code: one index "
        "changes, and the decoded image with it."
    ),
    question="The nearest code has no derivative with respect to the encoder's output. How does the encoder learn?",
    answer=(
        "By the straight-through gradient: the gradient at the code is handed to the encoder's output as if the step "
        "between them were the identity. It has no effect on the codes, so they learn from a loss of their own, "
        "|sg(z) - e|², and the commitment loss β |z - sg(e)|² keeps outputs near their codes; sg stops the gradient. "
        "Perplexity says how much of the book is used: K if all codes are used equally often, 1 if one alone is. "
        "Since they are not used equally often, an entropy coder needs H bits a code, less than log2 K."
    ),
)
"""Codes and cells of a VQ-VAE, and what one code of an image changes."""
