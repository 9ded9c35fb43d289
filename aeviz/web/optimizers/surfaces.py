"""Optimizers on surfaces: the trajectory of each method from the same start, played in the page."""

from dataclasses import replace
from functools import partial

import numpy as np
import streamlit as st

from aeviz.figures.method_lines import COLOURS, DASHES
from aeviz.figures.surfaces import effective_steps, surface_film, value_curves
from aeviz.lab.adaptive import METHODS, TRAINED, MethodName, Settings, as_torch
from aeviz.lab.surfaces import FAR, SURFACES, Surface, Trajectory
from aeviz.language import number, tr, trn
from aeviz.web.components.kit.mount import state_of
from aeviz.web.components.surface.component import read_start, surface_start
from aeviz.web.kernel.asking import answer, hide_answers
from aeviz.web.kernel.charts import show_figure
from aeviz.web.kernel.choices import choose
from aeviz.web.kernel.lab_recipes import surface_code
from aeviz.web.kernel.looks import is_dark
from aeviz.web.kernel.page import errors_as_messages
from aeviz.web.kernel.recipes import offer_code
from aeviz.web.optimizers import cached
from aeviz.web.optimizers.methods import pick_methods, show_methods
from aeviz.web.optimizers.surface_question import NAME, ask_for_first

RATES = ("0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1")
"""Step sizes on offer."""
FIRST = "Himmelblau"
"""The surface that the page opens on: from its start, Adam, AMSGrad and momentum find three different minima."""
START_GRID = 0.01
"""From one place of a start's slider to the next."""
_USUAL = {"quadratic": "0.03", "Rosenbrock": "0.001", "Beale": "0.01", "saddle": "0.03", "Himmelblau": "0.01"}
"""Step sizes of SGD at first, by surface."""
_SHORT_MEMORY = {"quadratic": 0.8, "Himmelblau": 0.8}
"""beta2 at first where it is not the usual 0.999, with which Adam and AMSGrad take one track."""

_STYLE = """<style>
.st-key-surface-film .updatemenu-container { display: none; }
.st-key-surface-place { container-type: inline-size; }
.st-key-surface-place:not(:has(.nsewdrag))::before { content: "%s"; }
.st-key-surface-film { height: min(%dpx, calc(11.5rem + %g * (100cqw - 6.5rem))) !important; }
@media (max-width: 40rem) { .st-key-surface label, .st-key-methods label { display: none; } }
</style>"""
"""Hides Plotly's own buttons; on a phone the film is as high as its window is wide, so that no gap is left in it."""


@st.fragment
def show_surfaces() -> None:
    """Let the visitor choose surface, start and settings; show trajectories, values and effective step sizes."""
    with errors_as_messages():
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            names = list(SURFACES)
            name = choose(st.selectbox, tr("Surface"), names, index=names.index(FIRST), key="surface", width=170)
            methods = pick_methods(list(METHODS), key="methods")
        surface = SURFACES[str(name or FIRST)]
        if not methods:
            st.info(tr("Choose at least one method."), icon=":material/alt_route:")
            return
        hide_answers(NAME)
        above = st.container()  # the question and Play, on the first screen
        left, right = st.columns(2, gap="medium")  # a square surface fills its half of a laptop's page
        with right:
            st.latex(surface.formula)
            st.caption(
                f"{tr(surface.summary)} {tr('The bluer the ground, the lower f. Drag the ring to move the start.')}"
            )
            start = _pick_start(surface)
            steps = int(
                st.slider(
                    tr("Steps"),
                    10,
                    1000,
                    200,
                    10,
                    key="steps",
                    bind="query-params",
                    help=tr("Steps that each method takes."),
                )
            )
            settings = _pick_settings(surface, methods)
            verdicts = answer(NAME)  # below the sliders, which do not move when it comes
        found = cached.trajectories(surface.name, settings, start, steps)
        with left:
            film = surface_film(surface, found, is_dark=is_dark())
            with st.container(key="surface-place"):
                show_figure(
                    film,
                    key="surface-film",
                    alt=tr(
                        "Trajectories of {titles} over the surface {surface}, {steps} steps from ({x:.2f}, {y:.2f})",
                        titles=", ".join(METHODS[name].title for name in found),
                        surface=tr(surface.name),
                        steps=str(steps),
                        x=start[0],
                        y=start[1],
                    ),
                    fills=True,
                )
        with above:
            (x_low, y_low), (x_high, y_high) = surface.low, surface.high
            shape = min(1.0, (y_high - y_low) / (x_high - x_low))
            st.html(_STYLE % (tr("The surface is being drawn."), film.layout.height, shape))
            surface_start(
                "surface-film",
                low=surface.low,
                high=surface.high,
                start=start,
                surface=surface.name,
                steps=steps,
                limit=surface.limit,
                methods=[_for_page(name, each) for name, each in settings],
                question=ask_for_first(found, steps, {name: each.alpha for name, each in settings}),
                key="surface-start",
                on_start=partial(_take_start, surface),
            )
        verdicts.markdown(
            f":small[{_count_arrivals(surface, list(found.values()))}]  \n"
            + "  \n".join(f":small[{_verdict(surface, trajectory)}]" for trajectory in found.values())
        )
        one, two = answer(NAME, "curves").columns(2, gap="medium")
        with one:
            st.markdown(tr("**Distance to the minimum value**"))
            show_figure(
                value_curves(found, surface.minimum), key="surface-values", alt=tr("f above its minimum by step")
            )
        with two:
            st.markdown(tr("**Effective step size**: solid along x, faint along y"))
            show_figure(effective_steps(found), key="surface-steps", alt=tr("Effective step sizes by step"))
        show_methods(methods)
        offer_code(surface_code(surface.name, dict(settings), start, steps))


