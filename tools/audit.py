"""Warn of known weaknesses in the packages of constraints.txt: make audit.

pip-audit is installed into an environment of its own, build/audit, and asks a public database. Without a network, or
where it takes too long, it is left out with a line. It is a warning and never an error: a weakness that was published
this morning must not stop a build, and the pinned versions are those that CI tests, not those that users have.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / "build" / "audit"
SECONDS = 60
"""For each of the two commands."""


def audit(home: Path = HOME, seconds: float = SECONDS) -> str:
    """Return what is known, in words for the log of a build."""
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.is_file() and run([sys.executable, "-m", "venv", str(home)], seconds) is None:
        return skipped("its environment cannot be made")
    if run([str(python), "-m", "pip", "install", "--disable-pip-version-check", "-q", "pip-audit"], seconds) is None:
        return skipped("it cannot be installed here")
    pinned = str(ROOT / "constraints.txt")
    command = [str(python), "-m", "pip_audit", "-r", pinned, "--no-deps", "--disable-pip", "--progress-spinner", "off"]
    found = run(command, seconds, accepted=(0, 1))
    return skipped("its database cannot be asked") if found is None else verdict(found)


def verdict(output: str) -> str:
    """Return what pip-audit printed, as a warning where it names weaknesses."""
    lines = [line.rstrip() for line in output.splitlines() if line.strip()]
    if any(line.startswith("No known vulnerabilities found") for line in lines):
        return "pip-audit: no known weaknesses in constraints.txt"
    if not any(line.startswith("Found ") for line in lines):  # it ended early
        return skipped("its database cannot be asked")
    return "\n".join(["Warning: pip-audit knows weaknesses in constraints.txt; raise these versions:", *lines])


def skipped(reason: str) -> str:
    """Return the line that says why nothing was looked up."""
    return f"pip-audit: skipped, since {reason}"


def run(command: list[str], seconds: float, accepted: tuple[int, ...] = (0,)) -> str | None:
    """Run a command; return what it printed, or None where it failed or took too long."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout + done.stderr if done.returncode in accepted else None


if __name__ == "__main__":
    print(audit())
