"""Networks that the page itself runs: what is sent to it, and why one is missing."""

from dataclasses import dataclass
from typing import Literal

from aeviz.figures.studio import Network
from aeviz.training.runs import MODEL, RunFolder
from aeviz.web import cache
from aeviz.web.components.carrier import carry

Part = Literal["decoder", "encoder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InPage:
    """A network for the page, or why there is none."""

    spec: Network | None
    why: str = ""


def find_network(run: RunFolder, part: Part) -> InPage:
    """Return what the page must know of a run's encoder or decoder; `carry_network` sends the network itself."""
    key = cache.run_key(run)
    content = cache.onnx_file(key, part)
    if content is None:
        return InPage(spec=None, why=f"{part}.onnx is not there")
    config = run.config.model
    spec = Network(
        name=content.name,
        part=part,
        latent_dim=config.latent_dim,
        image_shape=config.image_shape,
        digest=cache.weights_digest(key),
        limit=2**20 + 4 * (run.path / MODEL).stat().st_size,  # weights may be twice as wide in ONNX
    )
    return InPage(spec=spec)


def carry_network(run: RunFolder, part: Part) -> None:
    """Send a network to the page, if there is one; call it outside of fragments."""
    content = cache.onnx_file(cache.run_key(run), part)
    if content is not None:
        carry(content.name, content.content)
