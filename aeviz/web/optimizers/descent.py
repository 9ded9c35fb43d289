"""Gradient descent's convergence theorem as S1 prints it, and three descents that it covers and that fail."""

import streamlit as st

from aeviz.figures.regret import CORRECTED, UNCHANGED, descent_curves
from aeviz.lab.descent import EXAMPLES, Course, Example, ExampleName, summable_limit
from aeviz.language import mark, number, tr, trn
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.url import rename_choices
from aeviz.web.optimizers import cached

_TITLES: dict[str, ExampleName] = {
    mark("summable steps"): "summable",
    mark("a steep function"): "steep",
    mark("no minimiser"): "endless",
}
_ROWS = (0, 1, 2, 3, 10, 100, 1000, 10_000)
"""Steps whose points stand in the table."""
NEAR = 1e-9
"""Distance from 0 up to which a start, of which the slider makes sums of 0.05, is 0."""


@st.fragment
def show_descent() -> None:
    """Let the visitor choose an example, start and steps; show both descents and what condition is missing."""
    with errors_as_messages():
        st.markdown(
            tr(
                "**Theorem** (Sevkovych 2023, 1.2.5, as printed): for a convex function f, gradient descent "
                "$x_{k+1} = x_k - \\alpha_k \\nabla f(x_k)$ converges to a minimiser if $\\alpha_k \\to 0$. "
                "**That is not enough**: each example satisfies it and fails until a missing condition is added."
            )
        )
        rename_choices("example", {"steps that sum up": "summable steps"})
        chosen = choose(
            st.segmented_control,
            tr("Example"),
            list(_TITLES),
            default=next(iter(_TITLES)),
            required=True,
            key="example",
        )
        example = EXAMPLES[_TITLES.get(str(chosen), "summable")]
        right, left = st.columns([3, 2], gap="medium")
        with left:
            start = float(
                st.slider(
                    tr("Start"),
                    -example.reach,
                    example.reach,
                    example.start,
                    0.05,
                    key=f"from.{example.name}",
                    bind="query-params",
                    help=tr("The first point, from {low:g} to {high:g}.", low=-example.reach, high=example.reach),
                )
            )
            steps = int(
                st.slider(
                    tr("Steps"), 10, 10_000, 1000, 10, key="length", bind="query-params", help=tr("From 10 to 10,000.")
                )
            )
            st.markdown(_capital(tr(UNCHANGED)))
            st.latex(example.broken.formula + r",\quad " + example.broken.steps_formula)
            st.markdown(f"{_capital(tr(CORRECTED))}: **{tr(example.missing)}**")
            st.latex(example.mended.formula + r",\quad " + example.mended.steps_formula)
            if example.mended.safeguarded:
                st.caption(
                    tr("Each step is halved until f decreases by half of what the slope predicts (Armijo rule).")
                )
        broken, mended = cached.courses(example.name, start, steps)
        with right:
            show_figure(descent_curves(broken, mended), key="descent", alt=tr("x after each step of both descents"))
            _show_verdict(example, start, broken, mended)
        rows = [row for row in (*_ROWS, steps) if row <= steps]
        st.table(
            {
                tr("after"): [trn("{count} step", "{count:,} steps", row) for row in dict.fromkeys(rows)],
                tr(UNCHANGED): [_at(broken, row) for row in dict.fromkeys(rows)],
                tr(CORRECTED): [_at(mended, row) for row in dict.fromkeys(rows)],
            },
            border="horizontal",
            hide_index=True,
        )


def _at(course: Course, row: int) -> str:
    return number(course.x[row], ".6g") if row < len(course.x) else tr("overflow")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _show_verdict(example: Example, start: float, broken: Course, mended: Course) -> None:
    steps, x = len(broken.x) - 1, float(broken.x[-1])
    missing = tr("**Missing: {condition}.**", condition=tr(example.missing))
    good = tr("With it, x is {x:.3g} after {steps:,} steps.", x=mended.x[-1], steps=len(mended.x) - 1)
    if example.name != "endless" and abs(start) < NEAR:
        st.info(
            tr("**You start at the minimiser.** The slope is 0 there, so x never moves. Move the start."),
            icon=":material/my_location:",
        )
    elif example.name == "summable":
        said = tr(
            "**It stops half way.** The step sizes sum to only {sum:.3f} (limit: $\\pi^2/6 - 1 = 0.645$). So x is "
            "{x:.4g} and tends to half of its start, {half:.4g}, instead of 0. After n steps x = start (n + 2) / "
            "(2n + 2) = {limit:.4g}.",
            sum=broken.travelled[-1],
            x=x,
            half=start / 2,
            limit=summable_limit(start, steps),
        )
        st.error(f"{said} {missing} {good}", icon=":material/front_hand:")
    elif example.name == "steep" and not broken.is_finite:
        said = tr(
            "**It diverges.** After {steps} steps x is {x:.3g}, and the next step overflows. The slope 4x³ grows "
            "faster than the steps shrink, so each step overshoots farther than the last.",
            steps=steps,
            x=x,
        )
        st.error(f"{said} {missing} {good}", icon=":material/error:")
    elif example.name == "steep":
        st.success(
            tr(
                "**From this start it converges:** x is {x:.3g} after {steps:,} steps. The theorem claims it for "
                "*every* start: try 2.",
                x=x,
                steps=steps,
            ),
            icon=":material/check_circle:",
        )
    else:
        said = tr(
            "**It never arrives.** x is {x:.4g} after {steps:,} steps and decreases forever, like -log log k. f tends "
            "to 0 (now {value:.3g}), a value that no point has.",
            x=x,
            steps=steps,
            value=broken.values[-1],
        )
        st.error(f"{said} {missing} {good}", icon=":material/all_inclusive:")
