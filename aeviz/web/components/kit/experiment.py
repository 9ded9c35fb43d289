"""What the components of the Lab's experiments have in common: numbers that the visitor changes without a rerun."""

from collections.abc import Callable, Mapping, Sequence

from aeviz.figures.palette import FIRST, SECOND
from aeviz.web.components.kit.mount import Component

CHANGED = "changed"
"""Event: the visitor has let go; its value is the new list of numbers."""


class ExperimentComponent:
    """A component whose whole state is a list of numbers; its script extends the class of kit/experiment.js."""

    def __init__(self, name: str, script: str = "") -> None:
        """Name it as in aeviz/pyproject.toml; `script` is a path below aeviz/web/components, NAME/NAME.js if empty."""
        script = script or f"{name}/{name}.js"
        self._component = Component(name=name, script=script, style="kit/experiment.css", events=(CHANGED,))

    def show(
        self,
        values: Sequence[float],
        *,
        key: str,
        on_change: Callable[[], None],
        more: Mapping[str, object] | None = None,
    ) -> None:
        """Show it.

        Args:
            values: The numbers, as the component says.
            key: Identity on the page.
            on_change: Called when the visitor has changed something; `kit.mount.numbers_of` says what.
            more: What else the script is sent, small JSON values by name.
        """
        data = {"values": list(values), "colours": {"first": FIRST, "second": SECOND}, **(more or {})}
        self._component.show(data, key=key, callbacks={CHANGED: on_change})
