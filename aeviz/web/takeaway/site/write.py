"""Writes the site into a folder."""

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from aeviz import __version__
from aeviz.errors import ExportError
from aeviz.lessons import Lesson, lesson_files, page_paths, read_lesson
from aeviz.lessons.library import SHIPPED
from aeviz.training.runs import RunFolder
from aeviz.web.components.kit.bundles import COMPONENTS
from aeviz.web.takeaway.document import require_packed
from aeviz.web.takeaway.site import models, playground
from aeviz.web.takeaway.site.lessons import add_lessons
from aeviz.web.takeaway.site.models import Contents
from aeviz.web.takeaway.site.shell import Site, offer, site_style

STAMP = "aeviz-site.json"
"""What tells that a folder is such a site, so that it may be written anew."""
_PLAYGROUND = 6
"""Models in whose time the graphs of the playground are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written."""

    path: str
    pages: int
    bytes: int
    left_out: dict[str, str]
    """Name of a model, or of a pair, to the reason why it is not there."""


def write_site(
    folder: Path,
    runs: Sequence[RunFolder],
    *,
    title: str = "aeviz",
    on_progress: Callable[[float, str], None] = lambda share, text: None,
) -> Written:
    """Write models, pairs, lessons and the playground as a folder of pages for any web server.

    All addresses are relative, and nothing is loaded from another host. Test images of models are not in it.

    Args:
        folder: It must be missing or empty, or hold an earlier site, which is replaced.
        runs: The models. One that cannot be taken along is left out.
        title: Of the start page.
        on_progress: Called with the share done in [0, 1] and a text.

    Raises:
        ExportError: The folder holds something else, no model can be taken along, or the scripts are not packed.
        OSError: The folder cannot be written.
    """
    require_packed(models.SCRIPT)
    if folder.exists() and not _is_ours(folder):
        raise ExportError(f"{folder} holds other files; name a folder that is missing, empty, or an earlier site")
    site = make_site(runs, title=title, on_progress=on_progress)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".aeviz-site-") as temporary:
        fresh = Path(temporary) / "site"
        for name, content in site.files.items():
            (fresh / name).parent.mkdir(parents=True, exist_ok=True)
            (fresh / name).write_bytes(content)
        if folder.exists():
            shutil.rmtree(folder)
        fresh.rename(folder)
    pages = sum(name.endswith(".html") for name in site.files)
    size = sum(map(len, site.files.values()))
    return Written(path=str(folder), pages=pages, bytes=size, left_out=site.left_out)


def make_site(
    runs: Sequence[RunFolder],
    *,
    title: str = "aeviz",
    trains: bool = True,
    on_progress: Callable[[float, str], None] = lambda share, text: None,
) -> Site:
    """Return the site; arguments as of `write_site`. Without `trains` it has no playground."""
    site, contents = Site(title=title), Contents()
    lessons = _lessons()
    folders = {run.name: run for run in runs}
    pairs = models.pairs_of(list(folders), lessons.values())
    if pairs:
        site.sections += [("index.html#pairs", "Side by side")]
    site.sections += [("lessons/index.html", "Lessons")]
    if trains:
        site.sections += [(playground.PAGE, "Playground")]
    count = len(folders) + len(pairs) + (_PLAYGROUND if trains else 0)
    for done, run in enumerate(folders.values()):
        on_progress(done / count, run.name)
        models.add_model(site, contents, run)
    if not contents.models:
        raise ExportError(next(iter(contents.left_out.values()), "there is no model to write; train one first"))
    for done, (first, second) in enumerate(pairs, len(folders)):
        on_progress(done / count, f"{first} | {second}")
        if {first, second} <= set(contents.models):
            models.add_pair(site, contents, folders[first], folders[second])
    offers = ""
    if trains:
        begun = len(folders) + len(pairs)
        playground.add_playground(
            site, lambda share: on_progress((begun + share * _PLAYGROUND) / count, "graphs of the playground")
        )
        words = "Press Play: your browser trains it, and the latent plane forms before your eyes."
        offers = offer(playground.PAGE, "Train your own network", words)
    add_lessons(site, contents, lessons)
    offers += offer("lessons/index.html", "Take a lesson", "Predict first, then look.")
    models.add_start(site, contents, folders, offers)
    site.files["site.css"] = site_style()
    site.files["icon.svg"] = (COMPONENTS.parent / "icon.svg").read_bytes()
    site.files[".nojekyll"] = b""  # a host that runs Jekyll would leave some files out
    site.files[STAMP] = (json.dumps({"aeviz": __version__, "models": list(contents.models)}) + "\n").encode()
    site.left_out = contents.left_out
    return site


def _lessons() -> dict[str, Lesson]:
    """Return the lessons that ship, by name."""
    known = page_paths()
    return {path.stem: read_lesson(path, known) for path in lesson_files() if path.parent == SHIPPED}


def _is_ours(folder: Path) -> bool:
    return folder.is_dir() and ((folder / STAMP).is_file() or not any(folder.iterdir()))
