"""Reddi, Kale & Kumar's counterexample and the bound of [S1] Theorem 1.2.17."""

import numpy as np
import pytest

from aeviz.errors import ConfigError
from aeviz.lab.adaptive import METHODS, Settings, run_method
from aeviz.lab.regret import average_regret, periodic_slopes, play, random_slopes, regret_bound

C = 3.0
ADVERSE = Settings(alpha=0.5, decay="root", beta1=0.0, beta2=1 / (1 + C**2))


def test_adam_keeps_its_regret_and_amsgrad_loses_it():
    found = play("deterministic", C, ADVERSE, 6000, ("adam", "amsgrad", "sgd"))
    assert found["adam"].x[-1] == pytest.approx(1, abs=0.01)
    assert found["adam"].regret[-1] == pytest.approx(2 * (C - 2) / 3, abs=0.02)  # that of sitting at x = 1
    assert found["adam"].verdict(C) == "stays"
    for name in ("amsgrad", "sgd"):
        assert found[name].verdict(C) == "vanishes"
        assert found[name].regret[-1] < 0.03
        assert found[name].x[-1] == pytest.approx(-1, abs=0.05)


def test_long_memory_saves_adam():
    found = play("deterministic", C, Settings(alpha=0.5, decay="root", beta1=0.0, beta2=0.99), 3000, ("adam",))
    assert found["adam"].verdict(C) == "vanishes"


@pytest.mark.parametrize(
    ("largest", "beta2", "alpha", "steps", "method", "verdict"),
    [
        (3.0, 0.1, 0.05, 3000, "amsgrad", "open"),  # x still moves: more steps would bring it to -1
        (2.1, 0.1, 2.0, 1000, "adam", "stays"),  # the regret falls, but to that of sitting at x = 1
        (2.1, 0.99, 0.05, 3000, "adam", "open"),
        (2.1, 0.99, 0.05, 100, "amsgrad", "open"),
        (3.0, 0.1, 0.05, 100, "adam", "stays"),
        (20.0, 0.01, 2.0, 3000, "sgd", "vanishes"),
    ],
)
def test_few_steps_are_not_told_as_a_theorem(largest, beta2, alpha, steps, method, verdict):
    settings = Settings(alpha=alpha, decay="root", beta1=0.0, beta2=beta2)
    assert play("deterministic", largest, settings, steps, (method,))[method].verdict(largest) == verdict


def test_adam_loses_on_random_costs_too():
    settings = Settings(alpha=0.5, decay="root", beta1=0.0, beta2=1 / 17)
    found = play("stochastic", 4.0, settings, 3000, ("adam", "amsgrad"))
    assert found["adam"].verdict(4.0) == "stays"
    assert found["amsgrad"].verdict(4.0) == "vanishes"
    low, high = found["adam"].spread
    assert (low <= found["adam"].regret).all()
    assert (found["adam"].regret <= high).all()


def test_random_slopes_have_the_mean_and_the_seed():
    slopes = random_slopes(9.0, 20_000, 1)
    assert set(np.unique(slopes)) == {-1.0, 9.0}
    assert slopes.mean() == pytest.approx(0.5, abs=0.05)
    assert (slopes == random_slopes(9.0, 20_000, 1)).all()
    assert (slopes != random_slopes(9.0, 20_000, 2)).any()


def test_periodic_slopes_are_those_of_theorem_1():
    assert periodic_slopes(5.0, 7)[:, 0].tolist() == [5, -1, -1, 5, -1, -1, 5]
    with pytest.raises(ConfigError, match=r"C=2\.0; expected a number above 2"):
        periodic_slopes(2.0, 7)


def test_average_regret_against_the_best_point_of_a_grid():
    generator = np.random.default_rng(0)
    slopes, points = generator.normal(size=(40, 2)), generator.uniform(-1, 1, (40, 2))
    grid = np.linspace(-1, 1, 101)
    for t in (1, 17, 40):
        best = (slopes[:t, :, None] * grid).sum(axis=0).min(axis=-1)
        expected = ((slopes[:t] * points[:t]).sum(axis=0) - best) / t
        np.testing.assert_allclose(average_regret(slopes, points)[t - 1], expected, atol=1e-12)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize(
    ("beta1", "beta2", "alpha"), [(0.0, 0.9, 0.1), (0.0, 0.5, 2.0), (0.5, 0.99, 0.3), (0.9, 0.999, 1.0)]
)
def test_bound_holds_for_amsgrad_on_random_convex_costs(seed, beta1, beta2, alpha):
    """Costs a (x - b)^2 + s x of random curvature, on [-1, 1]; the best fixed point is found on the closed form."""
    generator = np.random.default_rng(seed)
    steps = 400
    a, b, s = (
        generator.exponential(1, (steps, 3)),
        generator.uniform(-2, 2, (steps, 3)),
        generator.normal(0, 2, (steps, 3)),
    )
    settings = Settings(alpha=alpha, decay="root", beta1=beta1, beta1_decays=True, beta2=beta2)

    def cost(t, x):
        return a[t] * (x - b[t]) ** 2 + s[t] * x

    trace = run_method(
        METHODS["amsgrad"],
        lambda t, x: 2 * a[t - 1] * (x - b[t - 1]) + s[t - 1],
        np.ones(3),
        settings,
        steps,
        box=(-1.0, 1.0),
    )
    bound = regret_bound(trace, settings, 2.0)
    assert bound is not None
    suffered = np.cumsum([cost(t, trace.x[t]) for t in range(steps)], axis=0)
    for t in (1, 10, 100, steps):
        best = np.clip((a * b - s / 2)[:t].sum(axis=0) / a[:t].sum(axis=0), -1, 1)
        regret = suffered[t - 1] - sum(cost(k, best) for k in range(t))
        assert (regret / t <= bound.quoted_total[t - 1]).all()
        assert (bound.quoted_total[t - 1] <= bound.total[t - 1]).all()