def _for_page(name: MethodName, settings: Settings) -> dict[str, object]:
    """Return a method as the page computes it while the start is dragged."""
    return {
        "name": name,
        "colour": COLOURS[name],
        "dash": DASHES[name].replace(",", " "),
        "alpha": settings.alpha,
        "beta1": settings.beta1,
        "beta2": settings.beta2,
        "momentum": settings.momentum,
        "is_corrected": settings.correction == "torch",
        "epsilon": settings.epsilon,
    }


def _take_start(surface: Surface) -> None:
    """Set the sliders to the start that the visitor chose on the plot."""
    chosen = read_start(state_of("surface-start"), surface.low, surface.high)
    for axis, value in zip("xy", chosen or (), strict=False):
        st.session_state[f"{axis}.{surface.name}"] = round(value, 2)


def _pick_start(surface: Surface) -> tuple[float, float]:
    values = []
    for place, (axis, column) in enumerate(zip("xy", st.columns(2), strict=True)):
        low, high = surface.low[place], surface.high[place]
        values.append(
            float(
                column.slider(
                    tr("Start, {axis}", axis=axis),
                    low,
                    high,
                    surface.start[place],
                    START_GRID,
                    format="%.2f",
                    key=f"{axis}.{surface.name}",
                    bind="query-params",
                    help=tr("First point along {axis}, from {low:g} to {high:g}.", axis=axis, low=low, high=high),
                )
            )
        )
    return values[0], values[1]


def _pick_settings(surface: Surface, methods: list[MethodName]) -> cached.ChosenSettings:
    base = Settings(alpha=0.1)
    adaptive = [name for name in methods if METHODS[name].has_moment]
    plain = [name for name in methods if name not in adaptive]
    one, two = st.columns(2)
    others = st.expander(tr("Momentum, beta1 and beta2"), icon=":material/tune:")
    if adaptive:
        rate = one.select_slider(
            _rate_label(adaptive, ["Adam", "AMSGrad"]),
            RATES,
            value="0.1",
            key="rate",
            bind="query-params",
            help=tr("alpha, from 0.0001 to 1. A step moves each coordinate by about this much."),
        )
        with others:
            base = replace(_pick_betas(base, surface), alpha=float(rate))
    chosen: dict[MethodName, Settings] = {name: base for name in methods if name in adaptive}
    if plain:
        rate = two.select_slider(
            _rate_label(plain, ["SGD", tr("momentum")]),
            RATES,
            value=_USUAL[surface.name],
            key=f"plain.{surface.name}",
            bind="query-params",
            help=tr("alpha, from 0.0001 to 1. It multiplies the gradient."),
        )
        momentum = 0.9
        if "momentum" in plain or "nesterov" in plain:
            momentum = float(
                others.slider(
                    "Momentum",
                    0.0,
                    0.99,
                    0.9,
                    0.01,
                    key="momentum",
                    bind="query-params",
                    help=tr("mu, from 0 to 0.99."),
                )
            )
        settings = Settings(alpha=float(rate), momentum=momentum)
        chosen |= {name: settings for name in methods if name in plain}
    return tuple(chosen.items())


def _rate_label(names: list[MethodName], usual: list[str]) -> str:
    """Name the methods of a step size, the usual ones also where one of them is not chosen."""
    others = [METHODS[name].title for name in names if name not in TRAINED]
    if others:
        return tr("Step size of {names}", names=", ".join([*usual, *others]))
    return tr("Step size of {one} and {other}", one=usual[0], other=usual[1])


