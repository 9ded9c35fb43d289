"""Encoders: images (N, C, H, W), float32 in [0, 1], to features (N, F), float32; each with its mirrored decoder.

A module here holds one encoder and the decoder that mirrors it; `aeviz.registry.ENCODERS` names them.

References:
    [S1] M. Sevkovych, On variational autoencoders: theory and applications, Univ. of Stuttgart, 2023, Algorithm 4;
    layer widths and convolutions from the author's public code.
    [S2] R. Grabovac, Variational autoencoders with applications, Univ. of Zagreb, 2025, section 4.2; batch
    normalisation from the author's public code.
"""

from aeviz.models.encoders.base import Encoder, build_encoder, conv_side

__all__ = ["Encoder", "build_encoder", "conv_side"]
