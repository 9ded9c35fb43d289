"""The encoded test images in a plane, with axes and the names of the classes."""

from aeviz.web.components.kit.mount import Component

_IMPORT_MAP = Component(name="import_map", script="import_map/import_map.js", style="kit/experiment.css")


def show_import_map(ground: bytes, *, key: str) -> None:
    """Show the map.

    Args:
        ground: As `kit.small_map.ground_payload` packs it.
        key: Identity on the page.
    """
    _IMPORT_MAP.show(ground, key=key)
