"""Random numbers that Python and the page draw alike: counters put through a mixing function.

A stream is known by a seed, a purpose and an index. Its uniform numbers are those of mulberry32 (T. Ettinger, 2017) and
equal bit for bit in both languages; its normal numbers, by Box and Muller (1958), may differ in the last digit of a
double, since the languages' own logarithm and cosine do.
"""

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

_STEP = np.uint32(0x6D2B79F5)
"""Distance between two counters of mulberry32."""


class Purpose(IntEnum):
    """What the numbers of a stream are for."""

    WEIGHTS = 1
    """Initial weights; the index is the place of the tensor in the layout."""
    ORDER = 2
    """Order of the images; the index is the epoch, from 0."""
    NOISE = 3
    """Draws of the reparameterization; the index is the step, from 0."""
    CORRUPTION = 4
    """Noise on the images; the index is the step, from 0."""


def stream(seed: int, purpose: Purpose, index: int) -> int:
    """Return the start of a stream, in [0, 2^32).

    Args:
        seed: From 0 to 2^31 - 1.
        purpose: What it is for.
        index: From 0; counted modulo 2^32.
    """
    value = _mix(seed & 0xFFFFFFFF)
    value = _mix((value + purpose) & 0xFFFFFFFF)
    return _mix((value + index) & 0xFFFFFFFF)


def uniform(start: int, count: int) -> NDArray[np.float64]:
    """Return the first numbers of a stream, (count,), float64 in [0, 1), multiples of 2^-32."""
    with np.errstate(over="ignore"):
        state = np.uint32(start) + np.arange(1, count + 1, dtype=np.uint32) * _STEP
        value = (state ^ (state >> np.uint32(15))) * (state | np.uint32(1))
        value = (value + (value ^ (value >> np.uint32(7))) * (value | np.uint32(61))) ^ value
    drawn: NDArray[np.float64] = (value ^ (value >> np.uint32(14))) / 2.0**32
    return drawn


def normal(start: int, count: int) -> NDArray[np.float64]:
    """Return standard normal numbers of a stream, (count,), float64, each from two uniform ones."""
    drawn = uniform(start, 2 * count)
    found: NDArray[np.float64] = np.sqrt(-2 * np.log(1 - drawn[::2])) * np.cos(2 * np.pi * drawn[1::2])
    return found


def _mix(value: int) -> int:
    """Spread a 32-bit number over all its bits (the finalizer of MurmurHash3, A. Appleby)."""
    value ^= value >> 16
    value = value * 0x85EBCA6B & 0xFFFFFFFF
    value ^= value >> 13
    value = value * 0xC2B2AE35 & 0xFFFFFFFF
    return value ^ value >> 16
