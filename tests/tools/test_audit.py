"""The look-up of weaknesses warns, or says in a line why it was left out; it never fails."""

import sys
from types import SimpleNamespace

import pytest

from tools import audit


@pytest.mark.parametrize(
    ("output", "start"),
    [
        ("No known vulnerabilities found\n", "pip-audit: no known weaknesses"),
        ("Found 1 known vulnerability in 1 package\nName Version ID\nx 1.0 CVE-1", "Warning: pip-audit knows"),
        ("ConnectionError: no route to host", "pip-audit: skipped, since its database"),
        ("", "pip-audit: skipped"),
    ],
)
def test_verdict(output, start):
    found = audit.verdict(output)
    assert found.startswith(start)
    assert ("CVE-1" in found) == ("CVE-1" in output)


def test_tool_that_cannot_be_installed_is_left_out_in_a_line(tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin" / "python").chmod(0o755)
    assert audit.audit(tmp_path) == "pip-audit: skipped, since it cannot be installed here"


def test_command_that_takes_too_long_counts_as_failed(monkeypatch, tmp_path):
    assert audit.run([sys.executable, "-c", "import time; time.sleep(60)"], 0.1) is None
    monkeypatch.setattr(audit.subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=2, stdout="", stderr=""))
    assert audit.run(["x"], 1, accepted=(0, 1)) is None
