"""What would make an imported network fit its images better than it does: another range of pixels, or other images."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from torch import Tensor

from aeviz.bring.settings import RemedyKind

Network = Callable[[Tensor], Tensor]
"""Images (N, C, H, W) in [0, 1] to their reconstructions, not clamped."""
ENOUGH = 0.75
"""Share of the error that may be left for a remedy to be worth saying."""
_CHANGES: dict[RemedyKind, Callable[[Tensor], Tensor]] = {
    "transposed": lambda x: x.transpose(2, 3),
    "upside down": lambda x: x.flip(2),
    "inverted": lambda x: 1 - x,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """A change with which the error is clearly smaller."""

    kind: RemedyKind
    pixels: tuple[str, str]
    """Ranges of pixels in and out; where the kind is another, those that were used."""
    mse: float
    """Mean squared error with the change, on the images that were tried."""


def find_remedy(
    network: Network, pixels: tuple[str, str], others: Iterable[tuple[tuple[str, str], Network]], x: Tensor
) -> Remedy | None:
    """Return the change that lowers the error most, where it lowers it to `ENOUGH` and below that of the mean image.

    Args:
        network: The network as it was fitted.
        pixels: The ranges it was fitted for.
        others: The same network fitted for other ranges.
        x: Test images, (N, C, H, W), float32 in [0, 1].
    """
    found = [
        Remedy(kind=kind, pixels=pixels, mse=mean_error(network, change(x)))
        for kind, change in _CHANGES.items()
        if kind != "transposed" or x.shape[2] == x.shape[3]
    ]
    found += [Remedy(kind="range", pixels=name, mse=mean_error(other, x)) for name, other in others]
    best = min(found, key=lambda remedy: remedy.mse)
    most = min(ENOUGH * mean_error(network, x), float(((x - x.mean(dim=0)) ** 2).mean()))
    return best if best.mse < most else None


def mean_error(network: Network, x: Tensor) -> float:
    """Return the mean squared error of the reconstructions of images; infinite where one is no number."""
    error = float(((network(x).clamp(0, 1) - x) ** 2).mean())
    return error if error == error else float("inf")
