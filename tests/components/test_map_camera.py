"""The view of a map that an address asks for."""

from page_scripts import run_script

SCRIPT = """
async function main(steps) {
  const { followAddress } = await import("./map/camera_url.js");
  const { Camera, fitCamera } = await import("./kit/camera.js");
  let map;
  return steps.map(([text, isNew]) => {
    if (isNew) {
      const spec = { dims: 2, centre: [0, 0], half: 5 };
      const camera = new Camera(2);
      fitCamera(camera, spec);
      map = { header: { model: "m" }, panels: [{ camera, spec }] };
    }
    window.location.search = text ? `?camera=${text}` : "";
    followAddress(map, isNew);
    return map.panels[0].camera.state().half;
  });
}
"""
NEAR = "m!0_1_1_0.5_0_0"


def test_a_view_is_taken_once_by_each_map(tmp_path):
    steps = [[NEAR, True], ["", False], [NEAR, False], [NEAR, True], ["", True], [NEAR, True]]
    near, far, *others = run_script(tmp_path, SCRIPT, steps)
    assert near == 0.5 < far
    assert others == [near, near, far, near]
