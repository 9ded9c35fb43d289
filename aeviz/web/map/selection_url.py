"""An outline on the map as a URL parameter: panel, then vertices; in space, between them, the camera.

0~1.25,-3~4,0.5~...                       in a plane
0~c:0,0,0,5.1,0.61,0.35~-0.2,0.1~...      in space: middle, half side, yaw and pitch of the view
"""

import math
from contextlib import suppress

from aeviz.analysis.selection import Selection, read_selection

_CAMERA = "c:"


def selection_to_text(selection: Selection) -> str:
    """Return a selection as text, its vertices to a ten-thousandth of the outline's longer side or finer."""
    parts = [str(selection.panel)]
    if selection.camera is not None:
        camera = selection.camera
        parts.append(_CAMERA + _join((*camera.centre, camera.half, camera.yaw, camera.pitch), 6))
    sides = [max(numbers) - min(numbers) for numbers in zip(*selection.polygon, strict=True)]
    decimals = max(0, 4 - math.floor(math.log10(max(*sides, 1e-9))))
    return "~".join([*parts, *(_join(vertex, decimals) for vertex in selection.polygon)])


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


def _join(numbers: tuple[float, ...], decimals: int) -> str:
    return ",".join(f"{round(number, decimals):.15g}" for number in numbers)


def _split(text: str) -> list[float]:
    return [float(number) for number in text.split(",")]
