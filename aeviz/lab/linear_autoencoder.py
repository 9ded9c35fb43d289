"""A linear autoencoder that learns from second moments alone.

With x of d values, encoder E (k, d) and decoder D (d, k), the mean squared error over the images is

    mean |x - D E x|^2 = tr S - 2 tr(E S D) + tr(D^T D E S E^T),    S = mean of x x^T (of x - mean where centred),

so that the images themselves are not needed: a step costs one product of S with 2 k columns, O(d d k), whatever their
number. Centring stands for the two biases, which are at their best where mean - D E mean is added to the output.

The objective here is half of that plus half of sum_j l_j (|d_j|^2 + |e_j|^2) over the units j, where S is divided by
its trace: the error is then a share of the total variance, and step sizes mean the same for all data.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from aeviz.errors import ConfigError
from aeviz.lab.axes import singular_axes
from aeviz.lab.components import Components
from aeviz.lab.moments import Moments
from aeviz.lab.subspaces import axis_angles, principal_angles
from aeviz.lab.threads import one_thread

OptimizerName = Literal["adam", "gradient descent", "momentum", "least squares", "l-bfgs"]
OPTIMIZERS: tuple[OptimizerName, ...] = get_args(OptimizerName)
PenaltyName = Literal["none", "equal", "rising"]
PENALTIES: tuple[PenaltyName, ...] = get_args(PenaltyName)

DEFAULT_RATES: dict[OptimizerName, float] = {"adam": 0.01, "gradient descent": 3.0, "momentum": 1.0}
"""Learning rates to begin with, of the optimizers that have one; that of Adam for images of ADAM_PIXELS values."""
ADAM_PIXELS = 784
"""Adam moves each weight by about its learning rate. Columns of length 1 have d weights of 1/sqrt(d), so that equal
progress on images of d values takes sqrt(784 / d) times the rate."""
BETA_1, BETA_2, MOMENTUM = 0.9, 0.95, 0.9
"""Of Adam; of momentum. Without the noise of mini-batches 0.95 does what 0.999 does in three times the steps."""
DECAY = 0.01
"""Adam's learning rate falls exponentially to this share of it over the steps."""
START = 1e-3
"""Standard deviation of the random weights at the start."""
CLOSE, NEAR_DEG = 1e-5, 0.5
"""Excess error and largest angle in degrees at which training may end."""
DOUBLE_UP_TO = 256
"""Values of an image up to which steps are taken in float64, where that costs nothing."""
SPACING = 0.07
"""States are measured and yielded so far apart, as a share of the steps so far."""
MEMORY = 12
"""Steps whose curvature L-BFGS remembers."""


def default_rate(optimizer: OptimizerName, pixels: int) -> float:
    """Return the learning rate that suits images of so many values; 1 for an optimizer that has none."""
    rate = DEFAULT_RATES.get(optimizer, 1.0)
    return rate * (ADAM_PIXELS / pixels) ** 0.5 if optimizer == "adam" else rate


