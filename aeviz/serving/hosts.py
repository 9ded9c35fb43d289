"""The names that a server answers to, against DNS rebinding: AEVIZ_HOSTS.

A page of another site can have its own name resolved to this machine and then speak to the server as if it were the
same site. Its requests carry that name as their Host, which no link of ours has.
"""

import ipaddress
import os
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from aeviz.errors import ConfigError

HOSTS = "AEVIZ_HOSTS"
"""Name of the environment variable: names with commas between them, `*.` before one for all below it, `*` for all."""
LOCAL = ("localhost", "127.0.0.1", "::1")
_ADDRESSES = "an address of numbers"
"""In a list of names: every IP address. No site can give itself one as its name."""


def named_hosts() -> tuple[str, ...]:
    """Return the names in AEVIZ_HOSTS, in small letters.

    Raises:
        ConfigError: One of them is no name.
    """
    names = tuple(part.strip().lower() for part in os.environ.get(HOSTS, "").split(",") if part.strip())
    for name in names:
        bare = name.removeprefix("*.")
        if name != "*" and (not bare or hostname_of(f"[{bare}]" if ":" in bare else bare) != bare):
            raise ConfigError(
                f"{HOSTS} has {name!r}; expected names without port or path, such as class.example.org,*.example.org"
            )
    return names


def known_hosts(address: str) -> tuple[str, ...]:
    """Return the names that a server at an address answers to: this machine's, and those of AEVIZ_HOSTS.

    Args:
        address: What it listens at; at 0.0.0.0 or :: also every IP address is an answer.

    Raises:
        ConfigError: AEVIZ_HOSTS cannot be read.
    """
    bound = address.strip("[]").lower()
    if _is_wildcard(bound):
        own = socket.gethostname().lower()
        here = {own, f"{own}.local", socket.getfqdn().lower(), _ADDRESSES}
    else:
        here = {bound}
    return tuple(dict.fromkeys((*LOCAL, *sorted(here), *named_hosts())))


def hostname_of(host: str) -> str | None:
    """Return the name in a Host header, in small letters and without the port; None where it has no valid one."""
    try:
        parts = urlsplit(f"//{host}")
        name, _ = parts.hostname, parts.port  # a port that is no number raises
    except ValueError:
        return None
    is_more = parts.username is not None or parts.password is not None or parts.path or parts.query or parts.fragment
    return None if is_more or not name else name.rstrip(".")


def is_known(host: str | None, known: Iterable[str]) -> bool:
    """Whether a Host header names one of these."""
    name = None if host is None else hostname_of(host)
    if name is None:
        return False
    return any(
        pattern in ("*", name)
        or (pattern.startswith("*.") and name.endswith(pattern[1:]))
        or (pattern == _ADDRESSES and _is_address(name))
        for pattern in known
    )


def is_same_site(origin: str | None, host: str | None, named: Iterable[str]) -> bool:
    """Whether a request that changes something comes from a page of this server.

    Args:
        origin: Its Origin header; a program that is no browser may have none.
        host: Its Host header.
        named: Names of AEVIZ_HOSTS, from which a proxy that changes the Host may pass requests on; `*` is none of them,
            since every other site would be one.
    """
    if origin is None:
        return True
    try:
        site = urlsplit(origin).netloc
    except ValueError:  # such as "http://["
        return False
    return site.lower() == (host or "").lower() or is_known(site, (name for name in named if name != "*"))


def _is_wildcard(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_unspecified
    except ValueError:
        return not address


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
