"""Images side by side on a canvas: kit/images.js in Node."""

from page_scripts import run_script

SCRIPT = """
async function main() {
  const { drawGaps } = await import("./kit/images.js");
  const gaps = (side, isDark) => {
    const lines = [];
    let from = null;
    const brush = {
      beginPath() {}, stroke() {},
      moveTo(x, y) { from = [x, y]; },
      lineTo(x, y) { lines.push([...from, x, y]); },
    };
    const box = { left: 10, top: 20, right: 90, bottom: 80 };
    drawGaps(brush, { columns: 4, rows: 2, side }, box, { isDark, background: "#fff" });
    return { lines, colour: brush.strokeStyle };
  };
  return { small: gaps(8, false), dark: gaps(16, true), large: gaps(28, false) };
}
"""


def test_gaps_part_small_images_and_leave_large_ones(tmp_path):
    found = run_script(tmp_path, SCRIPT)
    assert found["small"]["lines"] == [[30, 20, 30, 80], [50, 20, 50, 80], [70, 20, 70, 80], [10, 50, 90, 50]]
    assert found["small"]["colour"] == "#fff"
    assert found["dark"]["lines"] == found["small"]["lines"]
    assert found["dark"]["colour"] != "#fff"
    assert found["large"]["lines"] == []
