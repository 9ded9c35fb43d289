"""The address at which students join a class, in words and as a QR code."""

import functools
import socket
from urllib.parse import urlsplit, urlunsplit

import segno
import streamlit as st

from aeviz.language import mark

NO_QR_CODE = mark(
    ":gray[:material/qr_code_2: No QR code: only this computer can open this page. For a class, start aeviz with "
    "`make app HOST=0.0.0.0`.]"
)
"""What stands in the place of the code where the server listens to its own machine alone."""
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ELSEWHERE = ("192.0.2.1", 9)
"""An address that no machine has (RFC 5737), and a port: nothing is sent there, but a socket tells its own address."""


def join_address(code: str) -> str:
    """Return the address at which students join the class `code`.

    It begins as the teacher's own. A teacher at the server's machine may have come by a name that means another machine
    to each student, so the machine's address in its network stands there instead; where the server listens to its own
    machine alone, nothing can be opened elsewhere, and the address is empty.
    """
    parts = urlsplit(st.context.url or "")
    netloc = parts.netloc
    if parts.hostname in _LOOPBACK:
        if st.get_option("server.address") in _LOOPBACK:
            return ""
        host = own_address()
        netloc = f"{host}:{parts.port}" if host and parts.port else host or netloc
    return urlunsplit((parts.scheme, netloc, "/lessons", f"class={code}", "")) if netloc else f"/lessons?class={code}"


def own_address() -> str:
    """Return the address of this machine in its network; empty where it has none."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(_ELSEWHERE)
            return str(probe.getsockname()[0])
    except OSError:
        return ""


@functools.lru_cache(maxsize=64)
def qr_code(address: str) -> str:
    """Return the QR code of an address, black on white, as a data URI of SVG."""
    return segno.make_qr(address).svg_data_uri(scale=8, border=2, dark="#000", light="#fff")
