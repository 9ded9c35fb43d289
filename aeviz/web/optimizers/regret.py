"""Reddi, Kale & Kumar's counterexample: costs on which Adam's average regret stays, and AMSGrad's goes to zero."""

from collections.abc import Mapping

import numpy as np
import streamlit as st

from aeviz.figures.method_lines import COLOURS
from aeviz.figures.regret import point_curves, regret_axis_top, regret_curves
from aeviz.lab.adaptive import METHODS, MethodName, Settings
from aeviz.lab.regret import EXCESS, SEQUENCES, Bound, Costs, Outcome
from aeviz.language import mark, number, tr
from aeviz.web.components.regret_steps.component import REGRET_STEPS
from aeviz.web.kernel.asking import answer, hide_answers
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.navigation import is_lesson_beside
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.url import UrlState
from aeviz.web.optimizers import cached
from aeviz.web.optimizers.methods import pick_methods, show_methods
from aeviz.web.optimizers.regret_question import NAME, ask_for_worst

BETAS = ("0.01", "0.03", "0.06", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "0.95", "0.99", "0.999")
"""beta2 on offer."""
MOST_STEPS = 10_000
"""Costs on offer, at most."""
_ASKS = UrlState("ask", lambda text: text == "first" or None)
"""Of an address that shows round 1 alone, such as that of a lesson's question."""
_FORMULAS: Mapping[Costs, str] = {
    "deterministic": r"f_t(x) = \begin{cases} C x & t \bmod 3 = 1 \\ -x & \text{otherwise} \end{cases}",
    "stochastic": r"f_t(x) = \begin{cases} C x & \text{with probability } \tfrac{1 + \delta}{C + 1} \\"
    r" -x & \text{otherwise} \end{cases}",
}


@st.fragment
def show_counterexample() -> None:
    """Let the visitor choose the costs and the settings; show regret, points and what they say."""
    with errors_as_messages():
        asks = bool(_ASKS.restore()) and is_lesson_beside()
        hide_answers(NAME)
        left, right = st.columns([3, 2], gap="medium")
        with right:
            chosen = choose(
                st.segmented_control,
                tr("Costs"),
                [mark("deterministic"), mark("stochastic")],
                default="deterministic",
                required=True,
                key="costs",
            )
            costs: Costs = "stochastic" if chosen == "stochastic" else "deterministic"
            st.latex(
                _FORMULAS[costs]
                .replace("otherwise", tr("otherwise"))
                .replace("with probability", tr("with probability"))
            )
            st.caption(tr("Each x in [-1, 1] is chosen before its cost is known. The first is x = 1."))
            methods = pick_methods(["adam", "amsgrad", "sgd"], key="compared")
            largest, settings, steps, seed = _pick(costs)
        if not methods:
            st.info(tr("Choose at least one method."), icon=":material/alt_route:")
            return
        found = cached.play(costs, largest, settings, steps, tuple(methods), seed)
        with left:
            _show_steps(found, costs, largest, asks=asks)
            verdicts = answer(NAME)
        with verdicts:
            if why := _explain_adam(found.get("adam"), largest, settings.beta2, costs):
                st.markdown(why)
            for outcome in found.values():
                _show_verdict(outcome, largest)
            show_figure(regret_curves(found), key="regret", alt=_describe(found, steps))
            show_figure(point_curves(found), key="points", alt=tr("Chosen points by step; -1 is the best"))
        with answer(NAME, "bound"):
            _show_bound(found, settings, steps)
        show_methods(methods)


