"""Hooks of the documentation's site, which docs/site/mkdocs.yml names and MkDocs calls: `make docs`.

The documents are written for the host of the repository: links lead to files, README.md is the first page, formulas
stand between dollar signs. Here they become a site: files outside docs/ join it, notebooks become pages, links lead to
pages, and formulas become MathML, which browsers draw themselves.
"""

import html
import json
import posixpath
import re
from pathlib import Path
from typing import Any

import latex2mathml.converter
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.exceptions import PluginError
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[1]
_PLACES = {
    "README.md": "index.md",
    "CHANGELOG.md": "changelog.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "checkpoints/FACES.md": "models/faces.md",
    "checkpoints/*/README.md": "models/{parent}.md",
    "aeviz/web/*/notes.md": "theory/{parent}.md",
    "aeviz/web/icon.svg": "assets/icon.svg",
    "docs/notebooks/*.ipynb": "notebooks/{stem}.md",
}
"""Files outside docs/, and notebooks, to their place in the site."""
_LINK = re.compile(r"(?P<image>!?)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_LOADED = re.compile(r'<(?:script|img|iframe|source|link)\b[^>]*?\b(?:src|href)="(?:https?:)?//[^"]*"[^>]*>')
"""What a page would load from another host; `rel=canonical` and the like are told apart below."""


def places(root: Path = ROOT) -> dict[str, str]:
    """Return the files that join the site: path in the repository to path in the site."""
    found = {}
    for pattern, place in _PLACES.items():
        for path in sorted(root.glob(pattern)):
            found[path.relative_to(root).as_posix()] = place.format(parent=path.parent.name, stem=path.stem)
    return found


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files that lie outside docs/, and the notebooks as pages, and fill the parts of the navigation."""
    for entry in config.nav or []:
        for title, pages in entry.items():
            if not pages:
                entry[title] = [place for place in places().values() if place.startswith(f"{title.lower()}/")]
    for source, place in places().items():
        path = ROOT / source
        if path.suffix == ".ipynb":
            content = notebook_page(json.loads(path.read_text(encoding="utf-8")))
            files.append(File.generated(config, place, content=content))
        else:
            files.append(File.generated(config, place, abs_src_path=str(path)))
    return files


def notebook_page(notebook: dict[str, Any]) -> str:
    """Return the cells of a notebook as Markdown, without outputs."""
    parts = []
    for cell in notebook["cells"]:
        text = "".join(cell["source"])
        parts.append(text if cell["cell_type"] == "markdown" else f"```python\n{text}\n```")
    return "\n\n".join(parts) + "\n"


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Turn a text of the repository into one of the site."""
    here = page.file.src_uri
    source = next((name for name, place in places().items() if place == here), f"docs/{here}")
    known = {f"docs/{file.src_uri}": file.src_uri for file in files} | places()
    if source.endswith("/notes.md"):  # all have one title
        markdown = re.sub(r"^# .*", f"# {page.title}", markdown, count=1)
    return deepen_lists(relink(markdown, source, here, known))


def relink(markdown: str, source: str, here: str, known: dict[str, str]) -> str:
    """Return the text with links between files as links between pages.

    Args:
        markdown: The text.
        source: Path of its file in the repository.
        here: Path of its page in the site.
        known: Paths in the repository to paths in the site. A link to a file that is on neither becomes its text.
    """

    def replace(match: re.Match[str]) -> str:
        target, _, anchor = match["target"].partition("#")
        if not target or re.match(r"[a-z]+:", target):
            return match[0]
        path = posixpath.normpath(posixpath.join(posixpath.dirname(source), target))
        if path in known:
            link = posixpath.relpath(known[path], posixpath.dirname(here) or ".")
            return f"{match['image']}[{match['text']}]({link}{'#' if anchor else ''}{anchor})"
        return match["text"] if (ROOT / path).exists() and not match["image"] else match[0]

    return _LINK.sub(replace, markdown)


def deepen_lists(markdown: str) -> str:
    """Return the text with the lines below a list's item indented twice as far: Python-Markdown wants four spaces."""
    lines, in_list, fence = [], False, ""
    for line in markdown.splitlines():
        stripped = line.lstrip()
        indent = line[: len(line) - len(stripped)]
        if not fence and stripped and not indent:
            in_list = re.match(r"(?:[-*]|\d+\.) ", line) is not None
        if in_list:
            line = (fence or indent) + line if stripped else line
        if stripped.startswith("```"):
            fence = "" if fence else indent
        lines.append(line)
    return "\n".join(lines) + "\n"


def on_page_content(content: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Draw formulas as MathML."""
    return re.sub(r'<span class="arithmatex">\\\((.*?)\\\)</span>', _mathml, content, flags=re.DOTALL)


def _mathml(match: re.Match[str]) -> str:
    return str(latex2mathml.converter.convert(html.unescape(match[1])))


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """Refuse a page that would load anything from another host.

    Raises:
        PluginError: It would.
    """
    if loaded := _LOADED.findall(output):
        raise PluginError(f"{page.file.src_uri} would load from another host: {loaded[0]}")
    if left := re.search(r"\\\(.{0,40}", output):
        raise PluginError(f"{page.file.src_uri} has a formula that was not drawn: {left[0]}")
    return output
