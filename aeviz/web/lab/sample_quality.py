"""Quality of samples: the kernel distance from test images to samples, with its error, in three embeddings."""

import numpy as np
import plotly.graph_objects as go
import streamlit as st

from aeviz.analysis.generation import draw_noise, draw_points, share_out
from aeviz.analysis.sample_quality import SquaredMmd, mean_and_error
from aeviz.figures.distances import ROWS_TRACE, estimate_rows
from aeviz.lab.sample_quality import BLOCK, COUNT, Distance, distances
from aeviz.language import current_language, mark, number, tr
from aeviz.web.kernel import priors
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.charts import clicked_point, show_figure
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.experiments import Experiment
from aeviz.web.kernel.images import decoded, show_grid
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.text import escape

EMBEDDINGS = {
    mark("hidden layer of a classifier"): "classifier",
    mark("codes of conv-64d-amsgrad"): "encoder",
    mark("64 principal components"): "pca",
}
"""Keys of `distances` by title."""
_SETS = (
    mark("test images"),
    mark("test images, noise 0.1"),
    mark("test images, blurred"),
    mark("vae-10d, reconstructions"),
)
"""Names of sets of images that are no models'."""
_EMBEDDING, _SET = "embedding", "set"
"""URL parameters."""
_FIGURE = "sample-quality"
_USUAL = "vae-10d"
_SHOWN, _COLUMNS = 40, 10


@st.fragment
def show_sample_quality() -> None:
    """Let the visitor choose an embedding and a set of images; show all distances, and how one comes about."""
    with errors_as_messages():
        found, accuracy = distances()
        left, right = st.columns([6, 5], gap="medium")
        with left:
            title = choose(
                st.selectbox,
                tr("Embedding"),
                list(EMBEDDINGS),
                key=_EMBEDDING,
                help=tr("The numbers of an image between which distances are measured."),
            )
        rows = found[EMBEDDINGS[str(title)]]
        names = [row.name for row in rows]
        with right:
            name = choose(
                st.selectbox,
                tr("Images"),
                names,
                index=names.index(_USUAL),
                key=_SET,
                help=tr("A click on a row of the chart chooses them, too."),
            )
        chosen = names.index(str(name))
        with left:
            show_figure(
                _figure(EMBEDDINGS[str(title)], chosen, current_language()),
                key=_FIGURE,
                alt=tr(
                    "Kernel distance to test images: {distances}",
                    distances=", ".join(f"{tr(row.name)} {number(_estimate(row)[0], '.4f')}" for row in rows),
                ),
                on_click=_take_clicked,
            )
            st.caption(_describe(str(title), accuracy))
        with right:
            _show_chosen(rows[chosen], rows[0])


def _estimate(row: Distance) -> tuple[float, float]:
    return mean_and_error([block.value for block in row.blocks])


@shared(max_entries=64)  # 0.1 MB each
def _figure(embedding: str, chosen: int, language: str) -> go.Figure:
    rows = distances()[0][embedding]
    means, errors = np.array([_estimate(row) for row in rows]).T
    return estimate_rows([tr(row.name) for row in rows], means, errors, chosen, tr("squared MMD, ± 2 standard errors"))


def _take_clicked() -> None:
    clicked = clicked_point(_FIGURE, ROWS_TRACE)
    found = distances()[0]["pca"]
    if clicked is not None and clicked < len(found):
        st.session_state[_SET] = found[clicked].name


def _describe(title: str, accuracy: float) -> str:
    what = {
        "classifier": tr(
            "Dense layers 784-128-64-10 learned the classes in six epochs ({share:.1%} of the test images right); the "
            "embedding is the layer of 64 after ReLU.",
            share=accuracy,
        ),
        "encoder": tr("The 64 numbers of an autoencoder that makes none of these samples."),
        "pca": tr("Components of the training images."),
    }[EMBEDDINGS[title]]
    how = tr(
        "Shifted and scaled so that the training images have mean 0 and mean square 1. {count:,} test images in random "
        "order against {count:,} others, by disjoint blocks of {block}. Values of other embeddings, and published KID "
        "and FID, do not compare.",
        count=COUNT,
        block=BLOCK,
    )
    return f"{what} {how}"


