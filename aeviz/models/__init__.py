"""Networks that compose: decoder(bottleneck(encoder(x)))."""

from aeviz.models.architecture import LayerInfo, describe_layers
from aeviz.models.autoencoder import Autoencoder, build_model
from aeviz.models.initialisation import initialise

__all__ = ["Autoencoder", "LayerInfo", "build_model", "describe_layers", "initialise"]
