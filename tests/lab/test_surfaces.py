import numpy as np
import pytest
import torch

from aeviz.errors import ConfigError
from aeviz.lab.adaptive import Settings
from aeviz.lab.descent import EXAMPLES, descend, summable_limit
from aeviz.lab.surfaces import SURFACES, travel


@pytest.mark.parametrize("surface", SURFACES.values(), ids=list(SURFACES))
def test_gradient_equals_autograd_and_finite_differences(surface):
    generator = np.random.default_rng(1)
    for point in generator.uniform(surface.low, surface.high, (10, 2)):
        x = torch.tensor(point, requires_grad=True)
        surface.value(x[0], x[1]).backward()
        np.testing.assert_allclose(surface.gradient(point), x.grad.numpy(), rtol=1e-10, atol=1e-9)
        h = 1e-6
        differences = [
            (surface.value(*(point + h * axis)) - surface.value(*(point - h * axis))) / (2 * h) for axis in np.eye(2)
        ]
        np.testing.assert_allclose(surface.gradient(point), differences, rtol=1e-5, atol=1e-3)


@pytest.mark.parametrize("surface", SURFACES.values(), ids=list(SURFACES))
def test_minimisers_are_minima_in_the_window(surface):
    for point in np.array(surface.minimisers):
        assert surface.value(*point) == pytest.approx(surface.minimum, abs=1e-9)
        np.testing.assert_allclose(surface.gradient(point), 0, atol=1e-4)
        assert (surface.low < point).all()
        assert (point < surface.high).all()


def test_gradient_descent_on_the_quadratic_is_the_closed_form():
    surface = SURFACES["quadratic"]
    trajectory = travel(surface, {"sgd": Settings(alpha=0.05)}, (-3.0, 2.0), 50)["sgd"]
    k = np.arange(51)
    np.testing.assert_allclose(trajectory.points[:, 0], -3 * (1 - 0.05) ** k, rtol=1e-10)
    np.testing.assert_allclose(trajectory.points[:, 1], 2 * (1 - 0.05 * 20) ** k, atol=1e-12)
    np.testing.assert_allclose(trajectory.values, surface.value(*trajectory.points.T))


def test_learning_rate_beyond_the_curvature_diverges_and_ends():
    trajectory = travel(SURFACES["quadratic"], {"sgd": Settings(alpha=0.2)}, (-3.0, 2.0), 500)["sgd"]
    assert not trajectory.trace.is_finite
    assert trajectory.arrived is None
    assert 0 < trajectory.trace.steps < 50
    assert np.isfinite(trajectory.values).all()


def test_arrival_is_the_first_step_from_which_it_stays_close():
    surface = SURFACES["quadratic"]
    trajectory = travel(surface, {"adam": Settings(alpha=0.1)}, surface.start, 300)["adam"]
    assert trajectory.arrived is not None
    close = np.linalg.norm(trajectory.points, axis=1) <= 0.01 * 8
    assert close[trajectory.arrived :].all()
    assert not close[trajectory.arrived - 1]
    assert trajectory.nearest == (0.0, 0.0)


@pytest.mark.parametrize(("after", "stays"), [(5, False), (30, True)])
def test_who_arrived_just_now_is_not_said_to_stay(after, stays):
    surface = SURFACES["quadratic"]
    settings = {"adam": Settings(alpha=0.1)}
    arrived = travel(surface, settings, surface.start, 300)["adam"].arrived
    trajectory = travel(surface, settings, surface.start, arrived + after)["adam"]
    assert trajectory.arrived == arrived
    assert trajectory.stays is stays


def test_rounding_puts_nobody_below_the_least_value():
    above = SURFACES["saddle"].above(np.array([-1 - 2e-16, -1 + 2e-16, -1.0, -0.5]))
    assert above.tolist() == [0, 0, 0, 0.5]
    assert SURFACES["quadratic"].above(np.array([1e-20, 0.0])).tolist() == [1e-20, 0]


def test_who_starts_on_the_ridge_of_the_saddle_stays_on_it():
    settings = {"sgd": Settings(alpha=0.1), "adam": Settings(alpha=0.1)}
    trajectories = travel(SURFACES["saddle"], settings, (-2.0, 0.0), 200)
    for trajectory in trajectories.values():
        assert (trajectory.points[:, 1] == 0).all()
        assert trajectory.arrived is None


def test_start_that_is_no_point_is_refused():
    with pytest.raises(ConfigError, match="expected two finite numbers"):
        travel(SURFACES["Beale"], {"sgd": Settings(alpha=0.1)}, (float("nan"), 0.0), 5)


def test_summable_steps_stop_at_half_the_distance():
    course = descend(EXAMPLES["summable"].broken, 3.0, 2000)
    expected = [summable_limit(3.0, n) for n in range(2001)]
    np.testing.assert_allclose(course.x, expected, rtol=1e-10)
    assert course.x[-1] == pytest.approx(1.5, abs=1e-3)
    assert course.travelled[-1] == pytest.approx(np.pi**2 / 6 - 1, abs=1e-3)
    mended = descend(EXAMPLES["summable"].mended, 3.0, 2000)
    np.testing.assert_allclose(mended.x, 3 / np.arange(1, 2002), rtol=1e-9)


def test_fourth_power_diverges_from_afar_and_not_from_near():
    example = EXAMPLES["steep"]
    far = descend(example.broken, 2.0, 1000)
    assert not far.is_finite
    assert far.x[1] == -30.0  # 2 - 4 * 2^3
    assert abs(far.x[-1]) > 1e40
    near = descend(example.broken, 0.5, 1000)
    assert near.is_finite
    assert abs(near.x[-1]) < 0.3
    safe = descend(example.mended, 2.0, 1000)
    assert (np.diff(safe.values) <= 0).all()
    assert abs(safe.x[-1]) < 0.2


def test_exponential_falls_for_ever():
    example = EXAMPLES["endless"]
    short, long = descend(example.broken, 1.0, 100), descend(example.broken, 1.0, 10_000)
    assert long.x[-1] < short.x[-1] < -2
    assert (np.diff(long.x) < 0).all()
    assert long.values[-1] > 0
    mended = descend(example.mended, 1.0, 10_000)
    assert mended.x[-1] == pytest.approx(0, abs=1e-3)


def test_step_sizes_of_all_examples_tend_to_zero():
    for example in EXAMPLES.values():
        assert example.broken.step_size(10**6) < 1e-5


def test_descent_from_nowhere_is_refused():
    with pytest.raises(ConfigError, match="expected a finite number"):
        descend(EXAMPLES["steep"].broken, float("inf"), 5)
