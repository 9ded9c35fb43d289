"""What is asked for when a model is imported, and what comes of it. Needs neither torch nor onnx."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportSettings:
    """What the files do not say."""

    name: str
    """Name of the run that is made."""
    data: str | None = None
    """A data set, or folder:PATH, to measure it on; None takes the one on this machine that it reconstructs best."""
    pixels_in: str | None = None
    """Range of the pixels that the encoder takes, a name in `aeviz.bring.ends.RANGES`; None tries them."""
    pixels_out: str | None = None
    """Range of the pixels that the decoder gives; None tries them."""
    pixel_mean: tuple[float, ...] = ()
    """Instead of both ranges: the mean that was subtracted from pixels in [0, 1], one number or one for a channel."""
    pixel_deviation: tuple[float, ...] = ()
    """The number by which they were divided then."""
    mean: str | None = None
    """Name of the encoder's output that is the latent point or the posterior's mean; None finds it."""
    log_variance: str | None = None
    """Name of the output that is the log-variance, the deviation or the variance; None finds it."""
    source: str = ""
    """Where the files come from, for the record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What was made."""

    name: str
    """Of the run."""
    data: str
    latent_dim: int
    image_shape: tuple[int, int, int]
    is_variational: bool
    pixels_in: str
    """The range that the encoder takes: as asked for, or that with the smallest error."""
    pixels_out: str
    mse: float
    """Mean squared error on the test images, pixels in [0, 1]."""
    mean_image_mse: float
    """The same of a network that always returns the mean training image: a model of these images is below it."""
    parameters: int
