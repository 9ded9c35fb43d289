"""A map of models: a point for each of many runs, near others whose latent planes are alike.

The runs differ in seed and optimizer alone. Two planes are compared by the same images in both, after the similarity
that lays one best over the other. What remains is their Procrustes residual: 0 where they are equal up to a shift, a
turn, a reflection and a scale, at most 1.

References:
    P. Schoenemann, A generalized solution of the orthogonal Procrustes problem, Psychometrika 31 (1966), 1-10.
    I. Dryden, K. Mardia, Statistical shape analysis, 2nd ed., Wiley 2016, section 4.2.1: the full Procrustes distance.
    W. Torgerson, Multidimensional scaling: I. Theory and method, Psychometrika 17 (1952), 401-419.
    B. Phipson, G. Smyth, Permutation p-values should never be zero, Stat. Appl. Genet. Mol. Biol. 9 (2010), 39.

`python -m tools.atlas` trains the runs and writes the file that `read_atlas` reads.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aeviz.errors import CheckpointFormatError
from aeviz.lab.adaptive import TrainedName
from aeviz.paths import checkpoints_root

ATLAS = "seed_atlas.npz"
"""Its name beside the models that ship."""
PERMUTATIONS = 9999
OPTIMIZERS: tuple[TrainedName, TrainedName] = ("adam", "amsgrad")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeedAtlas:
    """The runs: S seeds of each of the two OPTIMIZERS, the first optimizer's before the second's."""

    planes: np.ndarray
    """Latent points of the same N images in each run, laid over those of one run, (2 S, N, 2), float16."""
    labels: np.ndarray
    """Classes of the images, (N,), uint8."""
    losses: np.ndarray
    """Validation loss of each run, (2 S,), float32."""
    epochs: int
    """Passes through the training images."""

    @property
    def seeds(self) -> int:
        """S, the number of seeds; both optimizers have 0 to S - 1."""
        return len(self.planes) // 2


def read_atlas(path: Path | None = None) -> SeedAtlas:
    """Read the atlas that ships, or another file.

    Raises:
        CheckpointFormatError: The file is missing or damaged.
    """
    path = path or checkpoints_root() / ATLAS
    try:
        with np.load(path, allow_pickle=False) as file:
            atlas = SeedAtlas(
                planes=file["planes"], labels=file["labels"], losses=file["losses"], epochs=int(file["epochs"])
            )
        runs, images, dimensions = atlas.planes.shape
        is_whole = dimensions == 2 and runs >= 4 and runs % 2 == 0 and images >= 2
        is_whole &= atlas.labels.shape == (images,) and atlas.losses.shape == (runs,)
        if not (is_whole and np.isfinite(atlas.planes).all()):
            raise ValueError("its arrays do not belong together")
    except (OSError, ValueError, KeyError) as error:
        raise CheckpointFormatError(
            f"the atlas {path.name} cannot be read: {error}; restore it, or make it with: python -m tools.atlas"
        ) from error
    return atlas


def procrustes_residuals(planes: np.ndarray) -> np.ndarray:
    """Return for each pair of planes the share of variance that the best similarity leaves unexplained.

    It is 1 - `aeviz.analysis.alignment.align(...).explained`, which does not depend on the order of the two.

    Args:
        planes: The same N images in K planes, (K, N, 2), floating point.

    Returns:
        (K, K), float64, in [0, 1], symmetric, 0 on the diagonal. A plane of one point only has 1 beside all others.
    """
    points = planes.astype(np.float64)
    points = points - points.mean(axis=1, keepdims=True)
    size = np.linalg.norm(points, axis=(1, 2), keepdims=True)
    points = np.divide(points, size, out=np.zeros_like(points), where=size > 0)
    flat = points.transpose(0, 2, 1).reshape(2 * len(points), -1)
    products = (flat @ flat.T).reshape(len(points), 2, len(points), 2).transpose(0, 2, 1, 3)
    # the sum of the singular values of a 2 x 2 matrix M is (|M|^2 + 2 |det M|)^(1/2)
    determinants = products[..., 0, 0] * products[..., 1, 1] - products[..., 0, 1] * products[..., 1, 0]
    explained = (products**2).sum(axis=(2, 3)) + 2 * np.abs(determinants)
    residuals: np.ndarray = np.clip(1 - (explained + explained.T) / 2, 0, 1)
    np.fill_diagonal(residuals, 0)
    return residuals


def classical_scaling(distances: np.ndarray, dimensions: int = 2) -> tuple[np.ndarray, float]:
    """Return points whose distances are near those given: classical multidimensional scaling (Torgerson 1952).

    Args:
        distances: (K, K), symmetric, at least 0, 0 on the diagonal.
        dimensions: Of the points, fewer than K.

    Returns:
        (K, dimensions), float64, centred, by falling variance, each axis with its largest coordinate positive; and the
        share of the positive eigenvalues that these axes have, in [0, 1].
    """
    squares = distances.astype(np.float64) ** 2
    centred = squares - squares.mean(axis=0) - squares.mean(axis=1, keepdims=True) + squares.mean()
    values, vectors = np.linalg.eigh(-centred / 2)
    kept = np.maximum(values[::-1][:dimensions], 0)
    points = vectors[:, ::-1][:, :dimensions] * np.sqrt(kept)
    points = points * np.where(points[np.abs(points).argmax(axis=0), np.arange(dimensions)] < 0, -1, 1)
    total = float(values[values > 0].sum())
    return points, float(kept.sum()) / total if total > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Comparison:
    """The residuals between runs, sorted by what the two runs share."""

    within: tuple[np.ndarray, np.ndarray]
    """Of two seeds of one optimizer, for each of the two, (S (S - 1) / 2,)."""
    between: np.ndarray
    """Of two seeds of different optimizers, (S (S - 1),)."""
    same_seed: np.ndarray
    """Of the two optimizers from the same initial weights and batches, (S,)."""
    difference: float
    """Mean of `between` less mean of `within`, both optimizers together: positive where the optimizer matters."""
    p_value: float
    """Share of random swaps of the optimizers, seed by seed, with a difference at least as large, in (0, 1]."""


def compare_residuals(residuals: np.ndarray, *, permutations: int = PERMUTATIONS, seed: int = 0) -> Comparison:
    """Compare the residuals within an optimizer with those between two.

    If the optimizer made no difference to the planes, the two runs of a seed could be swapped: the test swaps them at
    random in each seed. Pairs with the same seed have no part in the difference, since they share a start.

    Args:
        residuals: (2 S, 2 S), as of `procrustes_residuals`; the first S rows are one optimizer's, S at least 2.
        permutations: Random swaps.
        seed: Of these.
    """
    count = len(residuals) // 2
    upper = np.triu_indices(count, 1)
    first, second, cross = residuals[:count, :count], residuals[count:, count:], residuals[:count, count:]
    apart = residuals * (1 - np.tile(np.eye(count), (2, 2)))
    swaps = np.random.default_rng(seed).choice([-1.0, 1.0], (permutations, count))
    signs = np.hstack([np.vstack([np.ones(count), swaps])] * 2) * np.repeat([1.0, -1.0], count)
    # as many pairs within as between, S (S - 1) each; a pair within has equal signs
    differences = -((signs @ apart) * signs).sum(axis=1) / (2 * count * (count - 1))
    tolerance = 1e-12
    return Comparison(
        within=(first[upper], second[upper]),
        between=cross[~np.eye(count, dtype=bool)],
        same_seed=np.diagonal(cross).copy(),
        difference=float(differences[0]),
        p_value=float((1 + (differences[1:] >= differences[0] - tolerance).sum()) / (1 + permutations)),
    )


def medoid(residuals: np.ndarray) -> int:
    """Return the place of the run whose residuals to all others have the least sum."""
    return int(residuals.sum(axis=1).argmin())


def quartiles(values: Sequence[float] | np.ndarray) -> tuple[float, float, float]:
    """Return lower quartile, median and upper quartile."""
    low, middle, high = np.quantile(values, (0.25, 0.5, 0.75))
    return float(low), float(middle), float(high)
