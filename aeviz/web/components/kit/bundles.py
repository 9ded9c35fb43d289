"""Scripts of the components, each packed with all that it imports into one file, so that a browser asks once for it.

`tools/bundle.py` makes the bundles. Without them, or after a change of a script, the page loads the single modules.
This file needs the standard library alone.
"""

import functools
import hashlib
import json
from pathlib import Path

COMPONENTS = Path(__file__).resolve().parents[1]
"""The folder of the components."""
BUNDLES = "bundled"
"""The folder in it that holds the bundles, at the same depth as the scripts: these find the runtime from there."""
STAMP = "stamp.json"
"""What tells for which scripts the bundles were made."""


def bundle_name(script: str) -> str:
    """Return the file name of the bundle of a script, such as map-overlay.js for map/overlay.js."""
    return script.replace("/", "-")


def digest_of_scripts(components: Path = COMPONENTS) -> str:
    """Return the digest of all scripts of the components with their names, and of nothing that is not ours."""
    digest = hashlib.sha256()
    for script in sorted(components.glob("*/*.js")):
        if script.parent.name != BUNDLES:
            digest.update(f"{script.relative_to(components).as_posix()}\0".encode() + script.read_bytes() + b"\0")
    return digest.hexdigest()


def script_to_load(script: str, components: Path = COMPONENTS) -> str:
    """Return the path below `components` of what the page loads for a script: its bundle, or the script itself."""
    path = f"{BUNDLES}/{bundle_name(script)}"
    return path if _are_current(components) and (components / path).is_file() else script


@functools.cache
def _are_current(components: Path) -> bool:
    """Tell whether there are bundles of the present scripts."""
    try:
        stamp = json.loads((components / BUNDLES / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(stamp, dict) and stamp.get("scripts") == digest_of_scripts(components)
