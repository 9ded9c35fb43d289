"""Networks of other programs, computed by PyTorch operator by operator.

`graph` is what such a network is: operators of ONNX, in order, with the names of their inputs. `operators` and `layers`
compute each operator; `network` puts encoder and decoder into an `aeviz.models.Autoencoder`, so that every page treats
it like a model of our own. Nothing here runs code from a file: an operator that is not in the table is refused.
`aeviz.bring` reads ONNX files into graphs.

References:
    ONNX operators: https://onnx.ai/onnx/operators
"""
