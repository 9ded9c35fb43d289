"""Networks as the page reads and runs them by ONNX Runtime, beside PyTorch; damaged ones, too."""

import itertools
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.config import ModelConfig
from aeviz.export.files import model_digest, size_limit
from aeviz.export.onnx import export_decoder, export_encoder
from aeviz.training.run import load

MLP = ModelConfig(image_shape=(1, 8, 8), latent_dim=2, hidden=(8, 4))
MODELS = {
    "mlp": MLP,
    "linear_identity": replace(MLP, encoder="linear", decoder="linear", output="identity", latent_dim=5),
    "one_dimension": replace(MLP, latent_dim=1),
    "colour": replace(MLP, image_shape=(3, 5, 4), latent_dim=3),
    "conv": replace(MLP, encoder="conv", decoder="conv", channels=(4, 6)),
}

CASES = list(itertools.product(MODELS, (True, False)))
"""Models, and whether their weights are halved."""
FEW = [("conv", True), ("mlp", False)]
"""Those whose decoders `make test` opens; exporting each takes a second."""

OPEN = """
import { readFileSync } from "node:fs";
async function main(jobs) {
  const { network } = await import("./kit/engine.js");
  const { put } = await import("./kit/blobs.js");
  const found = [];
  for (const [number, { file, spec, cut, flip, input, rows }] of jobs.entries()) {
    let bytes = new Uint8Array(readFileSync(file));
    if (cut !== undefined) bytes = bytes.slice(0, cut);
    if (flip) bytes[flip[0]] ^= flip[1];
    const name = `${number}`;
    put(name, bytes);
    try {
      const opened = await network({ ...spec, name });
      const values = input ? Array.from(await opened.run(Float32Array.from(input), rows)) : [];
      found.push({ by: opened.by, values });
    } catch (error) {
      found.push({ error: error.name, message: error.message });
    }
  }
  return found;
}
"""


def spec_of(run, part="decoder", **changes):
    config = run.config.model
    spec = {
        "part": part,
        "latent_dim": config.latent_dim,
        "image_shape": config.image_shape,
        "digest": model_digest(run),
        "limit": size_limit(run),
    }
    return spec | changes


def job(path, spec, z=None, **changes):
    given = {} if z is None else {"input": z.ravel().tolist(), "rows": len(z)}
    return {"file": str(path), "spec": spec, **given, **changes}


@pytest.fixture(scope="module")
def decoder_file(trained_folder, made_once):
    """A trained MLP and its decoder, float16 weights; read only."""
    run = load(trained_folder)

    def make(folder):
        folder.mkdir()
        export_decoder(run, folder / "decoder.onnx")

    return run, made_once("decoder", make) / "decoder.onnx"


@pytest.fixture
def exported(decoder_file, tmp_path):
    """The same, the file a copy that a test may damage."""
    run, path = decoder_file
    return run, Path(shutil.copy(path, tmp_path))


@pytest.mark.parametrize("files", [FEW, pytest.param(sorted({*CASES} - {*FEW}), marks=pytest.mark.slow)])
def test_decoders_give_what_onnxruntime_and_pytorch_give(random_run, tmp_path, files):
    import onnxruntime

    cases, jobs = [], []
    for name, half in files:
        config = MODELS[name]
        run, path = random_run(config, name=f"{name}-{half}"), tmp_path / f"{name}-{half}.onnx"
        export_decoder(run, path, half=half)
        z = np.random.default_rng(0).normal(0, 3, (7, config.latent_dim)).astype(np.float32)
        z[0] = 100
        cases.append((run, path, half, z))
        jobs.append(job(path, spec_of(run), z))
    for (run, path, half, z), found in zip(cases, run_script(tmp_path, OPEN, argument=jobs, runtime=True), strict=True):
        values = np.array(found["values"]).reshape(7, *run.config.model.image_shape)
        session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
        np.testing.assert_allclose(values, session.run(["image"], {"z": z})[0], atol=1e-4)
        np.testing.assert_allclose(values, run.decode(z).clamp(0, 1).numpy(), atol=0.5 / 255 if half else 1e-4)
        assert found["by"] == "ONNX Runtime"


def test_encoder_gives_what_pytorch_gives(random_run, tmp_path):
    run = random_run(MLP)
    path = tmp_path / "encoder.onnx"
    export_encoder(run, path, half=False)
    images = np.random.default_rng(0).random((3, 1, 8, 8), dtype=np.float32)
    (found,) = run_script(tmp_path, OPEN, runtime=True, argument=[job(path, spec_of(run, "encoder"), images)])
    np.testing.assert_allclose(np.array(found["values"]).reshape(3, 2), run.encode(images).numpy(), atol=1e-4)


@pytest.mark.parametrize(("search", "why"), [("?engine=server", "as the address asks"), ("", "could not be loaded")])
def test_page_that_cannot_run_a_network_says_why(exported, tmp_path, search, why):
    run, path = exported
    script = f"globalThis.window.location.search = {search!r};\n{OPEN}"
    (found,) = run_script(tmp_path, script, [job(path, spec_of(run))])  # Node cannot fetch the runtime
    assert found["error"] == "Unable"
    assert why in found["message"]


