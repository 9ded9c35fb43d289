"""An outline on the map as a URL parameter: panel, then vertices; in space, between them, the camera.

0~1.25,-3~4,0.5~...                       in a plane
0~c:0,0,0,5.1,0.61,0.35~-0.2,0.1~...      in space: middle, half side, yaw and pitch of the view
"""

from contextlib import suppress

from aeviz.analysis.selection import Selection, read_selection

_CAMERA = "c:"


def selection_to_text(selection: Selection) -> str:
    """Return a selection as text, its numbers to four digits."""
    parts = [str(selection.panel)]
    if selection.camera is not None:
        camera = selection.camera
        parts.append(_CAMERA + _join((*camera.centre, camera.half, camera.yaw, camera.pitch)))
    return "~".join([*parts, *(_join(vertex) for vertex in selection.polygon)])


def selection_from_text(text: str) -> Selection | None:
    """Return the selection that a text stands for; None for whatever else an address holds."""
    panel, *parts = text.split("~")
    camera = None
    with suppress(ValueError):
        if parts and parts[0].startswith(_CAMERA):
            x, y, z, half, yaw, pitch = _split(parts.pop(0).removeprefix(_CAMERA))
            camera = {"centre": [x, y, z], "half": half, "yaw": yaw, "pitch": pitch}
        polygon = [_split(part) for part in parts]
        return read_selection({"panel": int(panel), "polygon": polygon, "camera": camera})
    return None


def _join(numbers: tuple[float, ...]) -> str:
    return ",".join(f"{number:.4g}" for number in numbers)


def _split(text: str) -> list[float]:
    return [float(number) for number in text.split(",")]
