"""The registry of data sets: every one that has a name, and how a name leads to it.

It is no `aeviz.registry.base.Registry`: a source keeps its name in its `info`, a name may also be folder:PATH, and what
is wrong with a name is a `DataError`.

A new data set of this package is one line in `_BUILT_IN`. One from outside calls `register`, and AEVIZ_PLUGINS names
the module that does so.
"""

import difflib
import re
from pathlib import Path

from aeviz.data.celeba import CelebaSource
from aeviz.data.cifar10 import Cifar10Source
from aeviz.data.circles import CirclesSource
from aeviz.data.digits import DigitsSource
from aeviz.data.folder import FOLDER_PREFIX, FolderSource
from aeviz.data.imports.own import OwnSource, list_own, own_folder
from aeviz.data.mnist import MnistSource
from aeviz.data.source import DatasetInfo, Source
from aeviz.errors import DataError
from aeviz.records import shorten
from aeviz.registry.base import import_plugins

__all__ = ["FOLDER_PREFIX", "DatasetInfo", "find_dataset", "find_source", "list_datasets", "register"]

_BUILT_IN: tuple[Source, ...] = (
    DigitsSource(),
    CirclesSource(),
    MnistSource("mnist"),
    MnistSource("fashion_mnist"),
    MnistSource("kmnist"),
    Cifar10Source(),
    CelebaSource(),
)
"""In the order in which they are listed: the embedded ones first."""

_SOURCES: dict[str, Source] = {}


def register(source: Source) -> None:
    """Add a data set under the name in its entry; it is listed after those that are there.

    Raises:
        DataError: The name is taken, or could not be written in a shell, an address and a file name alike.
    """
    name = "" if source.info is None else source.info.name
    if re.fullmatch(r"[a-z][a-z0-9_]*", name) is None:
        raise DataError(
            f"{name!r} is no name for a data set; expected lower-case letters, digits and underscores, the first one "
            "a letter, for example 'my_digits'"
        )
    if _SOURCES.setdefault(name, source) is not source:
        raise DataError(f"a data set named {name!r} is registered already; choose another name")


for _source in _BUILT_IN:
    register(_source)


def list_datasets() -> list[DatasetInfo]:
    """Return the named data sets, the embedded ones first and those of one's own last; folder:PATH is not among them.

    Raises:
        ConfigError: A module of AEVIZ_PLUGINS cannot be imported.
    """
    import_plugins()
    own = [OwnSource(name, own_folder(name)) for name in list_own() if name not in _SOURCES]
    return [source.info for source in (*_SOURCES.values(), *own) if source.info is not None]


def find_source(name: str, root: Path | None = None) -> Source:
    """Return the data set of that name, or the folder of folder:PATH.

    Args:
        name: The name.
        root: The data root, where data sets of one's own lie; None for `aeviz.paths.data_root()`.

    Raises:
        DataError: There is none; the message lists the known names and guesses which one was meant.
        ConfigError: A module of AEVIZ_PLUGINS cannot be imported.
    """
    if name.startswith(FOLDER_PREFIX):
        return FolderSource(name)
    if name not in _SOURCES:
        import_plugins()
    if name in _SOURCES:
        return _SOURCES[name]
    own = list_own(root)
    if name in own:
        return OwnSource(name, own_folder(name, root))
    folded = name.lower().replace("-", "_").replace(" ", "_")
    if close := difflib.get_close_matches(folded, [*_SOURCES, *own], n=1):
        guess = f"; did you mean {close[0]!r}?"
    elif _is_folder(name):
        guess = f"; did you mean {FOLDER_PREFIX + name!r}?"
    else:
        guess = ""
    known = ", ".join([*_SOURCES, *own, f"{FOLDER_PREFIX}PATH"])
    raise DataError(f"unknown data set {shorten(name)}; expected one of: {known}{guess}")


def find_dataset(name: str) -> DatasetInfo:
    """Return the catalog's entry of that name.

    Raises:
        DataError: There is none, since the name is unknown or that of a folder.
    """
    info = find_source(name).info
    if info is None:
        raise DataError(
            f"nothing is known of {shorten(name)} before its images are read; expected the name of a data set"
        )
    return info


def _is_folder(name: str) -> bool:
    try:
        return Path(name).expanduser().is_dir()
    except (OSError, RuntimeError, ValueError):  # a path that cannot be: too long, a null byte, no such user
        return False
