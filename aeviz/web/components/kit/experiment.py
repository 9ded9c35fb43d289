"""What the components of the Lab's experiments have in common: numbers that the visitor changes without a rerun."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from aeviz.figures.palette import FIRST, SECOND
from aeviz.web.components.kit.mount import Component
from aeviz.web.components.kit.wire import pack

CHANGED = "changed"
"""Event: the visitor has let go; its value is the new list of numbers."""


class ExperimentComponent:
    """A component whose whole state is a list of numbers; its script extends the class of kit/experiment.js."""

    def __init__(self, name: str, script: str = "", style: str = "kit/experiment.css") -> None:
        """Name it as in aeviz/pyproject.toml.

        `script` and `style` are paths below aeviz/web/components; the script is NAME/NAME.js if empty.
        """
        script = script or f"{name}/{name}.js"
        self._component = Component(name=name, script=script, style=style, events=(CHANGED,))

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
            more: What else the script is sent by name: JSON values; with arrays among them all is packed.
        """
        data = {"values": list(values), "colours": {"first": FIRST, "second": SECOND}, **(more or {})}
        has_arrays = any(isinstance(value, np.ndarray) for value in data.values())
        self._component.show(pack(data) if has_arrays else data, key=key, callbacks={CHANGED: on_change})
