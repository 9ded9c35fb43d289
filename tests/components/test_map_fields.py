"""The numbers of the fields over the map's plane, as the page computes them, beside those of Python and PyTorch."""

import numpy as np
import pytest
import torch
from page_scripts import run_script
from sklearn.neighbors import NearestNeighbors
from torch import nn

from aeviz.analysis.latent import data_distance, usual_distance, vote_of_neighbours
from aeviz.web.components.map.payload import NO_LABEL

COLUMNS, ROWS = 24, 18

NEIGHBOURS = """
async function main({ points, labels, hidden, low, high, lattice }) {
  const { centreOf, distances, Nearest, usualDistance, voters, votes } = await import("./map/field_values.js");
  const end = (steps) => { for (;;) { const step = steps.next(); if (step.done) return Array.from(step.value); } };
  const coordinates = Float32Array.from(points.flat());
  const isHidden = new Uint8Array(65536);
  for (const label of hidden) isHidden[label] = 1;
  const shown = voters(coordinates, labels, isHidden);
  return {
    centres: Array.from({ length: lattice.columns * lattice.rows }, (_, place) => centreOf(lattice, place)),
    distances: end(distances(lattice, new Nearest(coordinates, low, high))),
    limit: usualDistance(coordinates, low, high),
    votes: end(votes(lattice, new Nearest(shown.coordinates, low, high), shown.labels)),
  };
}
"""


def page_fields(folder, points, labels, hidden=(), reach=2.0):
    """What the page computes over a lattice `reach` times as wide as the points; the index spans their quartiles."""
    low, high = points.min(axis=0).astype(float), points.max(axis=0).astype(float)
    middle, half = (low + high) / 2, reach * (high - low) / 2
    lattice = {
        "columns": COLUMNS,
        "rows": ROWS,
        "from": [middle[0] - half[0], middle[1] + half[1]],
        "to": [middle[0] + half[0], middle[1] - half[1]],
    }
    bounds = np.quantile(points, [0.25, 0.75], axis=0).tolist()
    told = {"points": points.tolist(), "labels": labels.tolist(), "hidden": list(hidden), "lattice": lattice}
    return run_script(folder, NEIGHBOURS, {**told, "low": bounds[0], "high": bounds[1]})


@pytest.mark.parametrize(("n", "reach"), [(2000, 1.0), (2000, 0.1), (2000, 6.0), (40, 2.0), (7, 2.0)])
def test_distance_and_vote_are_those_of_python(tmp_path, n, reach):
    """Within the points, far zoomed in and out, and where there are fewer points than neighbours."""
    random = np.random.default_rng(n)
    labels = random.integers(0, 4, n)
    points = (random.normal(size=(n, 2)) @ [[3, 1], [0, 0.2]] + labels[:, None]).astype(np.float32)
    found = page_fields(tmp_path, points, labels, reach=reach)
    centres = np.array(found["centres"])
    # at large distances Python's difference of large squares leaves an error of 1e-13
    np.testing.assert_allclose(found["distances"], data_distance(centres, points), rtol=1e-6)
    assert found["votes"] == vote_of_neighbours(centres, points, labels).tolist()
    assert found["limit"] == pytest.approx(usual_distance(points), rel=1e-5)


def test_lattice_runs_from_corner_to_corner(tmp_path):
    points = np.array([[0, 0], [2, 4]], np.float32)
    centres = np.array(page_fields(tmp_path, points, np.array([0, 1]), reach=1.0)["centres"])
    np.testing.assert_allclose(centres[0], [1 / COLUMNS, 4 - 2 / ROWS])
    np.testing.assert_allclose(centres[-1], [2 - 1 / COLUMNS, 2 / ROWS])
    assert centres[1, 1] == centres[0, 1]


def test_hidden_classes_and_images_without_a_class_do_not_vote(tmp_path):
    random = np.random.default_rng(5)
    points = random.normal(size=(300, 2)).astype(np.float32)
    labels = random.integers(0, 5, 300)
    labels[::7] = NO_LABEL
    found = page_fields(tmp_path, points, labels, hidden=(1, 3))
    shown = np.isin(labels, (0, 2, 4))
    assert found["votes"] == vote_of_neighbours(np.array(found["centres"]), points[shown], labels[shown]).tolist()
    np.testing.assert_allclose(found["distances"], data_distance(np.array(found["centres"]), points), rtol=1e-6)
    nobody = page_fields(tmp_path, points, labels, hidden=range(5))
    assert set(nobody["votes"]) == {NO_LABEL}


