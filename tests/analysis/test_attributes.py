"""Attributes as directions."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression
from sklearn.metrics.pairwise import cosine_similarity

from aeviz.analysis.attributes import FEW, add_attributes, list_attributes, most_alike, read_name, vary_one
from aeviz.analysis.summary import summarise

NAMES = ("Wearing_Hat", "Smiling", "5_o_Clock_Shadow", "Never", "Always")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture
def has(rng):
    """Which of 300 images have which attribute."""
    found = rng.random((300, 5)) < [0.3, 0.5, 0.03, 0.0, 1.1]
    found[:, 2] = False
    found[: FEW - 1, 2] = True
    return found


@pytest.fixture
def z(rng, has):
    return (rng.normal(size=(300, 4)) + has[:, :2] @ np.array([[3.0, 0, 0, 0], [2.0, 2.0, 0, 0]])).astype(np.float32)


@pytest.fixture
def attributes(z, has):
    return list_attributes(summarise(z, attributes=has, attribute_names=NAMES))


def test_direction_is_the_slope_of_a_regression_on_the_attribute_alone(z, has, attributes):
    """Regression on a single indicator gives the difference of the two means."""
    fitted = LinearRegression().fit(has[:, [1]].astype(float), z.astype(float))
    np.testing.assert_allclose(attributes["Smiling"].direction, fitted.coef_[:, 0], rtol=1e-6)
    assert attributes["Smiling"].with_count == has[:, 1].sum()
    assert attributes["Smiling"].without_count == (~has[:, 1]).sum()


def test_attributes_that_all_or_none_have_are_left_out_and_the_rest_is_in_order(attributes):
    assert list(attributes) == ["5 o'clock shadow", "Smiling", "Wearing hat"]


def test_attribute_of_few_images_is_rare(attributes):
    assert attributes["5 o'clock shadow"].is_rare
    assert not attributes["Smiling"].is_rare


def test_summary_without_attributes_lists_none(z):
    assert list_attributes(summarise(z)) == {}


@pytest.mark.parametrize(
    ("name", "words"),
    [("Smiling", "Smiling"), ("Bags_Under_Eyes", "Bags under eyes"), ("5_o_Clock_Shadow", "5 o'clock shadow")],
)
def test_names_are_readable(name, words):
    assert read_name(name) == words


def test_whole_steps_lead_from_one_mean_to_the_other(z, has, attributes):
    without = z[~has[:, 1]].mean(axis=0, dtype=np.float64)
    points = add_attributes(without, attributes["Smiling"].direction[None], np.array([[0.0], [1.0]]))
    assert points.dtype == np.float32
    np.testing.assert_allclose(points[0], without, rtol=1e-6)
    np.testing.assert_allclose(points[1], z[has[:, 1]].mean(axis=0, dtype=np.float64), rtol=1e-5)


def test_several_attributes_add_up(rng):
    start, directions, strengths = rng.normal(size=4), rng.normal(size=(3, 4)), rng.normal(size=(5, 3))
    expected = [start + sum(share * step for share, step in zip(row, directions, strict=True)) for row in strengths]
    np.testing.assert_allclose(add_attributes(start, directions, strengths), expected, rtol=1e-5, atol=1e-6)


def test_one_strength_varies_while_the_others_stay():
    assert vary_one(np.array([1.5, -1.0]), 1, np.array([0.0, 2.0])).tolist() == [[1.5, 0.0], [1.5, 2.0]]


def test_most_alike_are_those_of_the_largest_cosine_either_way(attributes):
    names = list(attributes)
    cosines = cosine_similarity([attributes[name].direction for name in names])
    found = most_alike(attributes, "Smiling", 2)
    row = cosines[names.index("Smiling")]
    for name, cosine in found:
        assert cosine == pytest.approx(row[names.index(name)])
    assert abs(found[0][1]) >= abs(found[1][1])
    assert len(most_alike(attributes, "Smiling", 1)) == 1
    assert "Smiling" not in dict(most_alike(attributes, "Smiling", 9))
