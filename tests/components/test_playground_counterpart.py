"""Two latent planes of other seeds are joined by the image that is nearest to a point."""

import numpy as np
from page_scripts import run_script

SCRIPT = """
async function main(cases) {
  const { counterpart } = await import("./playground/counterpart.js");
  return cases.map(({ point, from, to }) =>
    Array.from(counterpart(...[point, from, to].map((values) => Float32Array.from(values))))
  );
}
"""


def test_point_goes_to_the_code_of_the_nearest_image(tmp_path):
    rng = np.random.default_rng(0)
    first, second = (rng.normal(size=(40, 3)).astype(np.float32) for _ in range(2))
    points = rng.normal(size=(10, 3)).astype(np.float32)
    cases = [
        {"point": point.tolist(), "from": first.ravel().tolist(), "to": second.ravel().tolist()} for point in points
    ]
    found = run_script(tmp_path, SCRIPT, [*cases, {"point": [1.0, 2.0], "from": [], "to": []}])
    nearest = np.linalg.norm(points[:, None] - first, axis=2).argmin(axis=1)
    np.testing.assert_allclose(found[:-1], second[nearest], rtol=1e-6)
    assert found[-1] == [1.0, 2.0], "no image is encoded yet"