def test_of_equal_votes_the_lowest_class_wins(tmp_path):
    """Five of each of two classes, the higher one nearer to every place."""
    points = np.concatenate([np.full((5, 2), 3), np.zeros((5, 2))]).astype(np.float32) + np.eye(10, 2, dtype=np.float32)
    labels = np.repeat([2, 6], 5)
    assert set(page_fields(tmp_path, points, labels)["votes"]) == {2}


MIXED = """
async function main({ points, labels }) {
  const { mostMixed } = await import("./map/field_values.js");
  const steps = mostMixed(Float32Array.from(points.flat()), Uint16Array.from(labels), [-3, -3], [3, 3]);
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
"""


def test_classes_that_are_mixed_most_are_named(tmp_path):
    """By scikit-learn's neighbours, each point left out of its own."""
    random = np.random.default_rng(5)
    labels = random.integers(0, 4, 800)
    middles = np.array([[0, 0], [0.5, 0.3], [2, 2], [-2.5, 2]])
    points = (middles[labels] + random.normal(size=(800, 2)) * 0.6).astype(np.float32)
    nearest = NearestNeighbors(n_neighbors=11).fit(points).kneighbors(points, return_distance=False)[:, 1:]
    votes = np.array([np.bincount(labels[row], minlength=4).argmax() for row in nearest])
    shares = {}
    for a in range(4):
        for b in range(a + 1, 4):
            wrong = ((labels == a) & (votes == b)) | ((labels == b) & (votes == a))
            shares[a, b] = wrong.sum() / np.isin(labels, [a, b]).sum()
    pair = max(shares, key=lambda each: shares[each])
    found = run_script(tmp_path, MIXED, {"points": points.tolist(), "labels": labels.tolist()})
    assert tuple(found["pair"]) == pair == (0, 1)
    assert found["share"] == pytest.approx(shares[pair], abs=1e-9)
    apart = run_script(tmp_path, MIXED, {"points": [[0, 0], [0.1, 0]] * 20, "labels": [3] * 40})
    assert apart is None


STENCIL = """
async function main({ points, step }) {
  const { stencil } = await import("./map/field_values.js");
  return points.flatMap((point) => stencil(point, step));
}
"""
STRETCHING = """
async function main({ images, step }) {
  const { metricOf, stretching } = await import("./map/field_values.js");
  return Array.from(stretching(metricOf(Float64Array.from(images.flat()), images[0].length, step)));
}
"""


def page_stretching(folder, decode, points, step):
    """The page's stretching of a decoder, (M, 2) -> (M, P), at points of the plane, (M, 2)."""
    around = torch.tensor(run_script(folder, STENCIL, {"points": points.tolist(), "step": step}), dtype=torch.float64)
    with torch.no_grad():
        images = decode(around)
    return np.array(run_script(folder, STRETCHING, {"images": images.tolist(), "step": step}))


def test_stretching_of_a_linear_decoder_is_exact(tmp_path):
    """With x = W z + b it is sqrt(det(W^T W)) everywhere."""
    random = np.random.default_rng(0)
    weight = random.normal(size=(30, 2))
    found = page_stretching(tmp_path, lambda z: z @ torch.tensor(weight.T) + 1, random.normal(size=(12, 2)), 0.01)
    np.testing.assert_allclose(found, np.sqrt(np.linalg.det(weight.T @ weight)), rtol=1e-9)


GEODESIC = """
async function main({ columns, rows, from, to, metric, start, end }) {
  const { geodesic } = await import("./map/geodesic.js");
  return geodesic({ lattice: { columns, rows, from, to }, metric: Float64Array.from(metric) }, start, end);
}
"""


def page_geodesic(folder, metric_at, start, end, corners=((-2.0, 3.0), (2.0, 0.2)), shape=(81, 57)):
    """The page's shortest path under a metric, (M, 2) -> (M, 3) with xx, xy, yy, on a lattice between two corners."""
    (left, top), (right, bottom) = corners
    columns, rows = shape
    x = left + (np.arange(columns) + 0.5) / columns * (right - left)
    y = top + (np.arange(rows) + 0.5) / rows * (bottom - top)
    cells = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    told = {"columns": columns, "rows": rows, "from": [left, top], "to": [right, bottom], "start": start, "end": end}
    return run_script(folder, GEODESIC, told | {"metric": metric_at(cells).ravel().tolist()})


