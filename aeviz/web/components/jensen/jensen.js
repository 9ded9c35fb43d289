// The chord of a function between two points that are dragged; draws of p with their ratios q/p on the curve of −ln; and
// the mean of −ln q over the draws beside KL(p ‖ q), both over the mean θ of q.

import { button, element, write } from "../kit/dom.js";
import { Experiment, choice, limit, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { normal, random } from "../kit/random.js";
import { ENTROPY, RULES, chordGap, divergence, logRatio, meanLoss } from "./convexity.js";

/** @typedef {[number, number]} Pair */
/** @typedef {import("../kit/theme.js").Style} Style */

const FIRST_VIEW = [0, 0.3, 4, 0.5, 1.2, 1, 30, 0];
const [RULE, A, B, WEIGHT, THETA, SD, COUNT, SEED] = [0, 1, 2, 3, 4, 5, 6, 7];
const PURPLE = "#7a4fa3";

class Jensen extends Experiment {
  make() {
    const { colours } = this;
    const panels = element("div", { class: "panels" }, this.root);
    this.chord = new Plot(panels, { title: "", label: "", x: RULES[0].x, y: RULES[0].y, kind: "half wide" });
    this.ratios = new Plot(panels, { title: "", label: "", x: [0, 4], y: [-2, 6], kind: "half" });
    this.curves = new Plot(panels, { title: "", label: "", x: [-3, 3], y: [0, 7], kind: "half" });
    const { chord } = this;
    this.ends = [A, B].map((at) => this.grip(chord, at === A ? "a" : "b", at === A ? tr("point a") : tr("point b"), colours.first, ([x]) => ({ [at]: limit(x, ...this.rule.x) })));
    this.weightGrip = this.grip(this.chord, "λ", tr("weight λ, along the chord"), colours.second, ([x]) => this.weighted(x));
    this.thetaGrip = this.grip(this.curves, "θ", tr("mean θ of q"), PURPLE, ([x]) => ({ [THETA]: limit(x, -3, 3) }));
    const card = element("section", { class: "card", "aria-label": tr("Jensen's inequality") }, this.root);
    const bar = element("div", { class: "bar" }, card);
    this.choice = choice(bar, "f(x) =", RULES.map(({ name }) => tr(name)), (index) => {
      const [a, b] = RULES[index].ends;
      this.change({ [RULE]: index, [A]: a, [B]: b });
    });
    button(bar, tr("Midpoint"), "λ = ½", () => this.change({ [WEIGHT]: 0.5 }));
    button(bar, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.weight = slider(card, tr("weight λ"), { min: 0, max: 1, step: 0.01 }, (value) => this.change({ [WEIGHT]: value }));
    element("p", { class: "formula", role: "math", text: "f((1 − λ)a + λb) ≤ (1 − λ) f(a) + λ f(b)" }, card);
    this.live = element("p", { class: "values" }, card);
    this.verdict = element("p", { class: "verdict", role: "status" }, card);
    element("p", { class: "formula lead", role: "math", text: "KL(p‖q) = E[−ln(q/p)] ≥ −ln E[q/p] = −ln 1 = 0" }, card);
    this.theta = slider(card, tr("mean θ of q"), { min: -3, max: 3, step: 0.05 }, (value) => this.change({ [THETA]: value }));
    this.sd = slider(card, tr("deviation of q"), { min: 0.5, max: 2, step: 0.05 }, (value) => this.change({ [SD]: value }));
    this.sample = element("p", { class: "values" }, card);
    element("p", { class: "formula lead", role: "math", text: "(1/N) Σ −ln q(xₙ|θ) ≈ KL(p‖q) + H(p)" }, card);
    const acts = element("div", { class: "bar" }, card);
    this.count = slider(acts, tr("draws N"), { min: 1, max: 500, step: 1 }, (value) => this.change({ [COUNT]: value }));
    button(acts, tr("Draw again"), tr("Other draws of p"), () => this.change({ [SEED]: (this.values[SEED] + 1) % 100 }));
    this.sum = element("p", { class: "values" }, card);
    this.least = element("p", { class: "verdict", role: "status" }, card);
  }

  /** @param {Plot} plot @param {string} text @param {string} name @param {string} colour @param {(to: Pair) => Record<number, number>} moved */
  grip(plot, text, name, colour, moved) {
    const grip = new Grip(plot, { name, text, colour, moved: (to, resting) => this.change(moved(to), resting) });
    this.grips.push(grip);
    return grip;
  }

  get rule() {
    return RULES[Math.round(this.values[RULE])];
  }

  /** The points within the range of the function. @returns {Pair} */
  get points() {
    return [limit(this.values[A], ...this.rule.x), limit(this.values[B], ...this.rule.x)];
  }

  /** @param {number} x @returns {Record<number, number>} */
  weighted(x) {
    const [a, b] = this.points;
    return Math.abs(b - a) < 0.01 ? {} : { [WEIGHT]: limit((x - a) / (b - a), 0, 1) };
  }

  /** @param {Style} style */
  paint(style) {
    const v = this.values;
    const next = normal(random(v[SEED] + 11));
    const draws = Array.from({ length: Math.max(1, Math.round(v[COUNT])) }, next);
    this.paintChord(style);
    this.paintRatios(style, draws);
    this.paintCurves(style, draws);
  }

  /** @param {Style} style */
  paintChord(style) {
    const { chord, colours } = this;
    const { name, rule, x, y } = this.rule;
    const [a, b] = this.points;
    const weight = this.values[WEIGHT];
    const at = (1 - weight) * a + weight * b;
    const height = (1 - weight) * rule(a) + weight * rule(b);
    const gap = chordGap(rule, a, b, weight);
    if (!chord || !this.live || !this.verdict) return;
    [chord.x, chord.y] = [x, y];
    if (chord.begin(style)) {
      chord.graph(rule, { colour: style.text, width: 2.4 });
      chord.curve([[a, rule(a)], [b, rule(b)]], { colour: colours.first, width: 2.2 }); // prettier-ignore
      chord.curve([[at, rule(at)], [at, height]], { colour: gap < -1e-9 ? "#c62f2f" : colours.second, width: 4 }); // prettier-ignore
      chord.dot([at, rule(at)], { colour: colours.second, width: 5 });
      chord.end();
      this.ends?.forEach((grip, k) => grip.place([[a, b][k], rule([a, b][k])], `${number([a, b][k])}`));
      this.weightGrip?.place([at, height], `λ ${number(weight)}`);
    }
    chord.describe(tr("f(x) = {rule} and its chord from a to b", { rule: tr(name) }), tr("At x = {x} the chord is at {chord}, the function at {value}", { x: number(at), chord: number(height, 3), value: number(rule(at), 3) }));
    const n = (/** @type {number} */ value) => (value < 0 ? `(${number(value)})` : number(value));
    write(this.live, `f(${number(at)}) = ${number(rule(at), 3)} ${gap < -1e-9 ? ">" : "≤"} ${number(1 - weight)} · ${n(rule(a))} + ${number(weight)} · ${n(rule(b))} = ${number(height, 3)}`);
    write(this.verdict, gap < -1e-9 ? tr("Broken: the chord is {gap} below the curve. f is not convex between a and b.", { gap: number(-gap, 3) }) : tr("The chord is {gap} above the curve.", { gap: number(gap, 3) }));
    if (this.choice) this.choice.value = String(RULES.indexOf(this.rule));
    this.weight?.set(weight);
    this.root.dataset.gap = gap.toFixed(4);
  }

  /** @param {Style} style @param {number[]} draws */
  paintRatios(style, draws) {
    const { ratios, colours, values: v } = this;
    const logs = draws.map((x) => logRatio(x, v[THETA], v[SD]));
    const mean = (/** @type {number[]} */ numbers) => numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
    const [ratio, loss] = [mean(logs.map(Math.exp)), -mean(logs)];
    if (!ratios) return;
    ratios.y = [-2, Math.max(4, Math.ceil(1.3 * loss + 1))];
    if (ratios.begin(style)) {
      ratios.graph((x) => -Math.log(Math.max(x, 1e-9)), { colour: style.text, width: 1.6 });
      logs.forEach((log) => ratios.dot([Math.exp(log), -log], { colour: colours.first, width: 3, alpha: 0.5 }));
      ratios.curve([[ratio, -Math.log(ratio)], [ratio, loss]], { colour: colours.second, width: 4 }); // prettier-ignore
      ratios.dot([ratio, -Math.log(ratio)], { colour: colours.second, width: 4 });
      ratios.dot([ratio, loss], { colour: colours.second, width: 6 });
      ratios.end();
    }
    ratios.describe(tr("Draws of p: −ln(q/p) over q/p; large: their mean"), tr("Mean ratio {ratio}, mean of −ln {loss}", { ratio: number(ratio, 3), loss: number(loss, 3) }));
    this.theta?.set(v[THETA]);
    this.sd?.set(v[SD]);
    if (this.sample) write(this.sample, tr("KL(p‖q) = {kl}. Of the draws: mean of −ln(q/p) = {loss} ≥ −ln {ratio} = {log}", { kl: number(divergence(v[THETA], v[SD]), 3), loss: number(loss, 3), ratio: number(ratio, 3), log: number(-Math.log(ratio), 3) }));
  }

  /** @param {Style} style @param {number[]} draws */
  paintCurves(style, draws) {
    const { curves, colours, values: v } = this;
    const [theta, sd] = [v[THETA], v[SD]];
    const [kl, loss] = [divergence(theta, sd), meanLoss(draws, theta, sd)];
    const centre = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    if (!curves) return;
    if (curves.begin(style)) {
      curves.graph((x) => divergence(x, sd) + ENTROPY, { colour: colours.first, width: 1.5, dash: [6, 4] });
      curves.graph((x) => divergence(x, sd), { colour: colours.first, width: 2.5 });
      curves.graph((x) => meanLoss(draws, x, sd), { colour: colours.second, width: 2.5 });
      curves.arrow([theta, kl], [theta, kl + ENTROPY], { colour: PURPLE, width: 1.5 });
      curves.dot([0, divergence(0, sd)], { colour: colours.first, width: 4 });
      curves.dot([centre, meanLoss(draws, centre, sd)], { colour: colours.second, width: 4 });
      curves.end();
      this.thetaGrip?.place([theta, limit(kl, ...curves.y)], tr("θ {theta}, KL {kl}", { theta: number(theta), kl: number(kl, 3) }));
    }
    curves.describe(tr("Over θ: KL, KL + H(p) (dashed), mean of −ln q"), tr("Least KL at θ = 0; the mean of −ln q over the draws is least at θ = {theta}", { theta: number(centre, 3) }));
    this.count?.set(draws.length, String(draws.length));
    if (this.sum) write(this.sum, tr("At θ = {theta}: {loss} ≈ {kl} + {entropy} = {sum}", { theta: number(theta), loss: number(loss, 3), kl: number(kl, 3), entropy: number(ENTROPY, 3), sum: number(kl + ENTROPY, 3) }));
    if (this.least) write(this.least, tr("Least: −ln q at the mean of the draws, θ = {theta}; KL at the mean of p, θ = 0.", { theta: number(centre) }));
    this.root.dataset.least = centre.toFixed(4);
    this.root.dataset.loss = loss.toFixed(4);
  }
}

export default define(
  { class: "experiment jensen", "data-testid": "jensen" },
  (root, channel, activity) => new Jensen(root, channel, activity),
);