def _pick(costs: Costs) -> tuple[float, Settings, int, int]:
    largest = float(
        st.slider(
            "C",
            2.1,
            20.0,
            3.0,
            0.1,
            key="slope",
            bind="query-params",
            help=tr("The large, rare slope: 2.1 to 20."),
        )
    )
    beta2 = float(
        st.select_slider(
            "beta2",
            BETAS,
            value="0.1",
            key="memory",
            bind="query-params",
            help=tr(
                "Decay of the mean of squared gradients. Theorem 1 of Reddi et al. uses 1 / (1 + C^2): 0.1 for C = 3."
            ),
        )
    )
    beta1 = float(
        st.slider(
            "beta1",
            0.0,
            0.9,
            0.0,
            0.05,
            key="first",
            bind="query-params",
            help=tr("Decay of the mean of gradients, 0 to 0.9. Step t uses beta1 / t, as the bound requires."),
        )
    )
    alpha = float(
        st.slider(
            "alpha",
            0.05,
            2.0,
            0.5,
            0.05,
            key="alpha",
            bind="query-params",
            help=tr("The step size is alpha / sqrt(t), 0.05 to 2."),
        )
    )
    steps = int(
        st.slider(
            tr("Steps T"),
            100,
            MOST_STEPS,
            3000,
            100,
            key="horizon",
            bind="query-params",
            help=tr("Costs, 100 to 10,000."),
        )
    )
    seed = 0
    if costs == "stochastic":
        seed = int(
            st.slider(
                tr("Seed"), 0, 99, 0, key="seed", bind="query-params", help=tr("Seed of the random costs, 0 to 99.")
            )
        )
        st.caption(
            tr(
                "delta = {excess:g}: the mean slope is positive, so -1 is the best point. Lines are means over {count} "
                "sequences; bands run from the smallest to the largest.",
                excess=EXCESS,
                count=SEQUENCES,
            )
        )
    settings = Settings(alpha=alpha, decay="root", beta1=beta1, beta1_decays=True, beta2=beta2)
    return largest, settings, steps, seed


def _show_steps(found: Mapping[MethodName, Outcome], costs: Costs, largest: float, *, asks: bool) -> None:
    """Play the steps: each cost, and the points that the methods chose on it; only the first while a lesson asks."""
    REGRET_STEPS.show(
        [0],
        key="regret-steps",
        on_change=lambda: None,
        more={
            "asks": asks,
            "question": None if asks else ask_for_worst(found).to_json(),
            "slopes": np.array([largest, -1, -1] if costs == "deterministic" else [], dtype=np.float32),
            "tracks": [
                {
                    "title": METHODS[name].title,
                    "colour": COLOURS[name],
                    "x": outcome.x.astype(np.float32),
                    "regret": outcome.regret.astype(np.float32),
                }
                for name, outcome in found.items()
            ],
        },
    )


