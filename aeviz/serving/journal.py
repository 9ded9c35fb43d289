"""The log of a server, for people or, with AEVIZ_LOG=json, as one JSON object a line for programs.

time      UTC, ISO 8601
level     info, warning, error
event     visit started, visit ended, job queued, job started, job ended, job failed, refusal, page error, error,
          server started, server stopped, or message for all else
message   a sentence
session   a random name of the visit in whose page it happened
job       name of the run, or key of the computation; with it kind and state
error     the traceback, where there is one
"""

import json
import logging
import os
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Literal, get_args

from aeviz.errors import ConfigError

Form = Literal["plain", "json"]
LOG = "AEVIZ_LOG"
"""Name of the environment variable."""
_FIELDS = ("session", "job", "kind", "state")
_find_session: list[Callable[[], str | None]] = []
"""What names the visit that the present thread works for, where there is one: the web part knows."""


def log_form() -> Form:
    """Return the form of the log: AEVIZ_LOG, else plain.

    Raises:
        ConfigError: It is none.
    """
    named = os.environ.get(LOG) or "plain"
    for form in get_args(Form):
        if named == form:
            chosen: Form = form
            return chosen
    raise ConfigError(f"{LOG}={named!r} is no form of a log; expected {' or '.join(get_args(Form))}")


def is_json() -> bool:
    """Whether programs read the log."""
    return os.environ.get(LOG) == "json"


def set_session_finder(find: Callable[[], str | None]) -> None:
    """Say how the visit is found that the present thread works for."""
    _find_session[:] = [find]


def current_session() -> str | None:
    """Return the random name of the visit that the present thread works for; None where there is none."""
    return next((name for find in _find_session if (name := find()) is not None), None)


class JsonLines(logging.Formatter):
    """Writes each record of a log as a line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        usual = "error" if record.exc_info else "message"
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": getattr(record, "event", usual),
            "message": record.getMessage(),
        }
        fields = {name: getattr(record, name, None) for name in _FIELDS}
        fields["session"] = fields["session"] or current_session()
        line |= {name: value for name, value in fields.items() if value is not None}
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


def write_json_log() -> logging.Handler:
    """Let everything that is logged in this process be a line of JSON on standard error; return what writes it."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.getLogger().handlers[:] = [handler]
    logging.getLogger("aeviz").setLevel(logging.INFO)
    logging.captureWarnings(True)
    return handler
