"""The clock of the playground: what plays, and until when, while it is paused, begun again and played anew."""

from page_scripts import run_script

SCRIPT = """
async function main(cases) {
  globalThis.document = { hidden: false, addEventListener: () => undefined };
  const { Session } = await import("./playground/session.js");
  const { Demand } = await import("./playground/demand.js");
  const wait = () => new Promise((go) => setTimeout(go, 1));
  const member = () => ({
    step: 0,
    isOpen: true,
    async train(count) { await wait(); this.step += count; return { seconds: 0.02 * count }; },
    async restart() { await wait(); this.step = 0; },
    measure: wait,
    look: wait,
  });
  const nothing = () => undefined;
  const page = { changed: nothing, judged: nothing, wanted: nothing, failed: (message) => { throw Error(message); } };
  const found = [];
  for (const { until, reached, asked } of cases) {
    const session = new Session(page);
    session.members = [member()];
    session.choice = "wasm";
    const demand = new Demand(() => void session.restart(nothing));
    if (until) session.play(until);
    else session.play();
    while (session.step < reached) await wait();
    if (asked === null) session.pause();
    else demand.meet(asked, "amsgrad", session);
    const begin = performance.now();
    await wait();
    while ((session.isPlaying || session.step < asked) && performance.now() - begin < 3000) await wait();
    await session.queue;
    await wait();
    found.push(session.step - (asked === null ? reached : 0));
  }
  return found;
}
"""


def test_networks_begun_again_while_they_play_train_once_and_as_far_as_asked(tmp_path):
    cases = [
        {"until": 60, "reached": 60, "asked": 60},
        {"until": 60, "reached": 20, "asked": 60},
        {"until": None, "reached": 90, "asked": 60},
        {"until": None, "reached": 90, "asked": 0},
    ]
    assert run_script(tmp_path, SCRIPT, cases) == [60, 60, 60, 0]


def test_a_pause_ends_after_the_steps_under_way(tmp_path):
    (further,) = run_script(tmp_path, SCRIPT, [{"until": None, "reached": 20, "asked": None}])
    assert 0 <= further <= 4
