"""What the page on PCA says about errors, on numbers made up for it."""

import numpy as np
import pytest

from aeviz.web.pca_words import tell_classes, tell_gain


def test_classes_where_relu_is_worse_everywhere_are_told_as_such():
    text = tell_classes(("A", "B"), np.array([0.02, 0.02]), np.array([0.021, 0.03]))
    assert text == "Beside PCA it does best on class A (5% more), worst on B (50% more)."


@pytest.mark.parametrize("none", [0.0, 1e-32, float("nan")])
def test_classes_without_error_or_images_are_left_out(none):
    pca, network = np.array([none, 0.02, 0.04]), np.array([0.01 if none == none else none, 0.01, 0.044])
    text = tell_classes(("A", "B", "C"), pca, network)
    assert text == "Beside PCA it does best on class B (50% less), worst on C (10% more)."
    assert tell_classes(("A",), pca[:1], network[:1]) == ""


def test_pca_without_error_gives_no_share():
    assert tell_gain(1e-32, 0.01) == "PCA misses nothing here"
