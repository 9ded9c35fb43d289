r"""The Markdown of lessons as HTML, and formulas as MathML, which browsers draw by themselves.

What lessons use is known: paragraphs, lists, `**strong**`, `*emphasis*`, code, links and formulas between dollar signs.
Anything else stands as it is written.
"""

import html
import re
from collections.abc import Callable
from html.entities import html5

_INLINE = re.compile(
    r"`(?P<code>[^`]+)`"
    r"|\$(?P<formula>[^$]+)\$"
    r"|\[(?P<text>[^\]]+)\]\((?P<target>[^)\s]+)\)"
    r"|\*\*(?P<strong>.+?)\*\*"
    r"|\*(?P<emphasis>[^*\s](?:[^*]*[^*\s])?)\*",
    re.DOTALL,
)
_ITEM = re.compile(r"\s*(?:[-*]|\d+\.)\s+")
_TOKEN = re.compile(r"\\[A-Za-z]+|\\.|[0-9][0-9.,]*(?<![.,])|\S")
_ENTITIES = {"cdot": "sdot", "infty": "infin", "to": "rarr", "ldots": "hellip", "neq": "ne", "leq": "le", "geq": "ge"}
"""Names of TeX that HTML calls otherwise; the others are the same in both."""
_NAMES = {"ln", "log", "exp", "max", "min", "sin", "cos"}
Resolve = Callable[[str], str | None]
"""From the address of a link to that in the site; None where there is no counterpart."""


def to_html(text: str, resolve: Resolve) -> str:
    """Return Markdown as HTML; a link without a counterpart becomes its text."""
    blocks = []
    for block in re.split(r"\n\s*\n", text.strip()):
        lines = block.splitlines()
        if len(lines) > 0 and all(_ITEM.match(line) or line.startswith("  ") for line in lines):
            items: list[str] = []
            for line in lines:
                if _ITEM.match(line):
                    items.append(_ITEM.sub("", line, count=1))
                else:
                    items[-1] += " " + line.strip()
            blocks.append("<ul>" + "".join(f"<li>{to_inline(item, resolve)}</li>" for item in items) + "</ul>")
        else:
            blocks.append(f"<p>{to_inline(' '.join(lines), resolve)}</p>")
    return "".join(blocks)


def to_inline(text: str, resolve: Resolve) -> str:
    """Return Markdown of one line as HTML."""
    parts, at = [], 0
    for found in _INLINE.finditer(text):
        parts.append(html.escape(text[at : found.start()], quote=False))
        parts.append(_element(found, resolve))
        at = found.end()
    return "".join([*parts, html.escape(text[at:], quote=False)])


def _element(found: re.Match[str], resolve: Resolve) -> str:
    if found["code"] is not None:
        return f"<code>{html.escape(found['code'])}</code>"
    if found["formula"] is not None:
        return to_mathml(found["formula"])
    if found["strong"] is not None:
        return f"<strong>{to_inline(found['strong'], resolve)}</strong>"
    if found["emphasis"] is not None:
        return f"<em>{to_inline(found['emphasis'], resolve)}</em>"
    target, words = resolve(found["target"]), to_inline(found["text"], resolve)
    return words if target is None else f'<a href="{html.escape(target)}">{words}</a>'


def to_mathml(formula: str) -> str:
    """Return a formula of TeX's simplest kind as MathML."""
    tokens = _TOKEN.findall(formula)
    return f"<math><mrow>{''.join(_row(tokens, ''))}</mrow></math>"


def _row(tokens: list[str], end: str) -> list[str]:
    """Return the elements up to a token, which is taken off too."""
    found: list[str] = []
    while tokens and tokens[0] != end:
        token = tokens[0]
        if token in "_^" and found:
            tokens.pop(0)
            base, tag = found.pop(), "msub" if token == "_" else "msup"
            found.append(f"<{tag}>{base}{_atom(tokens)}</{tag}>")
        else:
            found.append(_atom(tokens))
    if tokens:
        tokens.pop(0)
    return found


def _atom(tokens: list[str]) -> str:
    if not tokens:
        return "<mrow></mrow>"
    token = tokens.pop(0)
    if token == "{":
        return f"<mrow>{''.join(_row(tokens, '}'))}</mrow>"
    if token == "\\frac":
        return f"<mfrac>{_atom(tokens)}{_atom(tokens)}</mfrac>"
    if token.startswith("\\"):
        name = token[1:]
        symbol = html5.get(f"{_ENTITIES.get(name, name)};", name) if name.isalpha() else "\u2009"
        tag = "mi" if name in _NAMES or symbol.isalpha() else "mo"
        return f"<{tag}>{html.escape(name if name in _NAMES else symbol)}</{tag}>"
    if token[0].isdigit():
        return f"<mn>{token}</mn>"
    if token.isalpha():
        return f"<mi>{token}</mi>"
    fence = ' stretchy="false"' if token in "()[]|" else ""
    return f"<mo{fence}>{'&minus;' if token == '-' else html.escape(token)}</mo>"
