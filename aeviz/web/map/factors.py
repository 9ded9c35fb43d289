"""What made-up images were drawn from, beside the latent points of a model."""

import numpy as np

from aeviz.analysis.factors import explained_by_lines
from aeviz.data import list_datasets
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.images import find_originals
from aeviz.web.kernel.models import Model


def factor_names(model: Model) -> tuple[str, ...]:
    """Return the names of the generative factors of a model's images; none for real images."""
    info = next((info for info in list_datasets() if info.name == model.config.data.name), None)
    return () if info is None else info.factor_names


def factor_values(model: Model, name: str) -> np.ndarray | None:
    """Return a factor of the model's test images, (N,), float32; None where the images are not here."""
    dataset, _ = find_originals(model)
    if dataset is None or dataset.factors is None or name not in dataset.factor_names:
        return None
    column: np.ndarray = dataset.factors[:, dataset.factor_names.index(name)]
    return column


@shared(max_entries=32)  # one number each
def explained(model: Model, name: str) -> float | None:
    """Return the R^2 of a linear regression of a factor on z; None where one of them is unknown."""
    values, table = factor_values(model, name), model.latents
    return None if values is None or table is None else float(explained_by_lines(table.z, values[:, None])[0])
