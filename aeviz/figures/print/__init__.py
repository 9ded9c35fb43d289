"""Figures for print, drawn by matplotlib from arrays: size in millimetres, type in points, on a light ground.

matplotlib is an extra: pip install "aeviz[figures]". Importing this package does not import it.
"""

import importlib.util

from aeviz.errors import ConfigError


def is_available() -> bool:
    """Tell whether matplotlib is installed."""
    return importlib.util.find_spec("matplotlib") is not None


def require_matplotlib() -> None:
    """Say what to install where matplotlib is missing.

    Raises:
        ConfigError: It is missing.
    """
    if not is_available():
        raise ConfigError(
            'figures for print need the package matplotlib, which is not installed; run `pip install "aeviz[figures]"` '
            "where aeviz runs"
        )
