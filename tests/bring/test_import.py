"""Models of other programs become runs that give what the files give, or are refused in a sentence."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx_files
import onnxruntime
import pytest
import torch

import aeviz
from aeviz.bring.ends import Pixels
from aeviz.bring.model import make_run
from aeviz.bring.settings import Imported, ImportSettings
from aeviz.data import load_dataset
from aeviz.errors import CheckpointFormatError, ImportedModelError
from aeviz.export.beside import PARTS
from aeviz.export.check import check_export
from aeviz.models.foreign.graph import Graph
from aeviz.paths import checkpoints_root
from aeviz.serving.owners import owner_of
from aeviz.training.foreign import NETWORK
from aeviz.training.run import load
from aeviz.workers import importing

node = onnx_files.node


@pytest.fixture(autouse=True)
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_worker_left: None) -> Path:
    monkeypatch.setenv("AEVIZ_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("AEVIZ_CACHE", str(tmp_path / "cache"))
    return tmp_path


def bring(encoder: bytes, decoder: bytes, **settings: Any) -> Imported:
    wanted = ImportSettings(name="mine", data=settings.pop("data", "digits"), **settings)
    return make_run(encoder, decoder, wanted, lambda share, text: None)


def run_file(content: bytes, x: np.ndarray) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    found: list[np.ndarray] = session.run(None, {session.get_inputs()[0].name: x})
    return found


def digits(count: int = 20) -> np.ndarray:
    return np.asarray(load_dataset("digits", "test").images[:count], np.float32) / 255


def test_run_gives_what_the_files_give_and_every_file_of_a_run_is_there(places: Path) -> None:
    encoder, decoder, _, _ = onnx_files.linear_pair()
    made = bring(encoder, decoder)
    assert (made.latent_dim, made.image_shape, made.is_variational, made.parameters) == (3, (1, 8, 8), False, 2 * 192)
    run, x = load("mine"), digits()
    (z,) = run_file(encoder, x.reshape(-1, 64))
    np.testing.assert_allclose(run.encode(x), z, atol=1e-5)
    (image,) = run_file(decoder, z)
    np.testing.assert_allclose(run.decode(z).reshape(-1, 64), image, atol=1e-5)
    assert sorted(path.name for path in run.folder.path.iterdir()) == [
        "config.json", "decoder.onnx", "encoder.onnx", "evaluation.json", "latents.npz", "model.safetensors", NETWORK
    ]  # fmt: skip
    assert [path.name for path in (places / "runs").iterdir()] == ["mine"]
    for part in ("encoder", "decoder"):
        assert check_export(run, run.folder.path / f"{part}.onnx").grey_levels < 0.5
    assert run.folder.provenance.imported_from == "maker 1.0"
    evaluation = run.folder.evaluation()
    assert evaluation is not None
    assert evaluation.mse == pytest.approx(made.mse)
    assert [each.name for each in aeviz.list_runs() if each.name == "mine"] == ["mine"]


def test_worker_says_whose_the_run_is_also_when_who_asked_has_left(places: Path) -> None:
    encoder, decoder, _, _ = onnx_files.linear_pair()
    arrays = {"encoder": np.frombuffer(encoder, np.uint8), "decoder": np.frombuffer(decoder, np.uint8)}
    settings = asdict(ImportSettings(name="mine", data="digits"))
    importing._compute({"settings": settings, "owner": "a hash"}, arrays, lambda share, text: None)
    assert owner_of(places / "runs" / "mine") == "a hash"


IMAGES: list[tuple[Sequence[int | str], Callable[[np.ndarray], np.ndarray]]] = [
    (("N", 1, 8, 8), lambda x: x),
    (("N", 8, 8, 1), lambda x: x.transpose(0, 2, 3, 1)),
    (("N", 8, 8), lambda x: x[:, 0]),
    ((1, 1, 8, 8), lambda x: x),
]


@pytest.mark.parametrize(("side", "arrange"), IMAGES, ids=lambda value: str(value) if isinstance(value, tuple) else "")
def test_images_may_be_laid_out_in_any_usual_way(
    side: Sequence[int | str], arrange: Callable[[np.ndarray], np.ndarray]
) -> None:
    encoder, decoder, _, _ = onnx_files.linear_pair(image=side)
    bring(encoder, decoder)
    x = digits(1)
    (z,) = run_file(encoder, np.ascontiguousarray(arrange(x)))
    np.testing.assert_allclose(load("mine").encode(x), z, atol=1e-5)


def test_network_for_one_image_takes_many() -> None:
    _, _, down, up = onnx_files.linear_pair()
    shape = np.array([1, 64], np.int64)
    encoder = onnx_files.file(
        [node("Reshape", ["x", "shape"], ["flat"]), node("MatMul", ["flat", "down"], ["z"])],
        {"x": (1, 1, 8, 8)},
        {"z": (1, 3)},
        {"down": down, "shape": shape},
    )
    decoder = onnx_files.file(
        [node("MatMul", ["z", "up"], ["v"]), node("Reshape", ["v", "shape"], ["y"])],
        {"z": (1, 3)},
        {"y": (1, 1, 8, 8)},
        {"up": up, "shape": np.array([1, 1, 8, 8], np.int64)},
    )
    bring(encoder, decoder)
    x = digits()
    np.testing.assert_allclose(load("mine").encode(x), x.reshape(-1, 64) @ down, atol=1e-5)


def principal(pixels: Pixels) -> tuple[bytes, bytes]:
    """Return PCA of the digits as a model that sees normalised pixels."""
    x = (digits(297).reshape(297, 64) - pixels.mean[0]) / pixels.deviation[0]
    centre = x.mean(axis=0)
    directions = np.linalg.svd(x - centre, full_matrices=False)[2][:20].astype(np.float32)
    encoder = onnx_files.file(
        [node("Sub", ["x", "centre"], ["v"]), node("MatMul", ["v", "d"], ["z"])],
        {"x": ("N", 64)},
        {"z": ("N", 20)},
        {"centre": centre.astype(np.float32), "d": directions.T.copy()},
    )
    decoder = onnx_files.file(
        [node("MatMul", ["z", "d"], ["v"]), node("Add", ["v", "centre"], ["y"])],
        {"z": ("N", 20)},
        {"y": ("N", 64)},
        {"centre": centre.astype(np.float32), "d": directions},
    )
    return encoder, decoder


@pytest.mark.parametrize("name", ["0..1", "-1..1", "0..255"])
def test_range_of_the_pixels_is_found(name: str) -> None:
    made = bring(*principal(Pixels.of_range(name)))
    assert (made.pixels_in, made.pixels_out) == (name, name)
    assert made.mse < 0.2 * made.mean_image_mse


def test_range_of_the_pixels_may_be_said() -> None:
    pixels = Pixels(mean=(0.3,), deviation=(0.2,))
    assert bring(*principal(pixels), pixel_mean=(0.3,), pixel_deviation=(0.2,)).mse < 0.01
    with pytest.raises(ImportedModelError, match="expected 1 or 1 finite numbers"):
        make_run(*principal(pixels), ImportSettings(name="b", data="digits", pixel_mean=(1, 2)), lambda *_: None)


def spread(
    name: str, tail: list[onnx.NodeProto], *, joined: bool = False
) -> tuple[bytes, bytes, np.ndarray, np.ndarray]:
    """Return a VAE whose encoder has a second output, or one output twice as wide."""
    _, decoder, down, _ = onnx_files.linear_pair()
    second = np.random.default_rng(7).normal(size=(64, 3)).astype(np.float32) / 8
    nodes = [node("MatMul", ["x", "down"], ["mu"]), node("MatMul", ["x", "second"], ["log_var"]), *tail]
    outputs: dict[str, Any] = {"both": ("N", 6)} if joined else {"mu": ("N", 3), name: ("N", 3)}
    file = onnx_files.file(nodes, {"x": ("N", 64)}, outputs, {"down": down, "second": second, "half": np.float32(0.5)})
    return file, decoder, down, second


@pytest.mark.parametrize(
    ("name", "tail", "joined"),
    [
        ("log_var", [], False),
        ("sigma", [node("Mul", ["log_var", "half"], ["h"]), node("Exp", ["h"], ["sigma"])], False),
        ("variance", [node("Exp", ["log_var"], ["variance"])], False),
        ("both", [node("Concat", ["mu", "log_var"], ["both"], axis=1)], True),
    ],
)
def test_posterior_is_read_from_log_variance_deviation_variance_or_halves(
    name: str, tail: list[onnx.NodeProto], joined: bool
) -> None:
    encoder, decoder, down, second = spread(name, tail, joined=joined)
    made = bring(encoder, decoder)
    assert made.is_variational
    run, x = load("mine"), digits()
    flat = x.reshape(-1, 64)
    np.testing.assert_allclose(run.encode(x), flat @ down, atol=1e-5)
    found = run.encode_log_variance(x)
    assert found is not None
    np.testing.assert_allclose(found, flat @ second, atol=1e-4)
    evaluation = run.folder.evaluation()
    assert evaluation is not None
    mean, variance = (
        np.asarray(load_dataset("digits", "test").images, np.float32).reshape(-1, 64) / 255 @ w for w in (down, second)
    )
    kl = torch.distributions.kl_divergence(
        torch.distributions.Normal(torch.tensor(mean), torch.tensor(variance).div(2).exp()),
        torch.distributions.Normal(0.0, 1.0),
    )
    assert evaluation.kl == pytest.approx(float(kl.sum(1).mean()), rel=1e-4)


def test_outputs_may_be_named_and_samples_are_left_out() -> None:
    _, decoder, down, _ = onnx_files.linear_pair()
    encoder = onnx_files.file(
        [
            node("MatMul", ["x", "down"], ["code"]),
            node("RandomNormalLike", ["code"], ["noise"]),
            node("Add", ["code", "noise"], ["sample"]),
        ],
        {"x": ("N", 64)},
        {"sample": ("N", 3), "code": ("N", 3)},
        {"down": down},
    )
    with pytest.raises(ImportedModelError, match=r"draws random numbers.*export the mean"):
        bring(encoder, decoder)
    assert bring(encoder, decoder, mean="code").latent_dim == 3
    with pytest.raises(ImportedModelError, match=r"no output 'z'; expected one of: sample, code"):
        make_run(encoder, decoder, ImportSettings(name="b", data="digits", mean="z"), lambda *_: None)


def test_latent_image_becomes_a_point() -> None:
    weights = np.random.default_rng(0).normal(size=(2, 1, 4, 4)).astype(np.float32)
    encoder = onnx_files.file(
        [node("Conv", ["x", "w"], ["z"], strides=[4, 4])], {"x": ("N", 1, 8, 8)}, {"z": ("N", 2, 2, 2)}, {"w": weights}
    )
    decoder = onnx_files.file(
        [node("ConvTranspose", ["z", "w"], ["y"], strides=[4, 4])],
        {"z": ("N", 2, 2, 2)},
        {"y": ("N", 1, 8, 8)},
        {"w": weights},
    )
    made = bring(encoder, decoder)
    assert made.latent_dim == 8
    x = digits()
    (z,) = run_file(encoder, x)
    np.testing.assert_allclose(load("mine").encode(x), z.reshape(-1, 8), atol=1e-5)


@pytest.mark.slow  # a process that loads torch, twice
def test_module_of_pytorch_comes_in_by_python(places: Path) -> None:
    torch.manual_seed(0)
    encoder = torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 3, stride=2, padding=1), torch.nn.SiLU(), torch.nn.Flatten(), torch.nn.Linear(64, 2)
    )
    decoder = torch.nn.Sequential(
        torch.nn.Linear(2, 64), torch.nn.GELU(), torch.nn.Unflatten(1, (4, 4, 4)), torch.nn.Upsample(scale_factor=2),
        torch.nn.Conv2d(4, 1, 3, padding=1), torch.nn.Sigmoid(),
    )  # fmt: skip
    shares: list[float] = []
    made = aeviz.import_model(
        "mine", encoder=encoder, decoder=decoder, data="digits", latent_dim=2,
        on_progress=lambda share, text: shares.append(share),
    )  # fmt: skip
    assert made.name == "mine"
    assert shares
    run, x = load("mine"), torch.from_numpy(digits())
    with torch.no_grad():
        z = encoder(x)
        torch.testing.assert_close(run.encode(x), z, rtol=1e-4, atol=1e-5)
        torch.testing.assert_close(run.decode(z), decoder(z), rtol=1e-4, atol=1e-5)
    again = aeviz.import_model("mine", encoder=encoder, decoder=decoder, data="digits", latent_dim=2)
    assert again == made  # the same model is not measured twice
    with torch.no_grad():
        encoder[-1].bias += 1
    with pytest.raises(ImportedModelError, match="already; choose another name"):
        aeviz.import_model("mine", encoder=encoder, decoder=decoder, data="digits", latent_dim=2)


def test_wrong_files_are_refused_in_a_sentence(places: Path) -> None:
    encoder, decoder, _, _ = onnx_files.linear_pair()
    other, wide, _, _ = onnx_files.linear_pair(pixels=100)
    unknown = onnx_files.file([node("Det", ["x"], ["z"])], {"x": ("N", 64, 64)}, {"z": ("N",)}, {})
    outside = onnx_files.file(
        [node("FusedGelu", ["x"], ["z"], domain="com.vendor")],
        {"x": ("N", 64)},
        {"z": ("N", 64)},
        {},
        domain="com.vendor",
    )
    two = onnx_files.file([node("Add", ["x", "w"], ["z"])], {"x": ("N", 64), "w": ("N", 64)}, {"z": ("N", 64)}, {})
    huge = onnx_files.file(
        [node("Tile", ["x", "many"], ["t"]), node("ReduceMean", ["t"], ["z"], axes=[1])],
        {"x": ("N", 64)}, {"z": ("N", 1)}, {"many": np.array([1, 2**30], np.int64)}, 17,
    )  # fmt: skip
    for first, second, words in (
        (b"no model", decoder, "the encoder is no ONNX model"),
        (encoder[: len(encoder) // 2], decoder, "is no ONNX model"),
        (other, decoder, r"takes \(N, 100\); the images are 1 x 8 x 8"),
        (encoder, wide, "expected images of 1 x 8 x 8"),
        (encoder, onnx_files.linear_pair(latent=5)[1], "gives 3 numbers an image .* the decoder takes 5"),
        (unknown, decoder, "needs Det, which aeviz cannot compute"),
        (outside, decoder, "com.vendor:FusedGelu"),
        (two, decoder, r"has 2 inputs \(x, w\)"),
        (huge, decoder, "Tile would return"),
    ):
        with pytest.raises(ImportedModelError, match=words):
            bring(first, second)
    for name in ("", "a/b", ".hidden", "-x", "digits-2d-adam"):
        with pytest.raises(ImportedModelError, match=r"cannot name a run|already"):
            make_run(encoder, decoder, ImportSettings(name=name, data="digits"), lambda *_: None)
    assert not list((places / "runs").glob("*"))


def test_weights_in_another_file_are_asked_for_in_one(tmp_path: Path) -> None:
    encoder, decoder, _, _ = onnx_files.linear_pair()
    model = onnx.load_model_from_string(encoder)
    onnx.save_model(model, tmp_path / "e.onnx", save_as_external_data=True, size_threshold=0)
    with pytest.raises(ImportedModelError, match="keeps its weights in another file"):
        bring((tmp_path / "e.onnx").read_bytes(), decoder)


def test_file_that_may_hold_code_is_not_opened(tmp_path: Path) -> None:
    path = tmp_path / "model.pt"
    path.write_bytes(b"")
    with pytest.raises(ImportedModelError, match="may hold code, which aeviz never runs"):
        aeviz.import_model("mine", encoder=path, decoder=path)


def test_damaged_network_is_refused_when_the_run_is_loaded() -> None:
    encoder, decoder, _, _ = onnx_files.linear_pair()
    bring(encoder, decoder)
    path = load("mine").folder.path / NETWORK
    whole = json.loads(path.read_text())

    def damaged(change: Callable[[dict[str, Any]], object]) -> None:
        values = json.loads(json.dumps(whole))
        change(values)
        path.write_text(json.dumps(values))
        with pytest.raises(CheckpointFormatError, match=r"network\.json of run 'mine'"):
            load("mine")

    damaged(lambda values: values.update(format=99))
    damaged(lambda values: values["encoder"]["nodes"][0].update(op="Exec"))
    damaged(lambda values: values["encoder"]["nodes"][0].update(inputs=["nowhere"]))
    damaged(lambda values: values["decoder"].update(outputs=["nowhere"]))
    damaged(lambda values: values["decoder"].update(outputs=[]))
    damaged(lambda values: values["decoder"].update(nodes=7))
    damaged(lambda values: values["decoder"].update(weights={"w": [2.5]}))
    damaged(lambda values: values.pop("encoder"))
    path.write_text(json.dumps(whole))
    assert json.loads(json.dumps(Graph.from_dict(whole["encoder"], "it").to_dict())) == whole["encoder"]
    load("mine")


def test_range_that_was_told_wrong_is_imported_and_the_right_one_named() -> None:
    encoder, decoder = ((checkpoints_root() / "digits-2d-adam" / f"{part}.onnx").read_bytes() for part in PARTS[::-1])
    made = bring(encoder, decoder, pixels_in="-1..1", pixels_out="-1..1")
    assert (made.pixels_in, made.remedy, made.remedy_in, made.remedy_out) == ("-1..1", "range", "0..1", "0..1")
    assert made.remedy_mse < 0.2 * made.mse
