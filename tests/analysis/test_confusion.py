"""The confusion table against scikit-learn's."""

import numpy as np
from sklearn.metrics import confusion_matrix

from aeviz.analysis.reconstruction import confusion


def test_confusion_counts_pairs_of_classes():
    rng = np.random.default_rng(0)
    labels, votes = rng.integers(4, size=(2, 50))
    expected = confusion_matrix(labels, votes, labels=range(5))
    assert np.array_equal(confusion(labels, votes, 5), expected)
