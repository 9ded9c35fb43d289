"""Gradient methods from SGD to AMSGrad as one generic method that differs in two functions, phi and psi.

Algorithm 2 of [S1], the generic adaptive method of Reddi, Kale & Kumar: with g_t the gradient at x_t,

    m_t = phi_t(g_1, ..., g_t),  V_t = psi_t(g_1, ..., g_t),  x_{t+1} = P(x_t - alpha_t m_t / sqrt(V_t))

where P brings a point back into the feasible set. V_t is a diagonal matrix, held here by its diagonal; then all is done
coordinate by coordinate, and the projection onto a box, which minimises the distance weighted by sqrt(V_t), is to clip
each coordinate, whatever the weights. [S1] prints min for the argmin that this projection is (Definition 1.2.12).

[S1]'s Algorithm 1 is Adam as Kingma & Ba have it, with bias correction and epsilon; its Example 1.2.15 and Algorithm 3
write Adam and AMSGrad without either. Both are options here, off as printed there and on in `as_torch`.

SGD, momentum, Nesterov momentum, AdaGrad and RMSprop are those of torch.optim, which correct no bias: with the epsilon
of theirs they equal it step for step. RMSprop takes beta2 for what torch calls alpha, and is not centred.

Values are float64, Python numbers or arrays alike: numbers make a step five times as fast.

References:
    [S1] M. Sevkovych, On variational autoencoders: theory and applications, Univ. of Stuttgart, 2023, section 1.2.
    D. Kingma, J. Ba, Adam: a method for stochastic optimization, ICLR 2015, arXiv:1412.6980, Algorithm 1.
    S. Reddi, S. Kale, S. Kumar, On the convergence of Adam and beyond, ICLR 2018, arXiv:1904.09237, Algorithms 1, 2.
    I. Goodfellow, Y. Bengio, A. Courville, Deep learning, MIT Press, 2016, sections 8.3.3, 8.5.1 and 8.5.2.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from aeviz.errors import ConfigError
from aeviz.language import mark

Value = float | np.ndarray
"""A point or a gradient: one number, or an array of coordinates that do not know of each other."""
Gradient = Callable[[int, Value], Value]
"""Step t, counted from 1, and the point x_t to the gradient g_t there."""
Correction = Literal["none", "torch", "before_max"]
"""Bias correction: none; 1 - beta2^t divides the largest v, as in torch; or each v before the largest is taken."""
Decay = Literal["constant", "root"]
"""Step sizes: alpha, or alpha / sqrt(t)."""
TrainedName = Literal["adam", "amsgrad", "sgd", "momentum"]
"""The methods that aeviz trains networks with."""
MethodName = Literal[TrainedName, "nesterov", "adagrad", "rmsprop"]
TRAINED: tuple[TrainedName, ...] = ("adam", "amsgrad", "sgd", "momentum")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of the methods."""

    alpha: float
    """Step size, positive."""
    decay: Decay = "constant"
    beta1: float = 0.9
    """Decay of the mean of gradients, in [0, 1)."""
    beta1_decays: bool = False
    """Whether beta1 / t is used at step t, as Corollary 1 of Reddi et al. allows."""
    beta2: float = 0.999
    """Decay of the mean of squared gradients, in [0, 1)."""
    momentum: float = 0.9
    """Decay of the velocity, in [0, 1)."""
    correction: Correction = "none"
    epsilon: float = 0.0
    """Added to the root of V, from 0 up."""

    def __post_init__(self) -> None:
        if not self.alpha > 0:
            raise ConfigError(f"alpha={self.alpha!r}; expected a positive step size, for example 0.1")
        for name in ("beta1", "beta2", "momentum"):
            value = getattr(self, name)
            if not 0 <= value < 1:
                raise ConfigError(f"{name}={value!r} is outside [0, 1); a common value is 0.9")
        if not self.epsilon >= 0:
            raise ConfigError(f"epsilon={self.epsilon!r}; expected a number from 0 up, for example 1e-8")

    def step_size(self, t: int) -> float:
        """Return alpha_t of step t, from 1."""
        return self.alpha / math.sqrt(t) if self.decay == "root" else self.alpha

    def beta1_at(self, t: int) -> float:
        """Return beta1 of step t, from 1."""
        return self.beta1 / t if self.beta1_decays else self.beta1


