"""The linear autoencoder against PCA: scikit-learn, closed forms and finite differences are the references."""

import numpy as np
import pytest
from sklearn.decomposition import PCA

from aeviz.analysis.alignment import align
from aeviz.data import ImageDataset, load_dataset
from aeviz.errors import ConfigError, DataError
from aeviz.lab.axes import axes_within, singular_axes
from aeviz.lab.components import find_components
from aeviz.lab.linear_autoencoder import OPTIMIZERS, LinearConfig, _Problem, train_linear
from aeviz.lab.moments import Moments, measure_moments
from aeviz.lab.pca_match import match_pca
from aeviz.lab.subspaces import axis_angles, principal_angles

ENOUGH = {"adam": 500, "gradient descent": 3000, "momentum": 1000, "least squares": 500, "l-bfgs": 500}


def rows(dataset):
    return dataset.images.reshape(len(dataset), -1) / 255


def images(values, name="made up"):
    values = np.asarray(values)
    return ImageDataset(images=values.astype(np.uint8).reshape(len(values), 1, 1, -1), name=name, split="train")


def spectrum(variances, seed=0):
    """Moments of Gaussian data whose covariance has these eigenvalues, along random axes."""
    d = len(variances)
    turn, _ = np.linalg.qr(np.random.default_rng(seed).standard_normal((d, d)))
    covariance = turn @ np.diag(np.asarray(variances, dtype=float)) @ turn.T
    return Moments(count=1000, mean=np.full(d, 0.5), covariance=covariance, image_shape=(1, 1, d))


def trained(moments, **settings):
    config = LinearConfig(**settings)
    components = find_components(moments, config.latent_dim, centred=config.centred)
    *_, state = train_linear(moments, components, config)
    return components, state


@pytest.fixture(scope="module")
def digits():
    return load_dataset("digits", "train")


@pytest.fixture(scope="module")
def digits_moments(digits):
    return measure_moments(digits)


# Moments and components


