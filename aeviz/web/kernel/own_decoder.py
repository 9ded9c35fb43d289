"""A model's own decoder in the page: its image of a point of its own latent space, and what that needs."""

from aeviz.web.components.explorer.payload import DecoderView
from aeviz.web.components.kit.blobs import send_blob
from aeviz.web.kernel import spaces
from aeviz.web.kernel.client_inference import find_network, send_network
from aeviz.web.kernel.models import Model
from aeviz.web.kernel.points import is_photo


def own_decoder_view(model: Model, *, title: str, alt: str) -> DecoderView:
    """Describe a model's image of the point of an explorer that shows the model's own latent space."""
    network = find_network(model, "decoder")
    return DecoderView(
        title=title,
        alt=alt,
        shape=model.config.model.image_shape,
        smooth=is_photo(model),
        network=network.spec,
        why=network.why,
    )


def send_own_decoder(model: Model) -> None:
    """Send the latent space and the decoder; the model must have a summary. Call it outside of fragments."""
    space = spaces.space(model, "latent")
    send_blob(space.name, space.content)
    send_network(model, "decoder")