def as_torch(settings: Settings, epsilon: float = 1e-8) -> Settings:
    """Return the settings with bias correction and epsilon switched on, as torch.optim.Adam has them."""
    return replace(settings, correction="torch", epsilon=epsilon)


# phi: what is stepped along. The page shows these functions as they stand here.


def newest_gradient(m: Value, g: Value, beta1: float, momentum: float) -> Value:
    """Return g_t."""
    return g


def velocity(m: Value, g: Value, beta1: float, momentum: float) -> Value:
    """Return the sum of momentum^(t - i) g_i, without the factor 1 - momentum, as torch.optim.SGD has it."""
    return momentum * m + g


def mean_gradient(m: Value, g: Value, beta1: float, momentum: float) -> Value:
    """Return (1 - beta1) times the sum of beta1^(t - i) g_i."""
    return beta1 * m + (1 - beta1) * g


def look_ahead(m: Value, g: Value, momentum: float) -> Value:
    """Return the velocity after one more step with the same gradient, as torch.optim.SGD(nesterov=True) has it."""
    return momentum * m + g


# psi: what the step is divided by, squared. Each returns v_t, which it needs again, and V_t.


def one(v: Value, largest: Value, g: Value, beta2: float) -> tuple[Value, Value]:
    """Return the identity."""
    return v, 0 * g + 1.0


def mean_square(v: Value, largest: Value, g: Value, beta2: float) -> tuple[Value, Value]:
    """Return (1 - beta2) times the sum of beta2^(t - i) g_i^2."""
    v = beta2 * v + (1 - beta2) * g**2
    return v, v


def largest_mean_square(v: Value, largest: Value, g: Value, beta2: float) -> tuple[Value, Value]:
    """Return the largest mean square so far, so that the divisor never falls."""
    v = beta2 * v + (1 - beta2) * g**2
    return v, larger(largest, v)


def sum_of_squares(v: Value, largest: Value, g: Value, beta2: float) -> tuple[Value, Value]:
    """Return the sum of g_i^2, which never forgets."""
    v = v + g**2
    return v, v


def larger(a: Value, b: Value) -> Value:
    """Return the larger of two values, coordinate by coordinate; not a number if either is not."""
    if isinstance(a, float) and isinstance(b, float):
        return a if a > b or a != a else b
    return np.maximum(a, b)


@dataclass(frozen=True, slots=True, kw_only=True)
class Method:
    """One choice of phi and psi."""

    name: MethodName
    title: str
    phi: Callable[[Value, Value, float, float], Value]
    psi: Callable[[Value, Value, Value, float], tuple[Value, Value]]
    phi_formula: str
    """LaTeX."""
    psi_formula: str
    """LaTeX."""
    source: str
    """Where it stands."""
    ahead: Callable[[Value, Value, float], Value] | None = None
    """Makes of what `phi` keeps, g_t and the momentum what is stepped along; None where that is what it keeps."""

    @property
    def has_moment(self) -> bool:
        """Whether steps are divided by a second moment."""
        return self.psi is not one

    @property
    def is_corrected(self) -> bool:
        """Whether the bias of its means can be corrected, as Adam and AMSGrad do."""
        return self.phi is mean_gradient


