"""Points of the map as they are painted: forty classes differ by shape or colour, more are said to look alike."""

import itertools

import numpy as np
import pytest
from page_scripts import run_script

from aeviz.figures.palette import CLASS_COLOURS

PAINT = """
async function main({ palette, codes, radius, shapes, rim }) {
  globalThis.ImageData = class {
    constructor(width, height) { this.data = new Uint8ClampedArray(4 * width * height); }
  };
  const { Painter } = await import("./map/dots.js");
  return codes.map((code) => {
    const painter = new Painter();
    const cloud = {
      coordinates: new Float32Array([12, 12]), stride: 2, scale: [1, 1], offset: [0, 0], order: null, runs: [[0, 1]],
      codes: Uint16Array.of(code), palette, labels: Uint16Array.of(code), hidden: new Uint8Array(palette.length),
      chosen: null, radius, rim, shapes,
    };
    for (const _ of painter.paint(cloud, 24, 24));
    let pixels;
    painter.show({ putImageData: (image) => (pixels = image.data) });
    return Array.from(pixels);
  });
}
"""


def paint(tmp_path, classes, radius=2.8, rim=None, shapes=None):
    """Return a point of each class as it is painted, (classes, 24, 24, 4), 0 to 255, premultiplied by its opacity."""
    colours = [[int(colour[k : k + 2], 16) for k in (1, 3, 5)] for colour in CLASS_COLOURS]
    palette = list(itertools.islice(itertools.cycle(colours), classes))
    shapes = shapes or min(4, -(-classes // 10))
    given = {"palette": palette, "codes": list(range(classes)), "radius": radius, "shapes": shapes, "rim": rim}
    found = np.array(run_script(tmp_path, PAINT, given), np.float64).reshape(classes, 24, 24, 4)
    found[..., :3] *= found[..., 3:] / 255
    return found


@pytest.mark.parametrize(
    ("radius", "rim"), [(2.8, None), (5.6, None), (3.5, [0, 0, 0])], ids=["usual", "sharp", "strong"]
)
def test_forty_classes_differ(tmp_path, radius, rim):
    """By colour within ten, by the pixels that they cover beyond; a shape has about the ink of a disc."""
    drawn = paint(tmp_path, 40, radius, rim)
    opacity = drawn[..., 3] / 255
    for one, other in itertools.combinations(range(0, 40, 10), 2):
        assert np.abs(opacity[one] - opacity[other]).sum() > 0.3 * opacity[0].sum()
    assert (opacity.sum(axis=(1, 2)) > 0.5 * opacity[0].sum()).all()
    for decade in range(4):
        alike = drawn[10 * decade : 10 * decade + 10]
        assert np.abs(alike[..., 3] - alike[:1, ..., 3]).max() <= 1
        apart = [np.abs(one - other).sum() for one, other in itertools.combinations(alike[..., :3], 2)]
        assert min(apart) > 10 * 255 / 20


def test_ten_classes_and_scales_are_discs(tmp_path):
    opacity = paint(tmp_path, 40, shapes=1)[..., 3]
    assert (opacity == opacity[0]).all()


LEGEND = """
async function main({ counts }) {
  const { likenessOf, markOf, shapesFor } = await import("./kit/class_shapes.js");
  const words = (count) => [likenessOf(count, true), likenessOf(count, false)];
  return counts.map((count) => [shapesFor(count), ...words(count), markOf(count - 1)]);
}
"""


def test_page_says_where_classes_look_alike(tmp_path):
    ten, eleven, forty, more = run_script(tmp_path, LEGEND, {"counts": [10, 11, 40, 41]})
    assert ten == [1, "", "", ""]
    assert eleven[:2] == [2, ""]
    assert eleven[2].startswith("Colours repeat after 10 classes, because more could not be told apart.")
    assert forty[:2] == [4, ""]
    assert more[1].startswith("Colours and shapes repeat after 40 classes")
    assert [eleven[3], forty[3], more[3]] == ["▲ ", "○ ", ""]
