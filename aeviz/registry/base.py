"""A mapping of names to entries, to which other packages may add."""

import importlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol, TypeVar, runtime_checkable

from aeviz.errors import ConfigError
from aeviz.records import shorten

PLUGINS = "AEVIZ_PLUGINS"
"""Environment variable that names the modules of other packages that register entries, separated by commas."""
_NAME = re.compile(r"[a-z][a-z0-9_]*")

Target = str | Callable[..., Any]
"""A function, or "module:attribute" where importing it would load torch."""


@runtime_checkable
class _Named(Protocol):
    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...


Entry = TypeVar("Entry", bound=_Named)


class Registry(Mapping[str, Entry]):
    """Entries by name, in the order in which they were registered.

    Args:
        kind: What an entry is, for messages, such as "encoder".
        entries: Those of aeviz itself.
    """

    def __init__(self, kind: str, *entries: Entry) -> None:
        self.kind = kind
        self._entries: dict[str, Entry] = {}
        for entry in entries:
            self.register(entry)

    def register(self, entry: Entry) -> Entry:
        """Add an entry and return it.

        Raises:
            ConfigError: The name is taken, or is not made of small letters, digits and underscores.
        """
        if not _NAME.fullmatch(entry.name):
            raise ConfigError(
                f"{self.kind} {entry.name!r} has no valid name; expected small letters, digits and underscores, "
                "a letter first"
            )
        if entry.name in self._entries:
            raise ConfigError(f"there is a {self.kind} {entry.name!r} already; register it under another name")
        self._entries[entry.name] = entry
        return entry

    def unregister(self, name: str) -> None:
        """Remove an entry; a name that is not registered is ignored."""
        self._entries.pop(name, None)

    def find(self, setting: str, name: object) -> Entry:
        """Return the entry of a setting.

        Args:
            setting: The setting's dotted key, for the message, such as "model.encoder".
            name: Its value, which may be of any type where it comes from JSON.

        Raises:
            ConfigError: No entry has that name, or a module of AEVIZ_PLUGINS cannot be imported.
        """
        if not isinstance(name, str):
            raise ConfigError(f"{setting}={shorten(name)}; expected text")
        if name not in self._entries:
            import_plugins()
        if name not in self._entries:
            raise ConfigError(
                f"{setting}={shorten(name)}; expected one of: {', '.join(self._entries)}; or set {PLUGINS} to the "
                f"module that registers this {self.kind}"
            )
        return self._entries[name]

    def titles(self) -> dict[str, str]:
        """Return the titles by name, for a menu.

        Raises:
            ConfigError: A module of AEVIZ_PLUGINS cannot be imported.
        """
        return {name: self[name].title for name in self}

    def __getitem__(self, name: str) -> Entry:
        if name not in self._entries:
            import_plugins()
        return self._entries[name]

    def __iter__(self) -> Iterator[str]:
        import_plugins()
        return iter(tuple(self._entries))

    def __len__(self) -> int:
        import_plugins()
        return len(self._entries)


def import_plugins() -> None:
    """Import the modules that AEVIZ_PLUGINS names; they register what they add.

    Python imports each once. A thread that asks meanwhile waits until the module is whole.

    Raises:
        ConfigError: One of them cannot be imported, whatever the reason.
    """
    for name in filter(None, map(str.strip, os.environ.get(PLUGINS, "").split(","))):
        try:
            importlib.import_module(name)
        except ImportError as error:
            raise ConfigError(
                f"{PLUGINS} names the module {name!r}, which cannot be imported: {_one_line(error)}; install it, or "
                "mend the variable"
            ) from error
        except Exception as error:  # it is another's code, which may raise anything
            raise ConfigError(
                f"{PLUGINS} names the module {name!r}, which raised {type(error).__name__} while it was imported: "
                f"{_one_line(error)}; mend the module, or take it out of the variable"
            ) from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or "it says no more"


def resolve(target: Target) -> Callable[..., Any]:
    """Return a function that is given as such or as "module:attribute"."""
    if not isinstance(target, str):
        return target
    module, _, attribute = target.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), attribute)
    return found
