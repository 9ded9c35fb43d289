"""How much visitors may take of a server: a default for each mode, and an environment variable for each limit."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import MappingProxyType

from aeviz.errors import ConfigError
from aeviz.serving.mode import Mode, server_mode

MB = 1_000_000
FILES_EACH, FILES = 20_000, 60_000
"""Uploaded files that may lie in memory: of one visit, and of all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Most of each thing; 0 is no limit. Each is the environment variable AEVIZ_LIMIT_ and its name in capitals."""

    jobs: int
    """Trainings and other work in the background at work or in the queue, of all visitors."""
    jobs_each: int
    """Of them, trainings of one visitor."""
    runs: int
    """Runs in the folder of runs."""
    runs_each: int
    """Of them, those of one visitor."""
    disk_mb: int
    """Megabytes (1,000,000 bytes) of all runs."""
    disk_mb_each: int
    """Of them, those of one visitor."""
    uploads_mb: int
    """Megabytes of uploaded images that visitors train on, as long as they visit."""
    uploads_mb_each: int
    """Of them, those of one visitor."""
    memory_mb: int
    """Megabytes of files in memory between their upload and their import."""
    memory_mb_each: int
    """Of them, those of one visit."""
    free_mb: int
    """Megabytes that stay free on the disk of the runs: the least, not the most."""


_OPEN = Limits(
    jobs=40,
    jobs_each=0,
    runs=0,
    runs_each=0,
    disk_mb=0,
    disk_mb_each=0,
    uploads_mb=20_000,
    uploads_mb_each=4_000,
    memory_mb=600,
    memory_mb_each=250,
    free_mb=200,
)
_CLASS = Limits(
    jobs=40,
    jobs_each=6,
    runs=1_000,
    runs_each=20,
    disk_mb=20_000,
    disk_mb_each=1_000,
    uploads_mb=5_000,
    uploads_mb_each=500,
    memory_mb=600,
    memory_mb_each=250,
    free_mb=1_000,
)
DEFAULTS: Mapping[Mode, Limits] = MappingProxyType({"open": _OPEN, "class": _CLASS, "demo": _CLASS})


def variable(name: str) -> str:
    """Return the environment variable of a limit."""
    return f"AEVIZ_LIMIT_{name.upper()}"


def limits() -> Limits:
    """Return the limits of this server.

    Raises:
        ConfigError: A variable is no whole number from 0 up.
    """
    usual = DEFAULTS[server_mode()]
    return Limits(**{field.name: _read(field.name, getattr(usual, field.name)) for field in fields(Limits)})


def _read(name: str, default: int) -> int:
    text = os.environ.get(variable(name)) or str(default)
    if not text.isdecimal():
        raise ConfigError(f"{variable(name)}={text!r}; expected a whole number from 0 up, where 0 is no limit")
    return int(text)
