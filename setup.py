"""What pyproject.toml cannot say: a wheel carries the app, the models that ship and the page's ONNX runtime.

In the clone app.py, pages/, .streamlit/ and checkpoints/ lie beside the package. A wheel has them in aeviz/_bundle,
where `aeviz.paths` finds them.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py
from setuptools.command.sdist import sdist

ROOT = Path(__file__).resolve().parent
BUNDLED = ("app.py", "pages", ".streamlit", "checkpoints")
NOT_BUNDLED = shutil.ignore_patterns("*.onnx", "__pycache__", "*.py[co]", "celeba-*")
"""ONNX files are made from the weights where they are first wanted. The models of faces, whose terms are
non-commercial, are published beside the wheel: `aeviz models fetch`."""


def fetch_runtime() -> None:
    """Fetch the page's ONNX runtime and bundle its scripts; without npm or a network the wheel is built without them.

    A source distribution has no tools/, but the runtime and the bundles themselves.
    """
    for name in ("vendor.py", "bundle.py"):
        if (tool := ROOT / "tools" / name).is_file():
            subprocess.run([sys.executable, str(tool)], check=True)


class BuildWithApp(build_py):
    """Puts the runtime, the app and the models into a wheel; an editable install finds them in the clone."""

    def run(self) -> None:
        """Build."""
        if self.editable_mode:
            super().run()
            return
        fetch_runtime()
        super().run()
        bundle = Path(self.build_lib) / "aeviz" / "_bundle"
        shutil.rmtree(bundle, ignore_errors=True)  # of an earlier build
        bundle.mkdir(parents=True)
        for name in BUNDLED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, bundle / name, ignore=NOT_BUNDLED)
            else:
                shutil.copy2(source, bundle / name)


class SdistWithRuntime(sdist):
    """Puts the runtime into a source distribution, which has no tools/ to fetch it with."""

    def run(self) -> None:
        """Build."""
        fetch_runtime()
        super().run()


setup(cmdclass={"build_py": BuildWithApp, "sdist": SdistWithRuntime})