@dataclass(frozen=True, slots=True, kw_only=True)
class LinearConfig:
    """How a linear autoencoder is trained.

    Raises:
        ConfigError: A value is out of range, or the optimizer cannot do what is asked.
    """

    latent_dim: int = 2
    """k, 1 to d."""
    optimizer: OptimizerName = "adam"
    learning_rate: float | None = None
    """Step size; None takes `default_rate`. Least squares and L-BFGS have none."""
    is_tied: bool = False
    """Whether the decoder is the encoder's transpose."""
    centred: bool = True
    """Whether the mean image is taken from the images and added to the output."""
    penalty: PenaltyName = "none"
    """L2 on both layers: none, equal for all units, or rising from unit to unit, from 1/k of `l2` to all of it."""
    l2: float = 1e-3
    """Weight of the L2 penalty beside the error as a share of the total variance; a component with a smaller share of
    the variance is given up."""
    seed: int = 0
    """Of the random start."""
    steps: int = 500
    """Steps at most."""

    def __post_init__(self) -> None:
        if self.optimizer not in OPTIMIZERS or self.penalty not in PENALTIES:
            raise ConfigError(
                f"optimizer={self.optimizer!r}, penalty={self.penalty!r}; expected one of: {', '.join(OPTIMIZERS)}; "
                f"and one of: {', '.join(PENALTIES)}"
            )
        if self.latent_dim < 1 or self.steps < 1:
            raise ConfigError(f"latent_dim={self.latent_dim}, steps={self.steps}; expected whole numbers from 1 up")
        if not (self.l2 > 0 and (self.learning_rate is None or self.learning_rate > 0)):
            raise ConfigError(f"learning_rate={self.learning_rate}, l2={self.l2}; expected numbers above 0")
        if self.optimizer == "least squares" and (self.is_tied or self.penalty != "none"):
            raise ConfigError(
                "alternating least squares solves for one layer at a time; expected free weights and no L2 penalty; "
                "choose another optimizer for those"
            )

    def weights_of_l2(self) -> np.ndarray:
        """Return the penalty's weight for each unit, (k,), float64."""
        k = self.latent_dim
        shares = {"none": np.zeros(k), "equal": np.ones(k), "rising": np.arange(1, k + 1) / k}[self.penalty]
        return self.l2 * shares


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LinearState:
    """A linear autoencoder during training, and how far it is from the optimum."""

    step: int
    """0 is the random start."""
    encoder: np.ndarray
    """E, (k, d), float64."""
    decoder: np.ndarray
    """D, (d, k), float64."""
    mse: float
    """Mean squared error over images and pixels, of pixels in [0, 1]."""
    relative_excess: float
    """Error above the Eckart-Young optimum over that optimum; over the total variance where k is at least the rank."""
    angles_deg: np.ndarray | None
    """Principal angles between the decoder's span and that of the components, (k,), ascending, in degrees; None where
    the best subspace is not unique."""
    distance: float
    """Objective above the least that it can be with this L2 penalty, measured as `relative_excess` is."""
    axes_deg: float | None
    """Largest angle between a column of the decoder and the component of its place, in degrees, of those components
    that the penalty keeps; None as `angles_deg`."""

    @property
    def max_angle_deg(self) -> float | None:
        """The largest principal angle in degrees; None where undefined."""
        return None if self.angles_deg is None else float(self.angles_deg[-1])


def train_linear(
    moments: Moments, components: Components, config: LinearConfig, start: LinearState | None = None
) -> Iterator[LinearState]:
    """Train from a random start; yield the start and then ever more widely spaced states.

    The components serve to measure with and to know when to end, never to start from. Training ends at an excess of
    CLOSE and an angle of NEAR_DEG (where there is one), or after `config.steps`. The caller may leave earlier.

    Args:
        moments: Of the images.
        components: As many as `config.latent_dim`, centred or not as the config is.
        config: Every setting.
        start: A state to go on from in place of the random start; with tied weights its decoder counts.

    Raises:
        ConfigError: The components are not those of the config, or training diverged.
    """
    if components.axes.shape[1] != config.latent_dim or components.centred != config.centred:
        raise ConfigError(
            f"{components.axes.shape[1]} components (centred: {components.centred}) for an autoencoder of "
            f"{config.latent_dim} (centred: {config.centred}); expected the same"
        )
    measure = _Measure(moments, components, config)
    problem = _Problem(measure.second, config)
    if start is not None:
        problem.decoder[:] = start.decoder
        if not config.is_tied:
            problem.encoder[:] = start.encoder.T
    step_of: dict[OptimizerName, Callable[[_Problem], Iterator[None]]] = {
        "adam": _adam,
        "gradient descent": _descend,
        "momentum": _descend,
        "least squares": _alternate,
        "l-bfgs": _lbfgs,
    }
    steps = step_of[config.optimizer](problem)
    yield measure(0, problem)
    step = 0
    while step < config.steps:
        wanted = min(config.steps, step + max(1, round(SPACING * step)))
        with one_thread(), np.errstate(over="ignore", invalid="ignore"):
            while step < wanted:
                next(steps)
                step += 1
        if not np.isfinite(problem.weights).all() or np.abs(problem.weights).max() > 1e6:
            raise ConfigError(
                f"{config.optimizer} with a learning rate of {problem.rate:g} diverged at step {step}: every step "
                "overshoots and the weights grow without end; choose a smaller learning rate"
            )
        state = measure(step, problem)
        yield state
        if measure.is_there(state):
            return


