"""Scrolls the page to the words that a lesson's step names and marks them, and tells when an action was done."""

from aeviz.web.components.kit.mount import Component

_component = Component(
    name="lesson_guide", script="lesson_guide/lesson_guide.js", style="lesson_guide/lesson_guide.css"
)


def guide(key: str, *, find: str, done: tuple[str, str] | None, view: int) -> None:
    """Scroll the page to `find` once it is there, and tell when the address has what `done` names.

    Args:
        key: Identity of the step.
        find: Words that the page shows; empty scrolls nowhere.
        done: Parameter and value, empty for any other value than at first, ">=" with a number for that or more; None
            watches nothing.
        view: Number of the view; with another one the page is scrolled again.
    """
    data = {"find": find, "done": None if done is None else list(done), "view": view}
    _component.show(data, key=f"lesson-guide-{key}")
