import numpy as np
import pytest
from scipy.spatial.transform import Rotation, Slerp
from scipy.stats import chi, special_ortho_group

from aeviz.analysis.generation import (
    draw_noise,
    draw_points,
    fit_gaussian,
    group_direction,
    has_spherical_path,
    linear_path,
    most_alike,
    move_along,
    path_length,
    read_number,
    share_at_own_anchor,
    share_out,
    spherical_path,
    standard_gaussian,
    usual_norms,
)
from aeviz.analysis.latent import vote_of_neighbours
from aeviz.errors import DataError
from aeviz.figures.images import tile

DIGITS = tuple("0123456789")


@pytest.fixture
def rng():
    return np.random.default_rng(0)


# Draws


@pytest.mark.parametrize("temperature", [0.1, 1.0, 2.0])
def test_prior_draws_have_mean_0_and_the_temperature_as_deviation(temperature):
    prior = standard_gaussian(np.zeros(5))
    points = draw_points([prior], np.zeros(40_000, dtype=int), draw_noise(3, 40_000, 5), temperature)
    assert points.dtype == np.float32
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=5 * temperature / 200)  # 5 standard errors
    np.testing.assert_allclose(np.cov(points.T), temperature**2 * np.eye(5), atol=5 * 1.5 * temperature**2 / 200)


@pytest.mark.parametrize("dimensions", [2, 128])
def test_usual_norms_of_the_prior_are_quantiles_of_the_chi_distribution(dimensions):
    found = usual_norms(standard_gaussian(np.zeros(dimensions)))
    np.testing.assert_allclose(found, chi(dimensions).ppf([0.05, 0.95]), atol=0.05)


def test_anchored_draws_lie_around_the_anchor_of_their_class():
    anchors = np.array([[4.0, 0.0], [0.0, -8.0]])
    which = share_out(20_000, 2)
    points = draw_points([standard_gaussian(anchor) for anchor in anchors], which, draw_noise(0, 20_000, 2))
    for label, anchor in enumerate(anchors):
        np.testing.assert_allclose(points[which == label].mean(axis=0), anchor, atol=0.05)
        np.testing.assert_allclose(points[which == label].std(axis=0), 1, atol=0.05)


def test_fitted_gaussian_has_mean_and_covariance_of_the_points(rng):
    z = (rng.normal(size=(500, 4)) @ rng.normal(size=(4, 4)) + [1, 2, 3, 4]).astype(np.float32)
    fitted = fit_gaussian(z)
    np.testing.assert_allclose(fitted.mean, z.mean(axis=0, dtype=np.float64), rtol=1e-12)
    np.testing.assert_allclose(fitted.factor @ fitted.factor.T, np.cov(z.T.astype(np.float64), bias=True), rtol=1e-9)
    np.testing.assert_allclose(fitted.factor, fitted.factor.T, atol=1e-12)
    drawn = draw_points([fitted], np.zeros(100_000, dtype=int), draw_noise(0, 100_000, 4))
    np.testing.assert_allclose(np.cov(drawn.T), np.cov(z.T), atol=0.03 * np.cov(z.T).max())


@pytest.mark.parametrize("n", [1, 3])
def test_fitted_gaussian_of_few_points_stays_in_their_span(n, rng):
    z = rng.normal(size=(n, 6)).astype(np.float32)
    points = draw_points([fit_gaussian(z)], np.zeros(50, dtype=int), draw_noise(0, 50, 6))
    assert np.isfinite(points).all()
    assert np.linalg.matrix_rank(points - z.mean(axis=0), tol=1e-4) == n - 1


def test_fitted_gaussian_of_a_dead_coordinate_never_leaves_it(rng):
    z = rng.normal(size=(100, 3))
    z[:, 1] = 0.25
    points = draw_points([fit_gaussian(z)], np.zeros(20, dtype=int), draw_noise(0, 20, 3), 2.0)
    np.testing.assert_allclose(points[:, 1], 0.25, atol=1e-6)


def test_spread_counts_the_used_dimensions_alone(rng):
    fitted = fit_gaussian(rng.normal(size=(50_000, 3)) * [3.0, 1e-3, 4.0])
    assert fitted.spread(np.array([True, False, True])) == pytest.approx(np.sqrt((9 + 16) / 2), rel=0.02)
    assert fitted.spread(np.zeros(3, dtype=bool)) == 0


def test_noise_is_fixed_by_the_seed_and_its_beginning_by_nothing_else():
    np.testing.assert_array_equal(draw_noise(7, 12, 3)[:4], draw_noise(7, 4, 3))
    assert (draw_noise(7, 4, 3) != draw_noise(8, 4, 3)).all()


