"""The layers of an imported network, a row each, for the network page."""

import torch

from aeviz.models.architecture import LayerInfo, PartName
from aeviz.models.foreign.graph import Node
from aeviz.models.foreign.network import ForeignAutoencoder, GraphModule

_ACTIVATIONS = {
    "Celu", "Elu", "Gelu", "HardSigmoid", "HardSwish", "LeakyRelu", "Mish", "PRelu", "Relu", "Selu", "Sigmoid",
    "Softplus", "Softsign", "Tanh", "ThresholdedRelu",
}  # fmt: skip
"""Shown in the row of the layer before them."""
_TITLES = {"Conv": "Conv", "ConvTranspose": "Transposed conv", "Gemm": "Linear", "MatMul": "Linear"}
_LAYERS = {*_TITLES, "AveragePool", "GlobalAveragePool", "MaxPool", "Resize"}
"""What is a row although it may have no weights."""


@torch.no_grad()
def describe_foreign(model: ForeignAutoencoder) -> list[LayerInfo]:
    """List the layers that an image passes; what only changes shapes, or computes them, has no row."""
    config = model.config
    rows = [LayerInfo(part="input", kind="Image", output_shape=config.image_shape, parameters=0)]
    ends = (("encoder", model.encoder, config.image_shape), ("decoder", model.decoder, (config.latent_dim,)))
    parts: tuple[tuple[PartName, GraphModule, tuple[int, ...]], ...] = ends  # type: ignore[assignment]
    for part, module, side in parts:
        device = next(module.parameters()).device
        for node, shape in module.trace(torch.zeros(1, *side, device=device)):
            parameters = sum(module.graph.parameters_of(name) for name in node.inputs)
            if node.op in _ACTIVATIONS and rows[-1].part == part:
                last = rows.pop()
                rows.append(
                    LayerInfo(
                        part=part,
                        kind=last.kind,
                        output_shape=last.output_shape,
                        parameters=last.parameters + parameters,
                        activation=node.op,
                    )
                )
            elif node.op in _LAYERS or parameters > 1:
                rows.append(LayerInfo(part=part, kind=_kind(node), output_shape=shape[1:], parameters=parameters))
    return rows


def _kind(node: Node) -> str:
    kernel, strides = node.attributes.get("kernel_shape"), node.attributes.get("strides")
    name = _TITLES.get(node.op, node.op)
    if isinstance(kernel, list):
        name += f" {'x'.join(map(str, kernel))}"
    if isinstance(strides, list) and max(strides) > 1:
        name += f", stride {strides[0]}"
    return name
