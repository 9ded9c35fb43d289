"""Images to train on."""

import dataclasses
from dataclasses import dataclass

from aeviz.records import require, shorten


@dataclass(frozen=True, slots=True, kw_only=True)
class DataConfig:
    """Images to train on and their split."""

    name: str = "mnist"
    """A data set that `aeviz data list` names, or folder:PATH."""
    validation_fraction: float = 1 / 6
    """Share of the training images held out for validation, in (0, 1); 1/6 leaves 50,000 | 10,000 of MNIST."""
    split_seed: int = 0
    """Seed of the permutation that chooses the validation images. Every run of a comparison must share it."""
    image_size: int | None = None
    """For folder:PATH only: side in pixels to which images are cropped and resized; None wants them all alike."""
    without: str | None = None
    """Name of a class that training and validation leave out, so that its test images are anomalies; None leaves out
    none."""

    def __post_init__(self) -> None:
        require(self.split_seed >= 0, f"data.split_seed={self.split_seed!r}; expected a whole number from 0 up")
        require(bool(self.name), "data.name is empty; name a data set, for example 'digits' or 'folder:my_images'")
        require(self.without != "", "data.without=''; expected the name of a class, or none to leave out no class")
        require(
            0 < self.validation_fraction < 1,
            f"data.validation_fraction={self.validation_fraction!r} leaves nothing to train on or to validate with; "
            "expected a number between 0 and 1, for example 0.1667",
        )
        require(
            self.image_size is None or 4 <= self.image_size <= 512,
            f"data.image_size={self.image_size!r} is outside 4 to 512 pixels; choose for example 64",
        )
        require(
            self.image_size is None or self.name.startswith("folder:"),
            f"data.image_size={self.image_size!r} applies to folder:PATH, not to {shorten(self.name)}; leave it out",
        )

    def shares_test_images(self, other: "DataConfig") -> bool:
        """Whether two runs are tested on the same images: a class that training leaves out makes no difference."""
        return dataclasses.replace(other, without=self.without) == self
