"""Images that a model generated, in a grid; the chosen one is shown large, with the test image of the nearest code."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

import numpy as np

from aeviz.analysis.latent_plane import LatentPlane
from aeviz.figures.images import GAP, shrink, tile, to_data_uri
from aeviz.language import mark, tr
from aeviz.web.components.kit.mount import Component, numbers_of
from aeviz.web.components.kit.network import Network
from aeviz.web.components.kit.prediction import Question, style_with_question

CHANGED = "changed"
"""Event: the visitor rests at another temperature; its value is a list with it."""
_component = Component(
    name="samples",
    script="samples/samples.js",
    style=style_with_question("samples/samples.css"),
    events=(CHANGED,),
)
_MEANING = mark(
    "Out of distribution: farther from the encoded test images than 99 % of the points that the decoder was trained "
    "on. There it has to guess."
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Places:
    """Where N samples lie in a latent space of D dimensions."""

    ground: str
    """Name of the map's ground in the page's blob store."""
    plane: LatentPlane
    """Of the map."""
    points: np.ndarray
    """(N, D), floating point, at temperature 1."""
    centres: np.ndarray
    """Means of what they were drawn from, (K, D)."""
    which: np.ndarray
    """The mean of each, (N,), integer."""
    far_by_temperature: list[np.ndarray] | None
    """Which of them would be out of distribution at evenly spaced temperatures from 0 to the highest, (N,), bool, for
    each; None where unknown."""
    nearest: np.ndarray | None
    """The encoded image nearest to each, (N, D); None where none is known."""
    network: Network | None
    """The decoder for the page, which shows samples on their way; None moves only the points on the map."""

    def to_json(self) -> dict[str, object]:
        """Return what the page is sent."""
        nearest = None if self.nearest is None else _short(self.plane.place(self.nearest))
        far = self.far_by_temperature
        return {
            "ground": self.ground,
            "origin": _short(self.plane.origin),
            "axes": _short(self.plane.axes),
            "points": _short(self.points),
            "centres": _short(self.centres),
            "which": self.which.tolist(),
            "far": None if far is None else [np.flatnonzero(each).tolist() for each in far],
            "nearest": nearest,
            "network": None if self.network is None else asdict(self.network),
        }


def _short(values: np.ndarray) -> object:
    return values.astype(float).round(4).tolist()


def sample_grid(
    images: np.ndarray,
    *,
    columns: int,
    text: str,
    model: str,
    far: np.ndarray | None,
    nearest: np.ndarray | None,
    nearest_texts: Sequence[str],
    links: Sequence[str],
    first: int = 0,
    smooth: bool,
    beside: bool = False,
    group: str | None = None,
    temperature: float,
    highest: float,
    places: Places | None = None,
    question: Question | None = None,
    key: str,
    on_change: Callable[[], None],
) -> None:
    """Show images in a grid beside the one that the visitor points at or clicks, with a slider for the temperature.

    Args:
        images: (N, C, H, W), uint8 or float32 in [0, 1].
        columns: Images in a row.
        text: What the images are, shown below the grid; it ends with the temperature.
        model: Name of the model.
        far: Which images to cross out and count, (N,), bool; None where that is unknown.
        nearest: The test image whose code is nearest to each image's latent point, (N, C, H, W); None where none is
            known.
        nearest_texts: What each of those is, N texts, or none where `nearest` is None.
        links: Address of each image's latent point on Explore, N addresses, or none.
        first: Which image is chosen until the visitor chooses another.
        smooth: Whether the browser interpolates between pixels; otherwise they are squares.
        beside: Whether another grid stands beside this one, so that the chosen image goes below.
        group: Name of the grids that show the same place when the visitor points at one of them.
        temperature: At which they were drawn.
        highest: Where the slider for it, and Play, end; they begin at 0.
        places: Where they lie, for a small map on which new samples flow from the old ones; None for no map.
        question: What the visitor predicts before the temperature is played; None for no question.
        key: Identity of the grid on the page.
        on_change: Called when the visitor has set another temperature, which `reported_temperature` returns.
    """
    _component.show(
        {
            "picture": to_data_uri(tile(images, columns)),
            "nearest": None if nearest is None else to_data_uri(tile(shrink(nearest, max(images.shape[2:])), columns)),
            "count": len(images),
            "columns": columns,
            "gap": GAP,
            "tile": list(images.shape[2:]),
            "far": None if far is None else np.flatnonzero(far).tolist(),
            "text": text,
            "meaning": "" if far is None else tr(_MEANING),
            "model": model,
            "nearestTexts": list(nearest_texts),
            "links": list(links),
            "first": first,
            "smooth": smooth,
            "beside": beside,
            "group": group,
            "temperature": round(temperature, 2),
            "highest": highest,
            "places": None if places is None else places.to_json(),
            "question": None if question is None else question.to_json(),
        },
        key=key,
        callbacks={CHANGED: on_change},
    )


def reported_temperature(key: str) -> float | None:
    """Return the temperature that the visitor has set in the grid with this key; None where that is unknown."""
    found = numbers_of(key, CHANGED)
    return round(found[0], 2) if found else None
