"""Figures of a server for who runs it, as the text that Prometheus reads; off unless AEVIZ_METRICS asks for it.

No figure names a run, a visitor or a folder.

References:
    Prometheus text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/
"""

import hmac
import os
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from aeviz.serving.password import PASSWORD

METRICS = "AEVIZ_METRICS"
"""Name of the environment variable: 1 for all who reach a server without a password, a longer text as
a token, else none."""
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_BOUNDS_S = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Upper bounds of the histogram in seconds."""


def may_read(authorization: str | None) -> bool:
    """Whether a request with that Authorization header, None without one, is told the figures.

    On a server with a password only a token opens them.
    """
    wanted = os.environ.get(METRICS, "")
    if wanted in ("", "0", "1"):
        return wanted == "1" and not os.environ.get(PASSWORD)
    return hmac.compare_digest((authorization or "").encode(), f"Bearer {wanted}".encode())


@dataclass(frozen=True, slots=True)
class Sample:
    """Values of one figure."""

    name: str
    kind: str
    """gauge or counter."""
    text: str
    """What it counts, in one line."""
    values: Mapping[str, float]
    """By the value of its label, or under the empty text without one."""
    label: str = ""


@dataclass(slots=True)
class Tally:
    """Counts events by a word. Any thread may use it."""

    _counts: Counter[str] = field(default_factory=Counter)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def add(self, word: str) -> None:
        """Count an event."""
        with self._guard:
            self._counts[word] += 1

    def counts(self) -> dict[str, float]:
        """Return how often each word was counted."""
        with self._guard:
            return {word: float(count) for word, count in self._counts.items()}


class Histogram:
    """Counts durations by length. Any thread may use it."""

    def __init__(self) -> None:
        self._counts = [0] * (len(_BOUNDS_S) + 1)
        self._sum = 0.0
        self._guard = threading.Lock()

    def observe(self, seconds: float) -> None:
        """Count a duration."""
        place = next((place for place, bound in enumerate(_BOUNDS_S) if seconds <= bound), len(_BOUNDS_S))
        with self._guard:
            self._counts[place] += 1
            self._sum += seconds

    def lines(self, name: str, text: str) -> Iterator[str]:
        """Yield the lines of the histogram."""
        with self._guard:
            counts, total = list(self._counts), self._sum
        yield from _head(name, "histogram", text)
        below = 0
        for bound, count in zip((*(f"{bound:g}" for bound in _BOUNDS_S), "+Inf"), counts, strict=True):
            below += count
            yield f'{name}_bucket{{le="{bound}"}} {below}'
        yield f"{name}_sum {total:.9g}"
        yield f"{name}_count {below}"


refusals = Tally()
"""Requests that the server refused, by reason."""
page_seconds = Histogram()
"""How long the runs of pages took."""


def write_metrics(samples: Iterable[Sample]) -> str:
    """Return the text: the samples, then what this process has counted."""
    lines: list[str] = []
    refused = Sample("aeviz_refused_requests_total", "counter", "Refused requests.", refusals.counts(), "reason")
    for sample in (*samples, refused):
        lines += _head(sample.name, sample.kind, sample.text)
        for word, value in sample.values.items():
            label = f'{{{sample.label}="{word}"}}' if sample.label else ""
            lines.append(f"{sample.name}{label} {value:.17g}")
    lines += page_seconds.lines("aeviz_page_run_seconds", "Duration of the runs of pages.")
    return "\n".join(lines) + "\n"


def _head(name: str, kind: str, text: str) -> list[str]:
    return [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
