"""What is asked for when a model is imported, and what comes of it. Needs neither torch nor onnx."""

from dataclasses import dataclass, replace
from typing import Literal

from aeviz.language import mark, tr

Change = Literal["", "transposed", "upside down", "inverted"]
"""What is done to each image before the encoder, and again behind the decoder; done twice, it gives the image back."""
Fault = Literal["range", "axes", "inverted"]
"""What an example does wrong: it scales pixels to [-1, 1], takes columns before rows, or exchanges black and white."""
MEASURING = mark("measuring it on the test images of {data}")
"""What an import does longest."""
RemedyKind = Literal["", "range", "transposed", "upside down", "inverted"]


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
    change: Change = ""
    """What the images have to undergo so that the network knows them: transposed where it takes columns before rows."""
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
    change: Change = ""
    """What each image undergoes before the encoder and behind the decoder, as asked for."""
    remedy: RemedyKind = ""
    """What would make its error clearly smaller: another range, or images changed so; empty where nothing would."""
    remedy_in: str = ""
    """The range of pixels in with which `remedy_mse` was found, and out."""
    remedy_out: str = ""
    remedy_mse: float = 0.0
    """Mean squared error with the remedy, on the first test images."""


def mend(settings: ImportSettings, made: Imported) -> ImportSettings | None:
    """Return the settings with which the same files fit, as `made` tells; None where it tells of nothing to do."""
    if made.remedy == "range":
        return replace(
            settings, pixels_in=made.remedy_in, pixels_out=made.remedy_out, pixel_mean=(), pixel_deviation=()
        )
    if not made.remedy or settings.change not in ("", made.remedy):
        return None
    return replace(settings, change="" if settings.change else made.remedy)


def advise(made: Imported) -> str:
    """Return what was expected and what to do, in one or two sentences; empty where nothing is known to be wrong."""
    error, now = made.remedy_mse, made.mse
    if made.remedy == "range":
        return tr(
            "Wrong range of pixels: it was imported as {told}. As {meant} the error would be about {error:.3f} in "
            "place of {now:.3f}. Import it again with that range.",
            told=_name(made.pixels_in, made.pixels_out),
            meant=_name(made.remedy_in, made.remedy_out),
            error=error,
            now=now,
        )
    if made.remedy == "transposed":
        return tr(
            "Rows and columns are swapped: with each image transposed, the error would be about {error:.3f} in place "
            "of {now:.3f}. Diagonal strokes such as / stay as they are, so they come out best. Import it again with "
            "each image transposed, or export it for images (N, C, H, W): rows before columns.",
            error=error,
            now=now,
        )
    if made.remedy == "upside down":
        return tr(
            "It learned images upside down: with each image turned over, the error would be about {error:.3f} in place "
            "of {now:.3f}. Import it again with each image upside down, or export it for images whose first row is the "
            "top one.",
            error=error,
            now=now,
        )
    if made.remedy == "inverted":
        return tr(
            "It learned black and white exchanged: with each pixel p as 1 - p, the error would be about {error:.3f} in "
            "place of {now:.3f}. Import it again with each image inverted, or export it with 1 - p before the encoder "
            "and behind the decoder.",
            error=error,
            now=now,
        )
    return ""


def _name(pixels_in: str, pixels_out: str) -> str:
    if pixels_in == pixels_out:
        return pixels_in
    return tr("{first} in and {second} out", first=pixels_in, second=pixels_out)
