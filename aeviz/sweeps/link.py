"""The connection with a Ray cluster."""

import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from aeviz.errors import ConfigError, reason_of
from aeviz.sweeps.needs import Needs

KNOCK_S = 10.0
"""Seconds in which a cluster has to take a connection."""
_QUIET = {"RAY_USAGE_STATS_ENABLED": "0"}  # Ray would send figures of its use home


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """Connect with a cluster; yield the module `ray`."""
    os.environ.update(_QUIET)
    try:
        import ray
    except ImportError as error:
        raise ConfigError("a cluster needs Ray; install it with: pip install 'aeviz[cluster]'") from error
    _knock(address)
    try:
        ray.init(
            address=address,  # "local" starts one here; None would join one that runs here
            log_to_driver=False,
            logging_level=logging.ERROR,
            include_dashboard=None if address != "local" else False,
        )
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise _no_answer(address, error) from error
    try:
        yield ray
    finally:
        ray.shutdown()


def _knock(address: str) -> None:
    """Refuse an address where nothing listens: Ray would try for minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not (colon and port.isdecimal()):
        return
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=KNOCK_S).close()
    except (OSError, OverflowError) as error:
        raise _no_answer(address, error) from error


def _no_answer(address: str, error: Exception) -> ConfigError:
    return ConfigError(
        f"the cluster {address!r} does not answer: {reason_of(error)}; expected the address of a running Ray, such as "
        "ray://HOST:10001 (start one with: ray start --head)"
    )


def insist_on_room(ray: Any, needs: Needs) -> None:
    """Refuse what no machine of the cluster can ever take: Ray would wait for one.

    Raises:
        ConfigError: None is large enough.
    """
    sizes = [node["Resources"] for node in ray.nodes() if node["Alive"]]
    if any(size.get("CPU", 0) >= needs.cpus and size.get("GPU", 0) >= needs.gpus for size in sizes):
        return
    words = ", ".join(f"{size.get('CPU', 0):g} cores with {size.get('GPU', 0):g} GPUs" for size in sizes[:8])
    raise ConfigError(
        f"a run needs {needs.cpus:g} cores with {needs.gpus:g} GPUs, and no machine of the cluster has both ({words}); "
        "ask for less with --cpus and --gpus"
    )


def cause_of(error: Exception) -> str:
    """Return what was wrong in a task in one line: Ray wraps it in a report of its own."""
    return reason_of(getattr(error, "cause", None) or error)
