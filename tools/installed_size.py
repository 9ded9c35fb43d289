"""Say what the packages that aeviz asks for take on the disk: `python -m tools.installed_size [--extra umap]`.

Counted are the files that each installed distribution lists, with bytecode, of aeviz's requirements and of what these
require; not aeviz itself.
"""

import argparse
import re
from collections import Counter
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

GROUPS = {"CUDA and Triton": re.compile("nvidia-|cuda-|triton"), "PyTorch": re.compile("torch$")}
"""Groups of distributions by name; all others are one group."""
OTHERS = "all others"


def required(extras: tuple[str, ...]) -> set[str]:
    """Return the names of the installed distributions that aeviz needs, directly or not, with these extras."""
    found: set[str] = set()
    waiting = [("aeviz", extra) for extra in ("", *extras)]
    seen = set(waiting)
    while waiting:
        name, extra = waiting.pop()
        try:
            requirements = metadata.requires(name) or ()
        except metadata.PackageNotFoundError:  # for another system
            continue
        found.add(name)
        for requirement in map(Requirement, requirements):
            if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
                continue
            below = re.sub("[-_.]+", "-", requirement.name).lower()
            new = {(below, each) for each in ("", *requirement.extras)} - seen
            seen |= new
            waiting += new
    return found - {"aeviz"}


def size_of(name: str) -> int:
    """Return the bytes of the files of an installed distribution."""
    paths = {Path(str(path.locate())) for path in metadata.files(name) or ()}
    return sum(path.stat().st_size for path in paths if path.is_file())


def main() -> int:
    """Print a line for each group, and the sum."""
    parser = argparse.ArgumentParser(description="say what the packages that aeviz asks for take on the disk")
    parser.add_argument("--extra", action="append", default=[], help="an extra of aeviz, such as umap")
    sizes: Counter[str] = Counter()
    for name in sorted(required(tuple(parser.parse_args().extra))):
        group = next((title for title, names in GROUPS.items() if names.match(name)), OTHERS)
        sizes[group] += size_of(name)
    for title in (*GROUPS, OTHERS):
        print(f"{title:<16} {sizes[title] / 1e6:>7,.0f} MB")
    print(f"{'together':<16} {sum(sizes.values()) / 1e6:>7,.0f} MB")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
