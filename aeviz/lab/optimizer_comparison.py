"""A fair comparison of optimizers on a real network: who takes part, and whether a gap is larger than chance.

Runs with the same seed start from the same weights and see the same batches (`aeviz.training.trainer`): only the
optimizer differs. A different seed gives another start and another order: how much that alone changes the result is the
noise that a gap between two optimizers must exceed.

References:
    B. L. Welch, The generalization of "Student's" problem when several different population variances are involved,
    Biometrika 34 (1947), 28-35.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from aeviz.config import ModelConfig, OptimizerConfig, RunConfig
from aeviz.lab.adaptive import METHODS, TrainedName
from aeviz.language import mark, tr
from aeviz.presets import get_preset
from aeviz.training.runs import RunFolder

PRESET = "optimizer-comparison"
"""Name that the runs of a comparison carry as their experiment."""
FORMER_PRESET = "duel"
"""That name in runs of older versions."""
MOMENTUM = 0.9
"""Decay of the velocity of the optimizer with momentum."""
CONFIDENCE = 0.95
"""Share of such intervals that hold the true difference."""
BASES = {"digits": "digits-2d-adam", "mnist": "mlp-2d-adam"}
"""Data on offer for a comparison, and the experiment whose network learns it."""
RATES: Mapping[str, Mapping[TrainedName, float]] = {
    "digits": {"adam": 0.003, "amsgrad": 0.003, "sgd": 10, "momentum": 3},
    "mnist": {"adam": 0.003, "amsgrad": 0.003, "sgd": 30, "momentum": 3},
}
"""Step sizes at first: that of Adam as its experiment has it, those of SGD and momentum by a few trials.

A scan of the digits, `aeviz.lab.learning_rates`, says how good each is.
"""
FAILED = {"digits": (0.01, 0)}
"""Why Adam and AMSGrad do not have the rate that did best in a scan: a rate and a seed of the comparison that ships.

