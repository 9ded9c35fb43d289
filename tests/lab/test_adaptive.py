"""The generic method against torch.optim, step for step, in float64."""

import numpy as np
import pytest
import torch

from aeviz.errors import ConfigError
from aeviz.lab.adaptive import METHODS, Settings, as_torch, clip, run_method

STEPS = 60
ALPHA, BETA1, BETA2, EPSILON = 0.03, 0.8, 0.95, 1e-3


@pytest.fixture(scope="module")
def problem():
    """A start, and gradients that depend on the point and on the step: a noisy quadratic with an early large one."""
    generator = np.random.default_rng(3)
    noise, curvature = generator.normal(size=(STEPS + 1, 5)), generator.uniform(0.5, 3, 5)
    noise[4] *= 30
    return generator.normal(size=5), lambda t, x: curvature * x + noise[t]


def torch_trajectory(optimizer, start, gradient):
    x = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    optimizer = optimizer([x])
    points = [start]
    for t in range(1, STEPS + 1):
        x.grad = torch.tensor(gradient(t, x.detach().numpy()))
        optimizer.step()
        points.append(x.detach().numpy().copy())
    return np.array(points)


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("name", ["adam", "amsgrad"])
def test_corrected_equals_torch_step_for_step(problem, name, fused):
    start, gradient = problem
    settings = as_torch(Settings(alpha=ALPHA, beta1=BETA1, beta2=BETA2), EPSILON)
    trace = run_method(METHODS[name], gradient, start, settings, STEPS)
    theirs = torch_trajectory(
        lambda x: torch.optim.Adam(
            x, lr=ALPHA, betas=(BETA1, BETA2), eps=EPSILON, amsgrad=name == "amsgrad", fused=fused
        ),
        start,
        gradient,
    )
    np.testing.assert_allclose(trace.x, theirs, rtol=0, atol=1e-13)


@pytest.mark.parametrize(("name", "momentum"), [("sgd", 0.0), ("momentum", 0.9)])
@pytest.mark.parametrize("corrected", [False, True])
def test_sgd_equals_torch_whatever_is_said_of_correction(problem, name, momentum, corrected):
    start, gradient = problem
    settings = Settings(alpha=ALPHA, momentum=0.9)
    trace = run_method(METHODS[name], gradient, start, as_torch(settings) if corrected else settings, STEPS)
    theirs = torch_trajectory(lambda x: torch.optim.SGD(x, lr=ALPHA, momentum=momentum), start, gradient)
    np.testing.assert_allclose(trace.x, theirs, rtol=0, atol=1e-12)


THEIRS = {
    "nesterov": lambda x: torch.optim.SGD(x, lr=ALPHA, momentum=0.9, nesterov=True),
    "adagrad": lambda x: torch.optim.Adagrad(x, lr=ALPHA, eps=EPSILON),
    "rmsprop": lambda x: torch.optim.RMSprop(x, lr=ALPHA, alpha=BETA2, eps=EPSILON),
}


@pytest.mark.parametrize("name", THEIRS)
@pytest.mark.parametrize("correction", ["none", "torch", "before_max"])
def test_methods_without_bias_correction_equal_torch(problem, name, correction):
    start, gradient = problem
    settings = Settings(alpha=ALPHA, beta2=BETA2, momentum=0.9, correction=correction, epsilon=EPSILON)
    trace = run_method(METHODS[name], gradient, start, settings, STEPS)
    np.testing.assert_allclose(trace.x, torch_trajectory(THEIRS[name], start, gradient), rtol=0, atol=1e-12)
    np.testing.assert_allclose(np.diff(trace.x, axis=0), -trace.effective * trace.m, rtol=1e-9, atol=1e-14)


def test_adagrad_with_the_mean_and_falling_steps_takes_the_same_steps(problem):
    """Reddi et al. write it so: the two factors t cancel."""
    start, gradient = problem
    trace = run_method(METHODS["adagrad"], gradient, start, Settings(alpha=ALPHA), STEPS)
    t = np.arange(1, STEPS + 1)[:, None]
    means = np.cumsum(trace.g**2, axis=0) / t
    np.testing.assert_allclose(trace.effective, ALPHA / np.sqrt(t) / np.sqrt(means), rtol=1e-12)


@pytest.mark.parametrize("name", ["adam", "amsgrad"])
def test_as_printed_differs_from_torch_by_the_bias_alone(problem, name):
    """[S1]'s form is torch's with another step size: alpha sqrt(1 - beta2^t) / (1 - beta1^t) instead of alpha."""
    start, gradient = problem
    printed = run_method(METHODS[name], gradient, start, Settings(alpha=ALPHA, beta1=BETA1, beta2=BETA2), STEPS)
    first = printed.x[1] - start
    g = gradient(1, start)
    np.testing.assert_allclose(first, -ALPHA * (1 - BETA1) / (1 - BETA2) ** 0.5 * np.sign(g), rtol=1e-12)
    corrected = run_method(METHODS[name], gradient, start, as_torch(Settings(alpha=ALPHA), 0.0), STEPS)
    np.testing.assert_allclose(corrected.x[1] - start, -ALPHA * np.sign(g), rtol=1e-12)


