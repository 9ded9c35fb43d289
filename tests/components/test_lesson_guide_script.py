"""Whether an action was done, as the address of the page tells: lesson_guide.js in Node."""

from page_scripts import run_script

SCRIPT = """
async function main() {
  globalThis.HTMLElement ??= class {};
  const { isDone } = await import("./lesson_guide/lesson_guide.js");
  const told = (done, search, first = null) => isDone(done, search, first);
  return {
    any: [told(["align", ""], "?align=true"), told(["align", ""], "?"), told(["hidden", ""], "?", "4.9")],
    exact: [told(["second", "seed"], "?second=seed"), told(["second", "seed"], "?second=amsgrad")],
    least: ["?memory=0.9", "?memory=0.6", "?memory=0.5", "?"].map((search) => told(["memory", ">=0.6"], search)),
  };
}
"""


def test_action_is_done_by_any_other_value_by_one_value_or_from_one_on(tmp_path):
    found = run_script(tmp_path, SCRIPT)
    assert found == {"any": [True, False, True], "exact": [True, False], "least": [True, True, False, False]}
