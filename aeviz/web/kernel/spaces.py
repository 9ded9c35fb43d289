"""Data of the explorer: axes, the packed latent space, translations between models, ONNX files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from aeviz.analysis.alignment import LatentTranslation, find_translation
from aeviz.analysis.basis import Basis, latent_basis, principal_basis
from aeviz.analysis.summary import principal_directions
from aeviz.export.beside import PartName, beside, is_current
from aeviz.language import mark
from aeviz.training.runs import MODEL
from aeviz.web.components.explorer.payload import most_axes, space_payload
from aeviz.web.components.kit.wire import blob_name
from aeviz.web.kernel import distances
from aeviz.web.kernel.caching import Stamp, shared, stamp_of
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.posteriors import mean_variances

AxesName = Literal["latent", "principal"]
"""The axes to move along: latent dimensions or principal directions."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sent:
    """Bytes that the page is sent once, and the name that they lie under there."""

    name: str
    content: bytes


@shared(max_entries=64)  # 130 kB each in 128-d
def principal(model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Return the principal directions of a run's latent points, (D, D), and the deviation along each, (D,)."""
    axes, deviations = principal_directions(model.summary)
    return axes, deviations


@shared(max_entries=64)  # 270 kB each in 128-d
def basis(model: Model, axes: AxesName) -> Basis:
    """Return axes to move along in a run's latent space. The run must have a summary."""
    found = model.summary
    if axes == "latent":
        return latent_basis(found, mean_variances(model))
    return principal_basis(found, principal(model)[0], mean_variances(model))


@shared(max_entries=32)  # at most 2.1 MB each
def space(model: Model, axes: AxesName) -> Sent:
    """Return a latent space for the page, with the encoded images where the run has kept them; it needs a summary."""
    table, found = model.stored_latents, basis(model, axes)
    names, support = model.provenance.class_names, distances.support(model)
    if table is None:
        packed = space_payload(found, None, None, names, support)
    else:
        coordinates = found.rest + (table.z - found.origin) @ found.axes
        packed = space_payload(found, coordinates, table.labels, names, support)
    return Sent(name=blob_name("space", packed), content=packed)


def has_all_codes(model: Model) -> bool:
    """Whether the page is sent the codes of a run's test images along all axes, so that it knows where each lies."""
    table = model.stored_latents
    return table is not None and table.z.shape[1] <= most_axes(len(table.z))


@shared(max_entries=128, spinner=mark("Aligning the latent spaces …"))  # at most 130 kB each
def bridge(source: Model, target: Model) -> LatentTranslation | None:
    """Return the map that lays a run's latent points over those of another run.

    None where they have not encoded the same images, or where that cannot be known without encoding them anew.
    """
    left, right = source.stored_latents, target.stored_latents
    if left is None or right is None or left.fingerprint != right.fingerprint or len(left.z) != len(right.z):
        return None
    return find_translation(left.z, right.z)


def onnx_file(model: Model, part: PartName) -> Sent | None:
    """Return a run's decoder.onnx or encoder.onnx, or None where there is none that belongs to its weights."""
    path = beside(model.folder, part)
    # a file that cannot be this network is not read at all, however large it is
    if not path.is_file() or path.stat().st_size > onnx_limit(model) or not is_current(model.folder, part):
        return None
    return _onnx_file(stamp_of([path]), str(path))


def onnx_limit(model: Model) -> int:
    """Return the bytes above which an ONNX file cannot be a part of a run: its weights four times over, and 1 MiB."""
    return 2**20 + 4 * (model.path / MODEL).stat().st_size


@shared(max_entries=12)  # 0.2 MB each, of faces 3.7 MB
def _onnx_file(stamp: Stamp, path: str) -> Sent:
    content = Path(path).read_bytes()
    return Sent(name=blob_name(Path(path).stem, content), content=content)