With both the network learns nothing but the mean image, which would decide the means of five seeds;
tests/tools/test_measurements.py trains it again.
"""
USUAL_EPOCHS, USUAL_SEEDS = 60, 5
"""Of a comparison on the digits: what ships, and what the page offers first."""
Line = Mapping[int, RunFolder]
"""The runs of one optimizer by their seed."""


def is_comparison(config: RunConfig) -> bool:
    """Whether a run was started as one of a comparison."""
    return config.preset in (PRESET, FORMER_PRESET)


def method_of(optimizer: OptimizerConfig) -> TrainedName:
    """Return which of the methods an optimizer is; sgd is one of two, by its momentum."""
    if optimizer.name == "sgd":
        return "momentum" if optimizer.momentum else "sgd"
    return optimizer.name


def title_of(optimizer: OptimizerConfig) -> str:
    """Return what an optimizer is called in menus and addresses: method and learning rate, such as "Adam 0.003"."""
    return f"{METHODS[method_of(optimizer)].title} {optimizer.learning_rate:g}"


def long_title_of(optimizer: OptimizerConfig) -> str:
    """Return what an optimizer is called in running text, such as "Adam, learning rate 0.003"."""
    title = METHODS[method_of(optimizer)].title
    return tr("{title}, learning rate {rate:g}", title=title, rate=optimizer.learning_rate)


_SETTINGS = ("beta1", "beta2", "epsilon", "momentum", "learning_rate")
"""Settings in which optimizers with the same title may differ."""


def titles_of(
    optimizers: Iterable[OptimizerConfig], title: Callable[[OptimizerConfig], str] = title_of
) -> dict[OptimizerConfig, str]:
    """Return a title for each optimizer of one comparison; equal titles add the settings in which they differ."""
    alike: dict[str, list[OptimizerConfig]] = {}
    for optimizer in optimizers:
        alike.setdefault(title(optimizer), []).append(optimizer)
    titles = {}
    for name, group in alike.items():
        differing = [key for key in _SETTINGS if len({getattr(optimizer, key) for optimizer in group}) > 1]
        for optimizer in group:
            titles[optimizer] = ", ".join([name, *(f"{key} {getattr(optimizer, key)!r}" for key in differing)])
    return titles


def own_settings(optimizer: OptimizerConfig) -> dict[str, str]:
    """Return the settings that an optimizer uses, name to number, the schedule of the learning rate apart."""
    keys = ("learning_rate", "momentum") if optimizer.name == "sgd" else ("learning_rate", "beta1", "beta2", "epsilon")
    return {key: f"{getattr(optimizer, key):g}" for key in keys}


@dataclass(frozen=True, slots=True, kw_only=True)
class OptimizerComparison:
    """Runs that share all but optimizer and seed."""

    shared: RunConfig
    """The settings that they share; preset, optimizer but for the schedule, seed and device stand at their defaults."""
    lines: Mapping[OptimizerConfig, Line]

    @property
    def seeds(self) -> list[int]:
        """Seeds that every optimizer was trained with."""
        common = set.intersection(*(set(line) for line in self.lines.values()))
        return sorted(common)

    @property
    def newest(self) -> str:
        """When the last of its runs began, ISO 8601, UTC."""
        return max(folder.provenance.created for line in self.lines.values() for folder in line.values())

    @property
    def name(self) -> str:
        """The shared settings in a few words."""
        model, train = self.shared.model, self.shared.train
        widths = "-".join(map(str, (*model.encoder_spec.widths(model), model.latent_dim)))
        schedule = self.shared.optimizer.schedule
        return (
            f"{self.shared.data.name}, {model.encoder} {widths}, {train.epochs:,} epochs of batch {train.batch_size}"
            + (f", {schedule.replace('_', '-')}" if schedule != "constant" else "")
        )


def gather(folders: Iterable[RunFolder]) -> list[OptimizerComparison]:
    """Find the comparisons among runs: two optimizers or more that share all else, images included.

    Those with the most seeds come first, for one seed shows nothing; among equals those with the most optimizers, then
    the newest. Of two runs of one optimizer with the same seed the later counts.
    """
    found: dict[tuple[RunConfig, str], dict[OptimizerConfig, dict[int, RunFolder]]] = {}
    for folder in sorted(folders, key=lambda folder: folder.provenance.created):
        config = folder.config
        lines = found.setdefault((shared_part(config), folder.provenance.data_fingerprint), {})
        lines.setdefault(_relevant(config.optimizer), {})[config.train.seed] = folder
    comparisons = [
        OptimizerComparison(shared=shared, lines=lines) for (shared, _), lines in found.items() if len(lines) > 1
    ]
    return sorted(
        (comparison for comparison in comparisons if comparison.seeds),
        key=lambda comparison: (len(comparison.seeds), len(comparison.lines), comparison.newest),
        reverse=True,
    )


def names_of(comparisons: Sequence[OptimizerComparison], names: Sequence[str]) -> list[str]:
    """Return names that differ: comparisons named alike add the settings they differ in, and the later ones a number.

    Args:
        comparisons: In the order of `gather`.
        names: Theirs so far.
    """
    settings = [comparison.shared.settings() for comparison in comparisons]
    told = []
    for name, own in zip(names, settings, strict=True):
        alike = [other for other, title in zip(settings, names, strict=True) if title == name]
        differing = [f"{key} {own[key]}" for key in own if any(other.get(key) != own[key] for other in alike)]
        told.append(", ".join([name, *differing]))
    seen: Counter[str] = Counter()
    for place in reversed(range(len(told))):  # from the oldest, which keep their names when others come
        seen[told[place]] += 1
        if seen[told[place]] > 1:
            told[place] += f" ({seen[told[place]]})"
    return told


def shared_part(config: RunConfig) -> RunConfig:
    """Return a config without what optimizers may differ in."""
    optimizer = OptimizerConfig(schedule=config.optimizer.schedule, decay=config.optimizer.decay)
    train = replace(config.train, seed=0, device="auto")
    return replace(config, preset=PRESET, optimizer=optimizer, train=train)


def _relevant(optimizer: OptimizerConfig) -> OptimizerConfig:
    """Return an optimizer with what it does not use at its default."""
    if optimizer.name == "sgd":
        return OptimizerConfig(
            name="sgd",
            learning_rate=optimizer.learning_rate,
            schedule=optimizer.schedule,
            decay=optimizer.decay,
            momentum=optimizer.momentum,
        )
    return replace(optimizer, momentum=OptimizerConfig().momentum)


def base_of(data: str, epochs: int) -> RunConfig:
    """Return what the runs of a comparison on one of the BASES share."""
    base = get_preset(BASES[data]).config
    optimizer, train = replace(base.optimizer, schedule="constant"), replace(base.train, epochs=epochs, device="auto")
    return replace(base, optimizer=optimizer, train=train)


def plan(base: RunConfig, rates: Mapping[TrainedName, float], seeds: int) -> list[RunConfig]:
    """Return the runs of a comparison: every method with each seed from 0, seed by seed.

    So the first seeds of all methods can be compared early.

    Args:
        base: What they share.
        rates: Step size of each method that takes part.
        seeds: Seeds a method, from 1.
    """
    return [
        replace(
            base,
            preset=PRESET,
            optimizer=_optimizer(base.optimizer, method, rate),
            train=replace(base.train, seed=seed),
        )
        for seed in range(seeds)
        for method, rate in rates.items()
    ]


def _optimizer(base: OptimizerConfig, method: TrainedName, rate: float) -> OptimizerConfig:
    if method == "sgd" or method == "momentum":
        return replace(base, name="sgd", learning_rate=rate, momentum=MOMENTUM if method == "momentum" else 0.0)
    return replace(base, name=method, learning_rate=rate)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeanDifference:
    """Whether one optimizer's results lie below another's, by more than chance."""

    first: float
    """Mean of the first."""
    second: float
    difference: float
    """First less second: negative where the first is lower."""
    spread: float
    """Standard deviation from seed to seed, pooled over both."""
    interval: tuple[float, float] | None
    """Welch's for the difference of means, at CONFIDENCE; None with fewer than two runs of either."""
    degrees: float | None
    """Degrees of freedom of it."""
    paired: tuple[float, float] | None
    """Student's for the mean difference of runs with the same seed: narrower where the seed moves both alike."""

    @property
    def is_shown(self) -> bool:
        """Whether a difference is shown: Welch's interval does not hold 0."""
        return self.interval is not None and (self.interval[0] > 0 or self.interval[1] < 0)


