import json
import re
import shutil
import subprocess
import sys

import pytest

from aeviz.paths import PROJECT_ROOT
from aeviz.web.components.kit import bundles
from aeviz.web.components.kit.bundles import COMPONENTS, bundle_name, digest_of_scripts, script_to_load
from aeviz.web.takeaway import held, page, points
from aeviz.web.takeaway.site import lessons, playground
from tools import bundle
from tools.vendor import FetchError

ESBUILD = PROJECT_ROOT / ".venv" / "esbuild" / "esbuild"


@pytest.fixture
def components(tmp_path):
    """A folder with one component of two modules."""
    folder = tmp_path / "components"
    (folder / "thing").mkdir(parents=True)
    (folder / "kit").mkdir()
    shutil.copy(COMPONENTS / "kit" / "bundles.py", folder / "kit")
    (folder / "kit" / "word.js").write_text("\nexport const word = 'hello';\n")
    (folder / "thing" / "thing.js").write_text(
        "import { word } from '../kit/word.js';\nexport default function () { return word; }\n"
    )
    bundles._are_current.cache_clear()
    yield folder
    bundles._are_current.cache_clear()


def write_bundle(components):
    folder = components / bundles.BUNDLES
    folder.mkdir()
    (folder / "thing-thing.js").write_text("export default function () { return 'hello'; }\n")
    (folder / bundles.STAMP).write_text(json.dumps({"scripts": digest_of_scripts(components)}))


def test_script_loads_as_it_is_without_a_bundle(components):
    assert script_to_load("thing/thing.js", components) == "thing/thing.js"


def test_bundle_of_the_present_scripts_is_loaded(components):
    write_bundle(components)
    assert script_to_load("thing/thing.js", components) == "bundled/thing-thing.js"
    assert script_to_load("thing/other.js", components) == "thing/other.js", "there is no bundle of it"


@pytest.mark.parametrize("change", ["edit", "add", "remove", "stamp"])
def test_bundle_of_other_scripts_is_not_loaded(components, change):
    write_bundle(components)
    match change:
        case "edit":
            (components / "kit" / "word.js").write_text("\nexport const word = 'good-bye';\n")
        case "add":
            (components / "kit" / "more.js").write_text("\n")
        case "remove":
            (components / "kit" / "word.js").unlink()
        case "stamp":
            (components / bundles.BUNDLES / bundles.STAMP).write_text("[1")
    assert script_to_load("thing/thing.js", components) == "thing/thing.js"


def test_every_component_names_a_script_that_is_bundled():
    scripts = {path.relative_to(COMPONENTS).as_posix() for path in bundle.find_scripts()}
    named = {
        found
        for path in COMPONENTS.rglob("*.py")
        for found in re.findall(r'script="([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert {script for script in scripts if not script.endswith(f"/{bundle.WORKER}")} == named | {
        page.SCRIPT,
        points.SCRIPT,
        lessons.SCRIPT,
        playground.SCRIPT,
        held.SCRIPT,
    }
    assert len({bundle_name(script) for script in scripts}) == len(scripts)


@pytest.mark.skipif(not ESBUILD.is_file(), reason="esbuild was not fetched")
def test_bundle_holds_what_the_script_imports(components):
    bundle.bundle(ESBUILD, components)
    packed = (components / bundles.BUNDLES / "thing-thing.js").read_text()
    assert "hello" in packed
    assert "import" not in packed
    assert script_to_load("thing/thing.js", components) == "bundled/thing-thing.js"
    assert not list(components.glob(".bundled-*")), "something was left behind"


@pytest.mark.skipif(not ESBUILD.is_file(), reason="esbuild was not fetched")
def test_error_in_a_script_leaves_the_old_bundles(components):
    bundle.bundle(ESBUILD, components)
    before = (components / bundles.BUNDLES / "thing-thing.js").read_text()
    (components / "thing" / "thing.js").write_text("import { no } from '../kit/no.js';\nexport default no;\n")
    with pytest.raises(FetchError, match=r"no\.js"):
        bundle.bundle(ESBUILD, components)
    assert (components / bundles.BUNDLES / "thing-thing.js").read_text() == before


def test_needs_the_standard_library_alone():
    code = "import runpy, sys; runpy.run_path('tools/bundle.py'); print('streamlit' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-I", "-c", code], cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == "False\n", done.stderr
