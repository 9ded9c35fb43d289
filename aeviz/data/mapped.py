"""An .npy file, mapped into memory: what its header claims takes no room before it is compared with the file."""

import tokenize
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from aeviz.errors import reason_of


def map_array(path: Path) -> NDArray[Any]:
    """Return the array of an .npy file, read-only, of any type but Python objects, which are never unpickled.

    Raises:
        OSError: The file cannot be read.
        ValueError: It is none, or holds less than its header claims.
    """
    try:
        with np.errstate(over="ignore"):  # a shape of more bytes than there are, which it then refuses
            array: Any = np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, EOFError, SyntaxError, RuntimeError, OverflowError, tokenize.TokenError) as error:
        is_objects = "pickle" in str(error) or "object" in str(error).lower()
        raise ValueError("it holds Python objects, which are not read" if is_objects else reason_of(error)) from error
    if not isinstance(array, np.ndarray):  # an .npz file
        array.close()
        raise ValueError("it holds no array")
    return array
