"""A wheel as a user installs it: in an environment of its own, used from another folder that cannot be written to."""

import contextlib
import email
import importlib.metadata
import importlib.util
import os
import re
import shutil
import socket
import subprocess
import sys
import tarfile
import time
import urllib.request
import zipfile
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from aeviz import __version__
from aeviz.paths import COMPARISON
from aeviz.published import list_published

ROOT = Path(__file__).parents[2]
SOURCES = (
    "LICENSE", "MANIFEST.in", "README.md", "aeviz", "app.py", "benchmarks", "checkpoints", "docs", "pages",
    "pyproject.toml", "setup.py", "tests", "tools", ".streamlit",
)  # fmt: skip
PATIENCE_S = 120
pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(
        not all(importlib.util.find_spec(name) for name in ("pip", "setuptools")),
        reason="building a wheel without a network needs pip and setuptools in this environment",
    ),
]


def run(*command, **options):
    done = subprocess.run(
        [*map(str, command)], capture_output=True, text=True, timeout=PATIENCE_S, check=False, **options
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A copy of the sources, so that building leaves nothing in the clone."""
    folder = tmp_path_factory.mktemp("clone")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif (ROOT / name).is_file():
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def wheel(clone, tmp_path_factory):
    """The wheel; npm is asked for nothing, the runtime comes along where it lies in the clone."""
    folder = tmp_path_factory.mktemp("dist")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check"]
    without_npm = {**os.environ, "PATH": str(folder)}
    run(*pip, "--no-deps", "--no-build-isolation", "--no-index", "-w", folder, clone, env=without_npm)
    (path,) = folder.glob("*.whl")
    return path


def link_requirements(wheel, folder):
    """Link what a wheel asks for, and what that asks for, out of the environment of the tests; return the names."""
    with zipfile.ZipFile(wheel) as content:
        (path,) = [name for name in content.namelist() if name.endswith(".dist-info/METADATA")]
        wanted = email.message_from_bytes(content.read(path)).get_all("Requires-Dist")
    queue, linked = [(line, "") for line in wanted], set()
    while queue:
        line, extra = queue.pop()
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
            continue
        for extra in ("", *requirement.extras):
            if (name := canonicalize_name(requirement.name), extra) in linked:
                continue
            linked.add((name, extra))
            found = importlib.metadata.distribution(name)
            queue += [(line, extra) for line in found.requires or ()]
            for top in {file.parts[0] for file in found.files} - {"..", "__pycache__"}:
                if not (folder / top).exists():
                    (folder / top).symlink_to(found.locate_file(top))
    return {name for name, _ in linked}


@pytest.fixture(scope="module")
def environment(wheel, tmp_path_factory):
    """A virtual environment that has the wheel, and no more than it asks for, from the environment of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    shared = tmp_path_factory.mktemp("shared") / "site-packages"  # elsewhere Streamlit takes itself for a clone
    shared.mkdir()
    names = link_requirements(wheel, shared)
    assert {"streamlit", "torch", "pooch"} <= names
    assert not {"umap-learn", "numba", "llvmlite", "torchvision", "gdown", "pytest"} & names
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    (packages / "shared.pth").write_text(f"{shared}\n")  # .pth files in there are not followed
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--python", python]
    clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}  # may lead to another aeviz
    run(*pip, "install", "--no-deps", "--no-index", wheel, env=clean)
    return folder / "bin"


