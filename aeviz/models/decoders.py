"""Decoders: latent points (N, D), float32, to images (N, C, H, W), float32.

Each mirrors the encoder of the same name and lies in its module. With a sigmoid or a tanh at the end the images lie in
(0, 1); with the identity they are not bounded.
"""

from torch import Tensor, nn

from aeviz.config import ModelConfig
from aeviz.registry import resolve


class ToUnitInterval(nn.Module):
    """(-1, 1) to (0, 1): [S2] trains a Tanh in (-1, 1) against images in [0, 1], half of which it cannot want."""

    def forward(self, values: Tensor) -> Tensor:
        """Map a batch."""
        return (values + 1) / 2


def build_decoder(config: ModelConfig) -> nn.Sequential:
    """Return the decoder that `config.decoder` names, with the activation that `config.output` names."""
    layers: list[nn.Module] = resolve(config.decoder_spec.build_decoder)(config)
    if config.output == "sigmoid":
        layers += [nn.Sigmoid()]
    elif config.output == "tanh":
        layers += [nn.Tanh(), ToUnitInterval()]
    return nn.Sequential(*layers)
