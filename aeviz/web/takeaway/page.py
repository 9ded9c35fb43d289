"""The explorer of one model, or of two beside each other, as a single HTML file that needs no network and no server."""

import base64
import gzip
import html
from dataclasses import asdict
from typing import TYPE_CHECKING

import numpy as np

from aeviz import __version__
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
    Support,
    View,
    bridge_payload,
    space_payload,
    view_payload,
)
from aeviz.web.components.kit.bundles import COMPONENTS, script_to_load
from aeviz.web.components.kit.network import Network
from aeviz.web.components.kit.wire import blob_name, pack

if TYPE_CHECKING:
    from aeviz.analysis.plain_layers import PlainLayer

SCRIPT = "explorer/standalone.js"
SIDE = 12
"""Images along each side of the decoded plane."""
MOST_WEIGHTS = 2_000_000
"""Of a decoder: 8 MB, and some milliseconds an image."""
_STYLE = """
:root {
  color-scheme: light dark;
  --st-background-color: light-dark(#ffffff, #14161a); --st-text-color: light-dark(#22262c, #eceff3);
  --st-primary-color: light-dark(#2469b3, #5aa9f0); --st-border-color: light-dark(#c9ced6, #444a53);
  --st-font: system-ui, sans-serif; --st-base-radius: 0.5rem;
}
body {
  margin: 0 auto; max-width: 90rem; padding: 1rem 1.25rem; box-sizing: border-box; font-family: var(--st-font);
  background: var(--st-background-color); color: var(--st-text-color);
}
h1 { font-size: 1.4rem; margin: 0; }
h1 + p { margin: 0.2rem 0 0.8rem; }
footer { margin-top: 1rem; font-size: 0.8rem; opacity: 0.8; }
@media (max-width: 45rem) { body { padding: 0.75rem; } }
"""


def can_be_page(folder: RunFolder) -> bool:
    """Tell whether a run is likely to fit into a file: its decoder has dense layers, and its codes were kept."""
    is_plain = folder.config.model.decoder in ("mlp", "linear") and folder.config.model.activation in (
        "default",
        "relu",
    )
    return is_plain and folder.has_latents and script_to_load(SCRIPT) != SCRIPT


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
    script = script_to_load(SCRIPT)
    if script == SCRIPT:
        raise ExportError(
            "the page's scripts are not packed into one file each, which an HTML file needs; make app packs them where "
            "npm can be had, and so does an installation from the wheel"
        )
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
        point=tuple(np.median(table.z, axis=0).astype(float).tolist()),
        revision=0,
        pair=(0, min(1, table.z.shape[1] - 1)),
        along=0,
        backdrop="both",
        side=SIDE,
        parts=("pad", "sliders", "strip", "waypoints"),
        model=folder.name,
        decoder_views=tuple(shown),
    )
    held = {
        "view": view_payload(view),
        "blobs": [{"name": name, "content": content} for name, content in blobs],
        "decoders": decoders,
    }
    content = base64.b64encode(gzip.compress(pack(held, digests=False), 9, mtime=0)).decode()
    return _page(_title(folder, second), content, (COMPONENTS / script).read_text(encoding="utf-8"))


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
        network=Network(
            name=f"decoder-{folder.name}",
            part="decoder",
            latent_dim=config.latent_dim,
            image_shape=config.image_shape,
            digest=weights_digest(folder.path / MODEL),
            limit=0,
        ),
        bridge=name,
        bridge_words=words,
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


def _page(title: str, content: str, script: str) -> str:
    style = _STYLE + (COMPONENTS / "explorer" / "explorer.css").read_text(encoding="utf-8")
    script = script.replace("</script", "<\\/script")
    name = html.escape(title)
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="aeviz {html.escape(__version__)}">
<title>{name}: latent space</title>
<style>{style}</style>
</head>
<body>
<h1>{name}</h1>
<p>Drag over the plane, move the sliders or use the arrow keys: the decoder in this file draws the image there.</p>
<main id="aeviz"></main>
<footer>Made by aeviz {html.escape(__version__)}. Points are codes of test images; the images themselves are not in this
file. It works without a network.</footer>
<noscript>This page computes in your browser: switch JavaScript on.</noscript>
<script type="text/plain" id="aeviz-content">{content}</script>
<script type="module">{script}</script>
</body>
</html>
"""
