"""Files that go wrong in a way that teaches something: what a model reads is not what the images have."""

from typing import TYPE_CHECKING

import numpy as np

from aeviz.bring.settings import Fault
from aeviz.export.packages import package

if TYPE_CHECKING:
    from aeviz.training.run import Run


def codes_with_fault(run: "Run", images: np.ndarray, fault: Fault) -> np.ndarray:
    """Return the latent points of images that enter the encoder as an import with a fault lets them.

    Args:
        run: A model of square images in [0, 1].
        images: (N, C, H, H), uint8.
        fault: What is wrong.

    Returns:
        (N, D), float32.
    """
    import torch

    x = torch.from_numpy(np.asarray(images, np.float32) / 255).to(run.device)
    with torch.inference_mode():
        entering = {"range": 2 * x - 1, "axes": x.transpose(2, 3), "inverted": 1 - x}[fault]
        return np.asarray(run.model.encode_mean(entering).cpu())


def with_fault(content: bytes, fault: Fault) -> bytes:
    """Return an encoder or a decoder, in ONNX, with a fault; as it is where only the import has the fault.

    Args:
        content: A file of aeviz for square images: its input or its output is named image, (N, C, H, H).
        fault: With "axes" it has the columns of images before their rows, with "inverted" black as 1 and white as 0.

    Raises:
        ExportError: The package onnx is not installed.
    """
    if fault == "range":
        return content
    onnx = package("onnx")
    model = onnx.load_model_from_string(content)
    graph, inner, one = model.graph, "image.inside", "image.one"
    is_encoder = graph.input[0].name == "image"
    for node in graph.node:
        names = node.input if is_encoder else node.output
        for place, name in enumerate(names):
            if name == "image":
                names[place] = inner
    ends = ["image", inner] if is_encoder else [inner, "image"]
    if fault == "axes":
        change = onnx.helper.make_node("Transpose", ends[:1], ends[1:], perm=[0, 1, 3, 2])
    else:
        graph.initializer.append(onnx.numpy_helper.from_array(np.float32(1), one))
        change = onnx.helper.make_node("Sub", [one, ends[0]], ends[1:])
    graph.node.insert(0 if is_encoder else len(graph.node), change)
    return bytes(model.SerializeToString())
