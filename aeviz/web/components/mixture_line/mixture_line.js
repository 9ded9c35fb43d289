// ln p(D; θ) over the one unknown mean θ, with the lower bound that touches it where the last E-step was, a parabola whose
// top is the next θ; below, the data with the density of the present hypothesis.

import { button, element, write } from "../kit/dom.js";
import { Experiment, limit, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { bound, logDensity, logLikelihood, makeData, responsibilities, top } from "./line.js";

/** @typedef {[number, number]} Pair */
/** @typedef {import("../kit/theme.js").Style} Style */

const FIRST_VIEW = [0.6, 1, 0, 0];
const [THETA, SD, HALF, SEED] = [0, 1, 2, 3];
const RANGE = /** @type {Pair} */ ([-6, 7]);
const MOST = 200; // half steps
const SETTLED = 1e-4; // of θ
const OLD = 4; // former bounds that are drawn

class MixtureLine extends Experiment {
  make() {
    const { colours } = this;
    const panels = element("div", { class: "panels" }, this.root);
    this.curve = new Plot(panels, { title: "", label: "", x: RANGE, y: [-200, 0], kind: "half wide tallest" });
    this.line = new Plot(panels, { title: "", label: "", x: RANGE, y: [-0.06, 0.4], kind: "half wide" });
    this.grip = new Grip(this.curve, { name: tr("θ, where EM is now"), text: "θ", colour: colours.second, moved: ([x], resting) => this.change({ [THETA]: limit(x, ...RANGE), [HALF]: 0 }, resting) });
    this.grips.push(this.grip);
    const card = element("section", { class: "card", "aria-label": "EM" }, this.root);
    const bar = element("div", { class: "bar" }, card);
    this.back = button(bar, "←", tr("Half a step back"), () => this.go(-1));
    this.m = button(bar, tr("M-step"), tr("To the top of the bound"), () => this.go(1));
    this.e = button(bar, tr("E-step"), tr("A new bound that touches here"), () => this.go(1));
    this.all = button(bar, tr("To the end"), tr("Half steps until θ stays"), () => this.go(MOST));
    button(bar, tr("New data"), tr("Other data from the same three groups"), () => this.change({ [SEED]: (this.values[SEED] + 1) % 100, [HALF]: 0 }));
    button(bar, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.sd = slider(card, tr("deviation σ"), { min: 0.4, max: 3, step: 0.05 }, (value) => this.change({ [SD]: value, [HALF]: 0 }));
    this.verdict = element("p", { class: "verdict", role: "status" }, card);
    element("p", { class: "formula lead", role: "math", text: "p(x; θ) = ½ N(x; 0, σ²) + ½ N(x; θ, σ²)" }, card);
    this.hypothesis = element("p", { class: "values" }, card);
    element("p", { class: "formula lead", role: "math", text: "E: rᵢ = N(xᵢ; θ, σ²) / (N(xᵢ; 0, σ²) + N(xᵢ; θ, σ²))" }, card);
    element("p", { class: "formula", role: "math", text: "ELBO(r, θ) = ELBO(r, θ*) − (n/2σ²)(θ − θ*)²" }, card);
    element("p", { class: "formula", role: "math", text: "M: θ* = Σ rᵢxᵢ / n,  n = Σ rᵢ" }, card);
    this.live = element("p", { class: "values" }, card);
    element("p", { class: "formula lead", role: "math", text: tr("ln p(D; θ) = ELBO(r, θ) + gap") }, card);
    this.sum = element("p", { class: "values" }, card);
  }

  /** @param {number} by half steps */
  go(by) {
    this.change({ [HALF]: limit(this.half + by, 0, this.path.length * 2 - 2) });
  }

  get data() {
    return makeData(Math.round(this.values[SEED]));
  }

  /** θ at the start and after each M-step, until it stays. */
  get path() {
    const { data, values: v } = this;
    const path = [v[THETA]];
    while (path.length <= MOST / 2) {
      const at = path[path.length - 1];
      const next = top(data, responsibilities(data, at, v[SD]));
      if (!Number.isFinite(next) || Math.abs(next - at) < SETTLED) break;
      path.push(next);
    }
    return path;
  }

  get half() {
    return limit(Math.round(this.values[HALF]), 0, this.path.length * 2 - 2);
  }

  /** @param {Style} style */
  paint(style) {
    const { data, path, half, values: v } = this;
    const touched = path[Math.floor(half / 2)]; // where the last E-step was
    const theta = path[Math.ceil(half / 2)];
    const shares = responsibilities(data, touched, v[SD]);
    this.paintCurve(style, data, path.slice(0, Math.floor(half / 2) + 1), theta);
    this.paintLine(style, data, shares, theta);
    this.showCard(data, shares, touched, theta);
  }

  /** @param {Style} style @param {number[]} data @param {number[]} touched @param {number} theta */
  paintCurve(style, data, touched, theta) {
    const { curve, colours, values: v } = this;
    const sd = v[SD];
    if (!curve) return;
    const values = Array.from({ length: 66 }, (_, k) => logLikelihood(data, RANGE[0] + (k / 65) * (RANGE[1] - RANGE[0]), sd));
    const [low, high] = [Math.min(...values), Math.max(...values)];
    curve.y = [low - 0.35 * (high - low), high + 0.15 * (high - low)];
    if (curve.begin(style)) {
      touched.slice(-OLD).forEach((at, k, all) => {
        const shares = responsibilities(data, at, sd);
        const isLast = k === all.length - 1;
        curve.graph((x) => bound(data, shares, x, sd), { colour: colours.first, width: isLast ? 2.6 : 1.1, alpha: isLast ? 1 : 0.6 });
        curve.dot([at, logLikelihood(data, at, sd)], { colour: colours.first, width: isLast ? 5 : 3 });
      });
      const shares = responsibilities(data, touched[touched.length - 1], sd);
      const best = top(data, shares);
      curve.graph((x) => logLikelihood(data, x, sd), { colour: style.text, width: 2.4 });
      curve.curve([[theta, bound(data, shares, theta, sd)], [theta, logLikelihood(data, theta, sd)]], { colour: colours.second, width: 3.5 }); // prettier-ignore
      curve.dot([best, bound(data, shares, best, sd)], { colour: colours.second, width: 4 });
      curve.end();
      this.grip?.place([theta, logLikelihood(data, theta, sd)], `θ ${number(theta)}`);
    }
    curve.describe(tr("ln p(D; θ) over θ, and the bound of the last E-step, which touches it"), tr("At θ = {theta}: ln p = {value}", { theta: number(theta), value: number(logLikelihood(data, theta, sd)) }));
  }

  /** @param {Style} style @param {number[]} data @param {number[]} shares @param {number} theta */
  paintLine(style, data, shares, theta) {
    const { line, colours, values: v } = this;
    if (!line) return;
    line.y = [-0.12 / v[SD], 0.42 / v[SD]];
    if (line.begin(style)) {
      for (let k = 0; k <= 6; k += 1) line.graph((x) => Math.exp(logDensity(x, -6 + 2 * k, v[SD])), { colour: style.text, width: 0.8, alpha: style.isStrong ? 0.6 : 0.22 });
      line.graph((x) => Math.exp(logDensity(x, theta, v[SD])), { colour: style.text, width: 2.4 });
      data.forEach((x, k) => {
        const from = line.y[0] * (0.25 + 0.1 * (k % 6));
        line.dot([x, from], { colour: "#8c8c8c", width: 4, alpha: 0.5 });
        line.dot([x, from], { colour: colours.second, width: 4, alpha: shares[k] });
      });
      line.end();
    }
    line.describe(tr("Hypotheses p(x; θ) (thick: the present one); data, orange by r"), tr("Density with one mean at 0 and one at {theta}", { theta: number(theta) }));
  }

  /** @param {number[]} data @param {number[]} shares @param {number} touched @param {number} theta */
  showCard(data, shares, touched, theta) {
    const { half, values: v } = this;
    const sd = v[SD];
    const [value, low] = [logLikelihood(data, theta, sd), bound(data, shares, theta, sd)];
    const isEnd = half >= this.path.length * 2 - 2;
    const count = shares.reduce((sum, share) => sum + share, 0);
    if (this.back) this.back.disabled = half === 0;
    if (this.m) this.m.disabled = isEnd || half % 2 === 1;
    if (this.e) this.e.disabled = isEnd || half % 2 === 0;
    if (this.all) this.all.disabled = isEnd;
    this.sd?.set(sd);
    const at = { theta: number(theta) };
    const words = half % 2 ? tr("θ = {theta}, after the M-step: θ is at the top of the bound, and ln p(D; θ) has risen at least as much.", at) : isEnd ? tr("θ = {theta}, the bound touches at its own top: EM stays here.", at) : tr("θ = {theta}, after the E-step: the bound touches ln p(D; θ) at θ.", at);
    if (this.verdict) write(this.verdict, words);
    if (this.hypothesis) write(this.hypothesis, tr("Each θ is one hypothesis; the model is the set of all. This one: ln p(D; θ) = Σ ln p(xᵢ; θ) = {value}, p(D; θ) = 10^{power}", { value: number(value), power: number(value / Math.LN10, 1) }));
    if (this.live) write(this.live, tr("Touched at θ = {touched}: n = {count}, θ* = {sum} / {count} = {best}", { touched: number(touched), count: number(count), sum: number(count * top(data, shares)), best: number(top(data, shares)) }));
    const shown = [value, low].map((one) => Math.round(100 * one) / 100);
    if (this.sum) write(this.sum, `${number(shown[0])} = ${shown[1] < 0 ? `(${number(shown[1])})` : number(shown[1])} + ${number(shown[0] - shown[1])}`);
    this.root.dataset.theta = theta.toFixed(4);
    this.root.dataset.gap = Math.max(0, value - low).toFixed(4);
  }
}

export default define(
  { class: "experiment mixture_line", "data-testid": "mixture_line" },
  (root, channel, activity) => new MixtureLine(root, channel, activity),
);
