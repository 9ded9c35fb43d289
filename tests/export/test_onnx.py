import importlib.util
import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from aeviz.config import ModelConfig
from aeviz.errors import CheckpointNotFoundError, ExportError
from aeviz.export.beside import PARTS
from aeviz.export.check import check_export
from aeviz.export.files import model_digest, size_limit
from aeviz.export.onnx import export_decoder, export_encoder, export_onnx
from aeviz.training.run import load
from aeviz.training.runs import CONFIG, MODEL, RunFolder
from aeviz.training.weights import read_tensors, save_weights

TINY = ModelConfig(image_shape=(1, 8, 8), latent_dim=2, hidden=(8, 4))
CONV = replace(TINY, image_shape=(3, 9, 8), encoder="conv", decoder="conv", channels=(4, 6))
VAE = replace(CONV, bottleneck="gaussian", features=5, latent_dim=3)
NETWORKS = {
    "linear_identity": replace(TINY, encoder="linear", decoder="linear", output="identity", latent_dim=5),
    "mlp": TINY,
    "one_dimension": replace(TINY, latent_dim=1),
    "conv": CONV,
    "conv_features": replace(CONV, features=5),
    "conv_bn_tanh": replace(CONV, encoder="conv_bn", decoder="conv_bn", output="tanh", latent_dim=4),
    "vae": VAE,
    "flow": replace(VAE, bottleneck="flow", flow_steps=2, flow_hidden=7),
    "quantized": replace(TINY, bottleneck="quantized", latent_dim=6, codes=5),
    "sigmoid_latent": replace(TINY, latent="sigmoid"),
}


QUICK = ("linear_identity", "conv", "flow")
"""Those that `make test` exports: each kind of layer once. The runs of the other tests here are MLPs."""


def session(path):
    import onnxruntime

    return onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])


def stored(path):
    import onnx

    return onnx.load_model_from_string(path.read_bytes())


def assert_refused(result, message):
    status, out, err = result
    assert (status, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1, err


@pytest.fixture(scope="module")
def exported(trained_folder, made_once):
    """A trained run and the folder of its ONNX files; read only."""
    run = load(trained_folder)

    def make(folder):
        folder.mkdir()
        export_onnx(run, folder)

    return run, made_once("onnx", make)


@pytest.fixture
def copied(exported, tmp_path):
    """The run, and a copy of its decoder.onnx that a test may damage."""
    run, folder = exported
    return run, shutil.copy(folder / "decoder.onnx", tmp_path / "decoder.onnx")


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.slow] * (name not in QUICK)) for name in NETWORKS],
)
def test_onnxruntime_gives_what_the_run_gives(random_run, tmp_path, name):
    run = random_run(NETWORKS[name])
    config = run.config.model
    checks = export_onnx(run, tmp_path / "onnx", half=False)
    assert [check.part for check in checks] == list(PARTS)
    assert all(check.error <= 1e-4 and check.weights == "float32" for check in checks)
    decoder, encoder = (session(tmp_path / "onnx" / f"{part}.onnx") for part in PARTS)
    rng = np.random.default_rng(5)
    for batch in (1, 3, 64):
        z = (4 * rng.standard_normal((batch, config.latent_dim))).astype(np.float32)
        images = rng.random((batch, *config.image_shape), dtype=np.float32)
        (decoded,) = decoder.run(["image"], {"z": z})
        (encoded,) = encoder.run(["z"], {"image": images})
        assert decoded.dtype == encoded.dtype == np.float32
        np.testing.assert_allclose(decoded, run.decode(z), atol=1e-4)
        np.testing.assert_allclose(encoded, run.encode(images), atol=1e-4)
        assert 0 <= decoded.min() <= decoded.max() <= 1


def test_nothing_is_said_of_torchvision_which_is_not_needed(random_run, tmp_path, monkeypatch, caplog):
    find = importlib.util.find_spec
    absent = "torchvision"
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name == absent else find(name, *rest))
    export_decoder(random_run(NETWORKS["mlp"]), tmp_path / "decoder.onnx")
    assert "torchvision" not in caplog.text


def test_float16_weights_stay_within_half_a_grey_level(exported):
    run, folder = exported
    for part in PARTS:
        check = check_export(run, folder / f"{part}.onnx")
        assert check.weights == "float16"
        assert check.grey_levels < 0.5
        assert check.bytes == (folder / f"{part}.onnx").stat().st_size
        kernels = [tensor for tensor in stored(folder / f"{part}.onnx").graph.initializer if len(tensor.dims) == 2]
        assert {tensor.data_type for tensor in kernels} == {10}  # TensorProto.FLOAT16
    z = np.random.default_rng(0).standard_normal((20, 2)).astype(np.float32)
    (decoded,) = session(folder / "decoder.onnx").run(["image"], {"z": z})
    assert np.abs(decoded - run.decode(z).numpy()).max() < 0.5 / 255