def test_geodesic_of_a_flat_metric_is_the_straight_line(tmp_path):
    """Distances are those of a linear decoder, |W (b - a)|."""
    weight = np.random.default_rng(0).normal(size=(30, 2))
    (xx, xy), (_, yy) = weight.T @ weight
    start, end = [-1.5, 0.4], [1.6, 2.5]
    found = page_geodesic(tmp_path, lambda cells: np.tile([xx, xy, yy], (len(cells), 1)), start, end)
    expected = np.linalg.norm(weight @ np.subtract(end, start))
    assert found["straight"] == pytest.approx(expected, rel=1e-9)
    assert found["length"] == pytest.approx(expected, rel=1e-9)


def test_geodesic_of_the_hyperbolic_half_plane_is_an_arc(tmp_path):
    """With the metric (dx^2 + dy^2) / y^2 the distance has a closed form, and the path is a circle around (0, 0)."""
    start, end = [-1.0, 1.0], [1.0, 1.0]
    found = page_geodesic(
        tmp_path, lambda cells: np.stack([cells[:, 1] ** -2, 0 * cells[:, 1], cells[:, 1] ** -2], 1), start, end
    )
    assert found["straight"] == pytest.approx(2, rel=1e-3)
    assert found["length"] == pytest.approx(np.arccosh(1 + 4 / 2), rel=0.01)
    radii = np.linalg.norm(found["points"], axis=1)
    np.testing.assert_allclose(radii, 2**0.5, rtol=0.05)


def test_geodesic_needs_both_ends_in_view(tmp_path):
    flat = page_geodesic(tmp_path, lambda cells: np.tile([1.0, 0, 1], (len(cells), 1)), [-1, 1], [9, 1])
    assert flat is None


def test_stretching_is_that_of_the_jacobian(tmp_path):
    """A plane through three latent dimensions, a decoder with tanh and sigmoid, and autograd's derivatives."""
    torch.manual_seed(0)
    decoder = nn.Sequential(nn.Linear(3, 16), nn.Tanh(), nn.Linear(16, 49), nn.Sigmoid()).double()
    columns = torch.tensor([[1.0, 0.5, 0], [0, 0.3, -2]], dtype=torch.float64)

    def decode(plane):
        return decoder(plane @ columns + 0.2)

    points = np.random.default_rng(1).normal(size=(20, 2))
    found = page_stretching(tmp_path, decode, points, 1e-3)
    expected = []
    for point in torch.tensor(points):
        jacobian = torch.autograd.functional.jacobian(decode, point)
        assert isinstance(jacobian, torch.Tensor)
        assert jacobian.shape == (49, 2)
        expected.append(torch.sqrt(torch.det(jacobian.T @ jacobian)).item())
    np.testing.assert_allclose(found, expected, rtol=1e-4)


LINE = """
async function main({ values, columns, level }) {
  const { isoline } = await import("./kit/isoline.js");
  return isoline(values, columns, level);
}
"""


def test_line_runs_where_the_field_has_the_level(tmp_path):
    """A circle around a peak: each end of a segment lies on it, and the ends meet."""
    x, y = np.meshgrid(np.arange(40), np.arange(30))
    values = (x - 18.3) ** 2 + (y - 14.7) ** 2
    segments = np.array(run_script(tmp_path, LINE, {"values": values.ravel().tolist(), "columns": 40, "level": 81}))
    ends = segments.reshape(-1, 2)
    np.testing.assert_allclose(np.hypot(ends[:, 0] - 18.3, ends[:, 1] - 14.7), 9, atol=0.03)
    _, counts = np.unique(ends.round(6), axis=0, return_counts=True)
    assert set(counts.tolist()) == {2}
    assert np.hypot(*(segments[:, :2] - segments[:, 2:]).T).sum() == pytest.approx(2 * np.pi * 9, rel=0.01)


COST = """
async function main({ points }) {
  const { distances, Nearest } = await import("./map/field_values.js");
  let examined = 0;
  class Counted extends Nearest {
    search(row, first, last, x, y) {
      const { starts, side } = this.grid;
      examined += starts[row * side + last + 1] - starts[row * side + first];
      super.search(row, first, last, x, y);
    }
  }
  const nearest = new Counted(Float32Array.from(points.flat()), [-3, -3], [3, 3]);
  for (const _ of distances({ columns: 150, rows: 120, from: [-6, 5], to: [6, -5] }, nearest));
  return examined;
}
"""


