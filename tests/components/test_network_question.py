"""The question above the network: a unit for two images, and the code between two classes."""

from page_scripts import run_script

SCRIPT = """
async function main({ classes }) {
  const { namesFor, questionText } = await import("./activations/question.js");
  const names = namesFor(classes, 7);
  const tapped = (...readings) => ({ title: "Encoder, layer 1, unit 5", readings: new Map(readings) });
  return {
    start: questionText(names, null, false, true),
    once: questionText(names, tapped(["the 7", 0]), false, true),
    twice: questionText(names, tapped(["the 7", 0], ["the 1", 1.5]), false, true),
    moved: questionText(names, null, true, true),
    unnamed: questionText(namesFor([], 65535), null, false, false),
    eight: namesFor(classes, 6).target,
    few: [2, 3, 4, 5].map((count) => namesFor(classes.slice(0, count), 1)),
  };
}
"""


def test_question_gives_the_values_of_a_tapped_unit_and_asks_on(tmp_path):
    found = run_script(tmp_path, SCRIPT, {"classes": [str(digit) for digit in range(10)]})
    assert found["start"] == (
        "Tap a grey square, a unit that is 0 for the 7: is it 0 for the 1 too? Or move z until the 7 becomes a 9."
    )
    assert found["once"] == "Encoder, layer 1, unit 5: 0 for the 7. What is it for the 1? Guess, then choose the 1."
    assert found["twice"] == (
        "Encoder, layer 1, unit 5: 0 for the 7, 1.50 for the 1. Next: move z until the 7 becomes a 9."
    )
    assert found["moved"].startswith("Is it still the 7, a 9 already, or something else?")
    assert "this image" in found["unnamed"]
    assert found["eight"] == "an 8"
    for names in found["few"]:  # no question about turning a class into itself
        assert names["other"] != names["shown"] == "the 1"
        assert names["target"].removeprefix("a ") != "1"
