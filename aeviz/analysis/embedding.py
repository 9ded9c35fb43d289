"""Maps of many-dimensional latent points that keep neighbours together rather than distances: t-SNE and UMAP.

References:
    L. van der Maaten, G. Hinton, Visualizing data using t-SNE, JMLR 9, 2008; G. Linderman et al., Fast
    interpolation-based t-SNE for improved visualization of single-cell RNA-seq data, Nature Methods 16, 2019.
    L. McInnes, J. Healy, J. Melville, UMAP: uniform manifold approximation and projection, 2018, arXiv:1802.03426.
"""

import importlib.util
import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from aeviz.errors import ConfigError

Algorithm = Literal["t-SNE", "UMAP"]
EARLY, LATE = 250, 500
"""Iterations of t-SNE with and without early exaggeration, openTSNE's own defaults."""
EPOCHS = {10_000: 500, 10**9: 200}
"""Epochs of UMAP up to so many points, as umap-learn chooses them itself."""
MIN_DIST = 0.1
"""Least distance of points in a UMAP, umap-learn's own default."""
FAST_FROM = 2000
"""Points from which t-SNE interpolates its forces on a grid."""

OnProgress = Callable[[float, str], None]
"""Called with the share that is done, from 0 to 1, and what is being done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbeddingConfig:
    """Method and settings of an embedding."""

    algorithm: Algorithm
    dimensions: int = 2
    """2; for UMAP also 3."""
    neighbours: int = 30
    """Neighbours that a point minds: the perplexity of t-SNE, n_neighbors of UMAP; from 2."""
    seed: int = 0

    def __post_init__(self) -> None:
        """Check the combination.

        Raises:
            ConfigError: It cannot be computed.
        """
        if self.dimensions not in (2, 3) or (self.algorithm == "t-SNE" and self.dimensions != 2):
            raise ConfigError(
                f"{self.algorithm} was asked for {self.dimensions} dimensions; expected 2, or 3 for UMAP; choose these"
            )
        if self.neighbours < 2:
            raise ConfigError(f"an embedding was asked to mind {self.neighbours} neighbours; expected at least 2")


def find_obstacle(algorithm: Algorithm) -> str | None:
    """Return how to install what an algorithm needs where that is missing, in a sentence; None where it is there."""
    if algorithm == "t-SNE" or importlib.util.find_spec("umap") is not None:
        return None
    return 'UMAP needs the package umap-learn, which is not installed; run `pip install "aeviz[umap]"` where aeviz runs'


LEAST_POINTS = 10
"""Points below which there is nothing to embed."""


def embed(z: np.ndarray, config: EmbeddingConfig, on_progress: OnProgress = lambda share, text: None) -> np.ndarray:
    """Return points in fewer dimensions, (N, K), float32, their neighbours kept as well as may be.

    The same points, settings and machine give the same map. Takes from seconds to minutes.

    Args:
        z: Latent points, (N, D), floating point, N of at least LEAST_POINTS.
        config: How.
        on_progress: Told what is being done.

    Raises:
        ConfigError: There are too few points, or the package of the algorithm is not installed.
    """
    if obstacle := find_obstacle(config.algorithm):
        raise ConfigError(obstacle)
    if len(z) < LEAST_POINTS:
        raise ConfigError(f"{len(z)} points cannot be embedded; expected at least {LEAST_POINTS}; use PCA instead")
    run = _tsne if config.algorithm == "t-SNE" else _umap
    points = np.asarray(run(np.ascontiguousarray(z, dtype=np.float32), config, on_progress), dtype=np.float32)
    centred: np.ndarray = points - points.mean(axis=0)
    return centred


def _tsne(z: np.ndarray, config: EmbeddingConfig, on_progress: OnProgress) -> np.ndarray:
    import openTSNE

    every = 10
    done = 0

    def report(*_: object) -> None:
        nonlocal done
        done += every
        on_progress(min(1.0, done / (EARLY + LATE)), "moving the points")

    on_progress(0.0, "looking for neighbours")
    embedding = openTSNE.TSNE(
        n_components=2,
        perplexity=min(config.neighbours, (len(z) - 1) / 3),
        early_exaggeration_iter=EARLY,
        n_iter=LATE,
        initialization="pca",
        negative_gradient_method="fft" if len(z) >= FAST_FROM else "bh",
        callbacks=report,
        callbacks_every_iters=every,
        n_jobs=1,
        random_state=config.seed,
    ).fit(z)
    return np.asarray(embedding)


class _Sink:
    """A file that umap-learn's progress bar is written to."""

    def __init__(self, report: Callable[[float], None]) -> None:
        self._report = report

    def write(self, text: str) -> int:
        match = re.search(r"(\d+)/(\d+)", text)
        if match is not None and int(match[2]):
            self._report(int(match[1]) / int(match[2]))
        return len(text)

    def flush(self) -> None:
        """Nothing waits."""


def _umap(z: np.ndarray, config: EmbeddingConfig, on_progress: OnProgress) -> np.ndarray:
    on_progress(0.0, "looking for neighbours")
    from sklearn.neighbors import NearestNeighbors

    # those of umap-learn are approximate, and half a minute of compiling goes before them
    count = min(config.neighbours, len(z) - 1)
    distances, indices = NearestNeighbors(n_neighbors=count, n_jobs=1).fit(z).kneighbors(z)
    on_progress(0.0, "compiling UMAP")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of TensorFlow, and of new points, neither of which is wanted
        import umap

        epochs = next(number for most, number in EPOCHS.items() if len(z) <= most)
        sink = _Sink(lambda share: on_progress(share, "moving the points"))
        embedding = umap.UMAP(
            n_components=config.dimensions,
            n_neighbors=count,
            min_dist=MIN_DIST,
            n_epochs=epochs,
            init="pca",
            precomputed_knn=(indices, distances.astype(np.float32)),
            random_state=config.seed,
            n_jobs=1,
            verbose=True,
            tqdm_kwds={"file": sink, "mininterval": 0.2},
        ).fit_transform(z)
    return np.asarray(embedding)