def test_few_points_are_examined_for_a_cell(tmp_path):
    """18,000 cells, half of them far from all points: 900 of 10,000 points are looked at for each on average."""
    points = np.random.default_rng(0).normal(size=(10_000, 2))
    examined = run_script(tmp_path, COST, {"points": points.tolist()})
    assert 18_000 * 10 <= examined < 0.15 * 18_000 * 10_000


OBSTACLES = """
async function main({ specs }) {
  const { FIELDS, obstacle } = await import("./map/field_kinds.js");
  return specs.map(([spec, classes]) => Object.keys(FIELDS).filter((name) => !obstacle(name, spec, classes)));
}
"""


def test_each_map_offers_the_fields_that_make_sense_on_it(tmp_path):
    flat = {"dims": 2, "lift": {"network": {"digest": "d"}}}
    embedded, served = {"dims": 2, "lift": None}, {"dims": 2, "lift": {"network": None}}
    specs = [[flat, ["a"]], [flat, []], [embedded, ["a"]], [served, ["a"]], [{**flat, "dims": 3}, ["a"]]]
    everything = ["none", "distance", "classes", "stretching", "error"]
    no_decoder = ["none", "distance", "classes", "error"]
    expected = [everything, ["none", "distance", "stretching", "error"], no_decoder, no_decoder, ["none"]]
    assert run_script(tmp_path, OBSTACLES, {"specs": specs}) == expected


RAISE = """
async function main({ lift, model }) {
  const { Link } = await import("./map/link.js");
  const link = new Link({});
  Object.assign(link, { model, z: Float64Array.from([5, 6]) });
  return Array.from(link.raise({ spec: { lift, carry: null } }, [1, 2]));
}
"""


@pytest.mark.parametrize(("model", "expected"), [("first", [1, 6]), ("second", [1, 0.5])])
def test_plane_goes_through_the_shared_point_of_its_own_model_alone(tmp_path, model, expected):
    """The panel of a second, aligned model shares the axes of the first, not its latent space."""
    lift = {"model": "first", "origin": [0, 0.5], "columns": [[1, 0]]}
    assert run_script(tmp_path, RAISE, {"lift": lift, "model": model}) == expected


ERRORS = """
async function main({ points, errors, low, high, lattice, reach }) {
  const { centreOf } = await import("./map/field_values.js");
  const { nearbyErrors } = await import("./map/nearby_error.js");
  const spec = { coordinates: Float32Array.from(points.flat()), errors: Float32Array.from(errors), low, high };
  const steps = nearbyErrors(lattice, spec, reach);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return {
      centres: Array.from({ length: value.length }, (_, place) => centreOf(lattice, place)),
      values: Array.from(value, (each) => (Number.isNaN(each) ? null : each)),
    };
  }
}
"""


@pytest.mark.parametrize("reach", [0.4, 1.5, 30.0])
def test_error_field_is_the_kernel_mean_of_the_squared_errors(tmp_path, reach):
    """NumPy's sum over all images; blank exactly where fewer than ten lie within reach."""
    random = np.random.default_rng(1)
    points = random.normal(size=(800, 2)).astype(np.float32)
    errors = random.uniform(1, 5, 800).astype(np.float32)
    lattice = {"columns": COLUMNS, "rows": ROWS, "from": [-5.0, 4.0], "to": [5.0, -4.0]}
    told = {"points": points.tolist(), "errors": errors.tolist(), "low": [-1.0, -1.0], "high": [1.0, 1.0]}
    found = run_script(tmp_path, ERRORS, {**told, "lattice": lattice, "reach": reach})
    distances = np.linalg.norm(np.array(found["centres"])[:, None] - points.astype(float), axis=-1)
    weights = np.where(distances <= reach, np.exp(-0.5 * (3 * distances / reach) ** 2), 0)
    expected = (weights @ errors.astype(float) ** 2) / np.maximum(weights.sum(axis=1), 1e-300)
    expected[(distances <= reach).sum(axis=1) < 10] = np.nan
    assert np.isnan(expected).any() == (reach < 30)
    np.testing.assert_allclose(np.array(found["values"], dtype=float), expected, rtol=1e-6)
