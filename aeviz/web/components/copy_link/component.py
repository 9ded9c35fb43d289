"""The address of the page as it stands, copied by one click, on each page whose picture has no such button itself."""

from aeviz.web.components.kit.mount import Component

_component = Component(name="copy_link", script="copy_link/copy_link.js", style="copy_link/copy_link.css")


def copy_link() -> None:
    """Show the button. The address is the browser's: nothing is sent to the server."""
    _component.show(None, key="link-to-copy")
