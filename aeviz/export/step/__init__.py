"""A step of training as an ONNX graph, which any ONNX runtime runs without PyTorch: in the page above all.

`training_step` writes forward pass, backward pass and optimizer for the networks of dense layers, many steps in a loop,
and `single_step` one, for runtimes without a loop on the GPU; `passes` writes their encoder and decoder with weights as
an input; `layout` says where each weight lies in the one vector that holds them.
"""

from aeviz.export.step.layout import Layout, Slot, layout_of
from aeviz.export.step.passes import decoder_pass, encoder_pass
from aeviz.export.step.step import single_step, training_step
from aeviz.export.step.supported import check_supported

__all__ = [
    "Layout",
    "Slot",
    "check_supported",
    "decoder_pass",
    "encoder_pass",
    "layout_of",
    "single_step",
    "training_step",
]
