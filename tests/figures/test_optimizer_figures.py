import itertools
import subprocess
import sys

import numpy as np
import pytest

from aeviz.figures.comparison import Curve, arrows, comparison_curves, layer_curves, rate_curves, seed_points
from aeviz.figures.method_lines import COLOURS
from aeviz.figures.regret import descent_curves, point_curves, regret_curves
from aeviz.figures.surfaces import FRAMES, effective_steps, surface_film, value_curves
from aeviz.lab.adaptive import TRAINED, Settings
from aeviz.lab.descent import EXAMPLES, descend
from aeviz.lab.learning_rates import Scan, Tried
from aeviz.lab.regret import play
from aeviz.lab.surfaces import SURFACES, travel
from aeviz.training.moments import Moments


@pytest.fixture(scope="module")
def trajectories():
    settings = {"adam": Settings(alpha=0.1), "sgd": Settings(alpha=0.3)}
    return travel(SURFACES["quadratic"], settings, (-3.0, 2.0), 80)


def test_film_ends_where_the_trajectories_end_and_starts_at_the_start(trajectories):
    figure = surface_film(SURFACES["quadratic"], trajectories)
    assert {trace.type for trace in figure.data} == {"scatter"}  # Plotly takes layers of others away while it plays
    assert [frame.name for frame in figure.frames] == [str(step) for step in range(0, 81, 2)]
    first, last = figure.frames[0], figure.frames[-1]
    assert first.traces == last.traces == (5, 6)  # above minimum, edges and trajectories
    for head, trajectory in zip(first.data, trajectories.values(), strict=True):
        assert (head.x[-1], head.y[-1]) == (-3, 2)
        assert trajectory.points[0].tolist() == [-3, 2]
    for head, trajectory in zip(last.data, trajectories.values(), strict=True):
        np.testing.assert_allclose((head.x[-1], head.y[-1]), trajectory.points[-1], atol=1e-3)
    assert figure.layout.sliders[0].steps[-1].label == "80"
    assert tuple(figure.layout.xaxis.range) == (-4, 4)  # what diverges does not stretch the window


@pytest.mark.parametrize("steps", [1, 10, 50, 51, 130, 490, 1000])
def test_film_has_round_steps_and_the_last_one(steps):
    trajectories = travel(SURFACES["saddle"], {"adam": Settings(alpha=0.01)}, (-2.0, 0.0), steps)
    *steps_shown, last = [int(frame.name) for frame in surface_film(SURFACES["saddle"], trajectories).frames]
    assert len(steps_shown) <= FRAMES
    assert last == steps
    assert {*np.diff(steps_shown)} <= {steps_shown[1] if len(steps_shown) > 1 else 0}
    assert len(steps_shown) == 1 or steps_shown[1] in (1, 2, 5, 10, 20)


def test_values_and_steps_have_a_line_a_method(trajectories):
    assert [trace.name for trace in value_curves(trajectories, 0.0).data] == ["Adam", "SGD"]
    steps = effective_steps(trajectories)
    assert [trace.name for trace in steps.data] == ["Adam, x", "Adam, y", "SGD, x", "SGD, y"]
    assert set(steps.data[2].y) == {0.3}


@pytest.mark.parametrize(("costs", "bands"), [("deterministic", 0), ("stochastic", 2)])
def test_regret_has_the_bound_and_bands_of_random_costs(costs, bands):
    settings = Settings(alpha=0.5, decay="root", beta1=0.0, beta2=0.1)
    outcomes = play(costs, 3.0, settings, 200, ("adam", "amsgrad"))
    figure = regret_curves(outcomes)
    names = [trace.name for trace in figure.data]
    assert sum("seed to seed" in name for name in names) == bands
    assert [name for name in names if "bound" in name] == [
        "bound for AMSGrad, from the thesis"
    ]  # without momentum both bounds are one
    curve = next(trace for trace in figure.data if trace.name == "Adam")
    assert curve.x[-1] == 200
    assert curve.y[-1] == outcomes["adam"].regret[-1]
    assert len(point_curves(outcomes).data) == 2


def test_both_bounds_are_drawn_where_they_differ():
    settings = Settings(alpha=0.5, decay="root", beta1=0.5, beta1_decays=True, beta2=0.5)
    outcome = play("deterministic", 3.0, settings, 3000, ("amsgrad",))
    lines = {trace.name: trace.y for trace in regret_curves(outcome).data if "bound" in trace.name}
    assert list(lines) == ["bound for AMSGrad, from the thesis", "bound quoted by Phuong & Phong"]
    assert [round(values[-1], 3) for values in lines.values()] == [3.060, 2.042]


def test_descent_that_overflows_leaves_room_for_the_other():
    example = EXAMPLES["steep"]
    figure = descent_curves(descend(example.broken, 2.0, 100), descend(example.mended, 2.0, 100))
    assert tuple(figure.layout.yaxis.range) == (-6, 6)
    assert max(abs(trace.y).max() for trace in figure.data) < 1e30  # a browser draws in single precision, to 1e38


def test_comparison_draws_each_seed_and_above_them_the_means():
    losses = np.array([[3.0, 2.0, 1.0], [5.0, 4.0, 3.0]])
    curves = [
        Curve(title="Adam 0.1", method="adam", losses=losses),
        Curve(title="SGD 1", method="sgd", losses=losses[:1]),
    ]
    figure = comparison_curves(curves, "loss", 1)
    assert [trace.showlegend for trace in figure.data] == [False, False, None, None]
    assert {trace.legendgroup for trace in figure.data[:3]} == {"Adam 0.1"}  # a click on a mean hides its seeds
    for trace, losses in zip(figure.data, ([3, 2, 1], [5, 4, 3], [4, 3, 2], [3, 2, 1]), strict=True):
        np.testing.assert_allclose(trace.y, losses)
    assert figure.data[2].line.color == COLOURS["adam"]
    assert figure.data[0].line.width < figure.data[2].line.width
    assert [trace.meta for trace in figure.data] == [
        {"group": 0, "seed": 0},
        {"group": 0, "seed": 1},
        {"group": 0},
        {"group": 1},
    ]


