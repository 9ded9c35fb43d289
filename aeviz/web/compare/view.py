"""Runs beside each other: their curves on one chart, what was set differently, and their latent planes."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from aeviz.figures.charts import difference_curves, training_curves
from aeviz.language import number, tr
from aeviz.web.compare.planes import show_run_planes
from aeviz.web.compare.words import name_setting, name_value
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.figure_file import offer_figure
from aeviz.web.kernel.history import offer_curves, read_epochs
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.page import same_images
from aeviz.web.kernel.text import decimals_for, differ, escape, name_objective
from aeviz.web.map.controls import pick_map_options
from aeviz.web.map.view import show_map

RUNS = "runs"
"""URL parameter of the compared runs."""
MOST = 6
"""Runs on one chart: more curves hide each other."""
CHART = "compare-curves"
"""Key of the chart of the curves."""
_BESIDE = 2
"""Runs whose planes are shown as maps with one legend."""


def pick_runs(found: Mapping[str, Model]) -> list[Model]:
    """Let the visitor choose runs to compare; the choice is in the URL."""
    asked = [name for name in st.query_params.get_all(RUNS) if name]  # "runs=" where all were cleared
    absent = [name for name in asked if name not in found]
    if absent:
        names = ", ".join(map(escape, absent))
        st.info(tr("Not on this machine, left out: {names}.", names=names), icon=":material/link_off:")
        left = [name for name in asked if name in found]
        if RUNS in st.session_state:  # the address is the widget's; a run was deleted while the page showed it
            st.session_state[RUNS] = left
        else:
            st.query_params[RUNS] = left
    default = [name for name in ("mlp-2d-adam", "mlp-2d-amsgrad") if name in found] or list(found)[:_BESIDE]
    chosen = st.multiselect(
        tr("Runs"),
        list(found),
        default=default,
        max_selections=MOST,
        key=RUNS,
        bind="query-params",
        placeholder=tr("Choose up to six runs"),
        help=tr("Shipped models and your own runs, also those still training."),
    )
    return [found[str(name)] for name in chosen]


def show_verdict(runs: list[Model]) -> None:
    """Say which run has the lowest validation error, by how much, and that one seed each proves no difference."""
    best = {model.name: report.val_mse for model in runs if (report := model.best_epoch()) is not None}
    if len(best) < _BESIDE:
        return
    if len({(model.config.data, model.provenance.data_fingerprint) for model in runs}) > 1:
        st.info(
            tr("These runs were trained on different images: their errors cannot be compared."), icon=":material/info:"
        )
        return
    (name, low), (second, high), *_ = sorted(best.items(), key=lambda pair: pair[1])
    share = f", {number((high - low) / high, '.1%')}" if high > 0 else ""
    decimals = decimals_for([low, high])
    st.info(
        tr(
            "**{model} has the lowest validation error (MSE): {low}**, {difference} less than {second} "
            "({high}{share}). Each is one run: whether the difference exceeds the spread over seeds cannot be said.",
            model=escape(name),
            low=number(low, f".{decimals}f"),
            difference=differ(high, low, decimals),
            second=escape(second),
            high=number(high, f".{decimals}f"),
            share=share,
        ),
        icon=":material/question_mark:",
    )


@st.fragment
def show_overlay(runs: list[Model]) -> None:
    """Show the loss of all runs over the epochs on one chart."""
    histories = {model.name: read_epochs(model.path) for model in runs}
    curves = {
        name: (
            np.array([report.epoch for report in history]),
            np.array([report.train_loss for report in history]),
            np.array([report.val_loss for report in history]),
        )
        for name, history in histories.items()
        if history
    }
    if not curves:
        st.caption(tr("No run has finished an epoch yet."))
        return
    st.subheader(tr("Curves"))
    quantities = {name_objective(model.config.objective) for model in runs}
    if len(quantities) > 1:
        st.warning(
            tr(
                "These runs minimise different losses, so their curves cannot be compared. Compare the validation MSE "
                "in the table below."
            ),
            icon=":material/warning:",
        )
    longest = max(len(epochs) for epochs, _, _ in curves.values())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        window = st.slider(
            tr("Moving average (epochs)"), 1, max(2, longest // 5), max(1, longest // 40), key="window", width=300
        )
        logarithmic = st.toggle(tr("Logarithmic"), value=True, key="log", bind="query-params")
        is_difference = (
            len(curves) > 1
            and len(quantities) == 1
            and st.toggle(
                tr("Difference to the first"),
                key="difference",
                bind="query-params",
                help=tr(
                    "Validation loss of each run minus that of the first: it shows what curves that nearly "
                    "coincide hide."
                ),
            )
        )
    quantity, names_shown = tr(" or ").join(sorted(quantities)), tr(" and ").join(curves)
    if is_difference:
        validation = {name: (epochs, losses) for name, (epochs, _, losses) in curves.items()}
        figure = difference_curves(validation, quantity, window=int(window))
        alt = tr("Difference of validation loss of {names}", names=names_shown)
    else:
        figure = training_curves(curves, quantity, window=int(window), logarithmic=logarithmic)
        alt = tr("Training and validation loss over the epochs of {names}", names=names_shown)
    show_figure(figure, key=CHART, alt=alt)
    show_run_planes([model for model in runs if model.name in curves], chart=CHART, is_mapped=_are_mapped(runs))
    names = list(curves)
    shown = [model for model in runs if model.name in curves]
    with st.container(horizontal=True):
        offer_curves(
            {model.name: model.path for model in shown},
            f"{names[0]}-curves" if len(names) == 1 else f"curves-of-{len(names)}-runs",
        )
        offer_figure(["curves"], [model.folder for model in shown], key="compare", window=int(window))


def show_differences(runs: list[Model]) -> None:
    """Show the settings in which the runs differ, and what each achieved."""
    st.subheader(tr("Settings that differ, and results"))
    settings = {model.name: model.config.settings() for model in runs}
    keys = next(iter(settings.values()))
    rows = {
        name_setting(key): [name_value(key, values[key]) for values in settings.values()]
        for key in keys
        if len({values[key] for values in settings.values()}) > 1
    }
    facts = {model.name: _result(model) for model in runs}
    for name in next(iter(facts.values())):
        rows[f"**{name}**"] = [values[name] for values in facts.values()]
    st.markdown(_table(rows, list(settings)))
    if len(runs) == _BESIDE and runs[0].config.differs_in_optimizer_alone(runs[1].config):
        st.caption(tr("A fair comparison: same initial weights, same batches, same order."))


def _result(model: Model) -> dict[str, str]:
    best, evaluation = model.best_epoch(), model.evaluation
    history = read_epochs(model.path)
    accuracy = None if evaluation is None else evaluation.knn_accuracy
    return {
        tr("parameters"): number(model.provenance.parameters, ","),
        tr("epochs trained"): number(len(history), ","),
        tr("time"): tr(
            "{seconds:,.0f} s on {device}",
            seconds=sum(report.seconds for report in history),
            device=model.provenance.device,
        ),
        tr("validation error (MSE)"): "-"
        if best is None
        else tr("{error:.5f} (epoch {epoch:,})", error=best.val_mse, epoch=best.epoch),
        tr("test error (MSE)"): "-" if evaluation is None else number(evaluation.mse, ".5f"),
        tr("kNN accuracy"): "-" if accuracy is None else number(accuracy, ".1%"),
    }


def _table(rows: Mapping[str, list[str]], names: list[str]) -> str:
    lines = ["| | " + " | ".join(f":small[{escape(name)}]" for name in names) + " |", "|---" * (1 + len(names)) + "|"]
    lines += [f"| {key} | " + " | ".join(escape(cell) for cell in cells) + " |" for key, cells in rows.items()]
    return "\n".join(lines)


def _are_mapped(runs: list[Model]) -> bool:
    """Whether linked maps show the latent planes: of two runs that encoded the same images."""
    mapped = [model for model in runs if model.has_latents]
    return (
        len(mapped) == _BESIDE
        and mapped[0].config.data.shares_test_images(mapped[1].config.data)
        and same_images(*mapped)
    )


def show_planes(runs: list[Model]) -> None:
    """Show the latent planes of two runs of the same images as linked maps; link others to their maps."""
    mapped = [model for model in runs if model.has_latents]
    if not mapped:
        return
    if _are_mapped(runs):
        st.subheader(tr("Latent planes"))
        show_map(mapped[0], mapped[1], pick_map_options(mapped[0], mapped[1]))
        return
    with st.container(horizontal=True, gap="medium"):
        for model in mapped:
            st.page_link(
                "pages/explore.py",
                label=tr("Explore {model}", model=escape(model.name)),
                icon=":material/scatter_plot:",
                query_params={"model": model.name},
                width="content",
            )
