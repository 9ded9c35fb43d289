"""Draw the packages of aeviz and their imports: `python -m tools.structure` writes docs/images/structure.svg.

With --numbers it prints instead what can be counted: modules, lines, levels, and imports between packages. Another
checkout can be measured by its folder: `python -m tools.structure --numbers --root ../older`.
"""

import argparse
import ast
import html
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIGURE = ROOT / "docs" / "images" / "structure.svg"
SETTINGS = ("config", "errors", "language", "paths", "presets", "recipes", "records", "registry", "scales")
"""Modules and packages below everything else, drawn as one box."""
ENTRY = ("cli", "__main__", "__init__")
"""Where a shell and Python come in; `aeviz/__init__` loads what it names only when it is used."""
SHARED = (
    "web.component",
    "web.components",
    "web.decoder",
    "web.kernel",
    "web.lesson",
    "web.map",
    "web.server",
    "web.takeaway",
)
"""Packages of aeviz.web that several pages use; each of the others belongs to one page."""
BOX_PX, GAP_PX, ROW_PX, MARGIN_PX = (104, 34), 10, 72, 20
"""Width and height of a box, the gap between boxes, the height of a row, and the margin, in pixels."""
WEB, CORE, LINE, INK = "#dbe9f6", "#eeeeee", "#7a8794", "#20262c"


@dataclass(frozen=True, slots=True)
class Import:
    """An import of one module of aeviz by another."""

    source: str
    """The module that imports, with dots."""
    target: str
    """The module that is imported."""


def modules_of(root: Path) -> dict[str, Path]:
    """Return the modules of the package below a checkout: names with dots to files; those of `pages/` too."""
    found = {}
    for path in [*sorted((root / "aeviz").rglob("*.py")), *sorted((root / "pages").glob("*.py"))]:
        parts = path.relative_to(root).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" and len(parts) > 2 else parts)] = path
    return found


def imports_of(modules: Mapping[str, Path]) -> list[Import]:
    """Return the imports between modules, one for each line that has one; those for type checkers are left out."""
    return [
        Import(source, target)
        for source, path in modules.items()
        for line in _imported(ast.parse(path.read_text(encoding="utf-8")))
        for target in {_module_of(name, modules) for name in line} - {None, source}
        if target is not None
    ]


