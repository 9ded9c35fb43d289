"""What the page says about compared optimizers, from the intervals of every epoch."""

from page_scripts import run_script

SCRIPT = """
async function main(cases) {
  const { history, outlook } = await import("./optimizer_epochs/verdict.js");
  return cases.map((sides) => {
    const numbers = (sign) => [sign, sign ? 0.5 : 1, 9];
    const line = (title, signs) => ({ title, gaps: Float32Array.from(signs.flatMap(numbers)) });
    const lines = [{ title: "Adam", gaps: null }, ...sides.map((signs, k) => line(`M${k}`, signs))];
    return [outlook(lines, sides[0].length), ...lines.slice(1).map((each) => history(each, "Adam", sides[0].length))];
  });
}
"""
LOOK = "Drag the epoch along the strip of {}: where its colour ends, these seeds no longer show a difference from Adam."


def test_the_end_of_a_difference_is_pointed_at_only_where_it_ends(tmp_path):
    cases = [
        [[0, 0, 0]],
        [[1, 1, 0]],
        [[0, 1, 1]],
        [[0, -1, 0], [0, 0, 0], [1, 0, 0]],
    ]
    looks = [found[0] for found in run_script(tmp_path, SCRIPT, cases)]
    assert looks == ["", LOOK.format("M0"), "", LOOK.format("M0 or M2")]


def test_a_difference_at_a_single_epoch_of_many_may_be_chance(tmp_path):
    many, few = [0] * 30, [0, -1, 0]
    once, twice = [*many, -1, *many], [*many, -1, -1, *many]
    words = [found[1] for found in run_script(tmp_path, SCRIPT, [[once], [twice], [few]])]
    ending = "; otherwise too few seeds to tell"
    assert words == [
        f"ahead of Adam in epoch 31 (one of 61: may be chance){ending}",
        f"ahead of Adam in epochs 31\u201332{ending}",
        f"ahead of Adam in epoch 2{ending}",
    ]
