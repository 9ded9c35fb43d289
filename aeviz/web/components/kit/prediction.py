"""A question beside what plays, whose answer the page keeps back until the visitor has seen it (kit/prediction.js)."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from aeviz.web.components.kit.bundles import COMPONENTS


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What the visitor predicts, and what comes of it."""

    name: str
    """The experiment, as `aeviz.web.kernel.asking` calls it."""
    ask: str
    choices: Sequence[str]
    correct: int
    """Number of the choice that comes true."""
    also: Sequence[int] = ()
    """Numbers of other choices that are as right."""
    answer: str
    why: str = ""
    """More on the answer."""

    def to_json(self) -> dict[str, object]:
        """Return what the page is sent."""
        return {**asdict(self), "choices": list(self.choices), "also": list(self.also)}


def style_with_question(path: str) -> str:
    """Return the rules of a component, a path below its folder, after those of its question."""
    return "\n".join((COMPONENTS / each).read_text(encoding="utf-8") for each in ("kit/prediction.css", path))
