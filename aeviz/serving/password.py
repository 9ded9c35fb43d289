"""One password for all who may use a server, and the passes that browsers get for it."""

import hashlib
import hmac
import os
import time
from collections.abc import Callable

from aeviz.errors import ConfigError

PASSWORD = "AEVIZ_PASSWORD"
"""Name of the environment variable."""
LEAST_LETTERS = 8
PASS_S = 12 * 3600
"""Seconds for which a pass is good: a day of classes."""
SLACK_S = 300
"""Seconds that the clocks of two servers may differ."""
WINDOW_S, MOST_WRONG = 60.0, 60
"""So many wrong passwords in so many seconds are looked at; a class of thirty may mistype."""


class Passes:
    """Tells who has said the password.

    All servers with one password take each other's passes, and so do those that are started anew.

    Args:
        password: The password.
        clock: Returns the seconds since 1970.

    Raises:
        ConfigError: The password is too short.
    """

    def __init__(self, password: str, clock: Callable[[], float] = time.time) -> None:
        if len(password) < LEAST_LETTERS:
            raise ConfigError(f"{PASSWORD} has {len(password)} letters; expected {LEAST_LETTERS} or more")
        self._clock = clock
        # slow on purpose: whoever gets hold of a pass should not find the password by trying
        self._key = hashlib.scrypt(password.encode(), salt=b"aeviz passes", n=2**14, r=8, p=1, dklen=32)
        self._password = hashlib.sha256(password.encode()).digest()
        self._wrong: list[float] = []

    def is_right(self, said: str) -> bool:
        """Whether this is the password; takes as long whatever was said."""
        is_right = hmac.compare_digest(hashlib.sha256(said.encode()).digest(), self._password)
        if not is_right:
            self._wrong.append(self._clock())
        return is_right

    def is_tired(self) -> bool:
        """Whether so many wrong passwords came within a minute that none is looked at now."""
        now = self._clock()
        self._wrong = [at for at in self._wrong if 0 <= now - at < WINDOW_S]
        return len(self._wrong) >= MOST_WRONG

    def issue(self) -> str:
        """Return a pass: until when it is good, and a code that only who knows the password can make."""
        until = str(int(self._clock()) + PASS_S)
        return f"{until}.{self._code(until)}"

    def is_good(self, text: str) -> bool:
        """Whether a text is a pass that is still good."""
        until, _, code = text.partition(".")
        if not (until.isascii() and until.isdecimal() and len(until) < 20 and code.isascii()):
            return False
        return hmac.compare_digest(code, self._code(until)) and 0 <= int(until) - self._clock() <= PASS_S + SLACK_S

    def _code(self, until: str) -> str:
        return hmac.new(self._key, until.encode(), hashlib.sha256).hexdigest()


def passes_from_environment() -> Passes | None:
    """Return the passes of the password in AEVIZ_PASSWORD; None where everybody may come in.

    Raises:
        ConfigError: The password is too short.
    """
    password = os.environ.get(PASSWORD) or ""
    return Passes(password) if password else None
