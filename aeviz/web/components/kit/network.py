"""A network that the page itself runs: what it must be."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A network for the page, as components/kit/engine.js checks it."""

    name: str
    """Under which its bytes lie in the page's blob store."""
    part: Literal["decoder", "encoder"]
    latent_dim: int
    image_shape: tuple[int, int, int]
    digest: str
    """Of the weights that it must have been made from."""
    limit: int
    """Bytes that it has at most."""
