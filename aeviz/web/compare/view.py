"""Runs beside each other: their curves on one chart, what was set differently, and their latent planes."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from aeviz.figures.charts import difference_curves, training_curves
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
        st.info(f"Not on this machine, left out: {', '.join(map(escape, absent))}.", icon=":material/link_off:")
        left = [name for name in asked if name in found]
        if RUNS in st.session_state:  # the address is the widget's; a run was deleted while the page showed it
            st.session_state[RUNS] = left
        else:
            st.query_params[RUNS] = left
    default = [name for name in ("mlp-2d-adam", "mlp-2d-amsgrad") if name in found] or list(found)[:_BESIDE]
    chosen = st.multiselect(
        "Runs",
        list(found),
        default=default,
        max_selections=MOST,
        key=RUNS,
        bind="query-params",
        placeholder="Choose up to six runs",
        help="Shipped models and your own runs, also those still training.",
    )
    return [found[str(name)] for name in chosen]


def show_verdict(runs: list[Model]) -> None:
    """Say which run has the lowest validation error, by how much, and that one seed each proves no difference."""
    best = {model.name: report.val_mse for model in runs if (report := model.best_epoch()) is not None}
    if len(best) < _BESIDE:
        return
    if len({(model.config.data, model.provenance.data_fingerprint) for model in runs}) > 1:
        st.info("These runs were trained on different images: their errors cannot be compared.", icon=":material/info:")
        return
    (name, low), (second, high), *_ = sorted(best.items(), key=lambda pair: pair[1])
    share = f", {(high - low) / high:.1%}" if high > 0 else ""
    decimals = decimals_for([low, high])
    st.info(
        f"**{escape(name)} has the lowest validation error (MSE): {low:.{decimals}f}**, "
        f"{differ(high, low, decimals)} less than {escape(second)} ({high:.{decimals}f}{share}). Each is one run: "
        "whether the difference exceeds the spread over seeds cannot be said.",
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
        st.caption("No run has finished an epoch yet.")
        return
    st.subheader("Curves")
    quantities = {name_objective(model.config.objective) for model in runs}
    if len(quantities) > 1:
        st.warning(
            "These runs minimise different losses, so their curves cannot be compared. Compare the validation MSE "
            "in the table below.",
            icon=":material/warning:",
        )
    longest = max(len(epochs) for epochs, _, _ in curves.values())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        window = st.slider(
            "Moving average (epochs)", 1, max(2, longest // 5), max(1, longest // 40), key="window", width=300
        )
        logarithmic = st.toggle("Logarithmic", value=True, key="log", bind="query-params")
        is_difference = (
            len(curves) > 1
            and len(quantities) == 1
            and st.toggle(
                "Difference to the first",
                key="difference",
                bind="query-params",
                help="Validation loss of each run minus that of the first: it shows what curves that nearly "
                "coincide hide.",
            )
        )
    quantity = " or ".join(sorted(quantities))
    if is_difference:
        validation = {name: (epochs, losses) for name, (epochs, _, losses) in curves.items()}
        figure, alt = difference_curves(validation, quantity, window=int(window)), "Difference of validation loss of "
    else:
        figure = training_curves(curves, quantity, window=int(window), logarithmic=logarithmic)
        alt = "Training and validation loss over the epochs of "
    show_figure(figure, key=CHART, alt=alt + " and ".join(curves))
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
    st.subheader("Settings that differ, and results")
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
        st.caption("A fair comparison: same initial weights, same batches, same order.")


def _result(model: Model) -> dict[str, str]:
    best, evaluation = model.best_epoch(), model.evaluation
    history = read_epochs(model.path)
    accuracy = None if evaluation is None else evaluation.knn_accuracy
    return {
        "parameters": f"{model.provenance.parameters:,}",
        "epochs trained": f"{len(history):,}",
        "time": f"{sum(report.seconds for report in history):,.0f} s on {model.provenance.device}",
        "validation error (MSE)": "-" if best is None else f"{best.val_mse:.5f} (epoch {best.epoch:,})",
        "test error (MSE)": "-" if evaluation is None else f"{evaluation.mse:.5f}",
        "kNN accuracy": "-" if accuracy is None else f"{accuracy:.1%}",
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
        st.subheader("Latent planes")
        show_map(mapped[0], mapped[1], pick_map_options(mapped[0], mapped[1]))
        return
    with st.container(horizontal=True, gap="medium"):
        for model in mapped:
            st.page_link(
                "pages/explore.py",
                label=f"Explore {escape(model.name)}",
                icon=":material/scatter_plot:",
                query_params={"model": model.name},
                width="content",
            )
