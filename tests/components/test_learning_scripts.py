"""What the page computes for the experiments on learning, beside the functions of Python."""

import dataclasses

import numpy as np
from page_scripts import run_script

from aeviz.lab import batches, dimension, drawn_network, gradient_moments, projection
from aeviz.lab.activations import ACTIVATIONS, activate, derivative
from aeviz.lab.backpropagation import backpropagate
from aeviz.lab.relu_sum import relu_sum, relu_weights


def test_activations_and_passes(tmp_path):
    script = """
    async function main({ names, points, alpha, networks }) {
      const { activate, derivative } = await import("./kit/activations.js");
      const { backpropagate } = await import("./backpropagation/passes.js");
      const { reluSum, reluWeights, target } = await import("./neuron/relu_sum.js");
      const knots = [0, 0.2, 0.5, 1];
      const heights = knots.map(target);
      const weights = reluWeights(knots, heights);
      return {
        sum: { knots, heights, weights, at: points.map((x) => reluSum(x, knots, heights, weights)) },
        values: names.map((name) => points.map((x) => [activate(name, x, alpha), derivative(name, x, alpha)])),
        passes: networks.map(({ x, target, ...network }) => backpropagate(network, x, target)),
      };
    }
    """
    points = np.array([-30, -2.5, -0.1, 0, 0.1, 3, 30])
    random = np.random.default_rng(0)
    networks = [
        {
            "weights": [random.normal(size=(3, 2)), random.normal(size=(2, 3))],
            "biases": [random.normal(size=3), random.normal(size=2)],
            "activations": list(names),
            "x": random.normal(size=2),
            "target": random.normal(size=2),
        }
        for names in (("sigmoid", "tanh"), ("relu", "identity"), ("tanh", "sigmoid"))
    ]
    plain = [
        {name: [np.asarray(part).tolist() for part in value] for name, value in network.items()} for network in networks
    ]
    told = {"names": ACTIVATIONS, "points": points.tolist(), "alpha": 0.3, "networks": plain}
    found = run_script(tmp_path, script, told)
    knots, heights = np.array(found["sum"]["knots"]), np.array(found["sum"]["heights"])
    np.testing.assert_allclose(found["sum"]["weights"], relu_weights(knots, heights))
    np.testing.assert_allclose(found["sum"]["at"], relu_sum(points, knots, heights), rtol=1e-9)
    for name, values in zip(ACTIVATIONS, found["values"], strict=True):
        expected = np.stack([activate(name, points, 0.3), derivative(name, points, 0.3)], axis=1)
        np.testing.assert_allclose(values, expected, rtol=1e-9, atol=1e-12)
    for network, passes in zip(networks, found["passes"], strict=True):
        expected = dataclasses.asdict(backpropagate(**network))
        expected["gradients"] = expected.pop("weight_gradients")
        for name, value in expected.items():
            if name == "loss":
                np.testing.assert_allclose(passes[name], value)
                continue
            for ours, theirs in zip(passes[name], value, strict=True):
                np.testing.assert_allclose(ours, theirs, rtol=1e-9, atol=1e-12)


def test_paths_of_batches(tmp_path):
    script = """
    async function main() {
      const page = await import("./batches/descent.js");
      const [order, start] = [page.makeOrder(3), [-0.6, 1.7]];
      return page.MODELS.map((model) => {
        const data = model.makeData();
        const gradients = page.datumGradients(start, data, model);
        const path = (size, falls) => page.descend({ start, data, order, size, rate: 0.2, falls, model });
        const end = page.longDescent(start, data, model).at(-1);
        return {
          data, order, gradients, risk: page.risk(start, data, model), variance: page.batchVariance(gradients, 8),
          paths: [[64, false], [8, true], [1, false]].map(([size, falls]) => [size, falls, path(size, falls)]),
          end, middle: page.middleAndMean(start, end, data, model),
        };
      });
    }
    """
    start = np.array([-0.6, 1.7])
    scenes = run_script(tmp_path, script)
    for found, model in zip(scenes, ("line", "line", "network"), strict=True):
        x, y, order = np.array(found["data"]["x"]), np.array(found["data"]["y"]), np.array(found["order"])
        assert all(sorted(epoch) == list(range(64)) for epoch in order.reshape(-1, 64).tolist())
        np.testing.assert_allclose(found["gradients"], batches.datum_gradients(start, x, y, model))
        np.testing.assert_allclose(found["risk"], batches.risk(start, x, y, model))
        np.testing.assert_allclose(
            found["variance"], batches.batch_variance(np.array(found["gradients"]), 8), atol=1e-12
        )
        end = np.array(found["end"])
        np.testing.assert_allclose(batches.datum_gradients(end, x, y, model).mean(axis=0), 0, atol=1e-4)
        middle, mean = found["middle"]
        np.testing.assert_allclose(middle - mean, batches.excess_at_middle(start, end, x, y, model))
        for size, falls, path in found["paths"]:
            expected = batches.descend(start, x, y, order, size, 0.2, "root" if falls else "constant", model)
            np.testing.assert_allclose(path, expected, atol=1e-10)
    line, valley, _ = scenes
    np.testing.assert_allclose(line["end"], np.polyfit(line["data"]["x"], line["data"]["y"], 1), atol=1e-4)
    np.testing.assert_allclose(sum(valley["end"]), np.mean(valley["data"]["y"]))