@pytest.mark.parametrize("is_double", [True, False])
def test_moments_in_blocks_equal_numpy(is_double, monkeypatch):
    monkeypatch.setattr("aeviz.lab.moments.EXACT_WORK", 1e12 if is_double else 0)
    dataset = load_dataset("circles", "train")  # more than one block
    found, x = measure_moments(dataset), rows(dataset)
    assert found.is_double == is_double
    np.testing.assert_allclose(found.mean, x.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(found.covariance, np.cov(x.T, bias=True), atol=1e-14 if is_double else 2e-6)
    np.testing.assert_allclose(found.second(centred=False), x.T @ x / len(x), atol=1e-12 if is_double else 2e-6)


def test_moments_of_mapped_images_are_those_of_resident_ones(digits, digits_moments, tmp_path):
    path = tmp_path / "images.npy"
    np.save(path, digits.images)
    mapped = ImageDataset(images=np.load(path, mmap_mode="r"), name="mapped", split="train")
    np.testing.assert_array_equal(measure_moments(mapped).covariance, digits_moments.covariance)


def test_components_are_those_of_scikit_learn(digits, digits_moments):
    x = rows(digits)
    reference, found = PCA(8, svd_solver="full").fit(x), find_components(digits_moments, 8)
    error = ((reference.inverse_transform(reference.transform(x)) - x) ** 2).mean()
    assert found.mse == pytest.approx(error, rel=1e-9)
    assert axis_angles(found.axes, reference.components_.T).max() < 1e-4
    np.testing.assert_allclose(found.variances, reference.explained_variance_ * (len(x) - 1) / len(x), rtol=1e-9)
    assert found.rank == np.linalg.matrix_rank(x - x.mean(axis=0))


def test_large_images_are_solved_for_few_components_alone(monkeypatch, digits_moments):
    every = find_components(digits_moments, 5)
    monkeypatch.setattr("aeviz.lab.components.FULL_SIZE", 10)
    few = find_components(digits_moments, 5)
    assert few.mse == pytest.approx(every.mse, rel=1e-9)
    assert axis_angles(few.axes, every.axes).max() < 1e-3
    assert few.is_unique


def test_what_cannot_be_used_is_refused(digits_moments, digits):
    with pytest.raises(ConfigError, match="65 components of images of 64 values; expected a whole number from 1 to 64"):
        find_components(digits_moments, 65)
    with pytest.raises(DataError, match="all 5 images are equal"):
        match_pca(images(np.full((5, 4), 7)), LinearConfig(latent_dim=1))
    with pytest.raises(DataError, match="has no train images"):
        measure_moments(digits.take([]))
    with pytest.raises(ConfigError, match="expected free weights and no L2"):
        LinearConfig(optimizer="least squares", is_tied=True)
    with pytest.raises(ConfigError, match="expected the same"):
        next(train_linear(digits_moments, find_components(digits_moments, 3), LinearConfig(latent_dim=2)))
    with pytest.raises(ConfigError, match=r"diverged at step .* choose a smaller learning rate"):
        trained(digits_moments, optimizer="gradient descent", learning_rate=1000.0)


def test_angles_are_those_between_known_planes():
    plane = np.eye(4)[:, :2]
    tilted = np.stack([np.eye(4)[0], np.cos(0.3) * np.eye(4)[1] + np.sin(0.3) * np.eye(4)[2]], axis=1)
    np.testing.assert_allclose(principal_angles(tilted @ [[2, 1], [0, 5]], plane), [0, np.degrees(0.3)], atol=1e-6)
    np.testing.assert_allclose(principal_angles(np.stack([plane[:, 0]] * 2, axis=1), plane), [0, 90], atol=1e-6)
    np.testing.assert_allclose(principal_angles(plane + 1e-9, plane), 0, atol=1e-6)


# Training


@pytest.mark.parametrize("is_tied", [False, True])
def test_gradient_and_line_search_match_finite_differences(is_tied, digits_moments):
    config = LinearConfig(latent_dim=3, is_tied=is_tied, penalty="rising", l2=0.02)
    problem = _Problem(digits_moments.covariance / np.trace(digits_moments.covariance), config)
    chance = np.random.default_rng(1)
    point, direction = chance.standard_normal((2, *problem.weights.shape)) * 0.1

    def objective(weights):
        e, d = weights[:, :3], weights[:, -3:]
        rest = np.eye(64) - d @ e.T
        penalty = (config.weights_of_l2() * ((e**2).sum(axis=0) + (d**2).sum(axis=0))).sum()
        return (np.trace(rest @ problem.second @ rest.T) + penalty) / 2

    problem.weights = point
    slope = (objective(point + 1e-6 * direction) - objective(point - 1e-6 * direction)) / 2e-6
    assert (problem.gradient() * direction).sum() == pytest.approx(slope, rel=1e-6)
    step = problem.best_step(problem.second @ point, direction, problem.second @ direction)
    best = objective(point + step * direction)
    assert best <= min(objective(point + step * direction) for step in np.linspace(-3, 3, 601)) + 1e-12


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("k", [1, 2, 8])
def test_every_optimizer_arrives_at_pca_on_digits(optimizer, k, digits_moments):
    components, state = trained(digits_moments, latent_dim=k, optimizer=optimizer, steps=ENOUGH[optimizer], seed=3)
    assert -1e-9 < state.relative_excess < 1e-4
    assert state.max_angle_deg < 1
    assert state.mse == pytest.approx(components.mse, rel=1e-4)


@pytest.mark.parametrize("settings", [{"is_tied": True}, {"centred": False}, {"is_tied": True, "optimizer": "l-bfgs"}])
def test_tied_and_uncentred_ones_arrive_too(settings, digits, digits_moments):
    components, state = trained(digits_moments, latent_dim=4, **settings)
    x = rows(digits) - (digits_moments.mean if components.centred else 0)
    values = np.linalg.svd(x, compute_uv=False)
    assert components.mse == pytest.approx((values[4:] ** 2).sum() / x.size, rel=1e-6)
    assert state.relative_excess < 1e-4
    assert state.max_angle_deg < 1
    assert ((x - x @ state.encoder.T @ state.decoder.T) ** 2).mean() == pytest.approx(state.mse, rel=1e-9)


def test_training_starts_at_random_far_from_the_components(digits_moments):
    components = find_components(digits_moments, 2)
    starts = [next(train_linear(digits_moments, components, LinearConfig(seed=seed))) for seed in (0, 0, 1)]
    assert np.array_equal(starts[0].decoder, starts[1].decoder)
    assert not np.array_equal(starts[0].decoder, starts[2].decoder)
    assert all(start.max_angle_deg > 45 and start.relative_excess > 0.1 for start in starts)


def test_progress_falls_from_the_start_to_the_line(digits_moments):
    states = list(train_linear(digits_moments, find_components(digits_moments, 2), LinearConfig()))
    assert [state.step for state in states[:4]] == [0, 1, 2, 3]
    assert 20 < len(states) < 80
    assert states[-1].mse < 0.8 * states[0].mse
    assert all(len(state.angles_deg) == 2 and (np.diff(state.angles_deg) >= 0).all() for state in states)


def test_circles_reach_pca():
    figures = match_pca(load_dataset("circles", "train"), LinearConfig(latent_dim=3)).figures
    assert figures.relative_excess < 1e-4
    assert figures.max_principal_angle_deg < 1
    assert figures.linear_ae_mse >= figures.pca_mse * (1 - 1e-9)


@pytest.mark.slow
def test_mnist_reaches_pca(shared_root):
    dataset = load_dataset("mnist", "train", root=shared_root).take(range(8000))
    x = rows(dataset)
    values = np.linalg.eigvalsh(x.T @ x / len(x) - np.outer(x.mean(axis=0), x.mean(axis=0)))[::-1]
    for k in (2, 8, 32):
        matched = match_pca(dataset, LinearConfig(latent_dim=k))
        assert matched.figures.pca_mse == pytest.approx(values[k:].sum() / 784, rel=1e-4)
        assert matched.figures.relative_excess < 1e-4
        assert matched.figures.max_principal_angle_deg < 1
        assert matched.optimizers == ("adam",)


# Spectra


def test_known_spectrum_has_its_error():
    _, state = trained(spectrum([5, 4, 3, 2, 1, 0.5]), latent_dim=3)
    assert state.mse == pytest.approx(3.5 / 6, rel=1e-4)
    assert state.max_angle_deg < 1


@pytest.mark.parametrize("k", [3, 4, 6])
def test_components_beyond_the_rank_lose_nothing(k):
    components, state = trained(spectrum([3, 2, 1, 0, 0, 0]), latent_dim=k)
    assert components.rank == 3
    assert components.mse < 1e-12
    assert state.angles_deg is None
    assert state.relative_excess == pytest.approx(state.mse * 6 / 6, abs=1e-12)  # total variance 6 over 6 pixels
    assert state.relative_excess < 1e-4


@pytest.mark.parametrize(
    ("variances", "is_unique"), [([3, 2, 2, 1], False), ([3, 3, 2, 1], True), ([1, 1, 1, 1], False)]
)
def test_repeated_eigenvalues_leave_the_angle_undefined_only_across_the_cut(variances, is_unique):
    components, state = trained(spectrum(variances), latent_dim=2)
    assert components.is_unique == is_unique
    assert (state.max_angle_deg is not None) == is_unique
    assert state.relative_excess < 1e-4


def test_one_bright_pixel_an_image_has_no_preferred_plane():
    figures = match_pca(images(255 * np.eye(12)), LinearConfig(latent_dim=3)).figures
    assert figures.max_principal_angle_deg is None
    assert figures.pca_mse == pytest.approx((11 - 3) / 12 / 12)
    assert figures.relative_excess < 1e-4


def test_constant_pixels_do_no_harm():
    values = np.random.default_rng(0).integers(0, 200, (300, 9))
    values[:, [0, 4]], values[:, 8] = 255, 0
    values[:, 1:4] //= 4
    figures = match_pca(images(values), LinearConfig(latent_dim=3)).figures
    assert figures.relative_excess < 1e-4
    assert figures.max_principal_angle_deg < 1


def test_least_squares_goes_on_where_adam_has_not_arrived(digits):
    matched = match_pca(digits, LinearConfig(latent_dim=60))
    assert matched.optimizers == ("adam", "least squares")
    assert matched.figures.relative_excess < 1e-4
    assert matched.figures.max_principal_angle_deg < 1


# Axes and symmetry


@pytest.mark.parametrize("optimizer", ["adam", "l-bfgs"])
def test_equal_penalty_reaches_its_closed_form_and_shows_the_axes(optimizer):
    variances, l2 = np.array([4.0, 2.0, 1.0, 0.5, 0.3, 0.2]), 0.02
    moments = spectrum(variances)
    components, state = trained(moments, latent_dim=2, penalty="equal", l2=l2, optimizer=optimizer)
    sizes = np.linalg.svd(state.decoder, compute_uv=False)
    np.testing.assert_allclose(sizes**2, 1 - l2 * 8 / variances[:2], rtol=5e-3)  # Kunin et al. 2019; the trace is 8
    assert abs(state.distance) < 2e-5
    assert axis_angles(singular_axes(state.decoder), components.axes).max() < 3


@pytest.mark.parametrize("k", [2, 3, 4])
def test_training_with_equal_penalty_ends_when_its_axes_have_come(digits_moments, k):
    components, state = trained(digits_moments, latent_dim=k, penalty="equal", l2=0.01, steps=2000)
    assert axis_angles(singular_axes(state.decoder), components.axes).max() < 1.5
    assert state.step < 2000


def test_rising_penalty_turns_the_columns_themselves_onto_the_axes(digits_moments):
    _, plain = trained(digits_moments, latent_dim=3)
    _, state = trained(digits_moments, latent_dim=3, penalty="rising", l2=0.03, optimizer="l-bfgs")
    assert plain.axes_deg > 20
    assert state.axes_deg <= 1


def test_component_that_the_penalty_outweighs_is_given_up():
    _, state = trained(spectrum([4, 3, 0.5, 0.1]), latent_dim=3, penalty="equal", l2=0.1, steps=1500)
    assert np.linalg.svd(state.decoder, compute_uv=False)[2] < 0.01  # 0.5 / 7.6 < 0.1
    assert state.angles_deg is None
    assert abs(state.distance) < 1e-4
    assert state.relative_excess > 0.1


def test_axes_within_the_span_are_the_principal_axes_without_any_penalty(digits, digits_moments):
    components, state = trained(digits_moments, latent_dim=3, optimizer="l-bfgs", seed=1)
    found = axes_within(state.decoder, digits_moments.covariance)
    assert axis_angles(found, PCA(3).fit(rows(digits)).components_.T).max() < 1
    assert axis_angles(singular_axes(state.decoder), components.axes).max() > 5


def test_invertible_map_of_the_latent_changes_no_reconstruction_and_a_rotation_aligns_tied_ones(digits, digits_moments):
    components, state = trained(digits_moments, latent_dim=2, is_tied=True)
    x = rows(digits) - digits_moments.mean
    turn = np.array([[2.0, 1.0], [0.5, -1.0]])
    before = x @ state.encoder.T @ state.decoder.T
    after = x @ (turn @ state.encoder).T @ (state.decoder @ np.linalg.inv(turn)).T
    np.testing.assert_allclose(after, before, atol=1e-12)
    found = align(x @ state.encoder.T, x @ components.axes)
    assert found.explained > 0.9999
    assert found.scale == pytest.approx(1, abs=1e-2)
