"""Where on the plane of z the decoder makes each class."""

import math

from page_scripts import run_script

SCRIPT = """
async function main({ codes, labels, size }) {
  const { spotsOf } = await import("./activations/spots.js");
  // the decoder gives z itself; what is read as the class 0 is a disc, the 1 lies beyond it, the 2 nowhere
  const decode = async (z) => z;
  const read = ([x, y]) => ({ label: Number(Math.hypot(x - 2, y + 1) > 1), votes: x > 4.5 ? 2 : 4, of: 5 });
  const ranges = [{ low: 0, high: 5 }, { low: -3, high: 2 }];
  const spots = await spotsOf({ ranges, ...size, codes, labels, classes: ["0", "1", "2"] }, decode, read);
  return spots.map((spot) => spot && { room: spot.room, code: [...spot.code] });
}
"""


def test_spot_of_a_class_is_the_code_with_most_room_near_its_images(tmp_path):
    codes = [1.9, -1.1, 0.4, 1.6, 4.9, -2.9, 4, 1]
    size = {"width": 250, "height": 200}
    disc, rest, none = run_script(tmp_path, SCRIPT, {"codes": codes, "labels": [0, 1, 1, 2], "size": size})
    assert math.dist(disc["code"], (2, -1)) < 0.15  # the middle of the disc, of 50 by 40 pixels to each side
    assert 30 < disc["room"] < 42
    assert math.dist(rest["code"], (0.4, 1.6)) < 0.6  # votes are not clear at the other image
    assert rest["room"] > 10
    assert none is None


def test_plane_without_a_size_has_spots_too(tmp_path):
    size = {"width": 0, "height": 0}
    disc, *_ = run_script(tmp_path, SCRIPT, {"codes": [1.9, -1.1], "labels": [0], "size": size})
    assert math.dist(disc["code"], (2, -1)) < 0.25
