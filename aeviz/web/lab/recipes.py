"""Time to quality: the thesis's network by the settings of its source, and by the fast recipe."""

from typing import Literal

import plotly.graph_objects as go
import streamlit as st

from aeviz.figures.recipe_curves import recipe_lines
from aeviz.lab.recipe_curves import Way, WayName, measured
from aeviz.language import current_language, mark, number, tr
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.experiments import Experiment

_TITLES: dict[WayName, str] = {"sources": mark("settings of the thesis"), "fast": mark("fast recipe")}
_UNITS: dict[str, Literal["seconds", "epochs"]] = {mark("Seconds"): "seconds", mark("Epochs"): "epochs"}


@st.fragment
def show_recipes() -> None:
    """Let the visitor choose the unit; show both curves and, in words, when each comes to the source's error."""
    unit = choose(st.segmented_control, tr("Axis"), list(_UNITS), default=next(iter(_UNITS)), required=True, key="unit")
    show_figure(_figure(_UNITS[unit or "Seconds"], current_language()), key="recipes", alt=_describe())
    st.markdown(_describe())
    st.code(f"aeviz train {measured().preset} --recipe fast", language=None)
    curves = measured()
    st.caption(
        tr(
            "{preset}, 50,000 images of MNIST, seeds {seeds}; the dotted line is at {goal}, which the author of S1 "
            "logged after 30,000 steps. Seconds are epochs times the median time of an epoch on the two cores that "
            "measured.",
            preset=curves.preset,
            seeds=", ".join(map(str, curves.seeds)),
            goal=number(curves.goal, ".5f"),
        )
    )


@shared(max_entries=4)  # 60 kB each
def _figure(by: Literal["seconds", "epochs"], language: str) -> go.Figure:
    return recipe_lines(measured(), {name: tr(title) for name, title in _TITLES.items()}, by)


def _describe() -> str:
    """Say for each way how many seeds come to the goal, and when."""
    return " ".join(_sentence(tr(_TITLES[name]), way) for name, way in measured().ways.items())


def _sentence(title: str, way: Way) -> str:
    goal = measured().goal
    reached = way.epochs_until(goal)
    count, seconds = sum(epochs is not None for epochs in reached), way.seconds_until(goal)
    if seconds is None:
        return tr(
            "**{title}**: none of {all} seeds reaches the source's error in {epochs:,} epochs.",
            title=title[0].upper() + title[1:],
            all=len(reached),
            epochs=len(way.errors[0]),
        )
    return tr(
        "**{title}**: {count} of {all} seeds reach the source's error, after {seconds} s (median); the whole training "
        "takes {whole} s.",
        title=title[0].upper() + title[1:],
        count=count,
        all=len(reached),
        seconds=number(seconds, ".0f"),
        whole=number(way.epoch_s * len(way.errors[0]), ".0f"),
    )


EXPERIMENT = Experiment(
    name="Two recipes for one network",
    group="Learning",
    source=(
        "S1 (M. Sevkovych's thesis), Algorithm 4 and the log of its public code; L. Smith, arXiv:1708.07120 (one "
        "cycle); K. He et al., arXiv:1502.01852 (initial weights)"
    ),
    show=show_recipes,
    notice=(
        "Network, images, loss and Adam are the same. The recipe alone differs: a learning rate 33 times as large that "
        "rises and falls to 0, initial weights for ReLU, and 29 epochs."
    ),
    question="Why does the fast recipe fall below the source's error only in the last third of its epochs?",
    answer=(
        "A large learning rate takes large steps: the error falls fast at first, but each batch then pushes the "
        "weights across the valley and back, so that the error stays above what the network could have. As the rate "
        "falls to 0, the weights settle at the bottom. The settings of the thesis keep a small rate, so they are calm "
        "from the beginning and need many more steps for the same way. The end of the run is part of the recipe: "
        "stopped half way it has the worse error."
    ),
)