def test_seeds_are_points_on_the_row_of_their_optimizer():
    figure = seed_points([("Adam", "adam", np.array([1.0, 3.0])), ("SGD", "sgd", np.array([2.0]))], "error")
    assert [list(trace.x) for trace in figure.data] == [[1, 3], [2], [2], [2]]
    assert [set(trace.y) for trace in figure.data] == [{"Adam"}, {"Adam"}, {"SGD"}, {"SGD"}]
    assert figure.data[0].marker.color == COLOURS["adam"]
    assert [trace.meta["group"] for trace in figure.data] == [0, 0, 1, 1]


def test_two_optimizers_of_one_method_have_two_colours():
    losses = np.ones((1, 3))
    curves = [Curve(title=f"Adam {rate}", method="adam", losses=losses) for rate in (0.1, 0.2)]
    first, second = comparison_curves(curves, "loss", 1).data
    assert first.line.color != second.line.color


def test_rates_have_a_dot_a_seed_a_line_of_means_and_a_star_at_the_rate_that_was_used():
    """A rate at which a seed diverged has no mean; its other seeds have dots."""
    tried = tuple(
        Tried(rate=rate, errors=errors) for rate, errors in ((0.1, (2.0, 4.0)), (1, (1.0, 2.0)), (10, (None, 5.0)))
    )
    scan = Scan(data="digits", epochs=60, seeds=(100, 101), methods=dict.fromkeys(TRAINED, tried))
    figure = rate_curves(scan, [("Momentum", "momentum", 1)], "error")
    dots, line, star = figure.data
    assert list(zip(dots.x, dots.y, strict=True)) == [(0.1, 2), (0.1, 4), (1, 1), (1, 2), (10, 5)]
    assert list(zip(line.x, line.y, strict=True)) == [(0.1, 3), (1, 1.5)]
    assert (list(star.x), list(star.y)) == ([1], [1.5])
    assert scan.best("momentum") == tried[1]
    assert figure.layout.xaxis.type == "log"


def test_arrows_lead_from_one_plane_to_the_other():
    target = np.array([[0, 0], [1, 1], [2, 2]], dtype=np.float32)
    figure = arrows(target, target + 0.5, np.array([2, 0]), np.array([0, 1, 1]))
    np.testing.assert_allclose(figure.data[1].x, [2, 2.5, np.nan, 0, 0.5, np.nan])
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("z1", "z2")
    figure = arrows(target, target + 0.5, np.array([2, 0]), None, ("PC1", "PC2"))
    assert (figure.layout.xaxis.title.text, figure.layout.yaxis.title.text) == ("PC1", "PC2")


def test_layers_have_a_panel_each():
    recorded = [Moments(epoch=epoch, effective={"a": 1.0, "b": 0.1}, held={"a": 1.0, "b": 2.0}) for epoch in (1, 2)]
    figure = layer_curves({"Adam 0.1": ("adam", recorded)}, {"a": "first", "b": "second"}, "effective")
    assert [annotation.text for annotation in figure.layout.annotations] == ["first", "second"]
    assert [list(trace.y) for trace in figure.data] == [[1.0, 1.0], [0.1, 0.1]]


def test_panels_of_layers_leave_room_on_a_telephone():
    """Two side by side at most, so that a title of 20 letters fits over its panel, and gaps as wide as tick labels."""
    layers = {str(layer): f"encoder {layer} to 128" for layer in range(8)}
    recorded = [Moments(epoch=1, effective=dict.fromkeys(layers, 1.0), held=dict.fromkeys(layers, 1.0))]
    figure = layer_curves({"Adam 0.1": ("adam", recorded)}, layers, "effective")
    axes = [axis.domain for axis in figure.select_xaxes()]
    assert len({tuple(domain) for domain in axes}) == 2
    width = 390 - 2 * 16 - 70  # less the page's and the figure's margins
    assert all((high - low) * width > 115 for low, high in axes)
    assert (min(low for low, _ in axes if low > 0) - min(high for _, high in axes)) * width > 40
    rows = sorted({tuple(axis.domain) for axis in figure.select_yaxes()})
    plot = figure.layout.height - 100
    assert len(rows) == 4
    assert all((high - low) * plot > 100 for low, high in rows)
    assert all((above[0] - below[1]) * plot > 45 for below, above in itertools.pairwise(rows))


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ((11, 95), (20, 30, 50)),
        ((5, 16000), (10, 100, 1000, 10000)),
        ((0.002, 0.0051), (0.002, 0.003, 0.004, 0.005)),
        ((1.0, 1.05), None),
    ],
)
def test_ticks_of_a_layer_do_not_lie_on_each_other(values, ticks):
    recorded = [Moments(epoch=n, effective={"a": float(value)}, held={"a": 1.0}) for n, value in enumerate(values)]
    figure = layer_curves({"Adam 0.1": ("adam", recorded)}, {"a": "first"}, "effective")
    assert figure.layout.yaxis.tickvals == ticks


def test_figures_do_without_pandas():
    code = "import sys; sys.modules['pandas'] = None; "  # so that importing it raises an ImportError
    code += "from aeviz.figures.charts import error_bars; error_bars({'model': {'all': 0.1}}).to_json()"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_neither_torch_nor_scipy_is_imported_for_them():
    code = "import sys, aeviz.figures.comparison, aeviz.figures.surfaces; "
    code += "assert not {'torch', 'scipy', 'streamlit'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
