"""A real nginx before two servers, with the configuration of the documentation; tests use it, too."""

import contextlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from aeviz.paths import PROJECT_ROOT

CONFIG = PROJECT_ROOT / "docs" / "deploy" / "nginx.conf"
START_S = 20


@contextlib.contextmanager
def running_nginx(ports: tuple[int, int]) -> Iterator[int]:
    """Start nginx with the configuration of the documentation before two servers of this machine; yield its port."""
    program = shutil.which("nginx")
    if program is None:
        sys.exit("nginx was not found; install it, for example with: apt-get install nginx-light")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    text = CONFIG.read_text(encoding="utf-8")
    for written, real in (("listen 8080", f"listen {port}"), (":8501", f":{ports[0]}"), (":8502", f":{ports[1]}")):
        text = text.replace(written, real)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)  # the workers of an nginx that root starts belong to nobody
        (folder / "aeviz.conf").write_text(text, encoding="utf-8")
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        paths = "".join(f"{kind}_temp_path {folder}/{kind}; " for kind in kinds)
        (folder / "nginx.conf").write_text(
            f"pid {folder}/pid; error_log {folder}/error.log; daemon off;\n"
            f"events {{ }}\nhttp {{ access_log off; {paths} include {folder}/aeviz.conf; }}\n",
            encoding="utf-8",
        )
        process = subprocess.Popen([program, "-c", str(folder / "nginx.conf")], stderr=subprocess.DEVNULL)
        try:
            started = time.perf_counter()
            while not _listens(port):
                if process.poll() is not None or time.perf_counter() - started > START_S:
                    sys.exit(f"nginx did not start:\n{(folder / 'error.log').read_text()}")
                time.sleep(0.05)
            yield port
        finally:
            process.terminate()
            process.wait()


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