def test_share_out_gives_each_class_a_row_of_the_grid():
    np.testing.assert_array_equal(share_out(100, 10).reshape(10, 10), np.tile(np.arange(10)[:, None], 10))
    assert share_out(5, 1).tolist() == [0] * 5
    assert np.bincount(share_out(100, 3)).tolist() == [34, 33, 33]


# Paths


def test_linear_path_is_even_and_ends_exactly(rng):
    start, end = rng.normal(size=(2, 7)).astype(np.float32)
    path = linear_path(start, end, 11)
    np.testing.assert_array_equal(path[[0, -1]], [start, end])
    np.testing.assert_allclose(np.diff(path, axis=0), np.tile((end - start) / 10, (10, 1)), atol=1e-6)
    assert path_length(path) == pytest.approx(np.linalg.norm(end - start), rel=1e-6)


def test_spherical_path_in_three_dimensions_equals_scipys_slerp_of_rotations(rng):
    axis = np.array([1.0, 0.0, 0.0])
    end = rng.normal(size=3)
    end /= np.linalg.norm(end)
    pole = np.cross(axis, end)
    angle = np.arctan2(np.linalg.norm(pole), axis @ end)
    turns = Slerp([0, 1], Rotation.from_rotvec([np.zeros(3), angle * pole / np.linalg.norm(pole)]))
    expected = turns(np.linspace(0, 1, 9)).apply(axis)
    np.testing.assert_allclose(spherical_path(axis, end, 9), expected, atol=1e-6)


@pytest.mark.parametrize("dimensions", [2, 3, 10, 64])
def test_spherical_path_of_equal_norms_is_a_great_circle_at_even_speed(dimensions, rng):
    first, second = special_ortho_group.rvs(max(dimensions, 2), random_state=1)[:2]
    angle = 2.0
    start, end = 3 * first, 3 * (np.cos(angle) * first + np.sin(angle) * second)
    turns = np.linspace(0, angle, 11)[:, None]
    expected = 3 * (np.cos(turns) * first + np.sin(turns) * second)  # the closed form of the great circle
    path = spherical_path(start, end, 11)
    np.testing.assert_allclose(path, expected, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(path, axis=1), 3, rtol=1e-6)
    assert path_length(spherical_path(start, end, 2001)) == pytest.approx(3 * angle, rel=1e-4)


def test_spherical_path_equals_whites_formula_for_equal_norms(rng):
    a, b = rng.normal(size=(2, 20))
    b *= np.linalg.norm(a) / np.linalg.norm(b)
    omega = np.arccos(a @ b / (a @ a))
    share = np.linspace(0, 1, 11)[:, None]
    expected = (np.sin((1 - share) * omega) * a + np.sin(share * omega) * b) / np.sin(omega)
    np.testing.assert_allclose(spherical_path(a, b, 11), expected, atol=1e-6)


def test_spherical_path_ends_exactly_and_its_distance_changes_evenly(rng):
    start, end = (rng.normal(size=(2, 10)) * [[1.0], [3.0]]).astype(np.float32)
    path = spherical_path(start, end, 11)
    np.testing.assert_array_equal(path[[0, -1]], [start, end])
    norms = np.linalg.norm(path.astype(np.float64), axis=1)
    np.testing.assert_allclose(norms, np.linspace(norms[0], norms[-1], 11), rtol=1e-6)


def test_spherical_path_between_nearly_opposite_points_stays_near(rng):
    start, end = np.array([4.0, 0.0]), np.array([-1.0, 0.02])
    assert has_spherical_path(start, end)
    assert np.linalg.norm(spherical_path(start, end, 50), axis=1).max() <= 4 + 1e-6


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ([1.0, 2.0, 3.0], [2.0, 4.0, 6.0]),  # the same direction
        ([1.0, 2.0, 3.0], [1.0, 2.0, 3.0]),  # the same point
        ([1.0, 2.0, 3.0], [-1.0, -2.0, -3.0]),  # opposite directions: many great circles
        ([0.0, 0.0, 0.0], [1.0, 0.0, 0.0]),  # the origin has no direction
        ([1e-9, 0.0, 0.0], [0.0, 1.0, 0.0]),  # nor has what is next to it
        ([0.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
        ([2.0], [-5.0]),  # a line has no circle
    ],
)
def test_spherical_path_falls_back_to_the_linear_one(start, end):
    start, end = np.array(start), np.array(end)
    assert not has_spherical_path(start, end)
    np.testing.assert_array_equal(spherical_path(start, end, 11), linear_path(start, end, 11))
    assert np.isfinite(spherical_path(start, end, 11)).all()


