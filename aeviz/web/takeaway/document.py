"""HTML files that hold a component with all that it shows, and need no server."""

import base64
import gzip
import html
from collections.abc import Mapping, Sequence

from aeviz import __version__
from aeviz.errors import ExportError
from aeviz.web.components.kit.bundles import COMPONENTS, script_to_load
from aeviz.web.components.kit.wire import pack

LIGHT = """
  --st-background-color: #ffffff; --st-text-color: #22262c; --st-primary-color: #2469b3; --st-border-color: #c9ced6;
  --st-font: system-ui, sans-serif; --st-base-radius: 0.5rem;
"""
"""The custom properties that the components take their colours from, as Streamlit sets them in the app."""
DARK = """
  --st-background-color: #14161a; --st-text-color: #eceff3; --st-primary-color: #5aa9f0; --st-border-color: #444a53;
"""
STYLE = f"""
:root {{ color-scheme: light dark; {LIGHT} }}
@media (prefers-color-scheme: dark) {{ :root {{ {DARK} }} }}
"""
STYLE += """
@media (prefers-contrast: more) {
  :root {
    --aeviz-strength: 1; --aeviz-faint: 1; --aeviz-ink: light-dark(#000, #fff);
    --aeviz-edge: light-dark(#5c5c5c, #b0b0b0); --aeviz-accent: light-dark(#003f7d, #8fcbff);
    --st-text-color: var(--aeviz-ink); --st-border-color: var(--aeviz-edge); --st-primary-color: var(--aeviz-accent);
  }
}
body {
  margin: 0 auto; max-width: 90rem; padding: 1rem 1.25rem; box-sizing: border-box; font-family: var(--st-font);
  background: var(--st-background-color); color: var(--st-text-color);
}
h1 { font-size: 1.4rem; margin: 0; }
h1 + p { margin: 0.2rem 0 0.8rem; }
footer { margin-top: 1rem; font-size: 0.8rem; opacity: 0.8; }
@media (max-width: 45rem) { body { padding: 0.75rem; } }
"""


def is_packed(script: str) -> bool:
    """Tell whether a script is there as one file, with all that it imports."""
    return script_to_load(script) != script


def require_packed(script: str) -> None:
    """Raise an ExportError unless a script is there as one file."""
    if not is_packed(script):
        raise ExportError(
            "the page's scripts are not packed into one file each, which a place without the app needs; make app packs "
            "them where npm can be had, and so does an installation from the wheel"
        )


def packed_script(script: str) -> str:
    """Return a script of the components, below aeviz/web/components, with all that it imports.

    Raises:
        ExportError: The scripts of the page are not packed.
    """
    require_packed(script)
    return (COMPONENTS / script_to_load(script)).read_text(encoding="utf-8")


def pack_held(held: Mapping[str, object]) -> str:
    """Return what a script is given as text that components/kit/held.js reads: base64 of gzip of `kit.wire`."""
    return base64.b64encode(gzip.compress(pack(held, digests=False), 9, mtime=0)).decode()


def rules_of(style: str) -> str:
    """Return a style sheet of the components, below aeviz/web/components."""
    return (COMPONENTS / style).read_text(encoding="utf-8")


def document(
    title: str, words: str, footer: str, *, script: str, styles: Sequence[str], held: Mapping[str, object]
) -> str:
    """Return an HTML file.

    Args:
        title: Its heading.
        words: A sentence below it.
        footer: A sentence on what it holds.
        script: The script that shows it, by components/kit/held.js; below aeviz/web/components.
        styles: Style sheets, likewise.
        held: What the script is given, packed by `kit.wire`; its `blobs` go into the blob store.

    Raises:
        ExportError: The scripts of the page are not packed.
    """
    code = packed_script(script).replace("</script", "<\\/script")
    rules = "".join(rules_of(path) for path in styles)
    name, version = html.escape(title), html.escape(__version__)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="aeviz {version}">
<title>{name}: latent space</title>
<style>{STYLE}{rules}</style>
</head>
<body>
<h1>{name}</h1>
<p>{html.escape(words)}</p>
<main id="aeviz"></main>
<footer>Made by aeviz {version}. {html.escape(footer)} It works without a network.</footer>
<noscript>This page computes in your browser: switch JavaScript on.</noscript>
<script type="text/plain" id="aeviz-content">{pack_held(held)}</script>
<script type="module">{code}</script>
</body>
</html>
"""