def _imported(node: ast.AST) -> Iterator[list[str]]:
    """Yield for each import statement the names it imports, with dots."""
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
        for statement in node.orelse:
            yield from _imported(statement)
        return
    if isinstance(node, ast.Import):
        yield [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        yield [f"{node.module}.{alias.name}" for alias in node.names]
    for child in ast.iter_child_nodes(node):
        yield from _imported(child)


def _module_of(name: str, modules: Mapping[str, Path]) -> str | None:
    """Return the module that holds a name; None for somebody else's, and for the packages that hold the others."""
    while name and name not in modules:
        name = name.rpartition(".")[0]
    return None if name in ("", "aeviz", "aeviz.__init__", "aeviz.web") else name


def package_of(module: str) -> str:
    """Return the box of the figure to which a module belongs; a page's script belongs to the package of its page."""
    parts = module.split(".")
    if parts[0] == "pages":
        return f"web.{parts[1]}"
    if len(parts) < 2 or parts[1] in ENTRY:
        return "cli"
    if parts[1] == "web":
        return f"web.{parts[2]}" if len(parts) > 2 else "web"
    return "settings" if parts[1] in SETTINGS else parts[1]


def arrows_of(imports: list[Import]) -> dict[str, set[str]]:
    """Return for each package the packages that it imports."""
    arrows: dict[str, set[str]] = {}
    for each in imports:
        source, target = package_of(each.source), package_of(each.target)
        arrows.setdefault(target, set())
        if source != target:
            arrows.setdefault(source, set()).add(target)
    return arrows


def levels_of(arrows: Mapping[str, set[str]]) -> dict[str, int]:
    """Return how many arrows the longest way down from each package has.

    Raises:
        ValueError: Packages import each other in a circle.
    """
    levels: dict[str, int] = {}

    def level(package: str, above: tuple[str, ...]) -> int:
        if package in above:
            circle = [*above[above.index(package) :], package]
            raise ValueError(
                f"packages import each other in a circle: {' -> '.join(circle)}; move what they share down"
            )
        if package not in levels:
            below = [level(target, (*above, package)) for target in sorted(arrows.get(package, ()))]
            levels[package] = 1 + max(below, default=-1)
        return levels[package]

    for package in sorted(arrows):
        level(package, ())
    return levels


def without_shortcuts(arrows: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """Return the arrows that do not follow from others: A to C is left out where A leads to B and B to C."""

    def reach(package: str) -> set[str]:
        found = set(arrows.get(package, ()))
        for target in arrows.get(package, ()):
            found |= reach(target)
        return found

    return {
        package: {target for target in targets if not any(target in reach(other) for other in targets - {target})}
        for package, targets in arrows.items()
    }


def draw(arrows: Mapping[str, set[str]]) -> str:
    """Return the figure as SVG: a row for each level, and the pages in one row above the rest."""
    levels = levels_of(arrows)
    pages = [package for package in levels if package.startswith("web.") and package not in SHARED]
    levels |= dict.fromkeys(pages, max(levels.values()))
    rows: list[list[str]] = [[] for _ in range(max(levels.values()) + 1)]
    for package in sorted(levels):
        rows[levels[package]].append(package)
    widest = max(map(len, rows))
    width = 2 * MARGIN_PX + widest * BOX_PX[0] + (widest - 1) * GAP_PX
    height = 2 * MARGIN_PX + len(rows) * ROW_PX + BOX_PX[1] + 24
    places: dict[str, tuple[float, float]] = {}
    for number, row in enumerate(rows):
        left = (width - len(row) * BOX_PX[0] - (len(row) - 1) * GAP_PX) / 2
        for place, package in enumerate(_ordered(row, places, arrows)):
            places[package] = (
                left + place * (BOX_PX[0] + GAP_PX) + BOX_PX[0] / 2,
                MARGIN_PX + (len(rows) - number) * ROW_PX,
            )
    lines = [
        f'<path d="{_course(places[source], places[target], width / 2)}" marker-end="url(#tip)"/>'
        for source, targets in sorted(without_shortcuts(arrows).items())
        for target in sorted(targets)
    ]
    lines += [
        f'<path d="M{places[page][0]:.0f} {MARGIN_PX + BOX_PX[1]}V{places[page][1] - 2:.0f}" marker-end="url(#tip)"/>'
        for page in sorted(pages)
    ]
    boxes = [
        f'<rect x="{MARGIN_PX}" y="{MARGIN_PX}" width="{width - 2 * MARGIN_PX}" height="{BOX_PX[1]}" rx="5" '
        f'fill="{WEB}" stroke="{LINE}"/><text x="{width / 2:.0f}" y="{MARGIN_PX + 22}">app.py and pages/: '
        "a script for each page</text>",
    ]
    boxes += [
        f'<rect x="{x - BOX_PX[0] / 2:.0f}" y="{y:.0f}" width="{BOX_PX[0]}" height="{BOX_PX[1]}" rx="5" '
        f'fill="{WEB if package.startswith("web") else CORE}" stroke="{LINE}"/>'
        f'<text x="{x:.0f}" y="{y + 22:.0f}">{html.escape(package.removeprefix("web."))}</text>'
        for package, (x, y) in sorted(places.items())
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
            'font-family="sans-serif" font-size="14" role="img">',
            "<title>The packages of aeviz and their imports</title>",
            f'<rect width="{width}" height="{height}" fill="white"/>',
            f'<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
            f'orient="auto"><path d="M0 0L8 4L0 8z" fill="{LINE}"/></marker></defs>',
            f'<g fill="none" stroke="{LINE}" stroke-width="1.2">',
            *lines,
            "</g>",
            f'<g text-anchor="middle" fill="{INK}">',
            *boxes,
            "</g>",
            f'<text x="{MARGIN_PX}" y="{height - 10}" font-size="12" fill="{INK}">An arrow: imports. '
            "Arrows that follow from others are left out. Blue: aeviz.web; its first row has a package for each page."
            "</text>",
            "</svg>\n",
        ]
    )


def _course(source: tuple[float, float], target: tuple[float, float], middle: float) -> str:
    """Return the path of an arrow: straight to the next row, around the boxes between to one farther down."""
    (x, y), (to_x, to_y) = source, target
    y, to_y = y + BOX_PX[1], to_y - 2
    if to_y - y < ROW_PX:
        return f"M{x:.0f} {y:.0f}L{to_x:.0f} {to_y:.0f}"
    side = 1 if x + to_x >= 2 * middle else -1
    outside = side * max(side * x, side * to_x) + side * (BOX_PX[0] * 0.5 + (to_y - y) * 0.35)
    start, end = x + side * BOX_PX[0] * 0.3, to_x + side * BOX_PX[0] * 0.3
    return f"M{start:.0f} {y:.0f}C{outside:.0f} {y + 20:.0f} {outside:.0f} {to_y - 20:.0f} {end:.0f} {to_y:.0f}"


def _ordered(row: list[str], places: Mapping[str, tuple[float, float]], arrows: Mapping[str, set[str]]) -> list[str]:
    """Return the packages of a row from left to right: near what they import, which lies below and has its place."""

    def middle(package: str) -> float:
        below = [places[target][0] for target in without_shortcuts(arrows).get(package, ()) if target in places]
        return sum(below) / len(below) if below else 0.0

    return sorted(row, key=lambda package: (middle(package), package))


def count(root: Path) -> dict[str, int]:
    """Return what can be counted about a checkout."""
    modules = modules_of(root)
    imports = imports_of(modules)
    scripts = [path for path in (root / "aeviz").rglob("*.js") if not {"vendor", "bundled"} & set(path.parts)]
    lines = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in modules.items()}
    script_lines = [len(path.read_text(encoding="utf-8").splitlines()) for path in scripts]
    web = [each for each in imports if each.source.startswith("aeviz.web.") and each.target.startswith("aeviz.web.")]
    between = [each for each in web if package_of(each.source) != package_of(each.target)]
    try:
        levels = 1 + max(levels_of(arrows_of(web)).values())
    except ValueError:
        levels = -1
    return {
        "Python modules": len(modules),
        "Python lines": sum(lines.values()),
        "modules in aeviz/web": sum(name.startswith("aeviz.web") for name in modules),
        "JavaScript modules": len(scripts),
        "JavaScript lines": sum(script_lines),
        "longest module, lines": max([*lines.values(), *script_lines]),
        "modules above 400 lines": sum(number > 400 for number in [*lines.values(), *script_lines]),
        "packages in aeviz/web": len({package_of(name) for name in modules if name.startswith("aeviz.web.")}),
        "levels of packages in aeviz/web (-1: a circle)": levels,
        "imports between packages of aeviz/web": len(between),
        "arrows between packages of aeviz/web": len({(package_of(e.source), package_of(e.target)) for e in between}),
    }


def main(arguments: list[str] | None = None) -> int:
    """Write the figure, or print the numbers."""
    parser = argparse.ArgumentParser(prog="python -m tools.structure", description=__doc__)
    parser.add_argument("--root", type=Path, default=ROOT, help="folder of the checkout")
    parser.add_argument("--out", type=Path, default=FIGURE, help="file of the figure")
    parser.add_argument("--numbers", action="store_true", help="print numbers instead")
    options = parser.parse_args(arguments)
    if options.numbers:
        print("\n".join(f"{name}: {number:,}" for name, number in count(options.root).items()))
        return 0
    options.out.write_text(draw(arrows_of(imports_of(modules_of(options.root)))), encoding="utf-8")
    print(f"wrote {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