def _show_verdict(outcome: Outcome, largest: float) -> None:
    title, steps = METHODS[outcome.method].title, len(outcome.regret)
    numbers = tr(
        "{half:.3g} after {middle:,} steps, {end:.3g} after {steps:,}",
        half=outcome.regret[steps // 2 - 1],
        middle=steps // 2,
        end=outcome.regret[-1],
        steps=steps,
    )
    verdict = outcome.verdict(largest)
    if verdict == "vanishes":
        st.success(
            tr("**{title}: the average regret goes to zero**: {numbers}.", title=title, numbers=numbers),
            icon=":material/check_circle:",
        )
    elif verdict == "open":
        said = tr(
            "**{title}: undecided after {steps:,} steps.** The average regret was {numbers}.",
            title=title,
            steps=steps,
            numbers=numbers,
        )
        advice = tr("Try more steps or a larger alpha.") if steps < MOST_STEPS else tr("Try a larger alpha.")
        # the question above is about the points, this box about the sum of all costs: say how they go together
        place = (
            tr("The points end near the worst one, but the average still changes, for it counts all steps.")
            if outcome.end > 0
            else tr("The points end near the best one, but the average counts the steps before as well.")
        )
        st.info(f"{said} {place} {advice}", icon=":material/hourglass_empty:")
    else:
        st.error(
            tr("**{title}: the average regret does not go to zero**: {numbers}.", title=title, numbers=numbers),
            icon=":material/trending_flat:",
        )


def _explain_adam(outcome: Outcome | None, largest: float, beta2: float, costs: Costs) -> str:
    """Say why Adam's regret stays, or why it does not."""
    verdict = None if outcome is None else outcome.verdict(largest)
    if verdict == "vanishes":
        return tr(
            "**Why Adam does not fail here:** with beta2 = {beta2:g} it still remembers the large gradient, "
            "{largest:g}, when the next one comes. But for every beta2 there are costs with which Adam fails: the "
            "large gradient must be rarer (Reddi et al. 2018, Theorem 2).",
            beta2=beta2,
            largest=largest,
        )
    if verdict != "stays":
        return ""
    if costs == "deterministic" and beta2 <= 1 / (1 + largest**2):
        return tr(
            "**Why Adam stays at the worst point, 1:** the large gradient, {largest:g}, comes every third step and is "
            "divided by its own size. Its square is forgotten before the next one, and the two gradients of -1 move x "
            "back. Staying at 1 costs 2 (C - 2) / 3 = {cost:.3g} a step.",
            largest=largest,
            cost=2 * (largest - 2) / 3,
        )
    return tr(
        "**Why Adam keeps returning to 1:** the large gradient is divided by its own size and then forgotten. A larger "
        "beta2 helps."
    )


def _show_bound(found: Mapping[MethodName, Outcome], settings: Settings, steps: int) -> None:
    outcome = found.get("amsgrad")
    if outcome is None:
        return
    st.latex(
        r"\begin{aligned} R_T \le {}& \frac{D_\infty^2 \sqrt T}{\alpha (1 - \beta_1)} \sum_i \hat v_{T,i}^{1/2}"
        r" \\ & + \frac{D_\infty^2}{(1 - \beta_1)^2} \sum_{t, i} \frac{\beta_{1t}\, \hat v_{t,i}^{1/2}}{\alpha_t}"
        r" \\ & + \frac{\alpha \sqrt{1 + \log T}}{(1 - \beta_1)^2 (1 - \gamma) \sqrt{1 - \beta_2}}"
        r" \\ & \quad \cdot \sum_i \|g_{1:T, i}\|_2 \end{aligned}"
    )
    st.caption(
        tr(
            r"**S1 (M. Sevkovych's thesis), Theorem 1.2.17.** Phuong & Phong (2019) quote Theorem 4 of Reddi et al. "
            r"with $D_\infty^2 / (2 (1 - \beta_1))$ before the second sum. $D_\infty$ is the width of the set that x "
            r"is chosen from, here 2; $\hat v_{t,i}$ the largest second moment so far of coordinate i, of which there "
            r"is one here; $g_{1:T,i}$ all its gradients, as one vector; $\gamma = \beta_1 / \sqrt{\beta_2}$, which "
            r"must be below 1."
        )
    )
    if outcome.bound is None:
        st.warning(
            tr(
                "Theorem 1.2.17 does not apply: gamma = beta1 / sqrt(beta2) = {gamma:.2f} is not below 1.",
                gamma=settings.beta1 / settings.beta2**0.5,
            ),
            icon=":material/warning:",
        )
        return
    said = tr(
        "**AMSGrad's average regret after {steps:,} steps is {regret:.3g}.**", steps=steps, regret=outcome.regret[-1]
    )
    is_above = outcome.bound.quoted_total[-1] > regret_axis_top(found)
    bounds = tr("The bounds allow (above the figure):") if is_above else tr("The bounds allow:")
    st.markdown(f"{said} {bounds}")
    st.markdown(_tabulate(outcome.bound))
    st.caption(
        tr(
            "Both bounds need *convex* costs on a convex set. S1 asks for neither, and applies its bound to the loss "
            "of a network, which is not convex. Its proof stops after the projection step: the bound is stated there, "
            "not proved. The proof of Reddi et al. has a gap where beta1 changes (Phuong & Phong). It can be closed "
            "for both bounds if beta1 falls, as here. If beta1 may grow, it can be closed for S1's. At beta1 = 0 the "
            "bounds agree."
        )
    )
    st.caption(
        tr(
            "The best fixed point is the argmin of the summed costs; S1 prints min (Definition 1.2.12, Lemmas 1.2.13 "
            "and 1.2.16)."
        )
    )


def _tabulate(bound: Bound) -> str:
    """Return a table of both bounds after all steps, by their terms, in Markdown."""
    rows = {
        tr("S1, Theorem 1.2.17"): (bound.diameter, bound.momentum, bound.gradients, bound.total),
        tr("quoted by Phuong & Phong"): (bound.diameter, bound.quoted_momentum, bound.gradients, bound.quoted_total),
    }
    lines = [
        f"| {name} | " + " | ".join(number(float(values[-1]), ".4g") for values in terms) + " |"
        for name, terms in rows.items()
    ]
    return "\n".join([tr("| bound on the average | term 1 | term 2 | term 3 | sum |"), "|---|--:|--:|--:|--:|", *lines])


def _describe(found: Mapping[MethodName, Outcome], steps: int) -> str:
    regrets = [f"{METHODS[name].title} {number(outcome.regret[-1], '.3g')}" for name, outcome in found.items()]
    return tr("Average regret after {steps} steps: {regrets}", steps=str(steps), regrets=", ".join(regrets))
