"""The code book of a VQ-VAE and the outputs of its encoder, as arrays.

Source: A. van den Oord, O. Vinyals, K. Kavukcuoglu, Neural discrete representation learning, NeurIPS 2017,
arXiv:1711.00937, section 3.1.
"""

import numpy as np
import torch

from aeviz.errors import ConfigError
from aeviz.models.bottlenecks.quantized import QuantizedBottleneck
from aeviz.training.run import Run


def code_book(run: Run) -> np.ndarray:
    """Return the K codes of d numbers each, (K, d), float32.

    Raises:
        ConfigError: The run has no code book.
    """
    codes: np.ndarray = _bottleneck(run).codes.detach().cpu().numpy().copy()
    return codes


@torch.no_grad()
def encoder_outputs(run: Run, images: np.ndarray) -> np.ndarray:
    """Return what the encoder gives before each group is replaced by its nearest code, (N, M, d), float32.

    Args:
        run: A run with a code book.
        images: (N, C, H, W), float32 in [0, 1].

    Raises:
        ConfigError: The run has no code book.
    """
    bottleneck = _bottleneck(run)
    features = run.model.encoder(torch.from_numpy(images).to(bottleneck.codes.device))
    points: np.ndarray = bottleneck.head(features).cpu().numpy()
    return points.reshape(len(images), -1, bottleneck.codes.shape[1])


def _bottleneck(run: Run) -> QuantizedBottleneck:
    bottleneck = run.model.bottleneck
    if not isinstance(bottleneck, QuantizedBottleneck):
        raise ConfigError(f"model.bottleneck={run.config.model.bottleneck!r} has no code book; expected 'quantized'")
    return bottleneck
