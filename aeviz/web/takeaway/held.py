"""What a notebook, or somebody else's Streamlit page, is given: a map of a run with its decoder, or of vectors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import numpy as np

from aeviz.analysis.latent import project
from aeviz.errors import DataError
from aeviz.training.runs import RunFolder, find_run
from aeviz.web.components.kit.network import Network
from aeviz.web.components.map.payload import Lift, MapPanel, make_panel, map_payload
from aeviz.web.takeaway.document import pack_held, rules_of
from aeviz.web.takeaway.points import Method, points_map
from aeviz.web.takeaway.space import held_space
from aeviz.web.takeaway.widget import HEIGHT_PX

if TYPE_CHECKING:
    from aeviz.training.run import Run

SCRIPT = "widget/widget.js"
MANY = 4000
"""Of more points a regular part is drawn until one zooms in or asks for all."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Held:
    """What components/widget/shown.js shows."""

    content: str
    """Packed by `document.pack_held`."""
    title: str
    count: int
    """Points of the map."""
    point: tuple[float, ...]
    """The latent point shown first, D coordinates; none where there are only vectors."""


def folder_of(run: "Run | RunFolder | str | Path") -> RunFolder:
    """Return the folder of a run: of a loaded one, or by its name or folder.

    Raises:
        CheckpointNotFoundError: There is none.
    """
    if isinstance(run, RunFolder):
        return run
    if isinstance(run, str | Path):
        return find_run(str(run))
    folder = getattr(run, "folder", None)
    if isinstance(folder, RunFolder):
        return folder
    raise DataError(f"a {type(run).__name__} is no run; expected one of aeviz.load, its name, or its folder")


def hold_run(folder: RunFolder, second: RunFolder | None = None, *, height_px: int = HEIGHT_PX) -> Held:
    """Return the map of a run's test images with its decoder.

    Args:
        folder: The run.
        second: A run of the same test images that decodes the corresponding point beside it.
        height_px: Largest height of the map.

    Raises:
        ExportError: A decoder is too large, or the runs do not belong together.
        CheckpointFormatError: A run has kept no codes.
    """
    table, name = folder.require_latents(), f"{folder.name} {uuid4().hex}"
    space = held_space(folder, second, ("sliders", "strip"), model=name)
    held = space.for_script() | {
        "model": name,
        "map": map_payload(
            [_panel(folder, name, space.network)],
            table.labels,
            folder.provenance.class_names,
            model=name,
            field="none",
            is_whole=False if len(table.z) > MANY else None,
            height_px=height_px,
            file=folder.name,
        ),
    }
    return Held(
        content=_packed(held),
        title=folder.name if second is None else f"{folder.name} and {second.name}",
        count=len(table.z),
        point=space.start,
    )


def hold_points(
    z: np.ndarray,
    *,
    labels: np.ndarray | Sequence[object] | None = None,
    images: np.ndarray | None = None,
    method: Method = "pca",
    title: str = "Points",
    height_px: int = HEIGHT_PX,
) -> Held:
    """Return a map of vectors; arguments and errors as in `aeviz.web.takeaway.points.points_page`."""
    name = f"points {uuid4().hex}"
    found = points_map(z, labels=labels, images=images, method=method, title=title, name=name, height_px=height_px)
    held = found.held | {"model": name, "view": None, "decoders": []}
    return Held(content=_packed(held), title=title, count=found.count, point=())


def _panel(folder: RunFolder, name: str, network: Network | None) -> MapPanel:
    """Return the latent plane of a run, or its first two principal components, whose points the page can decode."""
    table, config = folder.require_latents(), folder.config.model
    if config.latent_dim == 1:  # a line: its points are spread by their error
        return make_panel(folder.name, np.column_stack([table.z[:, 0], table.error]), table.error, ("z1", "error"))
    shown = project(table.z, 2)
    rest = table.z.mean(axis=0, dtype=np.float64) - shown.mean
    lift = Lift(
        model=name,
        origin=shown.mean + rest - shown.axes @ (shown.axes.T @ rest),
        columns=shown.axes.T,
        network=network,
        shape=config.image_shape,
        smooth=config.image_shape[0] == 3,
    )
    return replace(make_panel(folder.name, shown.points, table.error, shown.axis_names), lift=lift)


def _packed(held: dict[str, object]) -> str:
    return pack_held(held | {"map_style": rules_of("map/map.css"), "explorer_style": rules_of("explorer/explorer.css")})
