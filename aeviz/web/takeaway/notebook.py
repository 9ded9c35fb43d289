"""The widget of `aeviz.widget`; needs anywidget (pip install "aeviz[widget]")."""

from typing import TYPE_CHECKING, Any

import anywidget
import numpy as np
import traitlets

from aeviz.errors import ConfigError, DataError
from aeviz.web.components.explorer.payload import FARTHEST
from aeviz.web.takeaway.document import DARK, LIGHT, packed_script
from aeviz.web.takeaway.held import SCRIPT, Held

if TYPE_CHECKING:
    from aeviz.training.run import Run
    from aeviz.training.runs import RunFolder

_THEME = f":host {{ display: block; {LIGHT} color: var(--st-text-color); }} :host([data-theme=dark]) {{ {DARK} }}"


class _Point(traitlets.TraitType[Any, Any]):
    """A latent point: a list of D floats."""

    def validate(self, obj: Any, value: object) -> list[float]:
        """Return the point as floats.

        Raises:
            DataError: It has another number of coordinates, or they are no numbers, or too large.
        """
        found = _as_array(value, "point")
        if found.shape != (obj.dimensions,) or found.dtype.kind not in "fiu":
            what = f"{obj.dimensions} numbers" if obj.dimensions else "none: vectors have no decoder"
            raise DataError(f"point has shape {found.shape} and dtype {found.dtype}; expected {what}")
        if not (np.abs(found) < FARTHEST).all():  # no NaN is below
            raise DataError(f"point is {value}; expected coordinates between -{FARTHEST:g} and {FARTHEST:g}")
        return [float(number) for number in found]


class _Indices(traitlets.TraitType[Any, Any]):
    """Indices of points: (M,), int64, rising, none twice."""

    def validate(self, obj: Any, value: object) -> np.ndarray:
        """Return the indices in order.

        Raises:
            DataError: They are no whole numbers from 0 to the number of points.
        """
        found = _as_array(value, "selection")
        if not found.size:
            return np.zeros(0, np.int64)
        if found.ndim != 1 or found.dtype.kind not in "iu":
            raise DataError(f"selection has shape {found.shape} and dtype {found.dtype}; expected (M,) whole numbers")
        if found.min() < 0 or found.max() >= obj.count:
            raise DataError(f"selection names points {found.min()} to {found.max()}; there are 0 to {obj.count - 1}")
        return np.unique(found.astype(np.int64))

    def set(self, obj: Any, value: object) -> None:
        """Set the indices, and tell observers if they are others."""
        new: np.ndarray = self.validate(obj, value)
        old: np.ndarray = obj.selection
        if not np.array_equal(new, old):
            obj._trait_values[self.name] = new
            obj._notify_trait(self.name, old, new)


class LatentWidget(anywidget.AnyWidget):
    """A latent space in a notebook; made by `aeviz.widget`."""

    _esm = traitlets.Unicode().tag(sync=True)
    _theme = traitlets.Unicode().tag(sync=True)
    _content = traitlets.Unicode().tag(sync=True)
    point = _Point().tag(sync=True)
    """The latent point: a list of D floats, set when the visitor lets go of it; empty for a map of vectors. Set it to
    move the point on the page."""
    selection = _Indices().tag(sync=True, to_json=lambda value, _: value.tolist())
    """Indices of the points within the lasso, (M,), int64. Set it to select points; nothing, [], clears it."""

    def __init__(self, held: Held, folder: "RunFolder | None" = None) -> None:
        """Take what is shown.

        Args:
            held: The packed map and explorer.
            folder: The run that decodes; None for a map of vectors.

        Raises:
            ExportError: The page's scripts are not packed.
        """
        self.count = held.count
        """Points of the map."""
        self.dimensions = len(held.point)
        """Of the latent space; 0 for a map of vectors."""
        self.title = held.title
        self._folder = folder
        self._run: Run | None = None
        super().__init__(_esm=packed_script(SCRIPT), _theme=_THEME, _content=held.content, point=list(held.point))

    @traitlets.default("selection")
    def _no_selection(self) -> np.ndarray:
        return np.zeros(0, np.int64)

    @traitlets.default("point")
    def _no_point(self) -> list[float]:
        return [0.0] * self.dimensions

    @property
    def decoded(self) -> np.ndarray:
        """The image at the point, (C, H, W), float32 in [0, 1], decoded by PyTorch when it is read.

        Raises:
            ConfigError: It is a map of vectors, which have no decoder.
        """
        if self._folder is None:
            raise ConfigError("a map of vectors has no decoder; make the widget of a run to decode")
        if self._run is None:
            from aeviz.training.run import load  # with torch, which a widget has no need of until then

            self._run = load(self._folder)
        image: np.ndarray = self._run.decode(np.array([self.point], np.float32))[0].numpy()
        return image

    def __repr__(self) -> str:
        """Say what it shows."""
        at = f", point ({', '.join(f'{value:.3g}' for value in self.point)})" if self.point else ""
        return f"<aeviz widget of {self.title}: {self.count:,} points{at}, {len(self.selection)} selected>"


def _as_array(value: object, name: str) -> np.ndarray:
    try:
        return np.asarray(value)
    except ValueError as error:  # lists of lists of different lengths
        raise DataError(f"{name} is no list of numbers: {error}") from error
