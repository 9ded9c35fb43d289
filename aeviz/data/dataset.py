"""The one type in which images travel: `ImageDataset`."""

import dataclasses
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from aeviz.errors import DataError

SplitName = Literal["train", "validation", "test"]
SPLIT_NAMES: tuple[SplitName, ...] = ("train", "validation", "test")

_FINGERPRINT_BLOCK = 4096
"""Images hashed at once, so that a memory-mapped set is never resident as a whole."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ImageDataset:
    """Images of one split with all that is known about them.

    N images of C channels, H rows and W columns. Nothing is copied: the arrays are the caller's own.

    Raises:
        DataError: An array has the wrong shape or dtype, or does not belong to the N images.
    """

    images: NDArray[np.uint8]
    """(N, C, H, W), uint8, 0 (black) to 255 (white); C is 1 (grey) or 3 (red, green, blue). May be a memmap."""
    labels: NDArray[np.int64] | None = None
    """(N,), int64, the index into `class_names`; None for unlabelled images."""
    class_names: tuple[str, ...] = ()
    """One name for each class; empty for unlabelled images."""
    name: str
    """The data set, as `aeviz.config.DataConfig.name` writes it."""
    split: SplitName
    """Which part of the data set this is."""
    factors: NDArray[np.float32] | None = None
    """(N, F), float32, the generative factors of made-up images (ground truth); None for real images."""
    factor_names: tuple[str, ...] = ()
    """One name with its unit for each of the F factors."""
    attributes: NDArray[np.bool_] | None = None
    """(N, A), bool, yes-or-no properties that may hold together; None where there are none."""
    attribute_names: tuple[str, ...] = ()
    """One name for each of the A attributes."""

    def __post_init__(self) -> None:
        if self.split not in SPLIT_NAMES:
            raise DataError(f"{self.name!r} has split={self.split!r}; expected one of: {', '.join(SPLIT_NAMES)}")
        self._check_array("images", self.images, np.uint8, 4)
        if self.images.shape[1] not in (1, 3) or 0 in self.images.shape[2:]:
            raise DataError(
                f"images of {self.name!r} have shape {self.images.shape}; expected (N, C, H, W) with C = 1 (grey) or "
                "3 (RGB) and at least one pixel; move the channel axis to the second place"
            )
        if self.labels is not None:
            self._check_array("labels", self.labels, np.int64, 1)
            self._check_label_range(self.labels)
        elif self.class_names:
            raise DataError(f"{self.name!r} names {len(self.class_names)} classes but has no labels; pass both or none")
        self._check_columns("factors", self.factors, np.float32, "factor_names", self.factor_names)
        self._check_columns("attributes", self.attributes, np.bool_, "attribute_names", self.attribute_names)

    def __len__(self) -> int:
        return len(self.images)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(C, H, W): channels, then height and width in pixels."""
        _, channels, height, width = self.images.shape
        return channels, height, width

    def take(self, indices: Sequence[int] | NDArray[Any]) -> "ImageDataset":
        """Return the images at `indices` with all that belongs to them, in that order.

        Args:
            indices: (n,), whole numbers in [-N, N), repeats allowed; or a mask (N,), bool.

        Raises:
            DataError: An index is outside the data set, or no whole number.
        """
        chosen = np.asarray(indices)
        if chosen.size == 0 and chosen.dtype != np.bool_:
            chosen = np.zeros(0, dtype=np.int64)
        if chosen.dtype == np.bool_ and chosen.shape == (len(self),):
            chosen = np.flatnonzero(chosen)
        if chosen.ndim != 1 or not np.issubdtype(chosen.dtype, np.integer):
            raise DataError(
                f"indices into {self.name!r} are {chosen.dtype} of shape {chosen.shape}; expected whole numbers of "
                f"shape (n,) or a bool mask of shape ({len(self)},)"
            )
        if len(chosen) and not (-len(self) <= chosen.min() and chosen.max() < len(self)):
            raise DataError(
                f"indices into {self.name!r} ({self.split}) run from {chosen.min()} to {chosen.max()}; expected at "
                f"most {len(self) - 1}, since it has {len(self)} images"
            )
        return dataclasses.replace(
            self,
            images=self.images[chosen],
            labels=None if self.labels is None else self.labels[chosen],
            factors=None if self.factors is None else self.factors[chosen],
            attributes=None if self.attributes is None else self.attributes[chosen],
        )

    def fingerprint(self) -> str:
        """Return 32 hexadecimal digits (BLAKE2b, 16 bytes) that stand for shape, images and labels.

        Two sets with the same fingerprint hold the same pixels and labels in the same order, whatever their names.
        """
        digest = hashlib.blake2b(repr(self.images.shape).encode(), digest_size=16)
        for start in range(0, len(self), _FINGERPRINT_BLOCK):
            digest.update(self.images[start : start + _FINGERPRINT_BLOCK].tobytes())
        if self.labels is not None:
            digest.update(b"labels")
            digest.update(self.labels.astype("<i8").tobytes())  # little-endian on every machine
        return digest.hexdigest()

    def _check_array(self, field: str, array: Any, dtype: type[np.generic], n_axes: int) -> None:
        axes = {1: "(N,)", 2: "(N, columns)", 4: "(N, C, H, W)"}[n_axes]
        expected = f"expected a NumPy array of {np.dtype(dtype)} and shape {axes}"
        if not isinstance(array, np.ndarray):
            raise DataError(f"{field} of {self.name!r} are a {type(array).__name__}; {expected}")
        if array.dtype != dtype or array.ndim != n_axes:
            raise DataError(f"{field} of {self.name!r} are {array.dtype} of shape {array.shape}; {expected}")
        if len(array) != len(self.images):
            raise DataError(
                f"{field} of {self.name!r} have {len(array)} rows for {len(self.images)} images; expected one each"
            )

    def _check_label_range(self, labels: NDArray[np.int64]) -> None:
        if len(labels) and not (labels.min() >= 0 and labels.max() < len(self.class_names)):
            raise DataError(
                f"labels of {self.name!r} run from {labels.min()} to {labels.max()}; expected 0 to "
                f"{len(self.class_names) - 1}, since there are {len(self.class_names)} class names"
            )

    def _check_columns(
        self, field: str, array: Any, dtype: type[np.generic], names_field: str, names: tuple[str, ...]
    ) -> None:
        if array is not None:
            self._check_array(field, array, dtype, 2)
        columns = 0 if array is None else array.shape[1]
        if columns != len(names):
            raise DataError(
                f"{field} of {self.name!r} have {columns} columns but {names_field} has {len(names)} names; "
                "expected one name for each column"
            )