@pytest.fixture
def elsewhere(tmp_path):
    """A folder of somebody else's, which has nothing of ours, and the variables of a user who has set none of ours."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    folder.chmod(0o555)
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("AEVIZ_", "PYTHON"))}
    yield folder, variables | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    folder.chmod(0o755)


def test_wheel_carries_app_models_and_settings_and_nothing_for_maintainers(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"aeviz", wheel.name.rsplit("-", 3)[0] + ".dist-info"}
    bundle = {name.removeprefix("aeviz/_bundle/") for name in names if name.startswith("aeviz/_bundle/")}
    shipped = {path.parent.name for path in (ROOT / "checkpoints").glob("*/config.json")} - set(list_published())
    assert {"app.py", ".streamlit/config.toml", "pages/explore.py", "checkpoints/FACES.md"} <= bundle
    assert {name.split("/")[1] for name in bundle if name.endswith("/model.safetensors")} == shipped | {COMPARISON}
    assert not [name for name in names if name.endswith((".onnx", ".pyc")) or "/tests/" in name or "/tools/" in name]
    files = [path for path in (ROOT / "aeviz").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    missing = {path.relative_to(ROOT).as_posix() for path in files} - set(names)
    assert not missing, "package data that pyproject.toml does not name"


def test_wheel_states_version_and_licence(wheel):
    """Released under MIT, by its SPDX name; the terms of the face models stand beside it."""
    with zipfile.ZipFile(wheel) as content:
        (path,) = [name for name in content.namelist() if name.endswith(".dist-info/METADATA")]
        fields = email.message_from_bytes(content.read(path))
        assert (fields["Version"], fields["License-Expression"]) == (__version__, "MIT")
        licences = [f"{Path(path).parent}/licenses/{name}" for name in fields.get_all("License-File")]
        assert {Path(name).name for name in licences} == {"LICENSE", "FACES.md"}
        assert content.read(licences[0]).startswith(b"MIT License")
    assert wheel.stat().st_size < 100e6  # what PyPI takes


def test_source_distribution_builds_the_same_wheel(clone, wheel, tmp_path):
    without_npm = {**os.environ, "PATH": str(tmp_path)}
    run(sys.executable, "setup.py", "-q", "sdist", "-d", tmp_path, cwd=clone, env=without_npm)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as sources:
        members = [name.partition("/")[2] for name in sources.getnames()]
        sources.extractall(tmp_path, filter="data")
    tops = {name.split("/")[0] for name in members}
    assert not tops & {"tests", "tools", "benchmarks", "docs"}
    unpacked = tmp_path / archive.name.removesuffix(".tar.gz")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--disable-pip-version-check", "--no-deps"]
    run(*pip, "--no-build-isolation", "--no-index", "-w", tmp_path, unpacked, env=without_npm)
    (again,) = tmp_path.glob("*.whl")
    assert sorted(zipfile.ZipFile(again).namelist()) == sorted(zipfile.ZipFile(wheel).namelist())


def test_models_are_listed_and_opened_from_another_folder(environment, elsewhere):
    folder, variables = elsewhere
    listed = run(environment / "aeviz", "list", cwd=folder, env=variables)
    assert "mlp-2d-adam" in listed
    script = "import aeviz; print(aeviz.__file__, tuple(aeviz.load('mlp-2d-adam').decode([[0.0, 1.0]]).shape))"
    printed = run(environment / "python", "-c", script, cwd=folder, env=variables)
    assert printed.startswith(str(environment.parent)), printed
    assert printed.endswith("(1, 1, 28, 28)\n")


@contextlib.contextmanager
def app(environment, folder, variables, log_path):
    """Run `aeviz app` on a free port; yield its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with log_path.open("wb") as log:
        command = [environment / "aeviz", "app", "--headless", "--port", str(port), "--host", "127.0.0.1"]
        server = subprocess.Popen(command, cwd=folder, env=variables, stdout=log, stderr=subprocess.STDOUT)
        try:
            deadline = time.monotonic() + PATIENCE_S
            while True:
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
                    break
                assert server.poll() is None, log_path.read_text()
                assert time.monotonic() < deadline, log_path.read_text()
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


@pytest.mark.browser
def test_app_opens_pages_decodes_a_point_and_prepares_its_networks(environment, elsewhere, tmp_path, chromium):
    """The page follows a key, with the settings of .streamlit; the worker writes the ONNX files into the cache.

    Home is there too, and UMAP, an extra, says how to install it. Nothing is written beside the package.
    """
    from playwright.sync_api import expect

    folder, variables = elsewhere
    packages = environment.parent / "lib"
    before = {path for path in packages.rglob("*") if ".pyc" not in path.name}
    log = tmp_path / "log"
    with app(environment, folder, variables, log) as address:
        page = chromium.new_page(viewport={"width": 1440, "height": 1000})
        page.goto(f"{address}/explore?show=decoded+plane&model=digits-2d-adam")
        view = page.locator(".view").first
        expect(view).to_have_attribute("data-frames", re.compile(r"\d+"), timeout=1000 * PATIENCE_S)
        frames = int(view.get_attribute("data-frames"))
        page.get_by_role("application").first.press("ArrowRight")
        expect(view).not_to_have_attribute("data-frames", str(frames), timeout=1000 * PATIENCE_S)
        pixels = view.locator("canvas").first.evaluate(
            "canvas => [...canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data]"
        )
        assert np.ptp(np.asarray(pixels).reshape(-1, 4)[:, :3]) > 50
        assert page.get_by_test_id("stException").count() == 0
        files = tmp_path / "cache" / "aeviz" / "onnx"
        deadline = time.monotonic() + PATIENCE_S
        while len(list(files.glob("*/*.onnx"))) < 2:
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.2)
        rested = page.locator("[data-testid=stApp][data-test-script-state=notRunning]")
        expect(rested).to_be_attached(timeout=1000 * PATIENCE_S)  # else its end finds nobody, which the server may log
        page.goto(f"{address}/explore?model=mlp-10d-amsgrad&projection=UMAP")
        sentence = page.get_by_test_id("stAlert").filter(has_text='pip install "aeviz[umap]"')
        expect(sentence).to_be_visible(timeout=1000 * PATIENCE_S)
        expect(rested).to_be_attached(timeout=1000 * PATIENCE_S)
        page.goto(address)
        expect(page.get_by_role("heading", name="aeviz").first).to_be_visible(timeout=1000 * PATIENCE_S)
        expect(rested).to_be_attached(timeout=1000 * PATIENCE_S)
        expect(page.get_by_text("digits-2d-adam").first).to_be_visible(timeout=1000 * PATIENCE_S)
        assert page.get_by_test_id("stException").count() == 0
        page.close()
    assert "Traceback" not in log.read_text().partition("Stopping...")[0]
    assert "usage statistics" not in log.read_text()  # the settings reached the server: it would announce them
    assert list(folder.iterdir()) == []
    written = {path for path in packages.rglob("*") if ".pyc" not in path.name} - before
    assert {path.name for path in written} <= {"__pycache__"}
