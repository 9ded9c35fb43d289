"""What the playground says of a network that goes wrong, from made-up curves."""

import pytest
from page_scripts import run_script

SCRIPT = """
async function main(cases) {
  const { diagnose } = await import("./playground/diagnosis.js");
  const { Curve } = await import("./playground/curve.js");
  return cases.map(({ losses, held, idle, baseline, rate, klWeight, gradients }) => {
    const curve = new Curve(3);
    losses.forEach((value, k) => curve.add(k + 1, [value ?? NaN, value ?? NaN, 0]));
    const measured = new Curve(2);
    held.forEach(([error, kl], k) => measured.add(100 * k, [error, kl]));
    const state = { step: losses.length, losses: curve, held: measured, idle, baseline, gradients };
    const settings = { learning_rate: rate, kl_weight: klWeight, optimizer: "adam", penalty_weight: 0 };
    const { kind, text } = diagnose(state, settings, { is_variational: klWeight > 0 }) ?? { kind: "", text: "" };
    return [kind, text];
  });
}
"""
FALLING = [0.2 * 0.99**k + 0.01 for k in range(300)]
USUAL = {"losses": FALLING, "held": [[0.05, 5]] * 6, "idle": [0.1], "baseline": 0.07, "rate": 0.001, "klWeight": 0}
USUAL["gradients"] = [0.1, 0.02]
CASES = {
    "": {},
    "diverged": {"losses": [0.2, 0.1, None]},
    "diverged above the start": {"losses": [0.2, 0.1] + [5.0] * 300},
    "standstill": {"losses": [0.23] * 40, "rate": 1, "gradients": [0, 0]},
    "standstill of a usual rate": {"losses": [0.23] * 40, "gradients": [0, 0]},
    "collapse": {"klWeight": 0.1, "held": [[0.0705, 0.02]] * 6},
    "collapse that stays": {"klWeight": 0.001, "held": [[0.0705, 0.0]] * 6},
    "mean": {"losses": [0.2] + [0.07] * 300, "held": [[0.0705, 0]] * 6, "rate": 0.3},
    "mean of dead units": {"losses": [0.2] + [0.07] * 300, "held": [[0.0705, 0]] * 6, "idle": [0.1, 1.0]},
    "dead": {"idle": [0.1, 0.8]},
    "overfitting": {"held": [[0.06, 0], [0.04, 0], [0.04, 0], [0.05, 0], [0.06, 0], [0.06, 0]]},
    "stuck": {"losses": [0.2] * 300, "held": [[0.05, 0]] * 3},
}


@pytest.fixture(scope="module")
def findings(tmp_path_factory):
    jobs = [{**USUAL, **changes} for changes in CASES.values()]
    return dict(zip(CASES, run_script(tmp_path_factory.mktemp("page"), SCRIPT, jobs), strict=True))


ADVICE = {
    "diverged": "a learning rate of 0.0001.",
    "standstill": "All gradients are 0: no weight changes any more. Restart with a learning rate of 0.001.",
    "standstill of a usual rate": "Restart: no setting changes that.",
    "collapse": "Lower the KL weight to 0.001",
    "collapse that stays": "restart",
    "mean": "a learning rate of 0.001.",
    "mean of dead units": "100 % of the units of hidden layer 2 are dead",
}
"""What a sentence must say: figures known to work, not a tenth of ones that do not."""


@pytest.mark.parametrize("name", CASES)
def test_each_fault_has_its_name_and_a_sound_network_none(findings, name):
    kind, text = findings[name]
    assert kind == name.partition(" ")[0]
    assert ADVICE.get(name, "") in text
    assert "penalty" not in text, "there is none"
