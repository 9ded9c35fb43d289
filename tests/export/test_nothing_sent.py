"""onnxruntime, which reports on the models that it runs, reports nothing about ours."""

import os
import subprocess
import sys

_RUN = """
import onnx
from onnx import TensorProto, helper
from aeviz.export.packages import open_session
one = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in ("x", "y")]
graph = helper.make_graph([helper.make_node("Relu", ["x"], ["y"])], "g", one[:1], one[1:])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
open_session(model.SerializeToString())
"""


def test_onnxruntime_keeps_and_sends_no_reports(tmp_path):
    """With reports switched on, it writes its own number and a queue of events into the user's cache."""
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "ORT_DISABLE_TELEMETRY")}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}
    subprocess.run([sys.executable, "-c", _RUN], env=environment, check=True)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
