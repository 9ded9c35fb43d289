"""What the pages of the site share: their frame, their style, and the folder that they lie in."""

import gzip
import hashlib
import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from aeviz import __version__
from aeviz.web.components.kit.bundles import COMPONENTS, script_to_load
from aeviz.web.components.kit.wire import pack
from aeviz.web.takeaway.document import STYLE, pack_held

SCRIPTS = "scripts"
"""Folder of what lies below aeviz/web/components in aeviz, at the same paths: scripts find the runtime from there."""
_SITE_STYLE = """
a { color: var(--st-primary-color); }
.site-head { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; align-items: baseline; margin: 0 0 1rem; }
.site-head a { text-decoration: none; padding: 0.35rem 0; }
.site-head a:first-child { font-weight: 700; color: inherit; font-size: 1.1rem; }
.site-head a[aria-current] { color: inherit; border-bottom: 2px solid var(--st-primary-color); }
h2 { font-size: 1.15rem; margin: 1.75rem 0 0.25rem; }
h2 + p { margin: 0 0 0.75rem; }
.cards { display: grid; gap: 0.75rem; grid-template-columns: repeat(auto-fill, minmax(min(15.5rem, 46%), 1fr)); }
.cards.wide { grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); }
.card {
  display: flex; flex-direction: column; border: 1px solid var(--st-border-color); border-radius: var(--st-base-radius);
  overflow: hidden; color: inherit; text-decoration: none;
}
.card:hover, .card:focus-visible { border-color: var(--st-primary-color); }
.card img { display: block; width: 100%; aspect-ratio: 1; object-fit: cover; }
.card .two { display: grid; grid-template-columns: 1fr 1fr; }
.card div.words { padding: 0.6rem 0.75rem 0.75rem; }
.card strong { display: block; overflow-wrap: anywhere; }
.card small { display: block; margin-top: 0.25rem; opacity: 0.8; overflow-wrap: anywhere; }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; margin: 1rem 0; font-size: 0.9rem; }
dl.facts dt { opacity: 0.75; }
dl.facts dd { margin: 0; overflow-wrap: anywhere; }
.reading { max-width: 46rem; margin: 0 auto; }
.step { border-top: 1px solid var(--st-border-color); padding: 0.5rem 0 1rem; }
.step form { margin: 0.75rem 0; }
.step fieldset { border: 0; margin: 0; padding: 0; }
.step legend { padding: 0; font-weight: 600; }
.step label { display: flex; gap: 0.5rem; padding: 0.35rem 0; align-items: baseline; }
.step button, .step input[type="number"] {
  font: inherit; padding: 0.4rem 0.9rem; border-radius: var(--st-base-radius); border: 1px solid var(--st-border-color);
  background: var(--st-background-color); color: inherit; min-height: 2.5rem; margin-right: 0.5rem;
}
.step button[type="submit"] { background: var(--st-primary-color); color: var(--st-background-color); }
.step .asked { font-weight: 600; }
.verdict { border-left: 4px solid var(--st-primary-color); padding: 0.4rem 0.75rem; margin: 0.75rem 0; }
.needs { opacity: 0.85; font-size: 0.9rem; }
code { overflow-wrap: anywhere; }
.start { display: grid; gap: 1rem 2rem; grid-template-columns: minmax(0, 48rem) minmax(14rem, 1fr); }
.start > * { align-self: start; }
.start > div { display: grid; gap: 0.6rem; }
@media (max-width: 60rem) { .start { grid-template-columns: minmax(0, 1fr); } }
"""
_NAVIGATION = (("index.html", "aeviz"), ("index.html#models", "Models"))
_FROM_DISK = (
    '<p id="from-disk" hidden>A browser does not load the parts of this page from a disk. Put the folder on a web '
    "server, or run <code>python -m http.server</code> in it.</p>"
    '<script>document.getElementById("from-disk").hidden = location.protocol !== "file:";</script>\n'
)
_UNSAFE = re.compile("[^A-Za-z0-9._-]+")


