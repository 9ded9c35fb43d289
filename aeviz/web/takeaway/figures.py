"""Figures of runs for print: what `aeviz export RUN --format svg|pdf|png`, `aeviz.save_figure` and the pages write."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from aeviz import __version__
from aeviz.analysis.latent import project, quantile_ranges
from aeviz.analysis.traversal import plane_grid
from aeviz.errors import ConfigError, DataError
from aeviz.export.figure_kinds import FORMATS, KINDS, WIDTH_MM, Format, Kind
from aeviz.figures.print import require_matplotlib
from aeviz.training.runs import RunFolder
from aeviz.web.takeaway.held import folder_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from aeviz.training.run import Run

SIDE = 15
"""Images along each side of the decoded plane."""
SHOWN = 8
"""Images that are reconstructed."""
ALONE: tuple[Kind, ...] = ("map", "plane")
"""Figures of one run."""


def save_figure(
    run: "Run | RunFolder | str | Path | Sequence[Run | RunFolder | str | Path]",
    figure: Kind,
    path: str | Path,
    *,
    width: float = WIDTH_MM,
) -> Path:
    """Write a figure of a run for print, and return its path.

    The file has exactly the width, type of 8 points, the class colours of a light page, and 300 dots an inch in what is
    raster: PNG files, images, and maps of more than 5,000 points. Its metadata say of what runs, seeds and data it is,
    with what options it was made, and by which version. The same run gives the same file.

        aeviz.save_figure("vae-2d", "map", "map.pdf", width=85)
        aeviz.save_figure(["mlp-2d-adam", "mlp-2d-amsgrad"], "curves", "curves.svg", width=170)

    Args:
        run: A run of `aeviz.load`, its name or its folder; several of them for "curves" and "reconstructions".
        figure: "map", the codes of the test images; "plane", the images decoded all over the first two dimensions or
            principal components; "curves", the losses over the epochs; "reconstructions", test images with theirs.
        path: The file; its suffix is the format: .svg, .pdf or .png.
        width: Width in millimetres, from 40 to 400.

    Raises:
        ConfigError: matplotlib is not installed, there is no such figure or format, or the width is out of range.
        DataError: The runs have nothing to show there.
    """
    file = Path(path)
    form = file.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise ConfigError(f"{file} has no suffix of a figure; expected {', '.join(f'.{each}' for each in FORMATS)}")
    given = list(run) if isinstance(run, Sequence) and not isinstance(run, str) else [run]
    content = figure_file([folder_of(each) for each in given], figure, form, width)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def figure_file(
    folders: Sequence[RunFolder], kind: Kind, form: Format, width_mm: float = WIDTH_MM, *, window: int = 1
) -> bytes:
    """Return a figure as a file; see `save_figure`, whose errors it has.

    Args:
        folders: The runs, of "map" and "plane" one.
        kind: Which figure.
        form: The format of the file.
        width_mm: Width in millimetres.
        window: Epochs in the moving average of "curves".
    """
    require_matplotlib()
    if kind not in KINDS:
        raise ConfigError(f"figure={kind!r} is unknown; expected {', '.join(KINDS)}")
    if not folders:
        raise DataError("no run is given; a figure shows at least one")
    if kind in ALONE and len(folders) > 1:
        raise ConfigError(f"a {kind} shows one run; {len(folders)} are given")
    from aeviz.figures.print.sheet import rules, to_file

    with rules():
        drawn = _draw(folders, kind, width_mm, window)
        title = f"{kind.capitalize()} of {' and '.join(folder.name for folder in folders)}"
        return to_file(drawn, form, title, _settings(folders, kind, width_mm, window))


def file_name(folders: Sequence[RunFolder], kind: Kind, form: Format) -> str:
    """Return a name for the file of a figure."""
    names = folders[0].name if len(folders) == 1 else f"{len(folders)}-runs"
    return f"{re.sub(r'[^A-Za-z0-9._-]', '_', names)}-{kind}.{form}"


def _settings(folders: Sequence[RunFolder], kind: Kind, width_mm: float, window: int) -> dict[str, object]:
    """Return how a figure was made, for its metadata."""
    runs = [
        {
            "run": folder.name,
            "seed": folder.config.train.seed,
            "dataset": folder.config.data.name,
            "created": folder.provenance.created,
            "settings": folder.config.settings(),
        }
        for folder in folders
    ]
    return {"version": __version__, "figure": kind, "width_mm": width_mm, "window": window, "runs": runs}


def _draw(folders: Sequence[RunFolder], kind: Kind, width_mm: float, window: int) -> "Figure":
    if kind == "map":
        return _map(folders[0], width_mm)
    if kind == "plane":
        return _plane(folders[0], width_mm)
    if kind == "curves":
        return _curves(folders, window, width_mm)
    return _reconstructions(folders, width_mm)


def _map(folder: RunFolder, width_mm: float) -> "Figure":
    from aeviz.figures.print.drawings import print_map

    table = folder.require_latents()
    if table.z.shape[1] == 1:
        points, names = np.column_stack([table.z[:, 0], table.error]), ("z1", "error")
    else:
        shown = project(table.z, 2)
        points, names = shown.points, (shown.axis_names[0], shown.axis_names[1])
    return print_map(points, table.labels, folder.provenance.class_names, names, width_mm=width_mm)


def _plane(folder: RunFolder, width_mm: float) -> "Figure":
    from aeviz.figures.print.drawings import print_plane
    from aeviz.training.run import load

    table = folder.require_latents()
    if table.z.shape[1] == 1:
        raise DataError(f"{folder.name} has one latent dimension; a plane needs two")
    shown = project(table.z, 2)
    ranges = quantile_ranges(shown.points)
    middle = table.z.mean(axis=0, dtype=np.float64)
    at = plane_grid(ranges, np.zeros(2, np.float32), (0, 1), side=SIDE)
    rest = middle - shown.mean
    z = shown.mean + rest - shown.axes @ (shown.axes.T @ rest) + at @ shown.axes.T
    images = load(folder).decode(z.astype(np.float32)).numpy()
    (left, right), (low, high) = ranges.tolist()
    return print_plane(images, (left, right, low, high), shown.axis_names, width_mm=width_mm)


def _curves(folders: Sequence[RunFolder], window: int, width_mm: float) -> "Figure":
    from aeviz.figures.print.drawings import print_curves

    curves = {}
    for folder in folders:
        history = folder.history()
        if not history:
            raise DataError(f"{folder.name} has no epochs to show: its training is not known here")
        curves[folder.name] = (
            np.array([report.epoch for report in history]),
            np.array([report.train_loss for report in history]),
            np.array([report.val_loss for report in history]),
        )
    quantity = " or ".join(sorted({folder.config.objective.words for folder in folders}))
    return print_curves(curves, quantity, window=window, width_mm=width_mm)


def _reconstructions(folders: Sequence[RunFolder], width_mm: float) -> "Figure":
    from aeviz.figures.print.drawings import print_reconstructions
    from aeviz.training.run import load

    images = find_test_images(folders[0])
    if images is None:
        raise DataError(
            f"the test images of {folders[0].name} are not on this machine; fetch them: aeviz data prepare "
            f"{folders[0].config.data.name}"
        )
    for folder in folders[1:]:
        if not folder.config.data.shares_test_images(folders[0].config.data):
            raise DataError(f"{folder.name} has other test images than {folders[0].name}; choose runs of one data set")
    chosen = images[np.linspace(0, len(images) - 1, SHOWN).astype(int)]
    rows = {"image": chosen.astype(np.float32) / 255}
    for folder in folders:
        rows[folder.name] = load(folder).reconstruct(chosen).numpy()
    return print_reconstructions(rows, width_mm=width_mm)


def find_test_images(folder: RunFolder, fingerprint: str | None = None) -> np.ndarray | None:
    """Return the test images that a run has encoded, (N, C, H, W), uint8; None where they are not here.

    Args:
        folder: The run.
        fingerprint: The digest that they must have; None where any test images of its data will do.
    """
    from aeviz.data import is_available, load_dataset
    from aeviz.data.changes import with_class_order

    if not is_available(folder.config.data.name):
        return None
    dataset = with_class_order(load_dataset(folder.config.data, "test"), folder.provenance.class_names)
    return np.asarray(dataset.images[:]) if fingerprint in (None, dataset.fingerprint()) else None
