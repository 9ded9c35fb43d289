"""The mode of a server, one setting for all that a visitor may do.

Values of AEVIZ_MODE:

    open   everybody who reaches the server is trusted; the default on this machine alone
    class  visitors train on data sets and uploads and manage what is their own; the default where others reach it
    demo   everything can be looked at, nothing on the server changes
"""

import ipaddress
import os
from typing import Literal, get_args

from aeviz.errors import ConfigError
from aeviz.language import mark
from aeviz.serving.hosts import named_hosts

Mode = Literal["open", "class", "demo"]
MODES: tuple[Mode, ...] = get_args(Mode)
MODE = "AEVIZ_MODE"
"""Name of the environment variable."""
WORDS: dict[Mode, str] = {
    "open": mark("everybody who reaches it may do everything"),
    "class": mark("visitors manage their own runs, within limits"),
    "demo": mark("nothing on the server can be changed"),
}


def server_mode() -> Mode:
    """Return the mode of this server: AEVIZ_MODE, else open. `aeviz app` sets the variable.

    Raises:
        ConfigError: AEVIZ_MODE is no mode.
    """
    named = os.environ.get(MODE) or "open"
    for mode in MODES:
        if named == mode:
            return mode
    raise ConfigError(f"{MODE}={named!r} is no mode; expected {', '.join(MODES)}")


def is_local(host: str) -> bool:
    """Whether a server at that address serves this machine alone."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def mode_for(host: str) -> Mode:
    """Return the mode of a server at an address: AEVIZ_MODE, else open on this machine alone and class elsewhere.

    A name in AEVIZ_HOSTS that is not this machine's says that others reach the server through a proxy.

    Raises:
        ConfigError: AEVIZ_MODE is no mode, or AEVIZ_HOSTS cannot be read.
    """
    if os.environ.get(MODE):
        return server_mode()
    return "open" if all(is_local(name) for name in (host, *named_hosts())) else "class"
