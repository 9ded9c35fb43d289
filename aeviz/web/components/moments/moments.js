// A stream of gradients with Adam's running means m and v, raw and corrected, their expectations, and the step of Adam
// with and without the correction.

import { button, element, write } from "../kit/dom.js";
import { Experiment, choice, limit, number, slider } from "../kit/experiment.js";
import { localise, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { normal, random } from "../kit/random.js";
import { adamSteps, expectedMoments, runningMoments } from "./running.js";

/** @typedef {[number, number]} Pair */

const FIRST_VIEW = [1, 0.5, 2, 2, 1, 0, 0, 0];
const [MU, DEVIATION, BETA1, BETA2, STEP, SEED, EPSILON, ROOT] = [0, 1, 2, 3, 4, 5, 6, 7];
const BETAS1 = [0, 0.5, 0.9, 0.99];
const BETAS2 = [0.9, 0.99, 0.999];
const LAST = 200;
const EPSILONS = [1e-8, 1e-4, 0.01, 0.1];
const DIVISORS = ["√v̂ + ε", "√(v̂ + ε)"];

/** @param {number} value */
const written = (value) => localise(String(value));

class Moments extends Experiment {
  make() {
    const panels = element("div", { class: "panels quad" }, this.root);
    const plot = () => new Plot(panels, { title: "", label: "", x: [0, LAST], y: [-1, 1], kind: "half" });
    this.mean = plot();
    this.square = plot();
    this.step = plot();
    this.stream = plot();
    const card = element("section", { class: "card", "aria-label": tr("Moments") }, this.root);
    const bar = element("div", { class: "bar" }, card);
    this.beta1 = choice(bar, "β₁", BETAS1.map(written), (index) => this.change({ [BETA1]: index }));
    this.beta2 = choice(bar, "β₂", BETAS2.map(written), (index) => this.change({ [BETA2]: index }));
    this.epsilon = choice(bar, "ε", EPSILONS.map(written), (index) => this.change({ [EPSILON]: index }));
    this.divisor = choice(bar, tr("divide by"), DIVISORS, (index) => this.change({ [ROOT]: index }));
    button(bar, tr("Other draws"), tr("Draw other gradients"), () => this.change({ [SEED]: (this.values[SEED] + 1) % 100 }));
    button(bar, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.mu = slider(card, tr("mean E g"), { min: -2, max: 2, step: 0.05 }, (value) => this.change({ [MU]: value }));
    this.deviation = slider(card, tr("sd of g"), { min: 0, max: 2, step: 0.05 }, (value) => this.change({ [DEVIATION]: value }));
    this.t = slider(card, tr("step t"), { min: 1, max: LAST, step: 1 }, (value) => this.change({ [STEP]: value }));
    this.lines = [0, 1, 2, 3, 4].map((k) => element("p", { class: k ? "values" : "values lead" }, card));
    this.first = element("p", { class: "verdict" }, card);
    const key = element("p", { class: "values lead" }, card);
    element("span", { class: "key", style: `--colour:${this.colours.first}`, text: tr("corrected  ") }, key);
    element("span", { class: "key", style: `--colour:${this.colours.second}`, text: tr("raw  ") }, key);
    element("span", { text: tr("dashed: expectation") }, key);
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    const { mean, square, step, stream, lines, values: v } = this;
    if (!mean || !square || !step || !stream || !lines || !this.beta1 || !this.beta2 || !this.epsilon || !this.divisor || !this.mu || !this.deviation || !this.t || !this.first) return;
    const [mu, deviation] = [v[MU], v[DEVIATION]];
    const [b1, b2] = [BETAS1[Math.round(v[BETA1])], BETAS2[Math.round(v[BETA2])]];
    const t = limit(Math.round(v[STEP]), 1, LAST);
    const noise = normal(random(Math.round(v[SEED]) + 1));
    const gradients = Array.from({ length: LAST }, () => mu + deviation * noise());
    const found = runningMoments(gradients, b1, b2);
    const [epsilon, isUnderRoot] = [EPSILONS[Math.round(v[EPSILON])], v[ROOT] >= 0.5];
    const raw = adamSteps(found.m, found.v, epsilon, isUnderRoot);
    const corrected = adamSteps(found.correctedM, found.correctedV, epsilon, isUnderRoot);
    const expected = (/** @type {0 | 1} */ which) => gradients.map((_, k) => expectedMoments(mu, deviation, b1, b2, k + 1)[which]);
    const [eg, egg] = [mu, mu ** 2 + deviation ** 2];
    this.draw3(mean, style, found.m, found.correctedM, [eg, expected(0)], t, tr("m (mean of g) and m̂"));
    this.draw3(square, style, found.v, found.correctedV, [egg, expected(1)], t, tr("v (mean of g²) and v̂"));
    this.draw3(step, style, raw, corrected, null, t, tr("Step over α: m and m̂ over {divisor}", { divisor: DIVISORS[isUnderRoot ? 1 : 0].replaceAll("v̂", "v") }));
    this.draw3(stream, style, [], gradients, [eg, gradients.map(() => eg)], t, tr("Gradients g"));
    this.beta1.value = String(Math.round(v[BETA1]));
    this.beta2.value = String(Math.round(v[BETA2]));
    this.epsilon.value = String(Math.round(v[EPSILON]));
    this.divisor.value = isUnderRoot ? "1" : "0";
    this.mu.set(mu);
    this.deviation.set(deviation);
    this.t.set(t, String(t));
    const at = t - 1;
    const [c1, c2] = [1 - b1 ** t, 1 - b2 ** t];
    write(lines[0], `m = ${written(b1)}·${number(at ? found.m[at - 1] : 0, 3)} + ${number(1 - b1, 2)}·${number(gradients[at], 3)} = ${number(found.m[at], 4)},  E m = (1 − β₁ᵗ) E g = ${number(c1 * eg, 4)}`);
    write(lines[1], `m̂ = m / (1 − β₁ᵗ) = ${number(found.m[at], 4)} / ${number(c1, 4)} = ${number(found.correctedM[at], 4)},  E g = ${number(eg)}`);
    write(lines[2], `v̂ = v / (1 − β₂ᵗ) = ${number(found.v[at], 5)} / ${number(c2, 4)} = ${number(found.correctedV[at], 4)},  E g² = ${number(egg, 3)}`);
    write(lines[3], tr("Step at t = {t}: raw {raw} α, corrected {corrected} α", { t, raw: number(raw[at], 3), corrected: number(corrected[at], 3) }));
    const root = Math.sqrt(found.correctedV[at]);
    write(lines[4], `√v̂ + ε = ${number(root + epsilon, 5)},  √(v̂ + ε) = ${number(Math.sqrt(root ** 2 + epsilon), 5)}`);
    write(this.first, tr("First step, with ε = 0: raw (1 − β₁) / √(1 − β₂) = {raw} α, corrected α, both with the sign of g.", { raw: number((1 - b1) / Math.sqrt(1 - b2), 3) }));
    this.root.dataset.steps = [raw[at], corrected[at]].map((value) => value.toFixed(4)).join(" ");
  }

  /**
   * @param {Plot} plot
   * @param {import("../kit/theme.js").Style} style
   * @param {number[]} raw
   * @param {number[]} corrected
   * @param {[number, number[]] | null} expected of the gradients' moment, and of the raw one step by step
   * @param {number} t
   * @param {string} title
   */
  draw3(plot, style, raw, corrected, expected, t, title) {
    const all = [...raw, ...corrected, 0, expected?.[0] ?? 0];
    const [low, high] = [Math.min(...all), Math.max(...all)];
    const room = 0.08 * (high - low || 1);
    plot.y = [low - room, high + room];
    if (!plot.begin(style)) return;
    const points = (/** @type {number[]} */ values) => values.map((value, k) => /** @type {Pair} */ ([k + 1, value]));
    plot.curve([[t, low - room], [t, high + room]], { colour: style.text, width: 1, alpha: 0.5 }); // prettier-ignore
    if (expected) {
      plot.curve([[0, expected[0]], [LAST, expected[0]]], { colour: this.colours.first, width: 1.5, dash: [5, 4] }); // prettier-ignore
      if (raw.length) plot.curve(points(expected[1]), { colour: this.colours.second, width: 1.5, dash: [5, 4] });
    }
    plot.curve(points(corrected), { colour: this.colours.first, width: raw.length ? 2 : 1 });
    if (raw.length) plot.curve(points(raw), { colour: this.colours.second, width: 2 });
    plot.dot([t, corrected[t - 1]], { colour: this.colours.first, width: 4.5 });
    if (raw.length) plot.dot([t, raw[t - 1]], { colour: this.colours.second, width: 4.5 });
    plot.end();
    plot.describe(title, raw.length ? tr("{title}; at step {t}: raw {raw}, corrected {corrected}", { title, t, raw: number(raw[t - 1], 3), corrected: number(corrected[t - 1], 3) }) : tr("{title}; at step {t}: {value}", { title, t, value: number(corrected[t - 1], 3) }));
  }
}

export default define(
  { class: "experiment", "data-testid": "moments" },
  (root, channel, activity) => new Moments(root, channel, activity),
);