def _show_chosen(row: Distance, floor: Distance) -> None:
    model = list_models().get(row.name)
    images = None if model is None else _samples(model)
    if images is not None:
        show_grid(images, tr("Samples of {model}", model=row.name), columns=_COLUMNS, least_px=480)
    first = SquaredMmd(*np.mean(row.blocks, axis=0))
    mean, error = _estimate(row)
    st.latex(
        r"\begin{aligned} \text{MMD}^2 &= \overline{k(x,x')} + \overline{k(y,y')} - 2\,\overline{k(x,y)} \\ "
        rf"&= {first.data:.3f} + {first.samples:.3f} - 2 \cdot {first.cross:.3f} \\ "
        rf"&= {mean:.4f} \pm {error:.4f} \\ "
        r"k(x,y) &= (x \cdot y / 64 + 1)^3 \end{aligned}"
    )
    frechet = tr("Fréchet, {count:,} images", count=COUNT)
    head = f"| | MMD² | {frechet} | Fréchet, {BLOCK} |\n|---|---|---|---|\n"
    lines = []
    for each in (row, floor):
        mean, error = _estimate(each)
        lines.append(
            f"| {escape(tr(each.name))} | {number(mean, '.4f')} ± {number(error, '.4f')} | "
            f"{number(each.frechet, '.2f')} | {number(each.frechet_block, '.2f')} |"
        )
    st.markdown(head + "\n".join(lines))


@shared(max_entries=32)  # 0.1 MB each
def _samples(model: Model) -> np.ndarray:
    """Return images of draws, (40, C, H, W): from the prior, a Gaussian fitted to the codes, or codes at random."""
    config = model.config.model
    if config.bottleneck_spec.is_quantized:
        from aeviz.analysis.code_book import code_book  # brings torch

        codes = code_book(model.network())
        groups = config.latent_dim // codes.shape[1]
        chosen = np.random.default_rng(0).integers(len(codes), size=(_SHOWN, groups))
        return decoded(model, codes[chosen].reshape(_SHOWN, -1))
    if priors.is_anchored(model):
        gaussians = [priors.prior_gaussian(model, label) for label in model.encoded_classes().values()]
    elif config.is_variational:
        gaussians = [priors.prior_gaussian(model, None)]
    else:
        gaussians = [priors.data_gaussian(model, None)]
    noise = draw_noise(0, _SHOWN, config.latent_dim)
    return decoded(model, draw_points(gaussians, share_out(_SHOWN, len(gaussians)), noise))


EXPERIMENT = Experiment(
    name="Quality of samples",
    group="Generation",
    source=(
        "M. Binkowski, D. J. Sutherland, M. Arbel, A. Gretton, Demystifying MMD GANs, ICLR 2018, arXiv:1801.01401, "
        "section 3; M. Heusel et al., NeurIPS 2017, arXiv:1706.08500 (Fréchet distance)"
    ),
    show=show_sample_quality,
    notice=(
        "Other test images are at distance 0 within the error: that is the floor. Samples of vae-10d are little "
        "farther than its reconstructions. Change the embedding: the order of the models changes."
    ),
    question=(
        "Two halves of the test set have one distribution, yet their Fréchet distance is not 0, and larger for 500 "
        "images than for 5,000. Why, and why is the kernel distance not larger?"
    ),
    answer=(
        "The Fréchet distance compares estimated means and covariances. Their errors enter squared, so they add up and "
        "never cancel; few images have large errors. Two models may be compared at equal numbers only. The squared "
        "MMD leaves out the pairs of a point with itself, which makes its mean right for any number: for one "
        "distribution it is 0 on average, so single estimates may be negative. The blocks are disjoint, so their "
        "spread gives an honest standard error. Neither says why images differ. The reconstructions of vae-10d are "
        "nearly as far as its samples: its blur counts more than its prior. regime-kl learned without a reconstruction "
        "loss, so all its samples are one grey mean; vae-64d hardly weighs the KL, so that draws from the prior miss "
        "its codes. To the classifier sharp strokes of msssim-vae-10d that form no digit are worse than the blur of "
        "vae-10d; to the autoencoder's codes blur is worse."
    ),
)