METHODS: dict[MethodName, Method] = {
    method.name: method
    for method in (
        Method(
            name="adam",
            title="Adam",
            phi=mean_gradient,
            psi=mean_square,
            phi_formula=r"\phi_t = (1-\beta_1)\sum_{i=1}^t \beta_1^{t-i} g_i",
            psi_formula=r"\psi_t = (1-\beta_2)\,\mathrm{diag}\Bigl(\sum_{i=1}^t \beta_2^{t-i} g_i^2\Bigr)",
            source=mark("S1 Algorithm 1 and Example 1.2.15; Kingma & Ba 2015, Algorithm 1"),
        ),
        Method(
            name="amsgrad",
            title="AMSGrad",
            phi=mean_gradient,
            psi=largest_mean_square,
            phi_formula=r"\phi_t = (1-\beta_1)\sum_{i=1}^t \beta_1^{t-i} g_i",
            psi_formula=r"\psi_t = \max_{s\le t}(1-\beta_2)\,\mathrm{diag}\Bigl(\sum_{i=1}^s \beta_2^{s-i} g_i^2\Bigr)",
            source=mark("S1 Algorithm 3; Reddi, Kale & Kumar 2018, Algorithm 2"),
        ),
        Method(
            name="sgd",
            title="SGD",
            phi=newest_gradient,
            psi=one,
            phi_formula=r"\phi_t = g_t",
            psi_formula=r"\psi_t = I",
            source=mark("S1 Algorithm 2; Reddi, Kale & Kumar 2018, section 2"),
        ),
        Method(
            name="momentum",
            title="Momentum",
            phi=velocity,
            psi=one,
            phi_formula=r"\phi_t = \sum_{i=1}^t \mu^{t-i} g_i",
            psi_formula=r"\psi_t = I",
            source=mark("B. Polyak 1964; with this scale, torch.optim.SGD"),
        ),
        Method(
            name="nesterov",
            title="Nesterov",
            phi=velocity,
            psi=one,
            phi_formula=r"\phi_t = g_t + \mu\sum_{i=1}^t \mu^{t-i} g_i",
            psi_formula=r"\psi_t = I",
            source=mark("Y. Nesterov 1983; with these iterates, torch.optim.SGD(nesterov=True)"),
            ahead=look_ahead,
        ),
        Method(
            name="adagrad",
            title="AdaGrad",
            phi=newest_gradient,
            psi=sum_of_squares,
            phi_formula=r"\phi_t = g_t",
            psi_formula=r"\psi_t = \mathrm{diag}\Bigl(\sum_{i=1}^t g_i^2\Bigr)",
            source=mark(
                "Duchi, Hazan & Singer 2011; the same steps as the mean with step size alpha / sqrt(t) in Reddi, "
                "Kale & Kumar 2018"
            ),
        ),
        Method(
            name="rmsprop",
            title="RMSprop",
            phi=newest_gradient,
            psi=mean_square,
            phi_formula=r"\phi_t = g_t",
            psi_formula=r"\psi_t = (1-\beta_2)\,\mathrm{diag}\Bigl(\sum_{i=1}^t \beta_2^{t-i} g_i^2\Bigr)",
            source=mark("G. Hinton 2012, lecture 6e; Adam with beta1 = 0 and no bias correction"),
        ),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trace:
    """A method's values at each of T steps; each value has the shape of the start, float64."""

    x: np.ndarray
    """Iterates, (T + 1, ...): the start, then the point after each step."""
    g: np.ndarray
    """Gradients at x[:-1], (T, ...)."""
    m: np.ndarray
    """phi, the first moment, (T, ...), not corrected."""
    v: np.ndarray
    """Second moment, (T, ...), not corrected; 0 where the method has none."""
    divisor: np.ndarray
    """psi, (T, ...), not corrected unless before the maximum: v, or the largest so far; 1 where there is no moment."""
    effective: np.ndarray
    """Effective step size alpha_t / (sqrt(V_t) + epsilon), corrected, (T, ...): what multiplies the first moment;
    infinite where no gradient was seen yet."""
    is_finite: bool
    """Whether it went all the way; otherwise it ends with the last point that was within the limit."""

    @property
    def steps(self) -> int:
        """Steps that were made."""
        return len(self.g)


def run_method(
    method: Method,
    gradient: Gradient,
    start: Value,
    settings: Settings,
    steps: int,
    *,
    box: tuple[float, float] | None = None,
    limit: float = 1e12,
) -> Trace:
    """Run a method of the generic form.

    Args:
        method: phi and psi.
        gradient: Gives g_t at step t and point x_t.
        start: x_1, a float or a float64 array.
        settings: Step sizes and decays.
        steps: Steps to make, from 1.
        box: Lower and upper bound of each coordinate, onto which iterates are projected; None for the whole space.
        limit: Size of a coordinate from which the run counts as diverged and ends.
    """
    if steps < 1:
        raise ConfigError(f"steps={steps!r}; expected a whole number from 1 up")
    x: Value = start if isinstance(start, float) else np.array(start, dtype=np.float64)
    m: Value = 0 * x
    v: Value = 0 * x
    divisor: Value = 0 * x
    points, rows, roots, is_finite = [x], [], [], True
    correction = settings.correction if method.is_corrected else "none"
    epsilon = settings.epsilon if method.has_moment else 0.0
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        for t in range(1, steps + 1):
            g = gradient(t, x)
            beta1 = settings.beta1_at(t)
            root = math.sqrt(1 - settings.beta2**t) if correction == "torch" else 1.0
            try:
                m = method.phi(m, g, beta1, settings.momentum)
                taken = method.ahead(m, g, settings.momentum) if method.ahead else m
                if correction == "before_max":
                    v, _ = mean_square(v, divisor, g, settings.beta2)
                    corrected = v / (1 - settings.beta2**t)
                    divisor = larger(divisor, corrected) if method.psi is largest_mean_square else corrected
                else:
                    v, divisor = method.psi(v, divisor, g, settings.beta2)
            except OverflowError:  # a Python number does not become infinite by itself
                is_finite = False
                break
            first = taken if correction == "none" else taken / (1 - beta1**t)
            moved = x - _step(settings.step_size(t), first, divisor**0.5 / root + epsilon)
            if box is not None:
                moved = clip(moved, *box)
            if not _is_within(moved, limit):
                is_finite = False
                break
            rows.append((g, taken, v, divisor))
            roots.append(root)
            x = moved
            points.append(x)
        empty = [np.zeros((0, *np.shape(start)))] * 4
        gradients, first_moments, second_moments, divisors = [
            np.array(column, dtype=np.float64) for column in zip(*rows, strict=True)
        ] or empty
        to_columns = (-1, *[1] * np.ndim(start))
        alphas = np.array([settings.step_size(t) for t in range(1, len(rows) + 1)]).reshape(to_columns)
        effective = alphas / (np.sqrt(divisors) / np.array(roots).reshape(to_columns) + epsilon)
    return Trace(
        x=np.array(points, dtype=np.float64),
        g=gradients,
        m=first_moments,
        v=second_moments,
        divisor=divisors,
        effective=effective,
        is_finite=is_finite,
    )


def clip(x: Value, low: float, high: float) -> Value:
    """Return the point of a box that is nearest to x, in any norm that weighs the coordinates."""
    if isinstance(x, float):
        return min(max(x, low), high)
    return np.minimum(np.maximum(x, low), high)  # several times as fast as np.clip on a few numbers


def _step(alpha: float, first: Value, scale: Value) -> Value:
    """Return alpha * first / scale; no step where both are 0, since no gradient was seen there yet."""
    if isinstance(first, float) and isinstance(scale, float):
        return alpha * first / scale if scale > 0 or first else 0.0
    step = np.asarray(alpha * first / scale)
    if np.isnan(step).any():
        step[(np.asarray(first) == 0) & (np.asarray(scale) == 0)] = 0.0
    return step


def _is_within(x: Value, limit: float) -> bool:
    if isinstance(x, float):
        return abs(x) <= limit
    return bool(np.abs(x).max() <= limit)  # false for what is not a number
