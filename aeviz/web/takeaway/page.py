"""The explorer of one model, or of two beside each other, as a single HTML file that needs no network and no server."""

from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from aeviz.analysis.alignment import find_translation
from aeviz.analysis.basis import latent_basis
from aeviz.analysis.latent import usual_distance
from aeviz.analysis.summary import summarise
from aeviz.errors import ExportError
from aeviz.export.beside import weights_digest
from aeviz.training.latents import LatentTable
from aeviz.training.runs import MODEL, RunFolder
from aeviz.web.components.explorer.payload import (
    DecoderView,
    Part,
    Support,
    View,
    bridge_payload,
    space_payload,
    view_payload,
)
from aeviz.web.components.kit.network import Network
from aeviz.web.components.kit.wire import blob_name
from aeviz.web.takeaway.document import document, is_packed

if TYPE_CHECKING:
    from aeviz.analysis.plain_layers import PlainLayer

SCRIPT = "explorer/standalone.js"
SIDE = 12
"""Images along each side of the decoded plane."""
MOST_WEIGHTS = 2_000_000
"""Of a decoder: 8 MB, and some milliseconds an image."""


def can_be_page(folder: RunFolder) -> bool:
    """Tell whether a run is likely to fit into a file: its decoder has dense layers, and its codes were kept."""
    is_plain = folder.config.model.decoder in ("mlp", "linear") and folder.config.model.activation in (
        "default",
        "relu",
    )
    return is_plain and folder.has_latents and is_packed(SCRIPT)


def html_page(folder: RunFolder, second: RunFolder | None = None) -> str:
    """Return an HTML file that shows a latent space and decodes its points by itself, opened from a disk.

    It holds the codes of the test images and their classes, not the images themselves, whose licences differ.

    Args:
        folder: The run whose space is shown. It must have kept the codes of its test images.
        second: A run that decodes the corresponding point beside it: of the same test images.

    Raises:
        ExportError: A decoder has layers that the file cannot compute, or too many weights; the runs do not belong
            together; or the page's scripts are not packed.
        CheckpointFormatError: A run has kept no codes.
    """
    return document(
        _title(folder, second),
        "Drag over the plane, move the sliders or use the arrow keys: the decoder in this file draws the image there.",
        "Points are codes of test images; the images themselves are not in this file.",
        script=SCRIPT,
        styles=("explorer/explorer.css",),
        held=explorer_held(folder, second, parts=("pad", "sliders", "strip", "waypoints"), model=folder.name),
    )


def explorer_held(
    folder: RunFolder, second: RunFolder | None, *, parts: tuple[Part, ...], model: str
) -> dict[str, object]:
    """Return what components/explorer/standalone.js is given; errors as in `html_page`.

    Args:
        folder: The run whose space is shown.
        second: A run that decodes beside it.
        parts: What is shown.
        model: Name under which a map beside it shares the point.
    """
    table = folder.require_latents()
    space = _space(folder, table)
    shown = [_decoder_view(folder, None)]
    blobs = [(blob_name("space", space), space)]
    decoders = [_decoder(folder)]
    if second is not None:
        other = second.require_latents()
        if other.fingerprint != table.fingerprint or len(other.z) != len(table.z):
            raise ExportError(f"{second.name} has encoded other images than {folder.name}; choose runs of one data set")
        bridge = bridge_payload(between := find_translation(table.z, other.z))
        words = f"At the corresponding point, {between.explained:.0%} of the variance explained. "
        shown.append(_decoder_view(second, (blob_name("bridge", bridge), words)))
        blobs.append((blob_name("bridge", bridge), bridge))
        decoders.append(_decoder(second))
    view = View(
        view="file",
        space=blobs[0][0],
        point=start_point(table),
        revision=0,
        pair=(0, min(1, table.z.shape[1] - 1)),
        along=0,
        backdrop="both",
        side=SIDE,
        parts=parts,
        model=model,
        decoder_views=tuple(shown),
    )
    return {
        "view": view_payload(view),
        "blobs": [{"name": name, "content": content} for name, content in blobs],
        "decoders": decoders,
    }


def start_point(table: LatentTable) -> tuple[float, ...]:
    """Return the latent point that is shown first, D coordinates: the median of the codes."""
    return tuple(np.median(table.z, axis=0).astype(float).tolist())


def _title(folder: RunFolder, second: RunFolder | None) -> str:
    return folder.name if second is None else f"{folder.name} and {second.name}"


def _space(folder: RunFolder, table: LatentTable) -> bytes:
    widths = table.log_variance if folder.config.model.is_variational else None
    variances = np.zeros(table.z.shape[1]) if widths is None else np.exp(widths.astype(np.float64)).mean(axis=0)
    basis = latent_basis(summarise(table.z, kl=None), variances)
    coordinates = basis.rest + (table.z - basis.origin) @ basis.axes
    support = Support(limit=usual_distance(table.z), used=np.ones(table.z.shape[1], dtype=bool))
    return space_payload(basis, coordinates, table.labels, folder.provenance.class_names, support)


def _decoder_view(folder: RunFolder, bridge: tuple[str, str] | None) -> DecoderView:
    name, words = bridge or (None, "")
    config = folder.config.model
    return DecoderView(
        title=folder.name,
        alt=f"Image decoded by {folder.name} at this point",
        shape=config.image_shape,
        smooth=config.image_shape[0] == 3,
        network=decoder_network(folder),
        bridge=name,
        bridge_words=words,
    )


def decoder_network(folder: RunFolder) -> Network:
    """Return how the page knows the decoder of a run that is computed by its own script."""
    config = folder.config.model
    return Network(
        name=f"decoder-{folder.name}",
        part="decoder",
        latent_dim=config.latent_dim,
        image_shape=config.image_shape,
        digest=weights_digest(folder.path / MODEL),
        limit=0,
    )


def _decoder(folder: RunFolder) -> dict[str, object]:
    from aeviz.analysis.plain_layers import plain_layers  # with torch, which a page has no need of until then
    from aeviz.training.run import load

    layers = plain_layers([load(folder).model.decoder], (folder.config.model.latent_dim,))
    if not layers:
        raise ExportError(
            f"{folder.name}'s decoder has layers that a file cannot compute by itself; it can with dense and plain "
            "convolutional layers and ReLU, sigmoid or tanh. Use --format onnx for this model"
        )
    weights = sum(layer.weights.size for layer in layers)
    if weights > MOST_WEIGHTS:
        raise ExportError(f"{folder.name}'s decoder has {weights:,} weights; a file holds at most {MOST_WEIGHTS:,}")
    return {
        "name": f"decoder-{folder.name}",
        "digest": weights_digest(folder.path / MODEL),
        "decoder": [_layer(layer) for layer in layers],
    }


def _layer(layer: "PlainLayer") -> dict[str, object]:
    return {
        "kind": layer.kind,
        "weights": layer.weights.astype(np.float32).reshape(-1),
        "bias": layer.bias.astype(np.float32),
        "activation": layer.activation,
        "grid": None if layer.grid is None else asdict(layer.grid),
    }
