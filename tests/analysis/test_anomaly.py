"""Anomaly detection against scikit-learn's measures and the definitions themselves."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, f1_score, precision_score, recall_score, roc_auc_score

from aeviz.analysis.anomaly import decide, detect, most_anomalous, usual_error


@pytest.fixture(params=["separate", "mixed", "tied"])
def scores(request):
    rng = np.random.default_rng(3)
    is_anomaly = rng.random(400) < 0.15
    error = (
        rng.random(400).astype(np.float32) + {"separate": 2.0, "mixed": 0.4, "tied": 0.2}[request.param] * is_anomaly
    )
    return (np.round(error, 1) if request.param == "tied" else error).astype(np.float32), is_anomaly


def test_detection_is_scikit_learns(scores):
    error, is_anomaly = scores
    found = detect(error, is_anomaly)
    assert found.average_precision == average_precision_score(is_anomaly, error)
    assert found.roc_auc == roc_auc_score(is_anomaly, error)
    assert found.base_rate == is_anomaly.mean()


def test_detection_is_as_defined(scores):
    """ROC AUC: share of pairs in the right order, ties half; average precision: steps of the recall."""
    error, is_anomaly = scores
    found = detect(error, is_anomaly)
    pairs = error[is_anomaly][:, None].astype(float) - error[~is_anomaly][None].astype(float)
    assert found.roc_auc == pytest.approx((pairs > 0).mean() + (pairs == 0).mean() / 2)
    steps = found.recall - np.append(found.recall[1:], 0)
    assert found.average_precision == pytest.approx((steps * found.precision).sum())


def test_curve_is_what_each_threshold_decides(scores):
    error, is_anomaly = scores
    found = detect(error, is_anomaly)
    assert len(found.precision) == len(found.recall) == len(found.thresholds) == len(np.unique(error))
    for at in range(0, len(found.thresholds), 7):
        decision = decide(error, is_anomaly, float(found.thresholds[at]))
        assert decision.precision == pytest.approx(found.precision[at])
        assert decision.recall == pytest.approx(found.recall[at])


@pytest.mark.parametrize("threshold", [0.3, 0.8, 1.1])
def test_decision_is_scikit_learns(scores, threshold):
    error, is_anomaly = scores
    flagged = error.astype(float) >= threshold
    decision = decide(error, is_anomaly, threshold)
    assert decision.found + decision.missed == is_anomaly.sum()
    assert decision.found + decision.false_alarms == flagged.sum()
    if flagged.any():
        assert decision.precision == pytest.approx(precision_score(is_anomaly, flagged))
        assert decision.recall == pytest.approx(recall_score(is_anomaly, flagged))
        assert decision.f1 == pytest.approx(f1_score(is_anomaly, flagged))


def test_threshold_above_all_flags_nothing():
    decision = decide(np.array([1.0, 2.0]), np.array([False, True]), 3.0)
    assert (decision.found, decision.missed, decision.false_alarms) == (0, 1, 0)
    assert (decision.precision, decision.recall, decision.f1) == (None, 0.0, 0.0)


def test_decision_without_anomalies_and_flags_has_no_measures():
    decision = decide(np.array([1.0]), np.array([False]), 3.0)
    assert (decision.precision, decision.recall, decision.f1) == (None, None, None)


def test_usual_error_is_that_of_19_of_20_normal_images():
    error = np.concatenate([np.arange(1, 102), [1000.0, 2000.0]])
    assert usual_error(error, error > 500) == pytest.approx(96.0)


def test_ranking_falls_and_keeps_equals_in_order():
    np.testing.assert_array_equal(most_anomalous(np.array([1, 3, 2, 3, 0], dtype=np.float32)), [1, 3, 2, 0, 4])


def test_shipped_model_finds_what_it_never_saw_and_its_twin_does_not():
    from aeviz.training.runs import find_run

    twins = [find_run(name) for name in ("anomaly-without-2", "mlp-10d-amsgrad")]
    assert twins[0].config.data.without == "2"
    assert twins[0].config.model == twins[1].config.model
    assert twins[0].config.train.epochs == twins[1].config.train.epochs
    found, known = (detect(table.error, table.labels == 2) for table in (run.latents() for run in twins))
    assert found.average_precision > 0.75
    assert found.roc_auc > 0.95
    assert known.average_precision < 0.25
