"""What pyproject.toml cannot say: a wheel carries the page's ONNX runtime, which is fetched while it is built."""

import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithRuntime(build_py):
    """Fetches the runtime before files are collected; without npm or a network the wheel is built without it."""

    def run(self) -> None:
        """Build; an editable install leaves the fetching to make, which shows its progress."""
        if not self.editable_mode:
            vendor = Path(__file__).parent / "tools" / "vendor.py"
            subprocess.run([sys.executable, str(vendor)], check=True)
        super().run()


setup(cmdclass={"build_py": BuildWithRuntime})