def test_batch_normalisation_that_was_trained_is_exported_as_at_rest(random_run, tmp_path):
    run = random_run(NETWORKS["conv_bn_tanh"])
    tensors, epoch = read_tensors(run.folder.path / MODEL)
    generator = torch.Generator().manual_seed(2)
    for name, tensor in tensors.items():
        if "running" in name:
            tensor.copy_(torch.rand(tensor.shape, generator=generator) + 0.5)
    save_weights(run.folder.path / MODEL, tensors, epoch)
    run = load(run.folder.path)
    export_decoder(run, tmp_path / "d.onnx", half=False)
    z = np.random.default_rng(1).standard_normal((3, 4)).astype(np.float32)
    (decoded,) = session(tmp_path / "d.onnx").run(["image"], {"z": z})
    np.testing.assert_allclose(decoded, run.decode(z), atol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("weight", [1e5, 1e-8], ids=["too large for float16", "too small"])
def test_weights_that_float16_cannot_hold_stay_float32(random_run, tmp_path, weight):
    run = random_run(replace(TINY, encoder="linear", decoder="linear", latent_dim=2))
    tensors, epoch = read_tensors(run.folder.path / MODEL)
    # the decoder sees a latent that the encoder makes large where its own weights are small
    tensors["bottleneck.head.weight"].fill_(1 / weight)
    tensors["decoder.0.weight"].fill_(weight)
    save_weights(run.folder.path / MODEL, tensors, epoch)
    run = load(run.folder.path)
    checks = export_onnx(run, tmp_path / "onnx")
    assert "float32" in {check.weights for check in checks}
    assert all(check.weights == "float16" or check.error <= 1e-4 for check in checks)


def test_file_says_what_it_is_and_nothing_of_the_machine(exported, tmp_path):
    run, folder = exported
    for part, ends in (("decoder", ("z", "image")), ("encoder", ("image", "z"))):
        model = stored(folder / f"{part}.onnx")
        assert {entry.key: entry.value for entry in model.metadata_props} == {
            "part": part,
            "run": run.name,
            "latent_dim": "2",
            "image_shape": "[1, 8, 8]",
            "model_digest": model_digest(run),
            "weights": "float16",
        }
        assert model.producer_name == "aeviz"
        assert [(entry.domain, entry.version) for entry in model.opset_import] == [("", 18)]
        assert (model.graph.input[0].name, model.graph.output[0].name) == ends
        written = (folder / f"{part}.onnx").read_bytes()
        assert b".py" not in written
        assert b"/" not in b"".join(node.name.encode() for node in model.graph.node)


def test_export_twice_gives_the_same_bytes(exported, tmp_path):
    run, folder = exported
    path = Path(shutil.copy(folder / "decoder.onnx", tmp_path))
    first, written = path.read_bytes(), path.stat().st_ino
    export_decoder(run, path)  # its own earlier export is replaced
    assert path.stat().st_ino != written
    assert path.read_bytes() == first
    assert [path.name for path in tmp_path.iterdir()] == ["decoder.onnx"]


@pytest.mark.parametrize("keep", [0, 100, -1])
def test_truncated_file_is_named(copied, keep):
    run, path = copied
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ExportError, match=r"decoder\.onnx"):
        check_export(run, path)


def test_missing_file_and_huge_file_are_named(copied, tmp_path):
    run, path = copied
    with pytest.raises(ExportError, match="No such file"):
        check_export(run, tmp_path / "none.onnx")
    with path.open("ab") as file:
        file.truncate(size_limit(run) + 1)
    with pytest.raises(ExportError, match="bytes; expected at most"):
        check_export(run, path)


def test_file_of_other_weights_is_named(copied, run_copy):
    _, path = copied
    tensors, epoch = read_tensors(run_copy / MODEL)
    tensors["decoder.0.bias"] += 1
    save_weights(run_copy / MODEL, tensors, epoch)
    same_name = run_copy.rename(run_copy.parent / "tiny-run")
    with pytest.raises(ExportError, match=r"has model_digest '.*'; run 'tiny-run' has"):
        check_export(load(same_name), path)


