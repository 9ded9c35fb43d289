"""What the form of a training run asks: every setting with its name, its range and what it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from aeviz.config import MAX_LAYERS, MAX_WIDTH
from aeviz.registry import BOTTLENECKS, ENCODERS, LOSSES

OPTIMIZERS = {"adam": "ADAM", "amsgrad": "AMSGrad", "sgd": "SGD with momentum"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One setting in the form."""

    key: str
    """As `RunConfig.settings` names it."""
    label: str
    help: str | Callable[[], str]
    """One sentence on what it does, with unit and range; a function where it names what is registered."""
    kind: Literal["whole", "real", "choice", "widths", "text"]
    low: int | float = 0
    high: int | float = 0
    form: str = "%g"
    """How a real number is written."""
    step: float = 0.01
    """What the buttons beside a real number add."""
    choices: Mapping[str, str] | Callable[[], Mapping[str, str]] = field(default_factory=dict)
    """Value to name, for a choice; a function where it lists what is registered."""
    optional: bool = False
    """Whether 0, or an empty text, stands for none."""

    @property
    def hint(self) -> str:
        """The sentence of `help`."""
        return self.help() if callable(self.help) else self.help

    @property
    def options(self) -> Mapping[str, str]:
        """The names of `choices` by their values."""
        return self.choices() if callable(self.choices) else self.choices


