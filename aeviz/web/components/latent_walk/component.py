"""Paths through a latent space on a small map of it, and the image at the same place of each, played and dragged."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from aeviz.figures.images import GAP, tile, to_small_uri
from aeviz.language import ENGLISH, current_language
from aeviz.web.components.kit.mount import Component, numbers_of
from aeviz.web.components.kit.prediction import Question, style_with_question
from aeviz.web.components.kit.wire import pack

CHANGED = "changed"
"""Event: the visitor rests at another place; its value is a list with its number among the stops."""
_component = Component(
    name="latent_walk",
    script="latent_walk/latent_walk.js",
    style=style_with_question("latent_walk/latent_walk.css"),
    events=(CHANGED,),
)
_COLUMNS = 9
"""Images in a row of the picture that the page takes them from."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Walk:
    """A path and the images along it."""

    name: str
    colour: str
    """#rrggbb."""
    images: np.ndarray
    """(F, C, H, W), uint8 or float32 in [0, 1]."""
    places: np.ndarray
    """Where they lie on the map, (F, 2), floating point."""
    texts: Sequence[str]
    """What each image is, F texts."""
    start: int | None = None
    """The place from which an arrow leads to the one that is shown; None for no arrow."""
    sheet: str = ""
    """The images as `sheet_of` returns them, where that is known already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Images at N places of a walk, side by side."""

    walk: int
    """Which of the walks."""
    at: Sequence[int]
    """The places."""
    columns: int
    """Images side by side; more than these are broken into lines."""
    title: str
    """What they are."""
    waiting: str = ""
    """The same while a question keeps back what it asks for."""
    heads: Sequence[str] = ()
    """What stands above each, N texts, or none."""
    texts: Sequence[str] = ()
    """What each is read as, N texts, or none; shown once the visitor has predicted and passed it."""
    far: Sequence[bool] = ()
    """Which have a cross, since their points lie far from the data; all or none."""
    shown: Sequence[bool] = ()
    """Which are shown before the visitor has passed them or knows the answer; all or none."""
    is_late: bool = False
    """Whether the row is shown with the answer only."""

    def to_json(self) -> dict[str, object]:
        """Return what the page is sent."""
        return {
            "walk": self.walk,
            "at": list(self.at),
            "columns": self.columns,
            "title": self.title,
            "waiting": self.waiting,
            "heads": list(self.heads),
            "texts": list(self.texts),
            "far": [bool(far) for far in self.far],
            "shown": [bool(shown) for shown in self.shown],
            "isLate": self.is_late,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A point on the map."""

    at: tuple[float, float]
    text: str
    colour: str
    """#rrggbb."""
    is_faint: bool = False
    """Whether it is a ring that others lie around, such as a mean, and not a point itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A step from one place of the map to another."""

    start: tuple[float, float]
    end: tuple[float, float]
    text: str
    colour: str
    """#rrggbb."""


def sheet_of(images: np.ndarray) -> str:
    """Return images, (F, C, H, W), uint8 or float32 in [0, 1], as the page takes them: the address of one picture."""
    return to_small_uri(tile(images, _COLUMNS))


def latent_walk(
    ground: str | None,
    *,
    content: bytes | None = None,
    label: str,
    walks: Sequence[Walk] = (),
    stops: np.ndarray | None = None,
    stop_name: str = "",
    first: int = 0,
    marks: Sequence[Mark] = (),
    arrows: Sequence[Arrow] = (),
    images_label: str = "",
    in_a_row: bool = False,
    is_close: bool = False,
    sums: Sequence[str] = (),
    rows: Sequence[Row] = (),
    question: Question | None = None,
    note: str = "",
    smooth: bool = False,
    key: str,
    on_change: Callable[[], None] | None = None,
) -> None:
    """Show the map with what lies on it, and where there are walks their images, a slider and Play.

    Args:
        ground: Name of the map's ground in the page's blob store; None for no map.
        content: The ground itself, where it is not in the blob store.
        label: What the map shows, for those who do not see it.
        walks: All of F places.
        stops: The number of each place, (F,), such as a share of the path or a strength; None without walks.
        stop_name: What that number is.
        first: The place that is shown first.
        marks: Points; they move to their new places when these change and their number does not.
        arrows: Steps.
        images_label: What the images are together, for those who do not see them.
        in_a_row: Whether the images stand side by side above the map, of which each walk's are a part of one whole.
        is_close: Whether the map shows the surroundings of the walks alone, where they are short.
        sums: What the images of each place come to, F texts, or none.
        rows: Images at some places of the walks.
        question: What the visitor predicts before Play. Until then, what stands after a colon in the texts is hidden;
            until the answer is known, so are the images of the rows that the visitor has not passed.
        note: What the marks on the map are.
        smooth: Whether the browser interpolates between pixels; otherwise they are squares.
        key: Identity on the page.
        on_change: Called when the visitor has gone to another place, which `reported_stop` returns; None reports none.
    """
    _component.show(
        pack(
            {
                "ground": ground,
                "content": content,
                "label": label,
                "walks": [
                    {
                        "name": walk.name,
                        "colour": walk.colour,
                        "sheet": walk.sheet or sheet_of(walk.images),
                        "places": walk.places.astype(np.float32),
                        "texts": list(walk.texts),
                        "start": walk.start,
                    }
                    for walk in walks
                ],
                "tiling": {
                    "columns": _COLUMNS,
                    "gap": GAP,
                    "tile": list(walks[0].images.shape[2:]) if walks else [1, 1],
                },
                "stops": [] if stops is None else [round(float(stop), 4) for stop in stops],
                "stopName": stop_name,
                "stopNoun": stop_name.lower() if current_language() == ENGLISH else stop_name,
                "first": first,
                "marks": [
                    {"at": list(mark.at), "text": mark.text, "colour": mark.colour, "faint": mark.is_faint}
                    for mark in marks
                ],
                "arrows": [
                    {"start": list(arrow.start), "end": list(arrow.end), "text": arrow.text, "colour": arrow.colour}
                    for arrow in arrows
                ],
                "imagesLabel": images_label,
                "inARow": in_a_row,
                "isClose": is_close,
                "sums": list(sums),
                "rows": [row.to_json() for row in rows],
                "question": None if question is None else question.to_json(),
                "note": note,
                "smooth": smooth,
                "reports": on_change is not None,
            }
        ),
        key=key,
        callbacks=None if on_change is None else {CHANGED: on_change},
    )


def reported_stop(key: str, stops: np.ndarray) -> float | None:
    """Return which of the stops the visitor has gone to in the walk with this key; None where that is unknown."""
    found = numbers_of(key, CHANGED)
    return float(stops[int(found[0])]) if found and found[0] in range(len(stops)) else None
