"""Where the runs of a cluster go, and what each needs of a machine. Needs neither torch nor Ray."""

import math
import os
from dataclasses import dataclass

from aeviz.errors import ConfigError

CLUSTER, CPUS, GPUS = "AEVIZ_CLUSTER", "AEVIZ_CLUSTER_CPUS", "AEVIZ_CLUSTER_GPUS"
"""Environment variables: address of a Ray cluster, and cores and GPUs of it for each run."""


LEAST = 0.0001
"""The smallest part of a core or of a GPU that Ray counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What one run needs of a machine, as Ray counts it.

    Raises:
        ConfigError: A number is below zero or not finite, too small a part, or more than one GPU is no whole number.
    """

    cpus: float = 1
    """Cores; the run computes with as many threads."""
    gpus: float = 0
    """GPUs; a part lets several small runs share one."""

    def __post_init__(self) -> None:
        for name, value in (("cpus", self.cpus), ("gpus", self.gpus)):
            if not (math.isfinite(value) and value >= 0):
                raise ConfigError(f"{name} {value:g} for each run; expected a number from 0 up")
            if 0 < value < LEAST:
                raise ConfigError(f"{name} {value:g} for each run; expected 0, or {LEAST:g} and more")
        if self.gpus > 1 and self.gpus != int(self.gpus):
            raise ConfigError(f"gpus {self.gpus:g} for each run; expected a part of one, or a whole number")


def cluster_address() -> str | None:
    """Return the address of the cluster that AEVIZ_CLUSTER names; None where runs train on this machine."""
    return os.environ.get(CLUSTER) or None


def needs_from_environment() -> Needs:
    """Return what AEVIZ_CLUSTER_CPUS and AEVIZ_CLUSTER_GPUS say, else one core and no GPU.

    Raises:
        ConfigError: One of them is no number from 0 up.
    """
    return Needs(cpus=_number(CPUS, 1), gpus=_number(GPUS, 0))


def _number(name: str, usual: float) -> float:
    text = os.environ.get(name) or str(usual)
    try:
        return float(text)
    except ValueError:
        raise ConfigError(f"{name}={text!r}; expected a number from 0 up, such as {usual:g}") from None