MODEL = (
    Field(
        key="model.encoder",
        label="Architecture",
        kind="choice",
        choices=ENCODERS.titles,
        help=lambda: (
            f"The layers between image and latent: {'; '.join(spec.summary for spec in ENCODERS.values())}. "
            "The decoder mirrors the encoder."
        ),
    ),
    Field(
        key="model.bottleneck",
        label="Latent",
        kind="choice",
        choices=BOTTLENECKS.titles,
        help="What an image is encoded to: a point, or a distribution (posterior) from which a point is sampled.",
    ),
    Field(
        key="model.latent_dim",
        label="Latent dimensions",
        kind="whole",
        low=1,
        high=1024,
        help="How many numbers an image is squeezed into, from 1 to the number of its pixels; 2 and 3 can be drawn as "
        "they are, more are drawn by their principal directions.",
    ),
    Field(
        key="model.hidden",
        label="Hidden layers (units)",
        kind="widths",
        help=f"Units of each dense layer from image to latent, separated by commas: up to {MAX_LAYERS} layers of 1 to "
        f"{MAX_WIDTH} units; the narrowest limits what the latent can hold.",
    ),
    Field(
        key="model.channels",
        label="Convolutions (channels)",
        kind="widths",
        help="Channels of each stride-2 convolution from image to latent, separated by commas; each halves the image, "
        "so there may be as many as its side allows.",
    ),
)
LEARNING = (
    Field(
        key="objective.reconstruction",
        label="Loss",
        kind="choice",
        choices=LOSSES.titles,
        help=lambda: f"How a reconstruction is compared: {'; '.join(spec.summary for spec in LOSSES.values())}.",
    ),
    Field(
        key="optimizer.name",
        label="Optimizer",
        kind="choice",
        choices=OPTIMIZERS,
        help="How gradients become steps: ADAM divides by a running root mean square of each gradient, AMSGrad never "
        "lets that divisor shrink, SGD takes the gradient with momentum and needs a larger rate.",
    ),
    Field(
        key="optimizer.learning_rate",
        label="Learning rate",
        kind="real",
        low=1e-6,
        high=100.0,
        form="%.6g",
        step=1e-3,
        help="Size of a step (no unit), from 0.000001 to 100: too small learns slowly, too large diverges; 0.0003 to "
        "0.01 suits ADAM, about 0.1 to 1 suits SGD here.",
    ),
    Field(
        key="optimizer.schedule",
        label="Schedule",
        kind="choice",
        choices={
            "constant": "constant",
            "one_cycle": "one cycle: up, then down to 0",
            "exponential": "exponential: a little less each epoch",
        },
        help="How the learning rate changes over the run: not at all, up over the first 30 % and down to 0, which ends "
        "lower in fewer epochs, or times 0.95 after each epoch. All but one cycle can be trained longer later.",
    ),
)
VARIATIONAL = (
    Field(
        key="objective.kl_weight",
        label="KL weight",
        kind="real",
        low=0.0,
        high=1000.0,
        form="%.6g",
        step=1e-3,
        help="Weight of the divergence from posterior to prior beside the loss, from 0 to 1000: more makes the latent "
        "space look like N(0, I) and the images blurred, too much makes the posterior collapse.",
    ),
    Field(
        key="objective.kl_reduction",
        label="KL over dimensions",
        kind="choice",
        choices={"sum": "summed (nats an image)", "mean": "averaged (nats a dimension)"},
        help="What that weight multiplies: the divergence summed over the latent dimensions, or averaged over them.",
    ),
    Field(
        key="objective.annealing",
        label="KL annealing",
        kind="choice",
        choices={"constant": "none", "linear": "rises once", "cyclical": "rises in cycles"},
        help="Whether the KL weight is there from the start, rises linearly over the first epochs, or rises again and "
        "again, which can keep dimensions from collapsing.",
    ),
)
COURSE = (
    Field(
        key="train.epochs",
        label="Epochs",
        kind="whole",
        low=1,
        high=1_000_000,
        help="Passes through all training images, from 1 up; a run can be stopped at any time and keeps what it has.",
    ),
    Field(
        key="train.batch_size",
        label="Batch size (images)",
        kind="whole",
        low=1,
        high=1_000_000,
        help="Images in one step, from 1 to the number of training images: fewer make more and noisier steps in an "
        "epoch, more make each epoch faster.",
    ),
    Field(
        key="train.seed",
        label="Seed",
        kind="whole",
        low=0,
        high=2**31 - 1,
        help="Number that fixes the initial weights and the order of the batches, from 0 up: equal seeds make two "
        "optimizers comparable, another seed shows how much is chance.",
    ),
)
ADVANCED = (
    Field(
        key="optimizer.beta1",
        label="beta 1",
        kind="real",
        low=0.0,
        high=0.9999,
        help="Decay of ADAM's running mean of gradients, from 0 to below 1: larger remembers longer.",
    ),
    Field(
        key="optimizer.beta2",
        label="beta 2",
        kind="real",
        low=0.0,
        high=0.99999,
        form="%.5g",
        step=1e-3,
        help="Decay of ADAM's running mean of squared gradients, from 0 to below 1.",
    ),
    Field(
        key="optimizer.epsilon",
        label="epsilon",
        kind="real",
        low=1e-12,
        high=1.0,
        form="%.1e",
        step=1e-8,
        help="Added to ADAM's divisor so that it is never 0, above 0; rarely worth a change.",
    ),
    Field(
        key="optimizer.momentum",
        label="Momentum (SGD)",
        kind="real",
        low=0.0,
        high=0.9999,
        help="Share of the last step that SGD carries on, from 0 to below 1.",
    ),
    Field(
        key="train.gradient_clip",
        label="Gradient clip",
        kind="real",
        low=0.0,
        high=1e6,
        optional=True,
        help="Longest gradient that is used as it is, as a Euclidean norm; longer ones are scaled down to it. 0 "
        "switches it off; 1 often cures divergence.",
    ),
    Field(
        key="data.validation_fraction",
        label="Validation share",
        kind="real",
        low=0.01,
        high=0.9,
        form="%.4f",
        help="Share of the training images that is held out to measure on, from 0.01 to 0.9; 0.1667 leaves 50,000 of "
        "MNIST to train on.",
    ),
    Field(
        key="data.without",
        label="Leave out a class",
        kind="text",
        optional=True,
        help="Name of a class whose images are kept from training and validation, such as 7, so that they are "
        "anomalies to the network; empty leaves out none. The test images stay all the same.",
    ),
)
ENCODER, BOTTLENECK, LATENT_DIM, HIDDEN, CHANNELS = MODEL
FIELDS = (*MODEL, *LEARNING, *VARIATIONAL, *COURSE, *ADVANCED)
