"""The explorer of one model, or of two beside each other, as a single HTML file that needs no network and no server."""

from aeviz.training.runs import RunFolder
from aeviz.web.takeaway.document import document, is_packed
from aeviz.web.takeaway.runtime import has_runtime
from aeviz.web.takeaway.space import held_space
from aeviz.web.takeaway.titles import terms_of

SCRIPT = "explorer/standalone.js"
_PLAIN = ("mlp", "linear", "conv", "conv_bn")
"""Decoders that a file computes by itself, unless they are large."""


def can_be_page(folder: RunFolder) -> bool:
    """Tell whether a run is likely to fit into a file: something is known of its codes, and of its decoder."""
    model = folder.config.model
    is_plain = model.decoder in _PLAIN and model.activation != "prelu"
    return folder.has_summary and is_packed(SCRIPT) and (is_plain or has_runtime())


def html_page(folder: RunFolder, second: RunFolder | None = None) -> str:
    """Return an HTML file that shows a latent space and decodes its points by itself, opened from a disk.

    It holds the codes of the test images and their classes, not the images themselves, whose licences differ. Decoders
    of dense and convolutional layers are computed by the file's own script; with another one the file holds ONNX
    Runtime too, which makes it 5 MB larger.

    Args:
        folder: The run whose space is shown.
        second: A run that decodes the corresponding point beside it: of the same test images.

    Raises:
        ExportError: A decoder is too large, the runs do not belong together, or the page's scripts are not packed.
        CheckpointFormatError: A run has kept no codes.
    """
    held = held_space(folder, second)
    points = (
        "Points are codes of test images; the images themselves are not in this file." if folder.has_latents else ""
    )
    return document(
        folder.name if second is None else f"{folder.name} and {second.name}",
        "Drag over the plane, move the sliders or use the arrow keys: the decoder in this file draws the image there.",
        points if folder.has_latents else terms_of(folder),
        script=SCRIPT,
        styles=("explorer/explorer.css",),
        held=held.for_script(),
    )
