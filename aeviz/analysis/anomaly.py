"""Anomalies by a score: how well a large error, or a low likelihood, separates images of one class from all others.

A network draws well what it has learned to draw. Whether that finds anomalies is measured as for any detector, with the
images of one class as what is to be found and the error as the score. Imports scikit-learn on use.

A variational model also bounds the likelihood of an image: minus its ELBO, or either of the two parts of that, can be
the score instead of the error. A likely image need not be a normal one.

References:
    [S2] chapter 4.
    E. Nalisnick, A. Matsukawa, Y. W. Teh, D. Gorur, B. Lakshminarayanan, Do deep generative models know what they don't
    know?, ICLR 2019, arXiv:1810.09136.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

ScoreName = Literal["error", "negative ELBO", "reconstruction term", "KL term"]
"""What is large for an anomaly."""
SCORES: Mapping[ScoreName, str] = {
    "error": "Euclidean error",
    "negative ELBO": "minus the ELBO in nats",
    "reconstruction term": "minus the expected log-likelihood in nats",
    "KL term": "KL of posterior and prior in nats",
}
"""Scores, each with its quantity and unit."""
USUAL = 0.95
"""Share of the normal images whose errors a threshold set without knowing any anomaly stays above."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Detection:
    """Separation of anomalies from normal images by their errors, at every threshold at once."""

    precision: np.ndarray
    """Share of the flagged images that are anomalies, (T,), float64."""
    recall: np.ndarray
    """Share of the anomalies that are flagged, (T,), float64, falling from 1."""
    thresholds: np.ndarray
    """Error from which an image is flagged, (T,), float64, rising: the distinct errors."""
    average_precision: float
    """Precision averaged over the steps of the recall, in [0, 1]; that of a guess is the base rate."""
    roc_auc: float
    """Chance that an anomaly has a larger error than a normal image, in [0, 1]; 0.5 for a guess."""
    base_rate: float
    """Share of the images that are anomalies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Counts and rates at one threshold."""

    found: int
    """Anomalies that are flagged."""
    missed: int
    """Anomalies that are not."""
    false_alarms: int
    """Normal images that are flagged."""
    precision: float | None
    """Share of the flagged images that are anomalies; None where nothing is flagged."""
    recall: float | None
    """Share of the anomalies that are flagged; None where there is none."""
    f1: float | None
    """Harmonic mean of the two, 2 found / (2 found + missed + false alarms); None where that is 0 / 0."""


def score_of(name: ScoreName, error: np.ndarray, parts: tuple[np.ndarray, np.ndarray] | None) -> np.ndarray:
    """Return a score of each image, (N,), floating point; the error where a model has no other.

    Args:
        name: Which score.
        error: Euclidean error of each image, (N,).
        parts: -E log p(x | z) and KL of each image in nats, (N,) each; None of a model without a likelihood.
    """
    if parts is None or name == "error":
        return error
    reconstruction, kl = parts
    if name == "negative ELBO":
        return np.asarray(reconstruction + kl)
    return kl if name == "KL term" else reconstruction


def detect(error: np.ndarray, is_anomaly: np.ndarray) -> Detection:
    """Measure reconstruction errors, or another score, as a detector of anomalies.

    Args:
        error: Error or other score of each image, (N,), floating point.
        is_anomaly: Which images are anomalies, (N,), bool: at least one, and not all.
    """
    from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

    score = error.astype(np.float64)
    precision, recall, thresholds = precision_recall_curve(is_anomaly, score)
    return Detection(
        precision=precision[:-1],  # the last entry belongs to no threshold
        recall=recall[:-1],
        thresholds=thresholds,
        average_precision=float(average_precision_score(is_anomaly, score)),
        roc_auc=float(roc_auc_score(is_anomaly, score)),
        base_rate=float(is_anomaly.mean()),
    )


def decide(error: np.ndarray, is_anomaly: np.ndarray, threshold: float) -> Decision:
    """Count what is flagged where every image with an error of `threshold` or more is; arguments as in `detect`."""
    flagged = error.astype(np.float64) >= threshold
    found = int((flagged & is_anomaly).sum())
    missed, false_alarms = int(is_anomaly.sum()) - found, int(flagged.sum()) - found
    return Decision(
        found=found,
        missed=missed,
        false_alarms=false_alarms,
        precision=_share(found, found + false_alarms),
        recall=_share(found, found + missed),
        f1=_share(2 * found, 2 * found + missed + false_alarms),
    )


def usual_error(error: np.ndarray, is_anomaly: np.ndarray) -> float:
    """Return the error that 95 of 100 normal images stay below: a threshold that needs no anomalies."""
    return float(np.quantile(error[~is_anomaly].astype(np.float64), USUAL))


def most_anomalous(error: np.ndarray) -> np.ndarray:
    """Return the places of the images by falling error, the first of equals first; (N,), int64."""
    return np.argsort(-error.astype(np.float64), kind="stable")


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