# Directions


def test_group_direction_is_the_difference_of_the_means(rng):
    plus, minus = rng.normal(size=(30, 4)), rng.normal(size=(20, 4)) + 1
    direction = group_direction(plus, minus)
    np.testing.assert_allclose(direction, plus.mean(axis=0) - minus.mean(axis=0))
    np.testing.assert_allclose(group_direction(minus, plus), -direction)


def test_one_step_along_a_direction_leads_from_mean_to_mean(rng):
    plus, minus = rng.normal(size=(30, 4)) + 5, rng.normal(size=(20, 4))
    path = move_along(minus.mean(axis=0), group_direction(plus, minus), np.array([-1.0, 0.0, 0.5, 1.0]))
    assert (path.shape, path.dtype) == ((4, 4), np.float32)
    np.testing.assert_allclose(path[1], minus.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(path[3], plus.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(path[0] + path[3], 2 * minus.mean(axis=0), atol=1e-5)


def test_share_at_own_anchor_counts_nearest_anchors():
    anchors = np.array([[0.0, 0.0], [10.0, 0.0]])
    z = np.array([[1.0, 0.0], [9.0, 3.0], [4.9, 0.0], [5.1, 0.0]])
    assert share_at_own_anchor(z, np.array([0, 1, 1, 1]), anchors) == 0.75


def test_vote_of_neighbours_names_the_class_of_most(rng):
    z = np.concatenate([rng.normal(size=(100, 2)), rng.normal(size=(100, 2)) + 20])
    labels = np.repeat([3, 1], 100)
    assert vote_of_neighbours(np.array([[20.0, 20.0], [0.0, 0.0]]), z, labels).tolist() == [1, 3]
    few = np.array([[0.0], [1.0], [2.0]])
    assert vote_of_neighbours(np.array([[5.0]]), few, np.array([2, 2, 0])).tolist() == [2]


def test_an_image_has_no_vote_on_itself(rng):
    z, labels = rng.normal(size=(60, 3)), rng.integers(0, 4, size=60)
    others = [vote_of_neighbours(z[[i]], np.delete(z, i, axis=0), np.delete(labels, i))[0] for i in range(60)]
    assert vote_of_neighbours(z, z, labels, np.arange(60)).tolist() == others
    assert (vote_of_neighbours(z, z, labels, np.full(60, -1)) == vote_of_neighbours(z, z, labels)).all()
    few = np.array([[0.0], [0.1], [0.2]])
    assert vote_of_neighbours(few[:1], few, np.array([1, 0, 0]), np.array([0])).tolist() == [0]


# Numbers


def test_read_number_returns_the_classes_in_order():
    assert read_number(" 2025 ", DIGITS).tolist() == [2, 0, 2, 5]
    assert read_number("007", ("7", "0")).tolist() == [1, 1, 0]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("12a4", "'a' is no digit; type digits"),
        ("3.14", "'.' is no digit"),
        ("-1", "'-' is no digit"),
        ("1 2", "' ' is no digit"),
        ("٣", "'٣' is no digit"),  # a digit of another script, of which no image was seen
        ("", "a number of 0 digits; type 1 to 12"),
        ("1" * 13, "a number of 13 digits; type 1 to 12"),
    ],
)
def test_read_number_says_what_it_cannot_write(text, message):
    with pytest.raises(DataError) as caught:
        read_number(text, DIGITS)
    assert message in str(caught.value)


def test_read_number_says_which_digits_a_model_does_not_know():
    with pytest.raises(DataError, match="knows no class 1, 2, only small, large; choose a model of handwritten digits"):
        read_number("122", ("small", "large"))
    with pytest.raises(DataError, match="only unlabelled images"):
        read_number("1", ())


def test_digits_of_a_number_stand_side_by_side_in_order():
    values = (0, 51, 255)
    digits = np.stack([np.full((1, 4, 3), value / 255, dtype=np.float32) for value in values])
    picture = tile(digits, 3, gap=0)
    assert picture.shape == (4, 9, 3)
    for place, value in enumerate(values):
        assert (picture[:, 3 * place : 3 * place + 3] == value).all()


def test_most_alike_is_the_pair_with_the_smallest_error(rng):
    images, others = rng.random((2, 6, 3, 4, 5))
    others[4] = images[4] + 0.01
    assert most_alike(images, others) == 4
    assert most_alike(images, images) == 0
