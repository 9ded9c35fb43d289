"""Fits the ends of a network to aeviz: images (N, C, H, W) in [0, 1] and latent points (N, D).

Files have images with channels first or last, or as one row of pixels, in [0, 1], [-1, 1] or normalised; latents as a
row or as a small image; and several outputs, of which one is the mean of the posterior. Each difference becomes an
operator before or after the network, so that the page runs the same as the server.
"""

import math
import re
from dataclasses import dataclass, replace
from itertools import count
from typing import Literal

import numpy as np

from aeviz.bring.onnx_file import OnnxNetwork
from aeviz.bring.settings import Change
from aeviz.errors import ImportedModelError
from aeviz.models.foreign.graph import Attribute, Constant, Node

Shape = tuple[int, int, int]
Spread = Literal["log_variance", "deviation", "variance"]
RANGES: dict[str, tuple[float, float]] = {"0..1": (0.0, 1.0), "-1..1": (0.5, 0.5), "0..255": (0.0, 1 / 255)}
"""Ranges of pixels by name, as the mean and the deviation by which pixels in [0, 1] are normalised."""
_OURS = "aeviz."
"""Begins the names of what is added."""
_MEAN = re.compile(r"(^|[^a-z])(mu|mean|means|loc|z_mean|latent_mean)([^a-z]|$)")
_SPREADS: tuple[tuple[str, Spread], ...] = (
    (r"log_?var|logvar|log_?variance|log_?sigma_?(sq|2)|log_covariance", "log_variance"),
    (r"(^|[^a-z])(std|sigma|scale|stddev)([^a-z]|$)", "deviation"),
    (r"(^|[^a-z])(var|variance)([^a-z]|$)", "variance"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """How a network normalises pixels: it sees (x - mean) / deviation, by channel or for all of them."""

    mean: tuple[float, ...] = (0.0,)
    deviation: tuple[float, ...] = (1.0,)

    @classmethod
    def of_range(cls, name: str) -> "Pixels":
        """Return the normalisation of a range in `RANGES`.

        Raises:
            ImportedModelError: There is no such range.
        """
        if name not in RANGES:
            raise ImportedModelError(f"pixel range {name!r}; expected one of: {', '.join(RANGES)}")
        mean, deviation = RANGES[name]
        return cls(mean=(mean,), deviation=(deviation,))

    def check(self, channels: int) -> None:
        """Raise ImportedModelError where there are not as many numbers as channels, or a deviation is not above 0."""
        for name, values in (("mean", self.mean), ("deviation", self.deviation)):
            if len(values) not in (1, channels) or not all(map(math.isfinite, values)):
                raise ImportedModelError(f"the pixels' {name} is {values}; expected 1 or {channels} finite numbers")
        if min(self.deviation) <= 0:
            raise ImportedModelError(f"the pixels' deviation is {self.deviation}; expected numbers above 0")


class _Builder:
    """Adds operators to a network."""

    def __init__(self, network: OnnxNetwork) -> None:
        self.network = network
        self.nodes: list[Node] = []
        self.weights = dict(network.weights)
        self.constants = dict(network.graph.constants)

    def add(self, op: str, *inputs: str, to: str | None = None, **attributes: Attribute) -> str:
        name = to or self._name()
        self.nodes.append(Node(op=op, inputs=inputs, outputs=(name,), attributes=attributes))
        return name

    def weight(self, values: np.ndarray) -> str:
        name = self._name()
        self.weights[name] = values.astype(np.float32)
        return name

    def reshape(self, value: str, shape: tuple[int, ...], to: str | None = None) -> str:
        name = self._name()
        self.constants[name] = Constant(shape=(len(shape),), values=shape)
        return self.add("Reshape", value, name, to=to)

    def _name(self) -> str:
        """Return a name that no value has; the network may hold what an earlier builder added."""
        taken = {*self.weights, *self.constants}
        taken.update(name for node in (*self.network.graph.nodes, *self.nodes) for name in node.outputs)
        return next(name for index in count() if (name := f"{_OURS}{index}") not in taken)

    def change(self, value: str, change: Change, height: int) -> str:
        """Change images (N, C, H, W) in [0, 1]."""
        if change == "transposed":
            return self.add("Transpose", value, perm=[0, 1, 3, 2])
        if change == "inverted":
            return self.add("Sub", self.weight(np.array(1.0)), value)
        if change == "upside down":
            rows = self._name()
            self.constants[rows] = Constant(shape=(height,), values=tuple(reversed(range(height))))
            return self.add("Gather", value, rows, axis=2)
        return value

    def build(self, *, before: bool, ends: tuple[str, ...]) -> OnnxNetwork:
        """Return the network with what was added; `ends` are its new input, or its new outputs."""
        graph = self.network.graph
        nodes = (*self.nodes, *graph.nodes) if before else (*graph.nodes, *self.nodes)
        graph = replace(
            graph,
            nodes=nodes,
            input=ends[0] if before else graph.input,
            outputs=graph.outputs if before else ends,
            weights={name: values.shape for name, values in self.weights.items()},
            constants=self.constants,
        )
        shapes = self.network.output_shapes if before else (None,) * len(ends)
        return replace(self.network, graph=graph, weights=self.weights, output_shapes=shapes)


def free_batch(network: OnnxNetwork) -> OnnxNetwork:
    """Return a network that was written for one input as one for any number: its shapes keep no 1 for the batch.

    Whether that is right shows when several inputs are computed at once and one by one.
    """
    graph = network.graph
    constants = dict(graph.constants)
    nodes = []
    for node in graph.nodes:
        shape = constants.get(node.inputs[1]) if node.op == "Reshape" else None
        if shape is not None and len(shape.values) > 1 and shape.values[0] == 1:
            name = f"{_OURS}free.{node.inputs[1]}"
            first = 0 if -1 in shape.values else -1
            constants[name] = replace(shape, values=(first, *shape.values[1:]))
            node = replace(node, inputs=(node.inputs[0], name))
        nodes.append(node)
    return replace(network, graph=replace(graph, nodes=tuple(nodes), constants=constants))


def choose_outputs(
    network: OnnxNetwork, mean: str | None, log_variance: str | None
) -> tuple[OnnxNetwork, Spread | None]:
    """Choose the outputs of an encoder: the point, or the mean and a measure of the spread.

    Args:
        network: The encoder.
        mean: Name of the output that is the point or the mean; None looks for a name like mu, else takes the first.
        log_variance: Name of the output that is the spread; None looks for a name like logvar, std or variance.

    Returns:
        The network with one output or two, and what the second one is.

    Raises:
        ImportedModelError: There is no output of that name.
    """
    names = network.graph.outputs
    for asked in (mean, log_variance):
        if asked is not None and asked not in names:
            raise ImportedModelError(f"{network.name} has no output {asked!r}; expected one of: {', '.join(names)}")
    spreads = {name: kind for name in names if (kind := _spread_of(name)) is not None}
    if mean is None:
        rest = [name for name in names if name not in spreads and name != log_variance]
        mean = next((name for name in rest if _MEAN.search(name.lower())), (rest or list(names))[0])
    second = log_variance or next((name for name in spreads if name != mean), None)
    if second is None:
        return network.with_outputs((mean,)), None
    return network.with_outputs((mean, second)), spreads.get(second, "log_variance")


def _spread_of(name: str) -> Spread | None:
    return next((kind for pattern, kind in _SPREADS if re.search(pattern, name.lower())), None)


def fit_encoder(network: OnnxNetwork, image: Shape, pixels: Pixels, change: Change = "") -> OnnxNetwork:
    """Put the operators before an encoder that make its input of images (N, C, H, W) in [0, 1].

    Args:
        network: The encoder.
        image: (C, H, W); H = W for a change of axes.
        pixels: How it normalises pixels.
        change: What is done to the images before that.

    Raises:
        ImportedModelError: Its input has another number of pixels or channels.
    """
    channels, height, width = image
    shape = network.input_shape
    added = _Builder(network)
    start = f"{_OURS}image"
    value = added.change(start, change, height)
    if pixels != Pixels():
        mean, deviation = (np.array(each, np.float32).reshape(1, -1, 1, 1) for each in (pixels.mean, pixels.deviation))
        value = added.add("Sub", value, added.weight(mean))
        value = added.add("Div", value, added.weight(deviation))
    target = network.graph.input
    if shape is None or _fits(shape[1:], image):
        added.add("Identity", value, to=target)
    elif _fits(shape[1:], (height, width, channels)):
        added.add("Transpose", value, to=target, perm=[0, 2, 3, 1])
    elif channels == 1 and _fits(shape[1:], (height, width)):
        added.reshape(value, (-1, height, width), to=target)
    elif _fits(shape[1:], (math.prod(image),)):
        added.reshape(value, (-1, math.prod(image)), to=target)
    else:
        raise ImportedModelError(
            f"{network.name} takes {_words(shape)}; the images are {channels} x {height} x {width}; expected (N, "
            f"{channels}, {height}, {width}), (N, {height}, {width}, {channels}) or (N, {math.prod(image)})"
        )
    return added.build(before=True, ends=(start,))


def fit_images(
    network: OnnxNetwork, image: Shape, pixels: Pixels, found: tuple[int, ...], change: Change = ""
) -> OnnxNetwork:
    """Put the operators behind a decoder that make images (N, C, H, W) in [0, 1] of its output.

    Args:
        network: The decoder, of one output.
        image: (C, H, W).
        pixels: How it normalises pixels.
        found: Shape of what it gives for a batch.
        change: What is done to the images at last.

    Raises:
        ImportedModelError: That is no image of this shape.
    """
    channels, height, width = image
    added = _Builder(network)
    value = network.graph.outputs[0]
    if found[1:] == (height, width, channels) != image:
        value = added.add("Transpose", value, perm=[0, 3, 1, 2])
    elif found[1:] in ((math.prod(image),), (height, width)) and math.prod(found[1:]) == math.prod(image):
        value = added.reshape(value, (-1, *image))
    elif found[1:] != image:
        raise ImportedModelError(
            f"{network.name} gives {_words(found)}; expected images of {channels} x {height} x {width}, as (N, "
            f"{channels}, {height}, {width}), (N, {height}, {width}, {channels}) or (N, {math.prod(image)})"
        )
    if pixels != Pixels():
        mean, deviation = (np.array(each, np.float32).reshape(1, -1, 1, 1) for each in (pixels.mean, pixels.deviation))
        value = added.add("Mul", value, added.weight(deviation))
        value = added.add("Add", value, added.weight(mean))
    return added.build(before=False, ends=(added.change(value, change, height),))


def fit_points(network: OnnxNetwork, side: tuple[int, ...]) -> OnnxNetwork:
    """Put the operator before a decoder that makes its input, of shape `side` without N, of points (N, D)."""
    added = _Builder(network)
    start = f"{_OURS}z"
    added.reshape(start, (-1, *side), to=network.graph.input)
    return added.build(before=True, ends=(start,))


def fit_codes(
    network: OnnxNetwork, found: tuple[tuple[int, ...], ...], spread: Spread | None, latent_dim: int | None
) -> tuple[OnnxNetwork, int]:
    """Put the operators behind an encoder that make points (N, D), and log-variances, of its outputs.

    An output twice as wide as the decoder's input holds the mean and then the log-variance, as diffusers has it.

    Args:
        network: The encoder, with the outputs that `choose_outputs` left.
        found: Shapes of what it gives for a batch.
        spread: What its second output is; None where it has one output.
        latent_dim: D, as the decoder's file states it; None where it does not.

    Returns:
        The network and D.

    Raises:
        ImportedModelError: The outputs do not fit each other or the decoder.
    """
    added = _Builder(network)
    sizes = [math.prod(shape[1:]) for shape in found]
    names = network.graph.outputs
    width = sizes[0]
    if len(names) == 1 and latent_dim is not None and width == 2 * latent_dim and found[0][1] % 2 == 0:
        flat = added.reshape(names[0], (-1, width))
        half = Constant(shape=(2,), values=(latent_dim, latent_dim))
        added.constants[f"{_OURS}halves"] = half
        halves = (f"{_OURS}mean", f"{_OURS}log_variance")
        added.nodes.append(Node(op="Split", inputs=(flat, f"{_OURS}halves"), outputs=halves, attributes={"axis": 1}))
        return added.build(before=False, ends=halves), latent_dim
    if latent_dim not in (None, width):
        raise ImportedModelError(
            f"the encoder gives {width} numbers an image ({names[0]!r}), but the decoder takes {latent_dim}; expected "
            "the same latent size, or twice as many for mean and log-variance; name the outputs with --mean and "
            "--log-variance"
        )
    ends: tuple[str, ...] = (added.reshape(names[0], (-1, width)),)
    if spread is not None:
        if sizes[1] != width:
            raise ImportedModelError(f"{names[1]!r} has {sizes[1]} numbers an image; expected {width}, as {names[0]!r}")
        value = added.reshape(names[1], (-1, width))
        if spread != "log_variance":
            value = added.add("Log", value)
        if spread == "deviation":
            value = added.add("Mul", value, added.weight(np.array(2.0)))
        ends = (*ends, value)
    return added.build(before=False, ends=ends), width


def _fits(found: tuple[int | None, ...], expected: tuple[int, ...]) -> bool:
    return len(found) == len(expected) and all(
        side in (None, other) for side, other in zip(found, expected, strict=True)
    )


def _words(shape: tuple[int | None, ...]) -> str:
    return "(" + ", ".join(["N", *("?" if side is None else str(side) for side in shape[1:])]) + ")"
