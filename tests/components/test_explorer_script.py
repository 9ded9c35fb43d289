"""The explorer's script in Node: views that come while a space is on its way, and what is said after a failure."""

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.analysis.basis import latent_basis
from aeviz.analysis.summary import summarise
from aeviz.web.components.explorer.payload import space_payload

RECORD = """
async function main({ space, steps }) {
  const { put } = await import("./kit/blobs.js");
  const { Explorer } = await import("./explorer/explorer.js");
  const found = { built: [], moved: [] };
  class Recorder extends Explorer {
    build(view, space) {
      this.space = space;
      found.built.push(view.revision);
    }
    jump(view) {
      found.moved.push(view.revision);
    }
  }
  const ignore = () => undefined;
  const activity = { mark: ignore, during: (what, promise) => promise };
  const explorer = new Recorder({}, { state: ignore, trigger: ignore }, activity);
  for (const step of steps) {
    if (step === "close") explorer.close();
    else if (step.revision) explorer.receive(step);
    else put(step.arrived, Uint8Array.from(space));
    await new Promise((go) => setTimeout(go));
  }
  return found;
}
"""


def view(space, revision):
    return {"view": f"view of {space}", "space": space, "revision": revision, "response": None}


def arrived(space):
    return {"arrived": space}


@pytest.mark.parametrize(
    ("steps", "built", "moved"),
    [
        ([view("a", 1), arrived("a"), view("a", 1), view("a", 2)], [1], [2]),
        ([view("a", 1), view("a", 2), arrived("a"), view("a", 2), view("a", 3)], [2], [3]),
        ([view("a", 1), arrived("a"), view("b", 2), view("b", 3), arrived("b")], [1, 3], []),
        ([view("a", 1), view("b", 2), arrived("a"), arrived("b")], [2], []),
        ([view("a", 1), "close", arrived("a")], [], []),
    ],
    ids=["space first", "point before its space", "point of the next view", "view that was left", "closed before"],
)
def test_explorer_shows_the_last_point_that_it_was_sent(tmp_path, steps, built, moved):
    z = np.random.default_rng(1).normal(size=(40, 3))
    space = space_payload(latent_basis(summarise(z), np.zeros(3)), None, None, ())
    found = run_script(tmp_path, RECORD, {"space": list(space), "steps": steps})
    assert (found["built"], found["moved"]) == (built, moved)


SPEAK = """
async function main() {
  const { DecoderView } = await import("./explorer/decoder_view.js");
  const said = [];
  const view = Object.assign(Object.create(DecoderView.prototype), {
    view: { write: (text) => said.push(text) }, spec: { bridge_words: "" }, words: "", said: "", times: [],
    trouble: "", by: "by the server", latest: { closed: false },
  });
  view.describe();
  view.describe();
  view.fail(new Error("the server does not respond"));
  view.describe();
  return said;
}
"""


def test_image_after_a_failure_is_described_at_once(tmp_path):
    said = run_script(tmp_path, SPEAK)
    assert said == ["Decoded by the server.", "the server does not respond", "Decoded by the server."]


HEARD = """
async function main({ space, points }) {
  const { Space } = await import("./explorer/space.js");
  const { pointWords } = await import("./explorer/voice.js");
  const read = new Space(Uint8Array.from(space));
  return points.map((point) => pointWords(read, Float64Array.from(point), [2, 0]));
}
"""


@pytest.mark.parametrize(
    ("dimensions", "labels", "words"),
    [
        (2, True, ["z1 -5.00, z2 1.00. Class left: 8 of the 8 nearest images.", "z1 5.00, z2 1.00. Class right: 8 of"]),
        (2, False, ["z1 -5.00, z2 1.00.", "z1 5.00, z2 1.00."]),
        (4, True, ["z2 1.00, z1 -5.00. Class left: 8 of the 8 nearest images.", "z2 1.00, z1 5.00. Class right: 8"]),
    ],
    ids=["plane", "without classes", "four dimensions"],
)
def test_screen_reader_hears_the_point_and_its_class(tmp_path, dimensions, labels, words):
    """The class of most of the nearest images; of many axes those of the plane."""
    sides = np.arange(40) % 2
    z = np.random.default_rng(1).normal(size=(40, dimensions))
    z[:, 0] += 10 * sides - 5
    basis = latent_basis(summarise(z), np.zeros(dimensions))
    packed = space_payload(basis, basis.coordinates(z), sides if labels else None, ("left", "right") if labels else ())
    points = [[side, *[1.0] * (dimensions - 1)] for side in (-5.0, 5.0)]
    heard = run_script(tmp_path, HEARD, {"space": list(packed), "points": points})
    assert [text[: len(start)] for text, start in zip(heard, words, strict=True)] == words