def file_name(name: str) -> str:
    """Return a name as a part of an address that needs no escapes, another for another name."""
    plain = _UNSAFE.sub("-", name).strip(".-")
    if plain == name:
        return name
    return f"{plain or 'run'}-{hashlib.blake2b(name.encode(errors='surrogateescape'), digest_size=3).hexdigest()}"


def link(href: str, text: str) -> str:
    """Return a link."""
    return f'<a href="{html.escape(href)}">{html.escape(text)}</a>'


def offer(href: str, title: str, words: str) -> str:
    """Return where one may begin, as a link that fills a box."""
    return (
        f'<a class="card" href="{html.escape(href)}"><div class="words"><strong>{html.escape(title)}</strong>'
        f"<small>{html.escape(words)}</small></div></a>"
    )


@dataclass(slots=True, kw_only=True)
class Site:
    """The files of a site, by their paths in its folder."""

    title: str = "aeviz"
    files: dict[str, bytes] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    """Name of a model, or of a pair, to the reason why it is not there."""
    sections: list[tuple[str, str]] = field(default_factory=list)
    """Address and title of what the head of each page leads to besides the models."""

    def add_held(self, name: str, held: Mapping[str, object]) -> str:
        """Add a packed file that several pages may load; return its path."""
        path = f"content/{file_name(name)}.bin"
        if path not in self.files:
            self.files[path] = gzip.compress(pack(held, digests=False), 9, mtime=0)
        return path

    def add_page(
        self,
        path: str,
        title: str,
        body: str,
        *,
        script: str = "",
        styles: Sequence[str] = (),
        held: Mapping[str, object] | None = None,
        loads: Sequence[str] = (),
    ) -> None:
        """Add a page.

        Args:
            path: Where it lies.
            title: Of its tab.
            body: Its content, HTML, with addresses from its own place.
            script: What runs in it, below aeviz/web/components.
            styles: Style sheets besides the site's own, likewise, or paths in the site.
            held: What the script is given, in the page itself.
            loads: Paths of files that `add_held` returned, with more of it.
        """
        up = "../" * path.count("/")
        rules = [f'<link rel="stylesheet" href="{up}{self._add(style)}">' for style in styles]
        parts = []
        if held is not None:
            names = html.escape(" ".join(up + name for name in loads))
            parts.append(
                f'<script type="text/plain" id="aeviz-content" data-files="{names}">{pack_held(held)}</script>'
            )
        if script:
            parts.append(f'<script type="module" src="{up}{self._add(script)}"></script>')
        here = path.partition("/")[0].removesuffix(".html")
        links = []
        for place, words in (*_NAVIGATION, *self.sections):
            current = ' aria-current="page"' if place.partition(".")[0].partition("/")[0] == here != "index" else ""
            links.append(f'<a href="{up}{place}"{current}>{html.escape(words)}</a>')
        note = _FROM_DISK if script else ""
        version = html.escape(__version__)
        name = html.escape(title if title == self.title else f"{title} · {self.title}")
        self.files[path] = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="aeviz {version}">
<title>{name}</title>
<link rel="icon" href="{up}icon.svg">
<link rel="stylesheet" href="{up}site.css">
{"".join(rules)}
</head>
<body>
<nav class="site-head" aria-label="Site">{"".join(links)}</nav>
<main>
{note}{body}
</main>
<footer>Made by aeviz {version}. All is computed in your browser; nothing is sent anywhere.</footer>
<noscript>This page computes in your browser: switch JavaScript on.</noscript>
{"".join(parts)}
</body>
</html>
""".encode()

    def _add(self, path: str) -> str:
        """Add a script or a style sheet of the components unless the site has it; return its path in the folder."""
        if path in self.files:
            return path
        found = script_to_load(path) if path.endswith(".js") else path
        self.files.setdefault(f"{SCRIPTS}/{found}", self.component(found))
        return f"{SCRIPTS}/{found}"

    @staticmethod
    def component(path: str) -> bytes:
        """Return a file below aeviz/web/components."""
        return (COMPONENTS / path).read_bytes()


def site_style() -> bytes:
    """Return the style sheet of all pages."""
    return f"{STYLE.strip()}\n{_SITE_STYLE.strip()}\n".encode()
