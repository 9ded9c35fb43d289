"""One thing after the other, of those asked for meanwhile the last: kit/latest.js in Node."""

from page_scripts import run_script

SCRIPT = """
async function main() {
  const { Latest } = await import("./kit/latest.js");
  const done = [], reports = [], errors = [];
  const latest = new Latest((isPending) => reports.push(isPending), (error) => errors.push(error.message));
  const pause = () => new Promise((resolve) => setTimeout(resolve, 5));
  const act = (name, fails = false) => async () => {
    await pause();
    if (fails) throw new Error(name);
    done.push(name);
  };
  const settled = async () => { while (latest.busy) await pause(); };
  for (const name of ["a", "b", "c"]) latest.want(act(name));
  await settled();
  latest.want(act("d", true));
  latest.want(act("e"));
  await settled();
  latest.want(act("f"));
  latest.want(act("g"));
  latest.close();
  await settled();
  return { done, reports, errors };
}
"""


def test_latest_leaves_out_what_a_newer_one_replaced_and_goes_on_after_an_error(tmp_path):
    found = run_script(tmp_path, SCRIPT)
    assert found["done"] == ["a", "c", "e", "f"]
    assert found["errors"] == ["d"]
    assert found["reports"] == [True, False] * 3
