"""Packs each component's script with all that it imports into one file, with esbuild.

    python -m tools.bundle    write aeviz/web/components/bundled unless it is current

A browser that opens a page for the first time asks for a hundred modules otherwise, one after the other. esbuild is
pinned in npm.json, fetched once into .venv, and never committed; nor are the bundles. Needs the standard library alone,
since setup.py runs it before anything is installed.
"""

import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # setup.py starts this file by its path

from tools.vendor import FetchError, fetch, read_pin  # noqa: E402

COMPONENTS = ROOT / "aeviz" / "web" / "components"
TIMEOUT_S = 60
"""Seconds that esbuild has; it needs a fifth of one."""
WORKER = "worker.js"
"""Name of a script that the page runs in a worker: it is loaded by its own address."""
EXPORTED = b"\nexport default "
"""What a component's own script has, and no module that it imports."""


def _load_names() -> ModuleType:
    """Return the module that tells names and digests, without the package around it."""
    spec = importlib.util.spec_from_file_location("bundles", COMPONENTS / "kit" / "bundles.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def is_current(components: Path = COMPONENTS) -> bool:
    """Tell whether the bundles are those of the present scripts."""
    names = _load_names()
    return any(
        names.script_to_load(path.relative_to(components).as_posix(), components).startswith(names.BUNDLES)
        for path in find_scripts(components)
    )


def find_scripts(components: Path = COMPONENTS) -> list[Path]:
    """Return the scripts that are loaded by their addresses: one a component, and those of workers."""
    return [
        path
        for path in sorted(components.glob("*/*.js"))
        if path.parent.name != _load_names().BUNDLES and (path.name == WORKER or EXPORTED in path.read_bytes())
    ]


def bundle(esbuild: Path, components: Path = COMPONENTS) -> None:
    """Write the bundles of all scripts, in place of those that are there.

    Args:
        esbuild: The program.
        components: The folder of the components.

    Raises:
        FetchError: esbuild fails; the message has its first line. The old bundles stay.
    """
    names = _load_names()
    scripts = [path.relative_to(components).as_posix() for path in find_scripts(components)]
    entries = [f"{names.bundle_name(script).removesuffix('.js')}={components / script}" for script in scripts]
    with tempfile.TemporaryDirectory(dir=components, prefix=".bundled-") as folder:
        fresh = Path(folder) / names.BUNDLES
        command = [str(esbuild), *entries, "--bundle", "--format=esm", "--minify", f"--outdir={fresh}"]
        command += ["--target=es2022", "--log-level=error"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise FetchError(f"esbuild cannot be run: {error}") from error
        if done.returncode:
            raise FetchError(f"esbuild failed: {done.stderr.strip().splitlines()[0] if done.stderr.strip() else ''}")
        stamp = {"scripts": names.digest_of_scripts(components)}
        (fresh / names.STAMP).write_text(json.dumps(stamp) + "\n", encoding="utf-8")
        shutil.rmtree(components / names.BUNDLES, ignore_errors=True)
        fresh.rename(components / names.BUNDLES)


def main() -> int:
    """Bundle unless that is done, and return 0: the app works without bundles."""

    def say(line: str) -> None:
        print(f"aeviz: {line}", file=sys.stderr, flush=True)

    if is_current():
        return 0
    try:
        pin = read_pin("esbuild")
        fetch(pin, ROOT / ".venv", say=say)
        bundle(ROOT / ".venv" / pin.folder / "esbuild")
    except FetchError as error:
        say(f"the page's scripts are not bundled: {error}; they load one by one, which takes longer")
    return 0


if __name__ == "__main__":
    sys.exit(main())