def test_terms_are_those_of_both_statements():
    """Each term added up by hand for a few steps: S1 divides by (1 - beta1)^2, Phuong & Phong by 2 (1 - beta1)."""
    settings = Settings(alpha=0.3, decay="root", beta1=0.4, beta2=0.9)
    slopes = np.random.default_rng(2).normal(size=(6, 2))
    trace = run_method(METHODS["amsgrad"], lambda t, x: slopes[t - 1], np.zeros(2), settings, 6, box=(-1.0, 1.0))
    bound = regret_bound(trace, settings, 2.0)
    assert bound is not None
    v_hat, big_t, gamma = trace.divisor[:, 1], 6, 0.4 / 0.9**0.5
    first = 4 * big_t**0.5 / (0.3 * 0.6) * v_hat[-1] ** 0.5
    double_sum = sum(0.4 * v_hat[t - 1] ** 0.5 / (0.3 / t**0.5) for t in range(1, 7))
    third = 0.3 * (1 + np.log(big_t)) ** 0.5 / (0.6**2 * (1 - gamma) * 0.1**0.5) * np.linalg.norm(slopes[:, 1])
    assert bound.total[-1, 1] == pytest.approx((first + 4 / 0.6**2 * double_sum + third) / big_t, rel=1e-12)
    quoted = (first + 4 / (2 * 0.6) * double_sum + third) / big_t
    assert bound.quoted_total[-1, 1] == pytest.approx(quoted, rel=1e-12)


@pytest.mark.parametrize(
    ("beta1", "beta2", "thesis", "quoted"),
    [(0.0, 0.1, 0.4737, 0.4737), (0.2, 0.1, 1.0161, 0.8613), (0.5, 0.5, 3.0603, 2.0421), (0.9, 0.99, 597.11, 554.55)],
)
def test_bounds_on_the_costs_of_theorem_1(beta1, beta2, thesis, quoted):
    """Algorithm 3 and both closed forms, written here again in plain numbers, and their values."""
    alpha, big_t, v, v_hat, m, x = 0.5, 3000, 0.0, 0.0, 0.0, 1.0
    double_sum = squares = 0.0
    for t in range(1, big_t + 1):
        g, beta = (C if t % 3 == 1 else -1.0), beta1 / t
        m, v = beta * m + (1 - beta) * g, beta2 * v + (1 - beta2) * g * g
        v_hat, squares = max(v_hat, v), squares + g * g
        double_sum += beta * v_hat**0.5 * t**0.5 / alpha
        x = min(1.0, max(-1.0, x - alpha / t**0.5 * m / v_hat**0.5))
    first = 4 * big_t**0.5 / (alpha * (1 - beta1)) * v_hat**0.5
    third = alpha * (1 + np.log(big_t)) ** 0.5 / ((1 - beta1) ** 2 * (1 - beta1 / beta2**0.5) * (1 - beta2) ** 0.5)
    rest = first + third * squares**0.5
    settings = Settings(alpha=alpha, decay="root", beta1=beta1, beta1_decays=True, beta2=beta2)
    bound = play("deterministic", C, settings, big_t, ("amsgrad",))["amsgrad"].bound
    assert bound is not None
    assert bound.total[-1] == pytest.approx((rest + 4 / (1 - beta1) ** 2 * double_sum) / big_t, rel=1e-9)
    assert bound.quoted_total[-1] == pytest.approx((rest + 4 / (2 * (1 - beta1)) * double_sum) / big_t, rel=1e-9)
    assert bound.total[-1] == pytest.approx(thesis, abs=0.005 if thesis > 10 else 5e-5)
    assert bound.quoted_total[-1] == pytest.approx(quoted, abs=0.005 if quoted > 10 else 5e-5)


@pytest.mark.parametrize(
    "change",
    [{"decay": "constant"}, {"beta1": 0.95, "beta2": 0.9}, {"epsilon": 1e-8}, {"correction": "torch"}],
)
def test_bound_says_nothing_beyond_its_conditions(change):
    settings = Settings(**{"alpha": 0.3, "decay": "root", "beta1": 0.0, "beta2": 0.9, **change})
    trace = run_method(METHODS["amsgrad"], lambda t, x: 1.0, 0.0, settings, 5, box=(-1.0, 1.0))
    assert regret_bound(trace, settings, 2.0) is None


def test_measured_regret_stays_below_the_bound():
    found = play("deterministic", C, ADVERSE, 2000, ("amsgrad",))["amsgrad"]
    assert found.bound is not None
    total = found.bound.total
    assert (found.regret <= total).all()
    assert total[-1] < total[len(total) // 2] < total[10]


def test_regret_that_still_falls_is_not_told_to_stay():
    """Adam is back at 1 again and again, but 100 random costs do not show whether its average regret stays."""
    settings = Settings(alpha=2.0, decay="root", beta1=0.0, beta1_decays=True, beta2=0.01)
    outcome = play("stochastic", 10.0, settings, 100, ("adam",))["adam"]
    assert outcome.is_stuck
    assert outcome.ratio < 0.6
    assert outcome.verdict(10.0) == "open"
