"""The layers of a model's network, for the diagram."""

from aeviz.figures.architecture import Block
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.runtime import start_torch


@shared(max_entries=32)  # a list of rows
def architecture(model: Model) -> tuple[Block, ...]:
    """Return the layers of a model's network, from the image to its reconstruction."""
    start_torch()
    from aeviz.models import describe_layers

    layers = describe_layers(model.config.model)
    latent = max(index for index, layer in enumerate(layers) if layer.part in ("input", "encoder", "bottleneck"))
    return tuple(
        Block(
            part=layer.part,
            kind=layer.kind,
            output_shape=layer.output_shape,
            parameters=layer.parameters,
            activation=layer.activation,
            is_latent=index == latent,
        )
        for index, layer in enumerate(layers)
    )
