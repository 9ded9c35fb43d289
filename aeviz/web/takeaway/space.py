"""A latent space with what draws its points: what the explorer of a file or a folder is given."""

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from aeviz.analysis.alignment import find_translation
from aeviz.analysis.basis import latent_basis
from aeviz.analysis.latent import ACTIVE, usual_distance
from aeviz.analysis.latent_gaussian import gaussian_by_directions, posterior_variances
from aeviz.analysis.summary import summarise
from aeviz.errors import ExportError
from aeviz.export.beside import PartName, beside, weights_digest
from aeviz.training.latents import LatentTable
from aeviz.training.runs import MODEL, RunFolder
from aeviz.training.summary import read_summary
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
from aeviz.web.takeaway.runtime import MODULE, PROGRAM, runtime_files

if TYPE_CHECKING:
    from aeviz.analysis.plain_layers import PlainLayer

SIDE, LARGE_PIXELS, LARGE_SIDE = 12, 4096, 6
"""Images along each side of the decoded plane; fewer where an image has more values."""
MOST_WEIGHTS = 2_000_000
"""Of a decoder that the page computes by itself: 8 MB."""
MOST_PRODUCTS = 25_000_000
"""Of two numbers for an image that the page computes by itself, some 30 ms; ONNX Runtime is faster."""
MOST_BYTES = 48_000_000
"""Of a decoder for ONNX Runtime."""
PARTS: tuple[Part, ...] = ("pad", "sliders", "strip", "waypoints")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """What the explorer is given."""

    view: bytes
    """Packed by `view_payload`."""
    blobs: dict[str, bytes] = field(default_factory=dict)
    """What goes into the page's blob store, by name."""
    decoders: dict[str, dict[str, object]] = field(default_factory=dict)
    """Decoders that the page computes by itself, by name."""
    needs_runtime: bool = False
    """Whether ONNX Runtime computes the others, which are among the blobs."""
    start: tuple[float, ...] = ()
    """The latent point that is shown first, (D,)."""
    network: Network | None = None
    """The decoder of the run whose space is shown."""

    def for_script(self) -> dict[str, object]:
        """Return what components/explorer/standalone.js is given."""
        runtime = None
        if self.needs_runtime:
            files = runtime_files()
            runtime = {"module": files[MODULE].read_bytes(), "program": files[PROGRAM].read_bytes()}
        return {
            "view": self.view,
            "blobs": [{"name": name, "content": content} for name, content in self.blobs.items()],
            "decoders": list(self.decoders.values()),
            "runtime": runtime,
        }


def held_space(
    folder: RunFolder, second: RunFolder | None = None, parts: tuple[Part, ...] = PARTS, *, model: str | None = None
) -> Held:
    """Return a latent space with its decoder, and a second one that decodes the corresponding point.

    It holds the codes of the test images and their classes, not the images themselves, whose licences differ.

    Args:
        folder: The run whose space is shown.
        second: A run of the same data; where neither has kept its codes, it encodes the image of the first.
        parts: What the explorer shows.
        model: Name under which a map beside it shares the point; the run's at first.

    Raises:
        ExportError: A decoder cannot be taken along, or the runs do not belong together.
        CheckpointFormatError: A run has kept neither codes nor their statistics.
    """
    config = folder.config.model
    table = folder.require_latents() if folder.has_latents or not folder.has_summary else None
    space, point = _space(folder, table)
    blobs = {blob_name("space", space): space}
    decoders: dict[str, dict[str, object]] = {}
    views = []
    for run in (folder,) if second is None else (folder, second):
        network, plain, content = _decoder(run)
        if plain is None:
            blobs[network.name] = content
        else:
            decoders[network.name] = plain
        bridge, via, words = None, None, ""
        if run is not folder and table is not None:
            bridge, words, packed = _bridge(folder, table, run)
            blobs[bridge] = packed
        elif run is not folder:
            via, words, packed = _via(folder, run)
            blobs[via.name] = packed
        views.append(
            DecoderView(
                title=run.name,
                alt=f"Image decoded by {run.name} at this point",
                shape=run.config.model.image_shape,
                smooth=run.config.model.image_shape[0] == 3,
                network=network,
                bridge=bridge,
                via=via,
                bridge_words=words,
            )
        )
    is_wide = config.latent_dim > 3 and "sliders" in parts
    view = View(
        view="file",
        space=blob_name("space", space),
        point=point,
        revision=0,
        pair=(0, min(1, config.latent_dim - 1)),
        along=0,
        backdrop="images" if table is None or "sliders" not in parts else "both",
        side=LARGE_SIDE if int(np.prod(config.image_shape)) > LARGE_PIXELS else SIDE,
        parts=(*parts, "overview") if is_wide else parts,
        model=model or folder.name,
        decoder_views=tuple(views),
    )
    needs_runtime = any(view.network is not None and view.network.name not in decoders for view in views)
    return Held(
        view=view_payload(view),
        blobs=blobs,
        decoders=decoders,
        needs_runtime=needs_runtime,
        start=point,
        network=views[0].network,
    )


