"""The question above the network: a unit for two images, and the code between two classes."""

from page_scripts import run_script

SCRIPT = """
async function main({ classes }) {
  const { movedText, namesFor, questionText } = await import("./activations/question.js");
  const { readerOf } = await import("./activations/reader.js");
  const all = [...classes.keys()];
  const names = namesFor(classes, 7, all);
  const tapped = (...readings) => ({ title: "Encoder, layer 1, unit 5", readings: new Map(readings), verdict: "" });
  const twice = tapped(["the 7", 0], ["the 1", 1.5]);
  const seen = (label, hasMap) => ({ label, votes: 4, of: 5, name: classes[label], goal: classes[9], hasMap });
  const labels = Array.from({ length: 100 }, (_, k) => k % 10);
  const read = readerOf({ image: (k) => Float32Array.of(labels[k] / 10, (k % 7) / 100), labels, classes });
  return {
    start: questionText(names, null, true),
    once: questionText(names, tapped(["the 7", 0]), true),
    twice: questionText(names, twice, true),
    wrong: questionText(names, { ...twice, verdict: "Not as you guessed." }, true),
    moved: movedText(names, null),
    near: movedText(names, seen(4, true)),
    blind: movedText(names, seen(4, false)),
    there: movedText(names, seen(9, true)),
    almost: movedText(names, { ...seen(9, true), votes: 3 }),
    unnamed: questionText(namesFor([], 65535, [65535]), null, false),
    eight: namesFor(classes, 6, all).target,
    some: namesFor(classes, 7, [7, 2, 7, 3]),
    alone: namesFor(classes, 7, [7, 7]),
    roomy: [8, 3].map((room) => namesFor(classes, 7, all, all.map((k) => ({ 9: room, 1: 11 })[k] ?? 5)).target),
    few: [2, 3, 4, 5].map((count) => namesFor(classes.slice(0, count), 1, all)),
    read: labels.slice(0, 10).map((label) => read([label / 10, 0])),
    unread: readerOf({ image: () => [0, 0], labels: labels.slice(0, 99), classes })([0, 0]),
  };
}
"""


def test_question_gives_the_values_of_a_tapped_unit_and_asks_on(tmp_path):
    found = run_script(tmp_path, SCRIPT, {"classes": [str(digit) for digit in range(10)]})
    assert found["start"] == (
        "Tap a grey square, a unit that is 0 for the 7: is it 0 for the 1 too? Or move z until the 7 becomes a 9."
    )
    assert found["once"] == "Encoder, layer 1, unit 5: 0 for the 7. What is it for the 1? Guess:"
    assert found["twice"] == (
        "Encoder, layer 1, unit 5: 0 for the 7, 1.50 for the 1. Next: move z until the 7 becomes a 9."
    )
    assert found["wrong"] == "Not as you guessed. " + found["twice"]
    assert found["moved"].startswith("Is it still the 7, a 9 already, or something else?")
    assert "this image" in found["unnamed"]
    assert found["eight"] == "an 8"
    assert found["some"] == {"shown": "the 7", "other": "the 3", "target": "a 3", "next": 3, "aims": [7, 3]}
    assert found["roomy"] == ["a 9", "a 1"]  # a class that a finger does not find on the plane is not asked for
    assert found["alone"]["next"] is None  # no image of another class is here
    for names in found["few"]:  # no question about turning a class into itself
        assert names["other"] != names["shown"] == "the 1"
        assert names["target"].removeprefix("a ") != "1"


def test_question_says_whether_the_image_has_become_what_it_should(tmp_path):
    found = run_script(tmp_path, SCRIPT, {"classes": [str(digit) for digit in range(10)]})
    assert found["near"] == "Not a 9 yet: 4 of the 5 images most like it are 4s. Move z to the 9 on the map."
    assert found["blind"] == "Not a 9 yet: 4 of the 5 images most like it are 4s. Move z on."
    assert found["there"].startswith("✓ Now it is a 9: so are 4 of the 5 images most like it.")
    assert found["almost"].startswith("Not a 9 yet: 3 of the 5 images most like it are 9s.")
    assert found["read"] == [{"label": digit, "votes": 5, "of": 5} for digit in range(10)]
    assert found["unread"] is None  # too few images to compare with
    for names in found["few"]:
        shown, target = names["aims"]
        assert shown == 1 != target
        assert names["target"] == f"a {target}"