def test_file_with_a_changed_weight_is_named(copied):
    import onnx

    run, path = copied
    model = stored(path)
    bias = next(tensor for tensor in model.graph.initializer if len(tensor.dims) == 1 and tensor.dims[0] > 1)
    bias.CopyFrom(onnx.numpy_helper.from_array(onnx.numpy_helper.to_array(bias) + np.float32(1), bias.name))
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ExportError, match=r"onnxruntime differs from PyTorch by .* grey levels, expected at most 0\.5"):
        check_export(run, path)


def test_file_of_another_shape_is_named(copied):
    run, path = copied
    model = stored(path)
    model.graph.input[0].type.tensor_type.shape.dim[1].dim_value = 3
    path.write_bytes(model.SerializeToString())
    with pytest.raises(ExportError, match=r"has z \[0, 3\] where z \[0, 2\] in float32 is expected"):
        check_export(run, path)


def test_missing_package_says_how_to_install_it(exported, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxscript", None)
    with pytest.raises(ExportError, match=r"package onnxscript, which is not installed; run: pip install onnxscript"):
        export_encoder(exported[0], tmp_path / "encoder.onnx")
    assert list(tmp_path.iterdir()) == []


# the command line


@pytest.mark.slow
def test_shipped_model_is_exported_from_the_command_line(aeviz, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, out, err = aeviz("export", "digits-2d-adam", "--format", "onnx", "--json")
    assert (status, err) == (0, "")
    files = json.loads(out)
    assert [file["path"] for file in files] == ["digits-2d-adam-onnx/decoder.onnx", "digits-2d-adam-onnx/encoder.onnx"]
    run = load("digits-2d-adam")
    z = run.folder.latents().z
    (decoded,) = session(tmp_path / files[0]["path"]).run(["image"], {"z": z})
    assert np.abs(decoded - run.decode(z).numpy()).max() < 0.5 / 255
    assert all(file["grey_levels"] < 0.5 for file in files)
    assert sorted(path.name for path in (tmp_path / "digits-2d-adam-onnx").iterdir()) == [
        "decoder.onnx",
        "encoder.onnx",
    ]


def test_text_names_files_sizes_and_errors(aeviz, trained_folder, tmp_path):
    status, out, _ = aeviz("export", trained_folder, "--format", "onnx", "--out", tmp_path / "new" / "place")
    assert status == 0
    lines = out.splitlines()
    assert [line.partition(":")[0] for line in lines] == [
        str(tmp_path / "new" / "place" / f"{part}.onnx") for part in PARTS
    ]
    assert all(" kB, weights in float16, at worst 0." in line for line in lines)


def test_foreign_file_is_left_alone(aeviz, trained_folder, tmp_path):
    mine = tmp_path / "encoder.onnx"
    mine.write_text("mine")
    result = aeviz("export", trained_folder, "--format", "onnx", "--out", tmp_path)
    assert_refused(result, "exists and is not from aeviz; choose another place, or remove it first")
    assert mine.read_text() == "mine"
    assert not (tmp_path / "decoder.onnx").exists()


def test_file_of_another_run_is_left_alone(exported, run_copy, aeviz):
    result = aeviz("export", run_copy, "--format", "onnx", "--out", exported[1])
    assert_refused(result, "exists and belongs to run 'tiny-run'")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda path: (path / MODEL).write_bytes(b"x"), "cannot read model.safetensors of run 'copy'"),
        (lambda path: (path / MODEL).unlink(), "has no model.safetensors"),
        (lambda path: (path / CONFIG).write_text("{"), "cannot read config.json of run 'copy'"),
        (lambda path: (path / "latents.npz").write_bytes(b"x"), "cannot read latents.npz of run 'copy'"),
    ],
)
def test_damaged_run_is_one_line(aeviz, run_copy, tmp_path, damage, message):
    damage(run_copy)
    assert_refused(aeviz("export", run_copy, "--format", "onnx", "--out", tmp_path / "out"), message)


def test_bad_arguments_are_one_line(aeviz, trained_folder, tmp_path):
    (tmp_path / "file").write_text("")
    assert_refused(aeviz("export", "nonsense", "--format", "onnx"), "no trained model 'nonsense'")
    assert_refused(aeviz("export", trained_folder), "--format")
    assert_refused(aeviz("export", trained_folder, "--format", "gguf"), "invalid choice: 'gguf'")
    result = aeviz("export", trained_folder, "--format", "onnx", "--out", tmp_path / "file")
    assert_refused(result, "is a file; expected a folder for the ONNX files")


def test_run_that_is_gone_is_not_found(run_copy):
    folder = RunFolder.read(run_copy)
    shutil.rmtree(run_copy)
    with pytest.raises(CheckpointNotFoundError):
        load(folder.path)
