"""The lessons on offer: those that ship, and those of the folder AEVIZ_LESSONS."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from aeviz.errors import LessonError
from aeviz.lessons.lesson import Lesson
from aeviz.lessons.parsing import read_lesson
from aeviz.lessons.views import page_paths
from aeviz.paths import lessons_root

SHIPPED = Path(__file__).parent / "shipped"
"""Folder of the lessons that ship."""
_ORDER = ("latent-space", "pca-to-vae", "adam-or-amsgrad", "posterior-collapse", "blur-and-ms-ssim")
"""Lessons that ship in the order in which they are offered; others follow by name."""
MOST_FILES = 200
"""Files of AEVIZ_LESSONS that are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A lesson on offer."""

    name: str
    """Name of the file without its ending; the address has it."""
    lesson: Lesson
    is_shipped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """What was found."""

    lessons: Mapping[str, Listed]
    """Lessons by name, those that ship first."""
    problems: tuple[str, ...]
    """Why some files are not among them, a sentence or more for each."""


def lesson_files() -> list[Path]:
    """Return the lesson files on offer, readable or not: those that ship, then those of AEVIZ_LESSONS."""
    shipped = sorted(SHIPPED.glob("*.yaml"), key=lambda path: (_place(path.stem), path.stem))
    root = lessons_root()
    try:
        own = [] if root is None else sorted(path for path in root.iterdir() if path.suffix in (".yaml", ".yml"))
    except OSError:
        own = []
    return shipped + own[:MOST_FILES]


def find_lessons(pages: Collection[str] | None = None) -> Library:
    """Return all lessons on offer; a file that is no lesson is told among the problems and hides no other.

    Args:
        pages: Paths of the pages that views may name; None stands for those of the app.
    """
    known = page_paths() if pages is None else pages
    found: dict[str, Listed] = {}
    problems: list[str] = []
    root = lessons_root()
    if root is not None and not root.is_dir():
        problems.append(f"AEVIZ_LESSONS is {str(root)!r}, which is no folder; name the folder of your lesson files")
    for path in lesson_files():
        try:
            lesson = read_lesson(path, known)
        except LessonError as error:
            problems.append(str(error))
            continue
        if path.stem in found:
            problems.append(f"{path.name}: there is a lesson {path.stem!r} already; rename the file")
        else:
            found[path.stem] = Listed(name=path.stem, lesson=lesson, is_shipped=path.parent == SHIPPED)
    return Library(lessons=found, problems=tuple(problems))


def _place(name: str) -> int:
    return _ORDER.index(name) if name in _ORDER else len(_ORDER)