def test_torch_corrects_after_the_maximum():
    """So its divisor can shrink while 1 - beta2^t grows, which the proof of Theorem 1.2.17 excludes."""
    slopes = [5.0, *[0.1] * 30]
    settings = Settings(alpha=1.0, beta1=0.0, beta2=0.9)

    def effective(correction):
        settings = Settings(alpha=1.0, beta1=0.0, beta2=0.9, correction=correction)
        return run_method(METHODS["amsgrad"], lambda t, x: slopes[t - 1], 0.0, settings, len(slopes)).effective

    v = (1 - settings.beta2) * 25.0  # the largest mean square comes first
    t = np.arange(1, len(slopes) + 1)
    np.testing.assert_allclose(effective("torch"), np.sqrt(1 - settings.beta2**t) / v**0.5, rtol=1e-12)
    assert (np.diff(effective("torch")) > 0).all()
    np.testing.assert_allclose(effective("before_max"), 1 / 5.0, rtol=1e-12)
    np.testing.assert_allclose(effective("none"), 1 / v**0.5, rtol=1e-12)


def test_trace_records_what_the_formulas_say(problem):
    start, gradient = problem
    settings = Settings(alpha=ALPHA, decay="root", beta1=BETA1, beta2=BETA2)
    trace = run_method(METHODS["amsgrad"], gradient, start, settings, STEPS)
    g, t = trace.g, STEPS
    weights = BETA1 ** np.arange(t - 1, -1, -1)
    np.testing.assert_allclose(trace.m[-1], (1 - BETA1) * weights @ g, rtol=1e-12)
    squares = np.array([(1 - BETA2) * BETA2 ** np.arange(s, -1, -1) @ g[: s + 1] ** 2 for s in range(t)])
    np.testing.assert_allclose(trace.v, squares, rtol=1e-12)
    np.testing.assert_allclose(trace.divisor, np.maximum.accumulate(squares), rtol=1e-12)
    np.testing.assert_allclose(trace.effective[-1], ALPHA / t**0.5 / np.sqrt(trace.divisor[-1]), rtol=1e-12)
    np.testing.assert_allclose(np.diff(trace.x, axis=0), -trace.effective * trace.m, rtol=1e-9, atol=1e-15)


@pytest.mark.parametrize("name", METHODS)
def test_numbers_and_arrays_give_the_same_and_stay_in_the_box(name):
    slopes = np.random.default_rng(0).normal(size=(200, 1)) * 3
    settings = Settings(alpha=4.0, decay="root", beta2=0.9)
    array = run_method(METHODS[name], lambda t, x: slopes[t - 1], np.array([0.5]), settings, 200, box=(-1.0, 1.0))
    number = run_method(METHODS[name], lambda t, x: float(slopes[t - 1, 0]), 0.5, settings, 200, box=(-1.0, 1.0))
    for part in ("x", "g", "m", "v", "divisor", "effective"):
        np.testing.assert_allclose(getattr(number, part), getattr(array, part)[:, 0], rtol=1e-12, atol=1e-15)
    assert np.abs(array.x).max() == 1


def test_clipping_is_the_weighted_projection():
    """Against a grid search of the argmin over the box, with unequal weights."""
    weights, outside = np.array([7.0, 0.2]), np.array([1.7, -3.0])
    grid = np.stack(np.meshgrid(*[np.linspace(-1, 1, 201)] * 2, indexing="ij"), axis=-1)
    distance = (np.sqrt(weights) * (grid - outside) ** 2).sum(axis=-1)
    best = grid[np.unravel_index(distance.argmin(), distance.shape)]
    np.testing.assert_allclose(clip(outside, -1.0, 1.0), best)


def test_no_gradient_yet_means_no_step():
    trace = run_method(METHODS["adam"], lambda t, x: np.array([0.0, 1.0]), np.zeros(2), Settings(alpha=0.1), 3)
    assert (trace.x[:, 0] == 0).all()
    assert (np.diff(trace.x[:, 1]) < 0).all()
    assert run_method(METHODS["adam"], lambda t, x: 0.0, 2.0, Settings(alpha=0.1), 3).x.tolist() == [2.0] * 4


@pytest.mark.parametrize("start", [1.0, np.array([1.0])])
def test_divergence_ends_the_run_with_the_last_good_point(start):
    trace = run_method(METHODS["sgd"], lambda t, x: 4 * x**3, start, Settings(alpha=1.0), 100, limit=1e6)
    assert not trace.is_finite
    assert 0 < trace.steps < 10
    assert len(trace.x) == trace.steps + 1
    assert np.isfinite(trace.x).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"alpha": 0.0}, "alpha=0.0; expected a positive step size"),
        ({"alpha": 0.1, "beta2": 1.0}, r"beta2=1.0 is outside \[0, 1\)"),
        ({"alpha": 0.1, "epsilon": -1.0}, "epsilon=-1.0; expected a number from 0 up"),
    ],
)
def test_settings_that_cannot_work_are_refused(settings, message):
    with pytest.raises(ConfigError, match=message):
        Settings(**settings)
