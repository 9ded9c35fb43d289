"""A latent plane with the points that were sampled, above the images decoded from them; pointing at one marks both."""

from collections.abc import Sequence
from dataclasses import dataclass

from aeviz.web.components.kit.mount import Component

_component = Component(
    name="prior_samples", script="prior_samples/prior_samples.js", style="prior_samples/prior_samples.css"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """An image of the page."""

    uri: str
    """The image as a data URI."""
    text: str
    """What it shows."""


def prior_samples(
    plane: Picture,
    places: Sequence[tuple[float, float] | None],
    samples: Picture,
    *,
    columns: int,
    smooth: bool,
    group: str,
    key: str,
) -> None:
    """Show samples below the plane that they come from; nothing comes back to Python.

    Args:
        plane: The plane.
        places: Where each sample's point lies, as shares of the width and height of `plane`; None outside of it.
        samples: The images, tiled without gaps beside the outermost ones.
        columns: Images in a row.
        smooth: Whether the browser interpolates between pixels; otherwise they are squares.
        group: Name of the components that show the same sample when the visitor points at one of them.
        key: Identity on the page.
    """
    _component.show(
        {
            "plane": {"uri": plane.uri, "text": plane.text},
            "places": [None if place is None else list(place) for place in places],
            "samples": {"uri": samples.uri, "text": samples.text},
            "count": len(places),
            "columns": columns,
            "smooth": smooth,
            "group": group,
        },
        key=key,
    )
