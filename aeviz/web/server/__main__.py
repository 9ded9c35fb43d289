"""Serve the app: `python -m aeviz.web.server ADDRESS PORT [--headless]`, which `aeviz app` becomes."""

import argparse
import logging
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import streamlit as st
from starlette.middleware import Middleware
from streamlit import cli_util, config, net_util, runtime
from streamlit import logger as streamlit_logs
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from aeviz.paths import PROJECT_ROOT
from aeviz.serving.heap import keep_heap_together
from aeviz.serving.hosts import known_hosts, named_hosts
from aeviz.serving.journal import log_form, write_json_log
from aeviz.serving.mode import MODE, MODES, WORDS, server_mode
from aeviz.serving.password import passes_from_environment
from aeviz.web.kernel.base_path import base_path
from aeviz.web.server import languages
from aeviz.web.server.gate import Gate
from aeviz.web.server.guard import Guard
from aeviz.web.server.uploads import UploadLimits

_log = logging.getLogger("aeviz.web.server")
WILDCARDS = ("0.0.0.0", "::")


def main() -> None:
    """Serve until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m aeviz.web.server", description=__doc__)
    parser.add_argument("address")
    parser.add_argument("port", type=int)
    parser.add_argument("--headless", action="store_true")
    options = parser.parse_args()
    keep_heap_together()
    script = PROJECT_ROOT / "app.py"
    sys.argv = [str(script)]  # what Streamlit takes for the program that it runs
    settings = {"server.address": options.address, "server.port": options.port, **_settings()}
    if options.headless:
        settings["server.headless"] = True
    guard = Middleware(
        Guard,
        base=base_path(),
        known=known_hosts(options.address),
        named=named_hosts(),
        uploads=UploadLimits(_uploaded_files),
    )
    passes = passes_from_environment()
    gates = [] if passes is None else [Middleware(Gate, passes=passes, base=base_path())]
    if log_form() == "json":
        _log_in_json()
    lifespan = partial(_lifespan, options.address, options.port)
    app = st.App(script, middleware=[guard, *gates], routes=[languages.ROUTE], lifespan=lifespan)
    # uvicorn raises the signal that ended it once more; an exit then deletes the uploads
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit())
    with suppress(KeyboardInterrupt):
        app.run(config=settings)


def _log_in_json() -> None:
    """Let Streamlit and what serves it write lines of JSON too."""
    handler = write_json_log()

    def set_up(logger: logging.Logger) -> None:
        logger.handlers[:] = [handler]

    streamlit_logs.setup_formatter = set_up
    streamlit_logs.update_formatter()


def _settings() -> dict[str, object]:
    """Return Streamlit's settings that a server must have whatever a file says."""
    return {
        "server.enableXsrfProtection": True,
        "server.enableCORS": True,
        "server.corsAllowedOrigins": [],  # the guard checks the Origin, and passes none on
        "server.enableAgentApi": False,
        "client.allowedOrigins": [],
        "browser.gatherUsageStats": False,
        "logger.hideWelcomeMessage": True,  # at 0.0.0.0 it would ask another site for this machine's address
    }


@asynccontextmanager
async def _lifespan(address: str, port: int, app: st.App) -> AsyncIterator[None]:
    """Say where the app is and who may do what, and open a browser unless that is not wanted."""
    at = partial(_url, port=port)
    here = at("localhost" if address in WILDCARDS else address)
    mode = server_mode()
    if log_form() == "json":
        _log.info("aeviz is at %s in %s mode", here, mode, extra={"event": "server started"})
        _open_browser(here)
        yield
        _log.info("stopping", extra={"event": "server stopped"})
        return
    print(f"\n  aeviz is at {here}")
    if address in WILDCARDS and (other := net_util.get_internal_ip()):
        print(f"  For others on this network: {at(other)}")
    others = " or ".join(other for other in MODES if other != mode)
    print(f"  {mode.capitalize()} mode: {WORDS[mode]} ({MODE} or --mode makes it {others})\n", flush=True)
    _open_browser(here)
    yield
    print("\n  Stopping...", flush=True)


def _open_browser(address: str) -> None:
    if not config.get_option("server.headless"):
        cli_util.open_browser(address)


def _url(host: str, port: int) -> str:
    scheme = "https" if config.get_option("server.sslCertFile") else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{base_path() or '/'}"


def _uploaded_files() -> MemoryUploadedFileManager | None:
    manager = runtime.get_instance().uploaded_file_mgr if runtime.exists() else None
    return manager if isinstance(manager, MemoryUploadedFileManager) else None


if __name__ == "__main__":
    main()
