"""The legend of a map's saved image, in Node."""

from page_scripts import run_script

PLACES = """
async function main(names) {
  const { placeKeys } = await import("./kit/save_image.js");
  const keys = names.map((name) => ({ name, colours: name === "scale" ? ["#000", "#fff"] : ["#123"] }));
  return placeKeys(keys, (text) => 10 * text.length, 200).map(({ x, row, size }) => [x, row, size]);
}
"""
KEYS = """
async function main({ hidden, classes, scale }) {
  const { keysOf } = await import("./map/save.js");
  const layers = { overlay: scale ? { scale } : null };
  return keysOf({ layers, hidden: new Set(hidden), header: { classes } });
}
"""


def test_keys_stand_in_rows_that_fit(tmp_path):
    """A swatch of 12 pixels, its name and room; what does not fit begins a row, however wide it is."""
    places = run_script(tmp_path, PLACES, ["five", "six", "seven", "x" * 30, "scale"])
    assert places == [[0, 0, 12], [70, 0, 12], [130, 0, 12], [0, 1, 12], [0, 2, 120]]


def test_legend_names_shown_classes_or_the_scale(tmp_path):
    """Hidden classes are left out; a scale takes the place of the classes; more than 40 classes have no legend."""
    classes = [{"name": str(k), "colour": f"#00000{k}"} for k in range(3)]
    keys = run_script(tmp_path, KEYS, {"hidden": [1], "classes": classes, "scale": None})
    assert keys == [{"name": "0", "colours": ["#000000"]}, {"name": "2", "colours": ["#000002"]}]
    scale = {"title": "Error", "low": "0", "middle": "1", "high": "9", "colours": ["#000", "#fff"], "note": ""}
    keys = run_script(tmp_path, KEYS, {"hidden": [], "classes": classes, "scale": scale})
    assert keys == [{"name": "Error: 0 to 9, median 1", "colours": ["#000", "#fff"]}]
    assert run_script(tmp_path, KEYS, {"hidden": [], "classes": classes * 14, "scale": None}) == []
