"""aeviz app: the server of the app."""

import argparse
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from aeviz.errors import ConfigError
from aeviz.paths import PROJECT_ROOT, cache_root, data_root, lessons_root, model_roots, runs_root
from aeviz.serving.hosts import known_hosts
from aeviz.serving.journal import log_form
from aeviz.serving.limits import limits
from aeviz.serving.mode import MODE, MODES, mode_for
from aeviz.serving.password import passes_from_environment

if TYPE_CHECKING:
    from aeviz.cli.console import Commands


def add_commands(commands: "Commands") -> None:
    """Add the command."""
    app = commands.add_parser("app", help="open the app in a browser")
    app.add_argument("--port", type=to_port, default=8501, metavar="N", help="port of the server (default 8501)")
    app.add_argument("--host", default="localhost", metavar="H", help="address to serve (default localhost)")
    app.add_argument("--headless", action="store_true", help="open no browser")
    app.add_argument(
        "--mode",
        choices=MODES,
        help="what visitors may do: open, class or demo (default: AEVIZ_MODE, else open on this machine alone, class "
        "where others reach it)",
    )
    app.set_defaults(run=_app)


def to_port(text: str) -> int:
    """Return the port that an option names."""
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port; expected a number from 1 to 65535")
    return int(text)


def _check_address(host: str, port: int) -> None:
    """Raise a ConfigError unless a server can listen there; Streamlit's own message has no advice."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError as error:
        raise ConfigError(
            f"cannot serve at {host}:{port}: {error.strerror or error}; choose another --port, or another --host"
        ) from error


def _app(options: argparse.Namespace) -> int:
    _check_address(options.host, options.port)
    mode = options.mode or mode_for(options.host)
    # a setting that cannot work is told before the server starts
    limits(), known_hosts(options.host), log_form(), passes_from_environment()
    command = [sys.executable, "-m", "aeviz.web.server", options.host, str(options.port)]
    if options.headless:
        command += ["--headless"]
    # Streamlit reads .streamlit/config.toml from where it starts, so the folders are made absolute first
    folders = {"AEVIZ_DATA": data_root(), "AEVIZ_RUNS": runs_root(), "AEVIZ_CACHE": cache_root()}
    if (lessons := lessons_root()) is not None:
        folders["AEVIZ_LESSONS"] = lessons
    environment = os.environ | {name: str(folder.resolve()) for name, folder in folders.items()}
    environment["AEVIZ_MODELS"] = os.pathsep.join(str(folder.resolve()) for folder in model_roots())
    environment[MODE] = mode
    environment["AEVIZ_START"] = str(Path.cwd())  # from which relative paths in the form count
    if os.name == "posix":  # become the server: whatever ends this process ends it, and with it the trainers
        os.chdir(PROJECT_ROOT)
        os.execve(sys.executable, command, environment)
    try:
        return subprocess.run(command, cwd=PROJECT_ROOT, env=environment, check=False).returncode
    except KeyboardInterrupt:
        return 0
