"""Models of dense and convolutional layers, which the page computes itself."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from aeviz.web.components.kit.blobs import send_blob
from aeviz.web.components.kit.wire import blob_name, pack
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.spaces import Sent

_ENCODERS = "mlp", "conv"
_ACTIVATIONS = "default", "relu", "sigmoid", "tanh"


def plain_models(fits: Callable[[Model], bool]) -> dict[str, Model]:
    """Return the models with encoded test images that the page can compute and that fit, by name."""
    return {
        name: model for name, model in list_models().items() if model.has_latents and is_plain(model) and fits(model)
    }


def is_plain(model: Model) -> bool:
    """Whether the page can compute a model, as its settings tell."""
    config = model.config.model
    return (
        config.encoder == config.decoder
        and config.encoder in _ENCODERS
        and config.bottleneck in {"deterministic", "gaussian"}
        and config.output in {"sigmoid", "identity"}
        and config.activation in _ACTIVATIONS
    )


@shared(max_entries=8)  # at most 4 MB each
def layers_of(model: Model) -> Sent | None:
    """Return the layers of a model's networks for the page (kit/plain_layers.js); None if it cannot compute them."""
    run = model.network()
    from aeviz.analysis.plain_layers import PlainLayer, plain_network  # with torch, which `network` has brought

    def plain(layers: Sequence[PlainLayer]) -> list[dict[str, object]]:
        return [
            {
                "kind": each.kind,
                "weights": each.weights,
                "bias": each.bias,
                "activation": each.activation,
                "grid": None if each.grid is None else asdict(each.grid),
            }
            for each in layers
        ]

    found = plain_network(run)
    if found is None:
        return None
    packed = pack({"encoder": plain(found.encoder), "decoder": plain(found.decoder)})
    return Sent(name=blob_name("layers", packed), content=packed)


def send_layers(models: Sequence[Model]) -> None:
    """Send the layers of models to the page; call it outside of fragments."""
    found = [layers_of(model) for model in models]
    for name, content in {each.name: each.content for each in found if each is not None}.items():
        send_blob(name, content)