def compare_means(first: Mapping[int, float], second: Mapping[int, float]) -> MeanDifference:
    """Compare the results of two optimizers, each by seed and one or more."""
    from scipy.stats import t as student  # a third of a second that only a comparison should cost

    a, b = np.array(list(first.values())), np.array(list(second.values()))
    difference = float(a.mean() - b.mean())
    interval = degrees = paired = None
    spread = 0.0
    if min(len(a), len(b)) > 1:
        errors = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
        pooled = ((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / (len(a) + len(b) - 2)
        spread = float(pooled**0.5)
        total = sum(errors)
        if total > 0:
            degrees = float(total**2 / (errors[0] ** 2 / (len(a) - 1) + errors[1] ** 2 / (len(b) - 1)))
            half = float(student.ppf((1 + CONFIDENCE) / 2, degrees) * total**0.5)
        else:
            half = 0.0
        interval = (difference - half, difference + half)
    common = sorted(set(first) & set(second))
    if len(common) > 1:
        gaps = np.array([first[seed] - second[seed] for seed in common])
        half = float(student.ppf((1 + CONFIDENCE) / 2, len(gaps) - 1) * gaps.std(ddof=1) / len(gaps) ** 0.5)
        paired = (float(gaps.mean()) - half, float(gaps.mean()) + half)
    return MeanDifference(
        first=float(a.mean()),
        second=float(b.mean()),
        difference=difference,
        spread=spread,
        interval=interval,
        degrees=degrees,
        paired=paired,
    )


_HEADS = {
    "head": mark("to the latent"),
    "mean_head": mark("to the mean"),
    "log_variance_head": mark("to the log-variance"),
}


def layer_titles(model: ModelConfig, weights: Iterable[str]) -> dict[str, str]:
    """Return how the layers of a network are called: by what they are and how many units they join, or by number.

    Args:
        model: The network.
        weights: Names of its weight matrices as torch has them, such as encoder.1.weight, in torch's order.
    """
    hidden, pixels = model.hidden, math.prod(model.image_shape)
    widths = {
        mark("encoder"): {"mlp": (pixels, *hidden)}.get(model.encoder, ()),
        mark("decoder"): {
            "mlp": (model.latent_dim, *reversed(hidden), pixels),
            "linear": (model.latent_dim, pixels),
        }.get(model.decoder, ()),
    }
    last = {"mlp": (*widths["encoder"][-1:],), "linear": (pixels,)}.get(model.encoder, ())
    titles: dict[str, str] = {}
    seen: Counter[str] = Counter()
    for weight in weights:
        part, *inside = weight.split(".")
        head = next((_HEADS[word] for word in inside if part == "bottleneck" and word in _HEADS), None)
        if head is not None:
            titles[weight] = ", ".join(
                [tr(head), *(tr("{before} to {after}", before=width, after=model.latent_dim) for width in last)]
            )
        elif known := widths.get(part, ()):
            place = int(inside[0]) // 2  # an activation follows each layer
            titles[weight] = tr(
                "{part} {before} to {after}", part=tr(part), before=known[place], after=known[place + 1]
            )
        else:
            kind = mark("flow") if part == "bottleneck" else part
            seen[kind] += 1
            titles[weight] = tr("{kind}, layer {number}", kind=tr(kind), number=seen[kind])
    return titles


def moved_most(source: np.ndarray, target: np.ndarray, count: int) -> np.ndarray:
    """Return the places of the `count` points that lie farthest from where they are in another space.

    Args:
        source: Points, (N, D), laid over the other space already.
        target: The same images there, (N, D).
        count: How many, the farthest first.
    """
    distances = np.linalg.norm(source.astype(np.float64) - target.astype(np.float64), axis=1)
    order: np.ndarray = np.argsort(-distances, kind="stable")[:count].copy()  # not a view, which keeps all alive
    return order
