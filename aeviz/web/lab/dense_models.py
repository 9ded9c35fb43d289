"""Models whose networks are dense layers: the page of an experiment computes them itself."""

from collections.abc import Callable, Sequence

from aeviz.web.components.kit.blobs import send_blob
from aeviz.web.components.kit.wire import blob_name, pack
from aeviz.web.kernel.caching import shared
from aeviz.web.kernel.models import Model, list_models
from aeviz.web.kernel.spaces import Sent

_ACTIVATIONS = "default", "relu", "sigmoid", "tanh"


def dense_models(fits: Callable[[Model], bool]) -> dict[str, Model]:
    """Return the models with encoded test images whose networks are dense layers and that fit, by name."""
    return {
        name: model for name, model in list_models().items() if model.has_latents and is_dense(model) and fits(model)
    }


def is_dense(model: Model) -> bool:
    """Whether the page can compute a model, as its settings tell."""
    config = model.config.model
    return (
        config.encoder == config.decoder == "mlp"
        and config.bottleneck in {"deterministic", "gaussian"}
        and config.output in {"sigmoid", "identity"}
        and config.activation in _ACTIVATIONS
    )


@shared(max_entries=8)  # at most 4 MB each
def layers_of(model: Model) -> Sent | None:
    """Return the layers of a model's networks for the page (kit/dense.js); None if it cannot compute them."""
    run = model.network()
    from aeviz.analysis.dense import DenseLayer, dense_network  # with torch, which `network` has brought

    def plain(layers: Sequence[DenseLayer]) -> list[dict[str, object]]:
        return [{"weights": each.weights, "bias": each.bias, "activation": each.activation} for each in layers]

    found = dense_network(run)
    if found is None:
        return None
    packed = pack({"encoder": plain(found.encoder), "decoder": plain(found.decoder)})
    return Sent(name=blob_name("layers", packed), content=packed)


def send_layers(models: Sequence[Model]) -> None:
    """Send the layers of models to the page; call it outside of fragments."""
    found = [layers_of(model) for model in models]
    for name, content in {each.name: each.content for each in found if each is not None}.items():
        send_blob(name, content)
