"""Registries: what a name in config.json stands for, added in one place.

    ENCODERS      encoders and the decoders that mirror them
    BOTTLENECKS   how features become latent points
    LOSSES        reconstruction losses

An entry holds a title, rules and texts, and knows neither torch nor Streamlit. What builds a network is named as
"module:attribute" and imported on use. Another package adds an entry by `register`; AEVIZ_PLUGINS names the modules
that do so, separated by commas, for the app and the command line.
"""

from aeviz.registry.base import Registry, resolve
from aeviz.registry.bottlenecks import BOTTLENECKS, BottleneckSpec
from aeviz.registry.encoders import ENCODERS, FOREIGN, EncoderSpec
from aeviz.registry.losses import LOSSES, LossSpec

__all__ = [
    "BOTTLENECKS",
    "ENCODERS",
    "FOREIGN",
    "LOSSES",
    "BottleneckSpec",
    "EncoderSpec",
    "LossSpec",
    "Registry",
    "resolve",
]
