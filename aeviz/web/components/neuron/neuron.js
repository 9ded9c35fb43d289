// An activation function with its derivative, a neuron with it over the plane of two inputs, and a function approximated
// by a sum of ReLUs. Weights, bias and input are dragged; the pre-activation z of the neuron is the marked place.

import { TITLES, activate, derivative } from "../kit/activations.js";
import { button, element, write } from "../kit/dom.js";
import { Experiment, choice, limit, listed, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { localise, mark, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { reluSum, reluWeights, target } from "./relu_sum.js";

/** @typedef {import("../kit/activations.js").Activation} Activation */
/** @typedef {[number, number]} Pair */

const FIRST_VIEW = [0, 0.01, 1.5, 1, -0.5, 1, 0.5, 6];
const [CHOICE, ALPHA, W, BIAS, X, COUNT] = [0, 1, 2, 4, 5, 7];
/** @type {Activation[]} */
const CHOICES = ["sigmoid", "tanh", "relu", "leaky_relu", "prelu", "elu"];
/** @type {Partial<Record<Activation, number>>} */
const USUAL_ALPHA = { leaky_relu: 0.01, prelu: 0.25, elu: 1 };
/** @type {Partial<Record<Activation, [string, string]>>} */
const FORMULAS = {
  sigmoid: ["φ(z) = 1 / (1 + e⁻ᶻ)", mark("φ′(z) = φ(z) (1 − φ(z)), at most ¼")],
  tanh: ["φ(z) = tanh z", mark("φ′(z) = 1 − tanh² z, at most 1")],
  relu: ["φ(z) = max(0, z)", mark("φ′(z) = 1 for z > 0, otherwise 0")],
  leaky_relu: [mark("φ(z) = z for z > 0, otherwise αz"), mark("φ′(z) = 1 for z > 0, otherwise α")],
  prelu: [mark("φ(z) = z for z > 0, otherwise αz; α is learned"), mark("φ′(z) = 1 for z > 0, otherwise α")],
  elu: [mark("φ(z) = z for z > 0, otherwise α(eᶻ − 1)"), mark("φ′(z) = 1 for z > 0, otherwise αeᶻ")],
};
const REACH = 3; // of the plane of inputs
const CELLS = 48; // of the field across the plane
const SPACE = 400; // places at which the error of the sum is looked for

class Neuron extends Experiment {
  make() {
    const { colours } = this;
    const panels = element("div", { class: "panels" }, this.root);
    this.curve = new Plot(panels, { title: tr("Function and derivative"), label: "", x: [-6, 6], y: [-1.5, 3], kind: "half" });
    this.plane = new Plot(panels, { title: tr("Neuron: activation over x"), label: "", x: [-REACH, REACH], y: [-REACH, REACH], isSquare: true, kind: "tall" }); // prettier-ignore
    this.sum = new Plot(panels, { title: "", label: "", x: [0, 1], y: [-1.1, 1.1], kind: "half" });
    this.inputGrip = this.grip(this.plane, { name: tr("input x"), text: "x", colour: colours.second, moved: (to) => this.move(X, to) });
    this.weightGrip = this.grip(this.plane, { name: tr("weights w"), text: "w", colour: colours.first, moved: (to) => this.move(W, to) });
    this.zGrip = this.grip(this.curve, {
      name: tr("pre-activation z, by the bias"), text: "z", colour: colours.second,
      moved: ([z]) => ({ [BIAS]: limit(this.values[BIAS] + z - this.z, -6, 6) }),
    }); // prettier-ignore

    const card = element("section", { class: "card", "aria-label": tr("Neuron") }, this.root);
    const bar = element("div", { class: "bar" }, card);
    this.choice = choice(bar, tr("Activation"), CHOICES.map((name) => TITLES[name]), (index) => {
      this.change({ [CHOICE]: index, [ALPHA]: USUAL_ALPHA[CHOICES[index]] ?? this.values[ALPHA] });
    });
    button(bar, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.alpha = slider(card, "α", { min: 0, max: 2, step: 0.01 }, (value) => this.change({ [ALPHA]: value }));
    this.bias = slider(card, tr("bias b"), { min: -6, max: 6, step: 0.05 }, (value) => this.change({ [BIAS]: value }));
    this.formulas = [0, 1].map(() => element("p", { class: "formula", role: "math" }, card));
    element("p", { class: "formula lead", role: "math", text: "h(x) = φ(⟨w, x⟩ + b)" }, card);
    this.lines = [0, 1, 2].map(() => element("p", { class: "values" }, card));
    this.chain = element("p", { class: "values lead" }, card);
    this.count = slider(card, "ReLUs", { min: 1, max: 40, step: 1 }, (value) => this.change({ [COUNT]: value }));
    this.error = element("p", { class: "values" }, card);
  }

  /**
   * @param {Plot} plot
   * @param {{ name: string, text: string, colour: string, moved: (to: Pair) => Record<number, number> }} options
   */
  grip(plot, { moved, ...options }) {
    const grip = new Grip(plot, { ...options, moved: (to, resting) => this.change(moved(to), resting) });
    this.grips.push(grip);
    return grip;
  }

  /** @param {number} index @param {Pair} to @returns {Record<number, number>} */
  move(index, [x, y]) {
    return { [index]: limit(x, -REACH, REACH), [index + 1]: limit(y, -REACH, REACH) };
  }

  /** @returns {Activation} */
  get name() {
    return CHOICES[Math.round(this.values[CHOICE])];
  }

  get z() {
    const v = this.values;
    return v[W] * v[X] + v[W + 1] * v[X + 1] + v[BIAS];
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    this.paintCurve(style);
    this.paintPlane(style);
    this.paintSum(style);
    this.showCard();
  }

  /** @param {import("../kit/theme.js").Style} style */
  paintCurve(style) {
    const { curve, name, z, colours } = this;
    if (!curve?.begin(style)) return;
    const alpha = this.values[ALPHA];
    curve.graph((x) => derivative(name, x, alpha), { colour: colours.second, width: 2, dash: [6, 4] });
    curve.graph((x) => activate(name, x, alpha), { colour: colours.first, width: 2.5 });
    const at = limit(z, ...curve.x);
    const [a, slope] = [activate(name, z, alpha), derivative(name, z, alpha)];
    curve.curve([[z - 1, a - slope], [z + 1, a + slope]], { colour: style.text, width: 1.2 }); // prettier-ignore
    curve.dot([z, slope], { colour: colours.second, width: 4 });
    curve.end();
    curve.describe(tr("φ (solid), φ′ (dashed)"), tr("{name} and its derivative; at z = {z} they are {value} and {slope}", { name: TITLES[name], z: number(z), value: number(a, 3), slope: number(slope, 3) })); // prettier-ignore
    this.zGrip?.place([at, limit(a, ...curve.y)], tr("z {z}, activation {value}", { z: number(z), value: number(a, 3) }));
  }

  /** @param {import("../kit/theme.js").Style} style */
  paintPlane(style) {
    const { plane, values: v, name, colours } = this;
    if (!plane?.begin(style)) return;
    const alpha = v[ALPHA];
    const half = REACH / CELLS;
    /** @type {number[]} */
    const field = [];
    for (let k = 0; k < CELLS * CELLS; k += 1) {
      const [x, y] = [k % CELLS, Math.floor(k / CELLS)].map((cell) => -REACH + (2 * cell + 1) * half);
      field.push(activate(name, v[W] * x + v[W + 1] * y + v[BIAS], alpha));
    }
    const most = Math.max(1, ...field.map(Math.abs));
    const [left, top] = plane.place([-REACH, REACH]);
    const [right, bottom] = plane.place([REACH, -REACH]);
    const edge = (/** @type {number} */ from, /** @type {number} */ to, /** @type {number} */ k) => Math.round(from + ((to - from) * k) / CELLS);
    field.forEach((value, k) => {
      plane.take({ colour: value > 0 ? colours.first : colours.second, alpha: (0.75 * Math.abs(value)) / most });
      const [i, j] = [k % CELLS, Math.floor(k / CELLS)];
      const [x, y] = [edge(left, right, i), edge(bottom, top, j + 1)];
      plane.brush.fillRect(x, y, edge(left, right, i + 1) - x, edge(bottom, top, j) - y);
    });
    const w = /** @type {Pair} */ (v.slice(W, W + 2));
    const square = w[0] ** 2 + w[1] ** 2;
    if (square > 1e-6) {
      const foot = [(-v[BIAS] * w[0]) / square, (-v[BIAS] * w[1]) / square];
      const along = [(-9 * w[1]) / Math.sqrt(square), (9 * w[0]) / Math.sqrt(square)];
      plane.curve([-1, 1].map((s) => /** @type {Pair} */ ([foot[0] + s * along[0], foot[1] + s * along[1]])), { colour: style.text, width: 1.5, dash: [5, 4] });
    }
    plane.arrow([0, 0], w, { colour: style.text, width: 2 });
    plane.end();
    plane.describe(tr("h(x) over both inputs; dashed: z = 0"), tr("Activation of the neuron over its two inputs; at x it is {value}", { value: number(activate(name, this.z, alpha), 3) }));
    this.weightGrip?.place(w, listed(w));
    this.inputGrip?.place([v[X], v[X + 1]], listed(v.slice(X, X + 2)));
  }

  /** @param {import("../kit/theme.js").Style} style */
  paintSum(style) {
    const count = Math.round(this.values[COUNT]);
    const knots = Array.from({ length: count + 1 }, (_, k) => k / count);
    const heights = knots.map(target);
    const weights = reluWeights(knots, heights);
    const error = Math.max(...Array.from({ length: SPACE + 1 }, (_, k) => Math.abs(reluSum(k / SPACE, knots, heights, weights) - target(k / SPACE))));
    if (this.error) write(this.error, tr("Sum of {count} ReLUs, largest error {error}. Twice as many, about a quarter of it: the sum is linear between its bends.", { count, error: number(error, 4) }));
    this.root.dataset.error = error.toFixed(5);
    const { sum, colours } = this;
    if (!sum?.begin(style)) return;
    sum.describe(tr("Sum of ReLUs (solid), function (dashed)"), tr("A function and its approximation by {count} ReLUs, largest error {error}", { count, error: number(error, 4) }));
    weights.forEach((weight, k) => {
      sum.graph((x) => weight * Math.max(0, x - knots[k]), { colour: style.text, width: 1, alpha: style.isStrong ? 0.6 : 0.25 });
    });
    sum.graph(target, { colour: colours.second, width: 2, dash: [6, 4] });
    sum.graph((x) => reluSum(x, knots, heights, weights), { colour: colours.first, width: 2 });
    sum.end();
  }

  showCard() {
    const { values: v, name, z } = this;
    if (!this.choice || !this.alpha || !this.bias || !this.count || !this.lines || !this.chain || !this.formulas) return;
    const alpha = v[ALPHA];
    this.choice.value = String(Math.round(v[CHOICE]));
    this.alpha.set(alpha);
    this.alpha.label.hidden = USUAL_ALPHA[name] === undefined;
    this.bias.set(v[BIAS]);
    this.count.set(v[COUNT], String(v[COUNT]));
    this.formulas.forEach((node, k) => write(node, tr(FORMULAS[name]?.[k] ?? "")));
    const [a, slope] = [activate(name, z, alpha), derivative(name, z, alpha)];
    const n = (/** @type {number} */ value) => (value < 0 ? `(${number(value)})` : number(value));
    write(this.lines[0], `z = ${n(v[W])}·${n(v[X])} + ${n(v[W + 1])}·${n(v[X + 1])} + ${n(v[BIAS])} = ${number(z, 3)}`);
    write(this.lines[1], `h(x) = φ(${number(z, 3)}) = ${number(a, 4)}`);
    write(this.lines[2], `φ′(${number(z, 3)}) = ${number(slope, 4)}, ∂h/∂w = φ′(z) x = (${listed([slope * v[X], slope * v[X + 1]], 4)})`);
    write(this.chain, tr("Ten such slopes in a row: {slope}¹⁰ = {product}", { slope: number(slope, 3), product: slope ** 10 === 0 ? "0" : localise((slope ** 10).toExponential(1).replace("-", "−")) }));
    this.root.dataset.activation = `${a.toFixed(4)} ${slope.toFixed(4)}`;
  }
}

export default define(
  { class: "experiment", "data-testid": "neuron" },
  (root, channel, activity) => new Neuron(root, channel, activity),
);