def test_projections(tmp_path):
    script = """
    async function main({ matrices, points }) {
      const page = await import("./projection/sets.js");
      return matrices.map((numbers) => {
        const q = page.matrixOf(...numbers);
        const sets = ["disc", "square", "circle"].map((shape) => points.map((z) => page.project(shape, z, q)));
        return { sets, entries: page.entries(q), norms: points.map((z) => page.norm(z, q)) };
      });
    }
    """
    matrices = [[4.62, 0.38, 22.5], [0.1, 9, -70], [1, 1, 10]]
    points = np.random.default_rng(2).uniform(-3, 3, size=(30, 2))
    for (first, second, angle), found in zip(
        matrices, run_script(tmp_path, script, {"matrices": matrices, "points": points.tolist()}), strict=True
    ):
        turn = np.deg2rad(angle)
        axes = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        q = axes @ np.diag([first, second]) @ axes.T
        np.testing.assert_allclose(found["entries"], [q[0, 0], q[0, 1], q[1, 1]], atol=1e-12)
        np.testing.assert_allclose(found["norms"], [projection.norm(z, q) for z in points])
        for name, ours in zip(projection.SETS, found["sets"], strict=True):
            np.testing.assert_allclose(ours, [projection.SETS[name](z, q) for z in points], atol=1e-8)


def test_dimensions_and_moments(tmp_path):
    script = """
    async function main({ numbers, points, gradients }) {
      const page = await import("./dimension/measures.js");
      const { adamSteps, runningMoments, expectedMoments } = await import("./moments/running.js");
      return {
        measures: numbers.map((n) => [
          page.occupiedShare(3, n, 10), page.shellShare(0.1, n), page.radiusDensity(2.5, n), page.coefficients(n, 3),
          page.spread(page.distances(points, n)).share,
        ]),
        moments: Object.values(runningMoments(gradients, 0.9, 0.99)),
        steps: [false, true].map((under) => adamSteps(gradients, gradients.map((g) => g * g), 0.1, under)),
        expected: expectedMoments(0.5, 2, 0.9, 0.99, 7),
      };
    }
    """
    random = np.random.default_rng(3)
    points, gradients = random.uniform(size=(30, 100)), random.normal(size=20)
    told = {"numbers": [1, 2, 7, 100], "points": points.tolist(), "gradients": gradients.tolist()}
    found = run_script(tmp_path, script, told)
    for n, measures in zip(told["numbers"], found["measures"], strict=True):
        expected = [
            dimension.occupied_share(3, n, 10),
            dimension.shell_share(0.1, n),
            dimension.radius_density(np.array([2.5]), n)[0],
            dimension.coefficients(n, 3),
            dimension.distance_spread(points[:, :n]),
        ]
        np.testing.assert_allclose(measures, expected, rtol=1e-9)
    moments = gradient_moments.running_moments(gradients, 0.9, 0.99)
    expected = [moments.m, moments.v, moments.corrected_m, moments.corrected_v]
    np.testing.assert_allclose(found["moments"], expected)
    steps = [gradient_moments.adam_steps(gradients, gradients**2, 0.1, is_under_root=under) for under in (False, True)]
    np.testing.assert_allclose(found["steps"], steps)
    expected = gradient_moments.expected_moments(0.5, 2, 0.9, 0.99, np.array([7]))[:, 0]
    np.testing.assert_allclose(found["expected"], expected)


def test_drawn_networks(tmp_path):
    script = """
    async function main({ widths, names, x }) {
      const { countParameters, makeLayers, runNetwork } = await import("./drawn_network/layers.js");
      const layers = makeLayers(widths, 3);
      return { layers, count: countParameters(widths), values: runNetwork(layers, names, x) };
    }
    """
    told = {"widths": [5, 4, 3, 2], "names": ["tanh", "relu", "identity"], "x": [1, -0.5, 0.5, 0.2, -1]}
    found = run_script(tmp_path, script, told)
    assert found["count"] == drawn_network.count_parameters(told["widths"])
    layers = [(np.array(layer["weights"]), np.array(layer["biases"])) for layer in found["layers"]]
    expected = drawn_network.run_network(layers, told["names"], np.array(told["x"]))
    for ours, theirs in zip(found["values"], expected, strict=True):
        np.testing.assert_allclose(ours, theirs)


def test_compositions_of_networks(tmp_path):
    script = """
    async function main({ texts }) {
      const page = await import("./drawn_network/layers.js");
      return texts.map((text) => {
        const parts = page.parseParts(text);
        if (typeof parts === "string") return parts;
        const again = page.numbersToParts(page.partsToNumbers(parts));
        const [joined, count, narrows] = [page.compose(parts), page.fitting(parts), parts.map(page.narrows)];
        return { parts, again, joined, count, narrows };
      });
    }
    """
    texts = [
        "5-4, 4-3-2,2 - 3 - 5",
        "5-5-2",
        "5-4, 3-2",
        "5",
        "5-4-",
        "a",
        "9-2",
        "6-2",
        "1-1-1-1-1-1-1-1-1-1-1",
        "0-0",
    ]
    found = run_script(tmp_path, script, {"texts": texts})
    parts = [[5, 4], [4, 3, 2], [2, 3, 5]]
    assert found[0]["parts"] == found[0]["again"] == parts
    assert tuple(found[0]["joined"]) == drawn_network.compose(parts)
    assert found[0]["count"] == 3
    assert found[0]["narrows"] == [drawn_network.narrows(part) for part in parts]
    assert found[1]["narrows"] == [True]
    assert found[2]["count"] == 1
    assert found[4]["parts"] == [[5, 4]]
    assert all(isinstance(told, str) for told in (found[3], *found[5:]))
