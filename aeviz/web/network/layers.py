"""The layers of a model's network, for the table."""

from aeviz.language import mark
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.runtime import start_torch


@shared(max_entries=32)  # a list of rows
def layer_rows(model: Model) -> tuple[dict[str, str | int], ...]:
    """Return the layers of a model's network, a row each, from the image to its reconstruction."""
    start_torch()
    from aeviz.models import describe_layers
    from aeviz.models.foreign.network import ForeignAutoencoder
    from aeviz.models.foreign.rows import describe_foreign

    network = model.network().model if model.config.model.is_imported else None
    found = describe_foreign(network) if isinstance(network, ForeignAutoencoder) else None

    return tuple(
        {
            mark("part"): layer.part,
            mark("layer"): layer.kind,
            mark("activation"): layer.activation,
            mark("output"): " x ".join(map(str, layer.output_shape)),
            mark("parameters"): layer.parameters,
        }
        for layer in found or describe_layers(model.config.model)
    )
