"""Three regimes of a variational autoencoder side by side: reconstruction only, KL only, both."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import streamlit as st

from aeviz.analysis.generation import draw_noise
from aeviz.analysis.prior_fit import PriorFit
from aeviz.figures.prior_plane import (
    PRIOR_WINDOW,
    SIDE,
    Window,
    class_legend_svg,
    fit_window,
    prior_plane_svg,
    ring_places,
)
from aeviz.language import mark, number, tr
from aeviz.training.run_records import Evaluation
from aeviz.web.components.prior_samples.component import Picture, prior_samples
from aeviz.web.kernel import priors
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.controls import pick_seed
from aeviz.web.kernel.images import is_large, marked_images
from aeviz.web.kernel.lab_recipes import regimes_code
from aeviz.web.kernel.looks import is_dark
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.recipes import offer_code
from aeviz.web.kernel.scales import describe_scales
from aeviz.web.kernel.text import escape, format_with_error
from aeviz.web.kernel.url import rename_choices

OWN, PRIOR, WIDEST = mark("own scale"), mark("scale of the prior"), mark("same for all")
"""Scales of the planes."""
SAMPLES, COLUMNS = 36, 9
"""Samples in a grid and in a row of it: a low grid stands above the fold, below its map."""
DRAWS = 1000
"""Draws from the prior of which shares are told."""
RARE = 0.02
"""Share of the draws below which a class is said to be out of reach."""
TELLING = ("Error", "KL (nats", "ELBO", "kNN", "Samples out of", "Classes of")
"""How the rows begin that tell the regimes apart."""
UNMEASURED, ONE_CODE = mark("not measured"), mark("none: all images have one code")
"""Cells of a measure that a model does not have: it was not evaluated, or there is nothing to measure."""
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True, kw_only=True)
class Regime:
    """One of the three columns."""

    preset: str
    parameter: str
    """URL parameter of the model that stands there."""
    title: str


REGIMES = (
    Regime(preset="regime-reconstruction", parameter="left", title=mark("Reconstruction only")),
    Regime(preset="regime-kl", parameter="middle", title=mark("KL only")),
    Regime(preset="regime-both", parameter="right", title=mark("Both")),
)


_STYLE = """<style>
[class*="st-key-regime-head-"] h5 { font-size: 1rem; white-space: nowrap; }
[class*="st-key-regime-head-"] [data-testid="stSelectbox"] :is(input, div) { font-size: 0.8125rem; }
</style>"""
"""The menu of a model stands below the title of its column."""


@st.fragment
def show_regimes() -> None:
    """Show plane, samples and figures of a model in each regime, the samples from the same noise."""
    with errors_as_messages():
        st.html(_STYLE)
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            seed = pick_seed()
            rename_choices("scale", {"each its own": OWN, "the prior's": PRIOR, "that of the widest": WIDEST})
            scale = choose(
                st.segmented_control,
                tr("Scale of the maps"),
                [OWN, PRIOR, WIDEST],
                default=OWN,
                required=True,
                key="scale",
                help=tr("Fit each map to its points, all to the prior, or all to the widest one."),
            )
            legend = st.container(width=round(SIDE))
        planar = _planar_runs()
        columns = st.columns(len(REGIMES), gap="medium")
        places, runs = [], []
        for column, regime in zip(columns, REGIMES, strict=True):
            with column:
                head = f"regime-head-{regime.parameter}"
                with st.container(gap="xsmall", key=head):  # beside the title long names would be cut
                    st.markdown(f"##### {tr(regime.title)}", width="content")
                    runs.append(_pick_run(planar, regime))
                places.append(st.container())
        shown = [model for model in runs if model is not None]
        windows = _windows(shown, str(scale or OWN))
        noise = draw_noise(seed, SAMPLES, 2)
        shared = _shared_classes(shown)
        if shared:
            legend.image(class_legend_svg(shared, is_dark=is_dark()), width="stretch", alt=tr("Colours of the classes"))
        for place, model, regime in zip(places, runs, REGIMES, strict=True):
            if model is not None:
                with place:
                    fit = priors.prior_fit(model, DRAWS, seed)
                    st.markdown(f"{_lost(model)} :small[{_summarise(model, fit)}]")
                    text = tr("{count} samples from the prior, seed {seed}", count=SAMPLES, seed=str(seed))
                    _show_plane(model, noise, windows[model.name], text, regime, has_legend=not shared)
                    st.markdown(_explain(model, fit))
        if shown:
            st.caption(
                tr(
                    "Points: encoded test images by class. Circles: 1, 2 and 3 standard deviations of the prior. "
                    "Rings: the sampled points, the same for all three; point at one, or at an image. "
                    "Cross: out of distribution."
                )
            )
            titles = [tr(regime.title) for regime, model in zip(REGIMES, runs, strict=True) if model is not None]
            _show_figures(shown, titles, seed)
            if all(model.evaluation is not None and model.evaluation.elbo is not None for model in shown):
                names = list(dict.fromkeys(model.name for model in shown))
                offer_code(regimes_code(names, seed=seed, count=SAMPLES, columns=COLUMNS))


def _planar_runs() -> dict[str, Model]:
    """Return the models that can stand in a column: those with a plane and the prior N(0, I)."""
    return {
        name: model
        for name, model in list_models().items()
        if model.has_latents
        and model.config.model.is_variational
        and (model.config.model.latent_dim, model.config.model.prior) == (2, "standard")
    }


def _pick_run(planar: Mapping[str, Model], regime: Regime) -> Model | None:
    trained = [name for name, model in planar.items() if model.config.preset == regime.preset]
    if not trained:
        st.info(
            tr(
                "The model {preset} is missing. Train it on the page Train with the preset of that name, or in a "
                "shell: `.venv/bin/aeviz train {preset}` (a minute or two).",
                preset=regime.preset,
            ),
            icon=":material/model_training:",
        )
    if not planar:
        return None
    names = list(planar)
    chosen = st.selectbox(
        tr("Model"),
        names,
        index=names.index(trained[0]) if trained else None,
        key=regime.parameter,
        bind="query-params",
        placeholder=tr("another model"),
        label_visibility="collapsed",
        help=tr("A 2-D variational model with prior N(0, I), for example your own."),
    )
    return None if chosen is None else planar[str(chosen)]


def _windows(runs: list[Model], scale: str) -> dict[str, Window]:
    """Return the part of the plane that each run shows, by its name."""
    own = {model.name: fit_window(model.require_latents().z) for model in runs}
    if scale == PRIOR:
        return dict.fromkeys(own, PRIOR_WINDOW)
    if scale == WIDEST and own:
        return dict.fromkeys(own, max(own.values(), key=lambda window: window.half))
    return own


def _shared_classes(runs: list[Model]) -> tuple[str, ...]:
    """Return the class names of all runs, for one legend; none where they differ or images have no classes."""
    named = {
        tuple(model.provenance.class_names) if model.require_latents().labels is not None else () for model in runs
    }
    return next(iter(named)) if len(named) == 1 else ()


def _show_plane(
    model: Model, noise: np.ndarray, window: Window, text: str, regime: Regime, *, has_legend: bool
) -> None:
    """Show a latent plane with the sampled points, and the images decoded from them."""
    table = model.require_latents()
    names = model.provenance.class_names if has_legend and table.labels is not None else ()
    prior_samples(
        Picture(
            uri=prior_plane_svg(table.z, table.labels, names, noise, window, is_dark=is_dark()),
            text=tr("Latent map of {model} with the prior, width {width:.3g}", model=model.name, width=2 * window.half),
        ),
        ring_places(noise, window, names),
        Picture(uri=marked_images(model, noise.astype(np.float32), COLUMNS)[0], text=text),
        columns=COLUMNS,
        smooth=is_large(model),
        group="regimes",
        key=f"prior-samples-{regime.parameter}",
    )


def _show_figures(runs: list[Model], titles: list[str], seed: int) -> None:
    """Show what was measured of each model, in a column a model: the most telling rows, the others folded."""
    evaluations = [model.evaluation for model in runs]
    fits = [priors.prior_fit(model, DRAWS, seed) for model in runs]
    rows: list[tuple[str, str, list[float | None]]] = [
        (mark("Error (MSE)"), ".4f", [None if found is None else found.mse for found in evaluations]),
        (mark("KL (nats per image)"), ".3g", [None if found is None else found.kl for found in evaluations]),
        (mark("kNN accuracy"), ".1%", [None if found is None else found.knn_accuracy for found in evaluations]),
        (mark("Trustworthiness"), ".3f", [None if found is None else found.trustworthiness for found in evaluations]),
        (mark("Standard deviation of the encoded images"), ".3g", [fit.spread for fit in fits]),
        (mark("Mean standard deviation of the posteriors"), ".3g", [fit.posterior_width for fit in fits]),
        (mark("Encoded images within 3 standard deviations of the prior"), ".1%", [fit.inside_share for fit in fits]),
        (mark("Samples out of distribution, of {draws:,}"), ".1%", [fit.far_share for fit in fits]),
    ]
    lines = [
        [title, *(_write(value, form, ONE_CODE if title.startswith("Samples") else UNMEASURED) for value in row)]
        for title, form, row in rows
    ]
    lines[2:2] = [
        [mark("ELBO (nats per image)"), *(_with_error(found, "elbo") for found in evaluations)],
        [mark("Importance-weighted bound minus ELBO"), *(_with_error(found, "bound_gain") for found in evaluations)],
    ]
    lines.append([mark("Classes of the samples (10 nearest neighbours)"), *map(_classes, runs, fits)])
    lines.append([mark("KL weight"), *map(describe_scales, runs)])
    telling = [line for line in lines if line[0].startswith(TELLING)]
    st.subheader(tr("Measure"))
    _show_table(telling, titles)
    with st.expander(tr("All measures"), icon=":material/table_rows:"):
        _show_table([line for line in lines if line not in telling], titles)
    st.caption(
        tr(
            "On the test images; samples with the seed above. ±: standard error over images. Bound and ELBO are of the "
            "same images. Out of distribution: 10th neighbour farther than for 99 % of posterior samples. Both sample "
            "measures are meaningless where all images have the same code."
        )
    )


def _show_table(lines: list[list[str]], titles: list[str]) -> None:
    """Show rows, each beginning with its title in English."""
    columns = {"": [tr(line[0], draws=DRAWS) for line in lines]}
    columns |= {title: [line[place] for line in lines] for place, title in enumerate(titles, start=1)}
    st.table(columns, border="horizontal", hide_index=True)


def _write(value: float | None, form: str, missing: str) -> str:
    """Write a number, one with an exponent as mantissa times a power of ten."""
    if value is None:
        return tr(missing)
    mantissa, _, exponent = number(value, form).partition("e")
    return f"{mantissa} \N{MULTIPLICATION SIGN} 10{str(int(exponent)).translate(_RAISED)}" if exponent else mantissa


def _with_error(found: Evaluation | None, name: str) -> str:
    """Write a measure with its standard error."""
    value, error = (None if found is None else getattr(found, key) for key in (name, f"{name}_error"))
    return tr(UNMEASURED) if value is None else format_with_error(value, error)


def _classes(model: Model, fit: PriorFit) -> str:
    """Name the classes that draws from the prior are read as, most frequent first, without the rare ones."""
    if fit.class_shares is None:
        return tr(ONE_CODE) if model.class_names else tr("no classes")
    names, shares = model.provenance.class_names, fit.class_shares
    order = np.argsort(-shares, kind="stable")
    often = [f"{escape(names[label])} ({number(shares[label], '.0%')})" for label in order if shares[label] >= RARE]
    return ", ".join(often)


def _summarise(model: Model, fit: PriorFit) -> str:
    """Say in one line what map and samples show."""
    if model.config.objective.reconstruction_weight == 0:
        return tr("All codes coincide, samples are noise")
    if fit.class_shares is None:
        return tr("{share:.0%} of codes in the circles", share=fit.inside_share)
    return tr(
        "{share:.0%} of codes in the circles, {reached} of {count} classes",
        share=fit.inside_share,
        reached=_reached(fit.class_shares),
        count=len(fit.class_shares),
    )


def _reached(shares: np.ndarray) -> int:
    """Return how many of the classes the samples show, from the share of each, (classes,)."""
    return int((shares >= RARE).sum())


def _lost(model: Model) -> str:
    """Say what is lost in the regime of a model, Markdown."""
    if model.config.objective.reconstruction_weight == 0:
        return tr("**Lost: all information.**")
    return tr("**Lost: the prior.**") if model.config.objective.kl_weight == 0 else tr("**Lost: a little of both.**")


def _explain(model: Model, fit: PriorFit) -> str:
    """Say in plain words why that is lost, from the weights of a model's loss and what was measured."""
    objective = model.config.objective
    if objective.reconstruction_weight == 0:
        return tr(
            "The KL is minimal when every posterior equals the prior: *posterior collapse*. All images have the same "
            "code. The decoder was never trained; it shows its random initial weights."
        )
    shares = fit.class_shares
    found = {
        "share": fit.inside_share,
        "reached": 0 if shares is None else _reached(shares),
        "count": 0 if shares is None else len(shares),
    }
    if objective.kl_weight == 0:
        text = tr(
            "Nothing keeps the codes near the origin, and the posteriors shrink to points: a plain autoencoder. Only "
            "{share:.0%} of the codes lie within 3 standard deviations of the prior, so the samples show {reached} of "
            "{count} classes.",
            **found,
        )
        if shares is None:
            text = tr(
                "Nothing keeps the codes near the origin, and the posteriors shrink to points: a plain autoencoder. "
                "Only {share:.0%} of the codes lie within 3 standard deviations of the prior.",
                **found,
            )
        end = tr("Reconstruction is best; samples show whatever training left near the origin.")
        return f"{text} {end}"
    text = tr(
        "Reconstruction pulls the codes apart, the KL pulls them to the prior. {share:.0%} of the codes lie within 3 "
        "standard deviations of the prior, and the samples show {reached} of {count} classes.",
        **found,
    )
    if shares is None:
        text = tr(
            "Reconstruction pulls the codes apart, the KL pulls them to the prior. {share:.0%} of the codes lie within "
            "3 standard deviations of the prior.",
            **found,
        )
    end = tr(
        "A larger KL weight matches the prior better but blurs reconstructions. Try it on the page Train and choose "
        "your model above."
    )
    return f"{text} {end}"