class _Problem:
    """Weights and gradient of the objective. The columns of `weights` are E^T, then D; of tied weights only one."""

    def __init__(self, second: np.ndarray, config: LinearConfig) -> None:
        d, self.k = len(second), config.latent_dim
        dtype: Any = np.float64 if d <= DOUBLE_UP_TO or config.optimizer == "l-bfgs" else np.float32
        self.config, self.second = config, second.astype(dtype)
        self.rate = default_rate(config.optimizer, d) if config.learning_rate is None else config.learning_rate
        columns = self.k if config.is_tied else 2 * self.k
        start = START * np.random.default_rng(config.seed).standard_normal((d, columns))
        if config.optimizer == "l-bfgs" and not config.is_tied:
            start[:, self.k :] = start[:, : self.k]  # balanced: from a free start it ends at saddles more often
        self.weights: np.ndarray = start.astype(dtype)
        self.l2 = np.tile(config.weights_of_l2().astype(dtype), columns // self.k)

    @property
    def encoder(self) -> np.ndarray:
        """E^T, (d, k)."""
        return self.weights[:, : self.k]

    @property
    def decoder(self) -> np.ndarray:
        """D, (d, k)."""
        return self.weights[:, -self.k :]

    def gradient(self, image: np.ndarray | None = None) -> np.ndarray:
        """Return the gradient, in the shape of the weights; `image` is S times the weights where that is known."""
        image = self.second @ self.weights if image is None else image
        e, d, s_e, s_d = self.encoder, self.decoder, image[:, : self.k], image[:, -self.k :]
        of_decoder = d @ (e.T @ s_e) - s_e
        of_encoder = s_e @ (d.T @ d) - s_d
        both = of_decoder + of_encoder if self.config.is_tied else np.hstack([of_encoder, of_decoder])
        result: np.ndarray = both + (2 if self.config.is_tied else 1) * self.l2 * self.weights
        return result

    def best_step(self, image: np.ndarray, direction: np.ndarray, moved: np.ndarray) -> float:
        """Return the step along a direction that lowers the objective most: along a line it has degree four.

        Args:
            image: S times the weights, in their shape.
            direction: In the shape of the weights.
            moved: S times the direction.
        """
        k = self.k
        e, d, s_e = (self.encoder, direction[:, :k]), (self.decoder, direction[:, -k:]), (image[:, :k], moved[:, :k])
        decoders = (d[0].T @ d[0], d[0].T @ d[1] + d[1].T @ d[0], d[1].T @ d[1])
        encoders = (e[0].T @ s_e[0], e[0].T @ s_e[1] + e[1].T @ s_e[0], e[1].T @ s_e[1])
        powers = np.zeros(5)
        for i in range(3):
            for j in range(3):
                powers[i + j] += (decoders[i] * encoders[j]).sum()
        for i in range(2):
            for j in range(2):
                powers[i + j] -= 2 * (d[i] * s_e[j]).sum()
        ties = (2 if self.config.is_tied else 1) * self.l2
        powers[1] += 2 * (ties * self.weights * direction).sum()
        powers[2] += (ties * direction**2).sum()
        slopes = np.polynomial.polynomial.polyroots(np.polynomial.polynomial.polyder(powers))
        candidates = slopes[np.abs(slopes.imag) < 1e-9].real
        if not len(candidates):
            return 0.0
        values = np.polynomial.polynomial.polyval(candidates, powers)
        return float(candidates[values.argmin()])


def _adam(problem: _Problem) -> Iterator[None]:
    """Adam (Kingma & Ba, ICLR 2015, algorithm 1) with a learning rate that decays exponentially."""
    config = problem.config
    first, second = np.zeros_like(problem.weights), np.zeros_like(problem.weights)
    step = 0
    while True:
        step += 1
        gradient = problem.gradient()
        first += (1 - BETA_1) * (gradient - first)
        np.square(gradient, out=gradient)
        gradient -= second
        gradient *= 1 - BETA_2
        second += gradient
        rate = problem.rate * DECAY ** (step / config.steps)
        np.sqrt(second, out=gradient)
        gradient *= (1 - BETA_2**step) ** -0.5
        gradient += 1e-12
        np.divide(first, gradient, out=gradient)
        gradient *= rate / (1 - BETA_1**step)
        problem.weights -= gradient
        yield


def _descend(problem: _Problem) -> Iterator[None]:
    """Gradient descent, or with momentum the heavy ball: v <- 0.9 v + g, w <- w - rate v."""
    share = MOMENTUM if problem.config.optimizer == "momentum" else 0.0
    velocity = np.zeros_like(problem.weights)
    while True:
        velocity *= share
        velocity += problem.gradient()
        problem.weights -= problem.weights.dtype.type(problem.rate) * velocity
        yield


def _alternate(problem: _Problem) -> Iterator[None]:
    """Alternating least squares: the best decoder for the encoder, then the best encoder for that decoder."""
    k = problem.k
    while True:
        s_e = problem.second @ problem.encoder
        inner = (problem.encoder.T @ s_e).astype(np.float64)
        problem.weights[:, k:] = s_e @ np.linalg.pinv(inner, rcond=1e-12, hermitian=True)
        decoder = problem.decoder.astype(np.float64)
        problem.weights[:, :k] = decoder @ np.linalg.pinv(decoder.T @ decoder, rcond=1e-12, hermitian=True)
        yield


def _lbfgs(problem: _Problem) -> Iterator[None]:
    """L-BFGS (J. Nocedal, S. Wright, Numerical optimization, 2006, algorithm 7.4) with an exact line search."""
    pairs: list[tuple[np.ndarray, np.ndarray, float]] = []
    image = problem.second @ problem.weights
    gradient = problem.gradient(image)
    while True:
        direction, shares = -gradient, []
        for move, change, curvature in reversed(pairs):
            shares.append(float((move * direction).sum()) / curvature)
            direction -= shares[-1] * change
        if pairs:
            move, change, curvature = pairs[-1]
            direction *= curvature / float((change**2).sum())
        for (move, change, curvature), share in zip(pairs, reversed(shares), strict=True):
            direction += (share - float((change * direction).sum()) / curvature) * move
        moved = problem.second @ direction
        length = problem.best_step(image, direction, moved)
        problem.weights += length * direction
        image = image + length * moved
        before, gradient = gradient, problem.gradient(image)
        curvature = length * float((direction * (gradient - before)).sum())
        newest = (length * direction, gradient - before, curvature)
        pairs = [*pairs[1 - MEMORY :], newest] if curvature > 0 else []
        yield


class _Measure:
    """Measures states against the optimum, in float64."""

    def __init__(self, moments: Moments, components: Components, config: LinearConfig) -> None:
        self.components, self.config = components, config
        self.second = moments.second(centred=config.centred) / components.total
        self.variances = components.variances / components.total
        self.l2 = config.weights_of_l2()
        self.least = max(0.0, 1 - float(self.variances.sum()))
        self.scale = 1.0 if components.is_exact else self.least
        # a unit with penalty l on variance s is best with d e = 1 - l / s, which costs 2 l - l^2 / s, or s if it is off
        kept = self.variances > self.l2
        cost = np.where(kept, 2 * self.l2 - self.l2**2 / np.where(kept, self.variances, 1), self.variances)
        self.least_objective = self.least + float(cost.sum())
        self.kept = kept

    def __call__(self, step: int, problem: _Problem) -> LinearState:
        """Measure the weights as they are."""
        e, d = problem.encoder.astype(np.float64), problem.decoder.astype(np.float64)
        with one_thread():
            s_e = self.second @ e
            error = max(0.0, 1 - 2 * float((d * s_e).sum()) + float(((d.T @ d) * (e.T @ s_e)).sum()))
            objective = error + float((self.l2 * ((e**2).sum(axis=0) + (d**2).sum(axis=0))).sum())
            angles = axes = None
            if self.components.is_unique and self.kept.all():
                angles = principal_angles(d, self.components.axes)
                axes = float(axis_angles(d, self.components.axes).max())
        return LinearState(
            step=step,
            encoder=e.T.copy(),
            decoder=d.copy(),
            mse=error * self.components.total / len(self.components.axes),
            relative_excess=(error - self.least) / self.scale,
            angles_deg=angles,
            distance=(objective - self.least_objective) / self.scale,
            axes_deg=axes,
        )

    def is_there(self, state: LinearState) -> bool:
        """Whether nothing is left to learn: the objective and the subspace, and with a penalty the axes that it orders.

        A rising penalty orders the decoder's columns, an equal one its singular vectors.
        """
        if state.distance > CLOSE or (state.max_angle_deg is not None and state.max_angle_deg > NEAR_DEG):
            return False
        if self.config.penalty == "none" or state.axes_deg is None:
            return True
        if self.config.penalty == "rising":
            return state.axes_deg <= 2 * NEAR_DEG
        return float(axis_angles(singular_axes(state.decoder), self.components.axes).max()) <= 2 * NEAR_DEG
