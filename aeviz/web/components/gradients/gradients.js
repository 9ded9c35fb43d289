// Both estimators of the gradient of E f(z): their variance over the epochs of a descent as in Figure 3.5 of S2, the
// gradients of single samples as histograms, and the path of one sample: e, z = μ + σe, f(z), which is dragged by e.

import { button, element, write } from "../kit/dom.js";
import { Experiment, choice, limit, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { localise, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { normal, random } from "../kit/random.js";
import { RULES, estimate, expectation, moments } from "./estimators.js";

/** @typedef {[number, number]} Pair */
/** @typedef {import("../kit/theme.js").Style} Style */
/** @typedef {{ mean: number, sd: number, gradient: number, score: Pair, path: Pair }} Epoch mean and variance of each estimator */

const FIRST_VIEW = [0, 2, 1, 8, 50, 0, 0, 0.8];
const WAVES = [2, 0, 1, 8, 50, 0, 0, 0.8];
const [RULE, MEAN, SD, WAVE, EPOCHS, BASELINE, WHICH, NOISE] = [0, 1, 2, 3, 4, 5, 6, 7];
const SAMPLES = 1000;
const RATE = 0.02; // of the descent
const LEAST_SD = 0.1;
const BINS = 60;

class Gradients extends Experiment {
  seed = 1;

  make() {
    const panels = element("div", { class: "panels" }, this.root);
    this.plane = new Plot(panels, { title: "", label: "", x: [-6, 6], y: [0, 1], kind: "half" });
    this.bars = new Plot(panels, { title: "", label: "", x: [-1, 1], y: [0, 1], kind: "half" });
    this.curve = new Plot(panels, { title: "", label: "", x: [0, 50], y: [0, 1], isLog: true, kind: "half wide" });
    this.noiseGrip = new Grip(this.plane, {
      name: tr("sample z, by its noise e"), text: "z", colour: "#c2419f",
      moved: ([z], resting) => this.change({ [NOISE]: limit((z - this.values[MEAN]) / this.values[SD], -3, 3) }, resting),
    }); // prettier-ignore
    this.grips = [this.noiseGrip];

    const card = element("section", { class: "card", "aria-label": tr("Estimators") }, this.root);
    const bar = element("div", { class: "bar" }, card);
    this.rule = choice(bar, "f(z) =", RULES.map(({ name }) => name), (index) => this.change({ [RULE]: index }));
    this.which = choice(bar, tr("Gradient for"), ["μ", "σ"], (index) => this.change({ [WHICH]: index }));
    const acts = element("div", { class: "bar" }, card);
    this.baseline = button(acts, tr("Baseline"), tr("Subtract E f(z) in the score function"), () => this.change({ [BASELINE]: 1 - this.values[BASELINE] }));
    button(acts, tr("REINFORCE wins"), tr("A rapidly oscillating f"), () => this.adopt(WAVES));
    button(acts, tr("Draw again"), tr("Other samples"), () => this.drawAgain()); // prettier-ignore
    button(acts, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    const range = (/** @type {string} */ title, /** @type {number} */ at, /** @type {number} */ min, /** @type {number} */ max, /** @type {number} */ step) => slider(card, title, { min, max, step }, (value) => this.change({ [at]: value })); // prettier-ignore
    this.sliders = /** @type {const} */ ([
      [MEAN, range(tr("μ at the start"), MEAN, -3, 3, 0.05)],
      [SD, range(tr("σ at the start"), SD, 0.2, 2, 0.05)],
      [NOISE, range(tr("noise e"), NOISE, -3, 3, 0.05)],
      [EPOCHS, range(tr("epochs"), EPOCHS, 1, 200, 1)],
      [WAVE, range("k", WAVE, 1, 12, 0.5)],
    ]);
    element("p", { class: "formula lead", role: "math", text: "z = μ + σe,  e ∼ N(0, 1)" }, card);
    this.sample = element("p", { class: "values" }, card);
    const names = [["first", tr("reparameterized")], ["second", "REINFORCE"]]; // prettier-ignore
    this.lines = names.map(([colour, name]) => {
      const title = element("p", { class: "verdict" }, card);
      element("span", { class: "key", style: `--colour:${colour === "first" ? this.colours.first : this.colours.second}`, text: name }, title);
      return { formula: element("p", { class: "formula", role: "math" }, card), values: element("p", { class: "values" }, card) };
    });
    this.verdict = element("p", { class: "verdict lead", role: "status" }, card);
  }

  drawAgain() {
    this.seed += 1;
    this.redraw();
  }

  /** The descent on E f(z), with both estimators at each epoch. @returns {{ epochs: Epoch[], draws: { score: Float64Array, path: Float64Array } }} */
  descend() {
    const v = this.values;
    const next = normal(random(this.seed));
    const which = v[WHICH];
    let [mean, sd] = [v[MEAN], v[SD]];
    /** @type {Epoch[]} */
    const epochs = [];
    const draws = { score: new Float64Array(SAMPLES), path: new Float64Array(SAMPLES) };
    for (let epoch = 0; epoch < v[EPOCHS]; epoch += 1) {
      const setting = { index: v[RULE], k: v[WAVE], mean, sd };
      const [value, ...gradients] = expectation(setting);
      const found = epoch ? { score: new Float64Array(SAMPLES), path: new Float64Array(SAMPLES) } : draws;
      const step = [0, 0];
      for (let i = 0; i < SAMPLES; i += 1) {
        const { score, path } = estimate(setting, next(), v[BASELINE] ? value : 0);
        found.score[i] = score[which];
        found.path[i] = path[which];
        step[0] += path[0] / SAMPLES;
        step[1] += path[1] / SAMPLES;
      }
      epochs.push({ mean, sd, gradient: gradients[which], score: moments(found.score), path: moments(found.path) });
      mean = limit(mean - RATE * step[0], -9, 9);
      sd = limit(sd - RATE * step[1], LEAST_SD, 9);
    }
    return { epochs, draws };
  }

  /** @param {Style} style */
  paint(style) {
    const { epochs, draws } = this.descend();
    this.paintSample(style);
    this.paintBars(style, draws, epochs[0]);
    this.paintCurve(style, epochs);
    this.showCard(epochs);
  }

  /** f and q, with one sample. @param {Style} style */
  paintSample(style) {
    const { plane, values: v, colours } = this;
    if (!plane) return;
    const [mean, sd] = [v[MEAN], v[SD]];
    const z = mean + sd * v[NOISE];
    const { f, name, slope } = RULES[v[RULE]];
    const rule = (/** @type {number} */ x) => f(x, v[WAVE]);
    plane.x = [mean - 3.3 * sd, mean + 3.3 * sd];
    const heights = Array.from({ length: 101 }, (_, k) => rule(plane.x[0] + ((plane.x[1] - plane.x[0]) * k) / 100));
    const [low, high] = [Math.min(...heights), Math.max(...heights)];
    plane.y = [low - 0.35 * (high - low), high + 0.05 * (high - low)];
    if (!plane.begin(style)) return;
    const floor = plane.y[0];
    plane.graph((x) => floor + 0.28 * (high - low) * Math.exp(-0.5 * ((x - mean) / sd) ** 2), { colour: style.text, width: 1.5, dash: [5, 4] });
    plane.graph(rule, { colour: style.text, width: 2.2 });
    const reach = sd / 2;
    plane.curve([[z - reach, rule(z) - reach * slope(z, v[WAVE])], [z + reach, rule(z) + reach * slope(z, v[WAVE])]], { colour: colours.first, width: 2.4 }); // prettier-ignore
    plane.curve([[z, floor], [z, rule(z)]], { colour: colours.second, width: 1.8 }); // prettier-ignore
    plane.dot([z, rule(z)], { colour: colours.second, width: 4 });
    plane.end();
    plane.describe(tr("f(z) = {rule} (solid), q(z) (dashed), one sample", { rule: name }), tr("The sample z is {z}, f(z) {value}", { z: number(z), value: number(rule(z)) }));
    this.noiseGrip?.place([z, floor + 0.08 * (high - low)], tr("noise e {noise}, z {z}", { noise: number(v[NOISE]), z: number(z) }));
  }

  /** @param {Style} style @param {{ score: Float64Array, path: Float64Array }} draws @param {Epoch} epoch */
  paintBars(style, draws, epoch) {
    const { bars, colours } = this;
    if (!bars) return;
    const reach = Math.max(0.5, 2.5 * Math.sqrt(Math.max(epoch.score[1], epoch.path[1])));
    const from = epoch.gradient - reach;
    const width = (2 * reach) / BINS;
    const counts = [draws.path, draws.score].map((values) => {
      const bins = new Array(BINS).fill(0);
      for (const value of values) {
        const bin = Math.floor((value - from) / width);
        if (bin >= 0 && bin < BINS) bins[bin] += 1 / SAMPLES;
      }
      return bins;
    });
    bars.x = [from, from + 2 * reach];
    bars.y = [0, 1.08 * Math.max(...counts.flat())];
    if (!bars.begin(style)) return;
    counts.forEach((bins, k) => {
      bars.take({ colour: k ? colours.second : colours.first, alpha: 0.55 });
      bins.forEach((share, bin) => {
        const [left, top] = bars.place([from + bin * width, share]);
        const [right, bottom] = bars.place([from + (bin + 1) * width, 0]);
        bars.brush.fillRect(left, top, Math.max(1, right - left - 0.5), bottom - top);
      });
    });
    bars.curve([[epoch.gradient, 0], [epoch.gradient, bars.y[1]]], { colour: style.text, width: 1.8, dash: [4, 3] }); // prettier-ignore
    bars.end();
    bars.describe(tr("Gradients of single samples; dashed: exact"), tr("Share of {count} samples by their gradient; exact {exact}", { count: SAMPLES, exact: number(epoch.gradient) }));
  }

  /** @param {Style} style @param {Epoch[]} epochs */
  paintCurve(style, epochs) {
    const { curve, colours } = this;
    if (!curve) return;
    const logs = (/** @type {"score" | "path"} */ name) => epochs.map((one, k) => /** @type {Pair} */ ([k + 1, Math.log10(Math.max(1e-12, one[name][1]))]));
    const [score, path] = [logs("score"), logs("path")];
    const all = [...score, ...path].map(([, y]) => y);
    curve.x = [1, Math.max(2, epochs.length)];
    curve.y = [Math.floor(Math.min(...all) - 0.1), Math.ceil(Math.max(...all) + 0.1)];
    if (!curve.begin(style)) return;
    curve.curve(path, { colour: colours.first, width: 2.4 });
    curve.curve(score, { colour: colours.second, width: 2.4, dash: [7, 3] });
    curve.end();
    curve.describe(tr("Variance of a single-sample gradient, by epoch (REINFORCE dashed)"), tr("Variance over {count} epochs", { count: epochs.length }));
  }

  /** @param {Epoch[]} epochs */
  showCard(epochs) {
    const v = this.values;
    const [mean, sd, e] = [v[MEAN], v[SD], v[NOISE]];
    const setting = { index: v[RULE], k: v[WAVE], mean, sd };
    const value = v[BASELINE] ? expectation(setting)[0] : 0;
    const z = mean + sd * e;
    const { f, slope } = RULES[v[RULE]];
    const one = estimate(setting, e, value);
    for (const [at, part] of this.sliders ?? []) part.set(v[at], number(v[at], at === EPOCHS ? 0 : at === WAVE ? 1 : 2));
    this.sliders?.forEach(([at, { label }]) => (label.hidden = at === WAVE && v[RULE] !== 2));
    if (this.rule) this.rule.value = String(v[RULE]);
    if (this.which) this.which.value = String(v[WHICH]);
    this.baseline?.setAttribute("aria-pressed", String(v[BASELINE] === 1));
    if (!this.lines || !this.sample || !this.verdict) return;
    write(this.sample, `${number(z)} = ${number(mean)} + ${number(sd)} · ${number(e)}`);
    const which = v[WHICH];
    const [first] = epochs;
    const spread = (/** @type {Pair} */ [, variance]) => tr("variance {variance}, of a mean of {count}: {mean}", { variance: number(variance), count: SAMPLES, mean: localise((variance / SAMPLES).toPrecision(2)) });
    const [path, score] = this.lines;
    write(path.formula, which ? "∂/∂σ: f′(z) e" : "∂/∂μ: f′(z)");
    write(path.values, `${which ? `${number(slope(z, v[WAVE]))} · ${number(e)}` : `f′(${number(z)})`} = ${number(one.path[which])}; ${spread(first.path)}`);
    const reward = v[BASELINE] ? "(f(z) − b)" : "f(z)";
    write(score.formula, which ? `∂/∂σ: ${reward} (e² − 1) / σ` : `∂/∂μ: ${reward} e / σ`);
    write(score.values, `${number(f(z, v[WAVE]) - value)} · ${number(which ? e * e - 1 : e)} / ${number(sd)} = ${number(one.score[which])}; ${spread(first.score)}`); // prettier-ignore
    const ratio = first.score[1] / first.path[1];
    write(this.verdict, tr("Exact gradient {gradient}. REINFORCE has {ratio} times the variance in epoch 1.", { gradient: number(first.gradient), ratio: number(ratio) }));
    this.root.dataset.variances = [first.path[1], first.score[1]].map((variance) => variance.toFixed(3)).join(" ");
    this.root.dataset.sample = z.toFixed(2);
  }
}

export default define(
  { class: "experiment gradients", "data-testid": "gradients" },
  (root, channel, activity) => new Gradients(root, channel, activity),
);