def _space(folder: RunFolder, table: LatentTable | None) -> tuple[bytes, tuple[float, ...]]:
    """Return the packed space and the point in its middle."""
    config, names = folder.config.model, folder.provenance.class_names
    if table is not None:
        widths = table.log_variance if config.is_variational else None
        variances = np.zeros(table.z.shape[1]) if widths is None else np.exp(widths.astype(np.float64)).mean(axis=0)
        basis = latent_basis(summarise(table.z, kl=None), variances)
        coordinates = basis.rest + (table.z - basis.origin) @ basis.axes
        support = Support(limit=usual_distance(table.z), used=np.ones(table.z.shape[1], dtype=bool))
        middle = np.median(table.z, axis=0).astype(float)
        return space_payload(basis, coordinates, table.labels, names, support), tuple(middle.tolist())
    found = read_summary(folder.path, config.latent_dim)
    if found is None:  # has_summary was true a moment ago
        raise ExportError(f"{folder.name} has lost its statistics of the latent space; train it again")
    is_known = config.bottleneck_spec.has_closed_form_kl and config.prior == "standard"
    variances = posterior_variances(found) if is_known else np.zeros(len(found.mean))
    gaussian = gaussian_by_directions(found.mean, found.covariance + np.diag(variances))
    spread = np.diag(found.covariance)
    used = spread > ACTIVE if config.is_variational else np.ones(len(spread), dtype=bool)
    support = Support(limit=gaussian.usual_distance(), used=used, gaussian=gaussian)
    return space_payload(latent_basis(found, variances), None, None, names, support), tuple(found.mean.tolist())


def _bridge(folder: RunFolder, table: LatentTable, second: RunFolder) -> tuple[str, str, bytes]:
    """Return the map from the first space into the second: its name, words on it, and itself."""
    other = second.require_latents()
    if other.fingerprint != table.fingerprint or len(other.z) != len(table.z):
        raise ExportError(f"{second.name} has encoded other images than {folder.name}; choose runs of one data set")
    packed = bridge_payload(between := find_translation(table.z, other.z))
    words = f"At the corresponding point, {between.explained:.0%} of the variance explained. "
    return blob_name("bridge", packed), words, packed


def _via(folder: RunFolder, second: RunFolder) -> tuple[Network, str, bytes]:
    """Return the encoder of the second run, which sees the first one's image."""
    if second.has_latents or second.config.data.name != folder.config.data.name:
        raise ExportError(f"{second.name} has encoded other images than {folder.name}; choose runs of one data set")
    if second.config.model.image_shape != folder.config.model.image_shape:
        raise ExportError(f"{second.name} has images of another size than {folder.name}; choose runs of one data set")
    network, content = _onnx(second, "encoder")
    return network, f"At the code of the image that {folder.name} decodes. ", content


def _decoder(folder: RunFolder) -> tuple[Network, dict[str, object] | None, bytes]:
    """Return a decoder: its layers where the page can compute them, else the file for ONNX Runtime."""
    from aeviz.analysis.plain_layers import count_products, plain_layers  # with torch, which a page needs only then
    from aeviz.training.run import load

    layers = None
    if not folder.config.model.is_imported:
        layers = plain_layers([load(folder).model.decoder], (folder.config.model.latent_dim,))
    weights = sum(layer.weights.size for layer in layers or ())
    if not layers or weights > MOST_WEIGHTS or count_products(layers) > MOST_PRODUCTS:
        network, content = _onnx(folder, "decoder")
        return network, None, content
    network = _network(folder, "decoder", f"decoder-{folder.name}", 0)
    plain: dict[str, object] = {"name": network.name, "digest": network.digest}
    plain["decoder"] = [_layer(layer) for layer in layers]
    return network, plain, b""


def _onnx(folder: RunFolder, part: PartName) -> tuple[Network, bytes]:
    """Return a part of a run as ONNX, which is written beside its weights where it is missing."""
    from aeviz.export.missing import write_beside

    write_beside(folder)
    content = beside(folder, part).read_bytes()
    if len(content) > MOST_BYTES:
        size, most = len(content) / 1e6, MOST_BYTES / 1e6
        raise ExportError(f"{folder.name}'s {part} has {size:,.0f} MB; a page takes along at most {most:,.0f} MB")
    return _network(folder, part, blob_name(part, content), len(content)), content


def _network(folder: RunFolder, part: PartName, name: str, limit: int) -> Network:
    config = folder.config.model
    return Network(
        name=name,
        part=part,
        latent_dim=config.latent_dim,
        image_shape=config.image_shape,
        digest=weights_digest(folder.path / MODEL),
        limit=limit,
    )


def _layer(layer: "PlainLayer") -> dict[str, object]:
    return {
        "kind": layer.kind,
        "weights": layer.weights.astype(np.float32).reshape(-1),
        "bias": layer.bias.astype(np.float32),
        "activation": layer.activation,
        "grid": None if layer.grid is None else asdict(layer.grid),
    }
