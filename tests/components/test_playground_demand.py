"""Networks that train by themselves because an address asks for it."""

from page_scripts import run_script

SCRIPT = """
async function main(cases) {
  const { Demand } = await import("./playground/demand.js");
  return cases.map((demands) => {
    const done = [];
    const session = {
      step: 0,
      play: (until) => { done.push(`play to ${until}`); session.step = until; },
      pause: () => done.push("pause"),
    };
    const demand = new Demand(() => { done.push("restart"); session.step = 0; });
    for (const [steps, second] of demands) demand.meet(steps, second, session);
    return done;
  });
}
"""


def test_networks_train_once_for_each_demand_and_anew_beside_another_one(tmp_path):
    cases = [
        [[None, "seed"], [None, "adam"]],
        [[0, "seed"], [600, "seed"], [600, "seed"]],
        [[600, "seed"], [600, "amsgrad"]],
        [[600, "seed"], [0, "seed"]],
        [[600, "seed"], [None, "seed"], [600, "seed"]],
    ]
    assert run_script(tmp_path, SCRIPT, cases) == [
        [],
        ["play to 600"],
        ["play to 600", "pause", "restart", "play to 600"],
        ["play to 600", "pause", "restart"],
        ["play to 600", "pause", "restart", "play to 600"],
    ]