def _pick_betas(base: Settings, surface: Surface) -> Settings:
    """Let the visitor choose how methods with a second moment forget, and whether they correct for it."""
    one, two = st.columns(2)
    beta1 = one.slider(
        "beta1",
        0.0,
        0.99,
        0.9,
        0.01,
        key="beta1",
        bind="query-params",
        help=tr("Decay of the mean of gradients, 0 to 0.99."),
    )
    beta2 = two.slider(
        "beta2",
        0.0,
        0.999,
        _SHORT_MEMORY.get(surface.name, 0.999),
        0.001,
        format="%.3f",
        key=f"beta2.{surface.name}" if surface.name in _SHORT_MEMORY else "beta2",
        bind="query-params",
        help=tr(
            "Decay of the mean of squared gradients, 0 to 0.999. At first 0.8 on the surfaces Himmelblau and "
            "quadratic, where this tells Adam from AMSGrad, and at the usual 0.999 on the others."
        ),
    )
    chosen = replace(base, beta1=float(beta1), beta2=float(beta2))
    is_corrected = st.toggle(
        tr("Bias correction and epsilon"),
        value=True,
        key="corrected",
        bind="query-params",
        help=tr(
            "On: as in Kingma & Ba and torch.optim (AdaGrad and RMSprop: epsilon alone). Off: as in S1, Example "
            "1.2.15 and Algorithm 3. Without it the first step is (1 - beta1) / sqrt(1 - beta2) times as long: 3.2 "
            "times with the usual betas."
        ),
    )
    return as_torch(chosen) if is_corrected else chosen


def _count_arrivals(surface: Surface, trajectories: list[Trajectory]) -> str:
    """Say how many methods are at a minimum at the end, above the verdict of each; and whether two took one track."""
    arrived = sum(trajectory.arrived is not None and trajectory.stays for trajectory in trajectories)
    if not arrived:
        text = tr("No method reached a minimum (within {close:g}):", close=surface.close)
    elif arrived == len(trajectories):
        text = tr("Every method reached a minimum (within {close:g}):", close=surface.close)
    else:
        text = tr(
            "{count} of {all} methods reached a minimum (within {close:g}):",
            count=arrived,
            all=len(trajectories),
            close=surface.close,
        )
    tracks = {trajectory.method: trajectory.points for trajectory in trajectories}
    if "adam" in tracks and "amsgrad" in tracks and tracks["adam"].shape == tracks["amsgrad"].shape:
        apart = float(np.abs(tracks["adam"] - tracks["amsgrad"]).max())
        if apart < surface.close:
            return f"{tr('Adam and AMSGrad took the same track: a smaller beta2 parts them.')} {text}"
    return text


def _verdict(surface: Surface, trajectory: Trajectory) -> str:
    title = f"**{METHODS[trajectory.method].title}**"
    steps, end = trajectory.trace.steps, _point(*trajectory.points[-1], digits=3)
    if not trajectory.trace.is_finite:
        value = number(trajectory.values[-1], ".3g")
        where = (
            trn(
                "{title} **diverged**: after {count} step it is at {end} with f = {value}",
                "{title} **diverged**: after {count:,} steps it is at {end} with f = {value}",
                steps,
                title=title,
                end=end,
                value=value,
            )
            if steps
            else tr("{title} **diverged**: it starts at {end} with f = {value}", title=title, end=end, value=value)
        )
        return tr(
            ":material/error: {where}, and the next step is more than {far:g} window widths away. Try a smaller step "
            "size.",
            where=where,
            far=FAR,
        )
    gap = float(surface.above(trajectory.values)[-1])
    height = tr("f ends {gap:.2g} above the minimum", gap=gap) if gap else tr("f ends at the minimum")
    goal = _point(*trajectory.nearest, digits=2)
    if trajectory.arrived is None:
        return tr(
            ":material/hourglass: {title} ends at {end} on its way to {goal}; {height}",
            title=title,
            end=end,
            goal=goal,
            height=height,
        )
    if not trajectory.stays:
        return tr(
            ":material/hourglass: {title} reaches {goal} at step {step:,}, perhaps not to stay; {height}",
            title=title,
            goal=goal,
            step=trajectory.arrived,
            height=height,
        )
    return tr(
        ":material/check_circle: {title} at {goal} from step {step:,} on",
        title=title,
        goal=goal,
        step=trajectory.arrived,
    )


def _point(x: float, y: float, *, digits: int) -> str:
    """Write a point; what rounds to 0 has no sign."""
    numbers = [
        number(round(float(value), digits) + 0, f".{digits}f").replace("-", "\N{MINUS SIGN}") for value in (x, y)
    ]
    return tr("({x},\N{NO-BREAK SPACE}{y})", x=numbers[0], y=numbers[1])
