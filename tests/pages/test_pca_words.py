"""What the page on PCA says about errors, on numbers made up for it."""

import re

import numpy as np
import pytest

from aeviz.lab.relu_comparison import ReluComparison
from aeviz.web.pca.verdicts import tell_classes, tell_gain, tell_why


def test_classes_where_relu_is_worse_everywhere_are_told_as_such():
    text = tell_classes(("A", "B"), np.array([0.02, 0.02]), np.array([0.021, 0.03]))
    assert text == "Compared with PCA it is best on class A (5% more), worst on B (50% more)."


@pytest.mark.parametrize("none", [0.0, 1e-32, float("nan")])
def test_classes_without_error_or_images_are_left_out(none):
    pca, network = np.array([none, 0.02, 0.04]), np.array([0.01 if none == none else none, 0.01, 0.044])
    text = tell_classes(("A", "B", "C"), pca, network)
    assert text == "Compared with PCA it is best on class B (50% less), worst on C (10% more)."
    assert tell_classes(("A",), pca[:1], network[:1]) == ""


def test_pca_without_error_gives_no_share():
    assert tell_gain(1e-32, 0.01) == "PCA is exact here"


@pytest.mark.parametrize(
    ("network", "training", "is_short", "expected"),
    [
        (0.01, 0.01, True, ""),
        (0.03, 0.03, True, r"no better on its training images \(0.0300 against 0.0200\).*choose \*longer\*"),
        (0.03, 0.03, False, "a smaller latent size leaves more to gain"),
        (0.03, 0.01, True, r"better \(0.0100 against 0.0200\): it overfits"),
    ],
)
def test_network_that_is_no_better_is_explained(network, training, is_short, expected):
    images = np.zeros((2, 1, 1, 1), np.float32)
    comparison = ReluComparison(
        epoch=3,
        training_loss=training,
        pca=np.full(2, 0.02),
        pca_unclipped=0.02,
        pca_training=0.02,
        network=np.full(2, network),
        pca_images=images,
        network_images=images,
    )
    assert (
        re.search(expected, tell_why(comparison, is_short=is_short))
        if expected
        else not tell_why(comparison, is_short=is_short)
    )