def test_file_cut_anywhere_is_refused_in_words(exported, tmp_path):
    run, path = exported
    size = path.stat().st_size
    cuts = sorted({*range(0, min(size, 64)), *range(64, size, 97), size - 1})
    found = run_script(tmp_path, OPEN, runtime=True, argument=[job(path, spec_of(run), cut=cut) for cut in cuts])
    assert {each.get("error") for each in found} == {"NetworkError"}
    assert {"the file holds no network", "the file ends too early"} <= {each["message"] for each in found}


def test_flipped_bytes_are_refused_in_words_or_harmless(exported, tmp_path):
    run, path = exported
    random = np.random.default_rng(3)
    size = path.stat().st_size
    places = random.integers(size, size=400).tolist()
    jobs = [job(path, spec_of(run), np.zeros((1, 2)), flip=[at, 1 << int(random.integers(8))]) for at in places]
    found = run_script(tmp_path, OPEN, runtime=True, argument=jobs, limit_s=120)
    refused = [each for each in found if "error" in each]
    assert {each["error"] for each in refused} <= {"NetworkError", "Unable"}
    assert refused
    for each in found:
        if "error" not in each:  # a changed weight, or a byte that means nothing to the page
            assert len(each["values"]) == 64
            assert np.isfinite(each["values"]).all()


def test_network_of_another_model_is_refused_in_words(exported, tmp_path):
    run, path = exported
    cases = [
        ({"digest": "0" * 32}, "made from other weights"),
        ({"latent_dim": 3}, "its input is N x 2; this model's is N x 3"),
        ({"image_shape": (3, 8, 8)}, "its output is N x 1 x 8 x 8; this model's is N x 3 x 8 x 8"),
        ({"part": "encoder"}, "its input is N x 2; this model's is N x 1 x 8 x 8"),
        ({"limit": 100}, "far more than this model's weights"),
    ]
    jobs = [job(path, spec_of(run, **changes)) for changes, _ in cases]
    for (_, message), found in zip(cases, run_script(tmp_path, OPEN, runtime=True, argument=jobs), strict=True):
        assert found["error"] == "NetworkError", message
        assert message in found["message"]


def damage(path, change):
    """Change an ONNX file's message and write it back; its length fields stay right."""
    import onnx

    model = onnx.load_model_from_string(path.read_bytes())
    change(model.graph)
    path.write_bytes(model.SerializeToString())


def weights(graph):
    return [tensor for tensor in graph.initializer if len(tensor.dims) == 2]


def shorten(graph):
    weights(graph)[0].raw_data = weights(graph)[0].raw_data[:-2]


def swap(graph):
    weights(graph)[0].dims[:] = reversed(weights(graph)[0].dims)


def empty(graph):
    weights(graph)[0].dims[:] = [0, 10**9]
    weights(graph)[0].raw_data = b""


def blow_up(graph):
    weights(graph)[-1].raw_data = b"\x00\x7e" * (len(weights(graph)[-1].raw_data) // 2)  # NaN


def drop(graph):
    del graph.node[-2]


def test_network_that_is_damaged_inside_is_refused_in_words(exported, tmp_path):
    run, path = exported
    changes, jobs = (shorten, swap, empty, blow_up, drop), []
    for change in changes:
        damaged = Path(shutil.copy(path, tmp_path / f"{change.__name__}.onnx"))
        damage(damaged, change)
        jobs.append(job(damaged, spec_of(run)))
    for change, found in zip(changes, run_script(tmp_path, OPEN, runtime=True, argument=jobs), strict=True):
        assert found.get("error") == "NetworkError", (change.__name__, found)
        assert len(found["message"]) < 300


MESSAGES = """
const { Messages } = await import("./explorer/messages.js");
const begin = () => {
  const sent = [];
  const channel = { state: (...call) => sent.push(call), trigger: (...call) => sent.push(call) };
  const pending = [];
  return { sent, pending, messages: new Messages(channel, (isPending) => pending.push(isPending)) };
};
"""


def test_responses_to_an_earlier_visit_are_not_taken(tmp_path):
    """Two visits in one session: the server still holds the response to the first one's request."""
    script = """
async function main() {
  const [first, second] = [begin(), begin()];
  const request = { kind: "decode", model: 0, points: [[0]] };
  first.messages.request(request).catch(() => undefined);
  const response = second.messages.request(request);
  const numbers = [first, second].map(({ sent }) => sent[0][1].number);
  second.messages.receive({ number: numbers[0], values: [1] });
  const waits = second.pending.at(-1);
  second.messages.receive({ number: numbers[1], values: [2] });
  const { values } = await response;
  for (const { messages } of [first, second]) messages.close();
  return { values, numbers, waits, rests: !second.pending.at(-1), name: first.sent[0][0] };
}
"""
    found = run_script(tmp_path, MESSAGES + script)
    assert found["values"] == [2]
    assert len(set(found["numbers"])) == 2
    assert all(isinstance(number, int) for number in found["numbers"])
    assert (found["waits"], found["rests"], found["name"]) == (True, True, "request")


def test_what_happened_just_before_the_page_was_left_is_sent(tmp_path):
    script = """
async function main() {
  const { messages, sent } = begin();
  messages.release([0.1 + 0.2, -1]);
  messages.look({ backdrop: "points" });
  messages.look({ along: 3 });
  messages.close();
  return sent;
}
"""
    sent = dict(run_script(tmp_path, MESSAGES + script))
    assert sent["point"]["values"] == [0.3, -1]
    assert sent["view"] == {"backdrop": "points", "along": 3}
