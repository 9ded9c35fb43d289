"""Numbers that the address keeps: an echo changes nothing in the page, another address does."""

from page_scripts import run_script

SCRIPT = """
async function main() {
  globalThis.window.setTimeout = (act) => { due = act; return 1; };
  globalThis.clearTimeout = () => undefined;
  let due = null;
  const { KeptNumbers } = await import("./kit/kept_numbers.js");
  const sent = [];
  let now = [];
  const kept = new KeptNumbers({ state: (_, values) => sent.push(values) }, { mark: () => undefined }, () => now);
  const receive = (values, isHeld = false) => {
    const isNews = kept.isNews(values, isHeld);
    if (isNews) now = values;
    return isNews;
  };
  const move = (values) => { now = values; kept.start(); due(); };
  const found = {};
  found.first = receive([1]);
  move([2]);
  found.stale = receive([1]);
  found.echo = receive([2]);
  found.back = receive([1]);
  found.forth = receive([2]);
  move([3]);
  move([4]);
  found.echoes = [receive([3]), receive([4]), now];
  now = [5];
  found.held = receive([9], true);
  kept.start();
  found.pending = receive([9]);
  due();
  found.merged = [receive([5]), receive([9])];
  return { ...found, sent };
}
"""


def test_only_another_address_is_news(tmp_path):
    assert run_script(tmp_path, SCRIPT) == {
        "first": True,
        "stale": False,
        "echo": False,
        "back": True,
        "forth": True,
        "echoes": [False, False, [4]],
        "held": False,
        "pending": False,
        "merged": [False, True],
        "sent": [[2], [3], [4], [5]],
    }
