// A network with two inputs, three hidden units and an output, with every number: the forward pass, the backward pass and
// the gradients appear step by step. Inputs, target, weights and biases are dragged; the colour of an edge is its gradient.

import { TITLES, derivative } from "../kit/activations.js";
import { line } from "../kit/curves.js";
import { brushOf, button, element, pixelRatio, resize, write } from "../kit/dom.js";
import { Experiment, choice, limit, listed, number } from "../kit/experiment.js";
import { mark, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Scrub } from "../kit/scrub.js";
import { backpropagate } from "./passes.js";

/** @typedef {import("../kit/activations.js").Activation} Activation */
/** @typedef {{ node: HTMLElement, rows: Record<string, HTMLElement>, at: [number, number] }} Unit */

const FIRST_VIEW = [0, 0, 0.5, 1, 1, 0.8, 0.4, 0.3, 0.9, -0.6, -0.8, 0.1, 0, -0.2, 1.2, -0.7, 0.5, 0.1, 8];
/** @type {Activation[]} */
const CHOICES = ["sigmoid", "tanh", "relu", "identity"];
const [HIDDEN, OUTPUT, X, TARGET, W1, B1, W2, B2, STEP] = [0, 1, 2, 4, 5, 11, 14, 17, 18];
const [LOSS_AT, OUTPUT_AT, LAST] = [4, 6, 8]; // steps at which the loss and the gradients of each layer are known
const LEARNING_RATE = 0.5;
const STEPS = [
  mark("Input: a⁰ = x"),
  mark("Forward, hidden layer: z¹ = W¹x + b¹"),
  mark("Forward, hidden layer: a¹ = f(z¹)"),
  mark("Forward, output: z² = W²a¹ + b²"),
  mark("Forward, output: a² = f(z²), loss ½(a² − t)²"),
  mark("Backward, output: δ² = (a² − t) f′(z²)"),
  mark("Gradients, output: ∂L/∂W² = δ² (a¹)ᵀ, ∂L/∂b² = δ²"),
  mark("Backward, hidden layer: δ¹ = (W²)ᵀ δ² ⊙ f′(z¹)"),
  mark("Gradients, hidden layer: ∂L/∂W¹ = δ¹ xᵀ, ∂L/∂b¹ = δ¹"),
];
const [AT_X, AT_HIDDEN, AT_OUTPUT] = [0.11, 0.56, 0.88];
const ROWS = [0.14, 0.5, 0.86];
const SHARES = [[0.5, 0.7], [0.35, 0.35], [0.7, 0.5]]; // of the way along an edge where its numbers stand, apart from each other

class Backpropagation extends Experiment {
  make() {
    const stage = (this.stage = element("div", { class: "stage", role: "group", "aria-label": tr("Network 2-3-1") }, this.root));
    this.canvas = element("canvas", { "aria-hidden": "true" }, stage);
    const net = element("div", { class: "net" }, stage);
    /** @type {Map<number, Scrub>} */
    this.scrubs = new Map();
    this.edges = this.makeEdges(net);
    this.inputs = [0, 1].map((k) => this.unit(net, `x${"₁₂"[k]}`, [AT_X, [0.27, 0.73][k]], X + k, tr("input {index}", { index: k + 1 }), []));
    this.hidden = ROWS.map((y, k) => this.unit(net, "b", [AT_HIDDEN, y], B1 + k, tr("bias of hidden unit {index}", { index: k + 1 }), ["z", "a", "δ"]));
    this.output = this.unit(net, "b", [AT_OUTPUT, 0.36], B2, tr("bias of the output"), ["z", "a", "δ"]);
    this.goal = this.unit(net, "t", [AT_OUTPUT, 0.8], TARGET, tr("target"), ["L"]);

    const card = element("section", { class: "card", "aria-label": tr("Passes") }, this.root);
    const choices = element("div", { class: "bar" }, card);
    const titles = CHOICES.map((name) => tr(TITLES[name]));
    this.hiddenChoice = choice(choices, tr("Hidden"), titles, (index) => this.change({ [HIDDEN]: index }));
    this.outputChoice = choice(choices, tr("Output"), titles, (index) => this.change({ [OUTPUT]: index }));
    const bar = element("div", { class: "bar" }, card);
    this.back = button(bar, tr("← Back"), tr("One step less"), () => this.change({ [STEP]: this.step - 1 }));
    this.next = button(bar, tr("Step →"), tr("The next step of the algorithm"), () => this.change({ [STEP]: (this.step + 1) % (LAST + 1) }));
    button(bar, tr("All"), tr("Show all steps"), () => this.change({ [STEP]: LAST }));
    const acts = element("div", { class: "bar" }, card);
    button(acts, tr("Gradient step"), tr("Move weights and biases against the gradient, learning rate {rate}", { rate: LEARNING_RATE }), () => this.descend());
    button(acts, tr("Saturate"), tr("Multiply the weights and biases of the hidden units by 4"), () => this.saturate());
    button(acts, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.stepTitle = element("p", { class: "verdict lead", role: "status" }, card);
    this.lines = [0, 1, 2].map(() => element("p", { class: "values" }, card));
    this.loss = element("p", { class: "verdict" }, card);
    this.norms = element("p", { class: "values" }, card);
    const key = element("p", { class: "values lead" }, card);
    element("span", { class: "key", style: `--colour:${this.colours.first}`, text: tr("positive gradient  ") }, key);
    element("span", { class: "key", style: `--colour:${this.colours.second}`, text: tr("negative. ") }, key);
    element("span", { text: tr("Width of an edge: size of its gradient. Drag any framed number.") }, key);
  }

  get step() {
    return limit(Math.round(this.values[STEP]), 0, LAST);
  }

  /** @param {Element} net */
  makeEdges(net) {
    /** @type {{ from: [number, number], to: [number, number], index: number, layer: number, i: number, j: number, node: HTMLElement, slope: HTMLElement, share: number }[]} */
    const edges = [];
    const add = (/** @type {[number, number]} */ from, /** @type {[number, number]} */ to, /** @type {number} */ index, /** @type {number[]} */ [layer, i, j, share]) => { // prettier-ignore
      const node = element("div", { class: "edge" }, net);
      const name = layer ? tr("weight from hidden unit {from} to the output", { from: j + 1 }) : tr("weight from input {from} to hidden unit {to}", { from: j + 1, to: i + 1 });
      this.scrub(node, name, "", index);
      edges.push({ from, to, index, layer, i, j, node, slope: element("span", { class: "slope" }, node), share });
    };
    ROWS.forEach((y, i) => {
      [0.27, 0.73].forEach((x, j) => add([AT_X, x], [AT_HIDDEN, y], W1 + 2 * i + j, [0, i, j, SHARES[i][j]]));
    });
    ROWS.forEach((y, j) => add([AT_HIDDEN, y], [AT_OUTPUT, 0.36], W2 + j, [1, 0, j, 0.48]));
    return edges;
  }

  /** @param {Element} parent @param {string} name @param {string} symbol @param {number} index */
  scrub(parent, name, symbol, index) {
    const moved = (/** @type {number} */ value, /** @type {boolean} */ resting) => this.change({ [index]: value }, resting);
    const scrub = new Scrub(parent, { name, symbol, min: -9, max: 9, step: 0.05, moved });
    this.scrubs?.set(index, scrub);
    this.grips.push(scrub);
  }

  /**
   * @param {Element} net
   * @param {string} symbol
   * @param {[number, number]} at shares of the stage
   * @param {number} index of the number that is dragged
   * @param {string} name
   * @param {string[]} rows
   * @returns {Unit}
   */
  unit(net, symbol, at, index, name, rows) {
    const node = element("div", { class: "node", style: `left:${100 * at[0]}%;top:${100 * at[1]}%` }, net);
    this.scrub(node, name, symbol, index);
    return { node, at, rows: Object.fromEntries(rows.map((row) => [row, element("span", {}, node)])) };
  }

  network() {
    const v = this.values;
    return {
      weights: [[0, 1, 2].map((i) => v.slice(W1 + 2 * i, W1 + 2 * i + 2)), [v.slice(W2, W2 + 3)]],
      biases: [v.slice(B1, B1 + 3), [v[B2]]],
      activations: [HIDDEN, OUTPUT].map((at) => CHOICES[Math.round(v[at])]),
    };
  }

  passes() {
    return backpropagate(this.network(), this.values.slice(X, X + 2), [this.values[TARGET]]);
  }

  descend() {
    const { gradients, delta } = this.passes();
    const slopes = [...gradients[0].flat(), ...delta[0], ...gradients[1].flat(), ...delta[1]];
    this.change(Object.fromEntries(slopes.map((slope, k) => [W1 + k, limit(this.values[W1 + k] - LEARNING_RATE * slope, -9, 9)])));
  }

  saturate() {
    this.change(Object.fromEntries(this.values.slice(W1, W2).map((value, k) => [W1 + k, limit(4 * value, -9, 9)])));
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    const { step, values } = this;
    const passes = this.passes();
    const { z, a, delta, gradients, loss } = passes;
    this.scrubs?.forEach((scrub, index) => scrub.show(values[index]));
    if (!this.hidden || !this.output || !this.goal || !this.inputs) return;
    const shown = (/** @type {number} */ from, /** @type {number} */ value) => (step >= from ? number(value, 3) : "");
    const tell = (/** @type {Unit} */ unit, /** @type {Record<string, [number, number]>} */ rows) => {
      for (const [name, [from, value]] of Object.entries(rows)) write(unit.rows[name], `${name} ${shown(from, value)}`);
    };
    this.hidden.forEach((unit, k) => tell(unit, { z: [1, z[0][k]], a: [2, a[0][k]], δ: [7, delta[0][k]] }));
    tell(this.output, { z: [3, z[1][0]], a: [4, a[1][0]], δ: [5, delta[1][0]] });
    tell(this.goal, { L: [LOSS_AT, loss] });
    this.inputs.forEach(({ node }) => node.classList.toggle("active", step === 0));
    this.hidden.forEach(({ node }) => node.classList.toggle("active", [1, 2, 7].includes(step)));
    this.output.node.classList.toggle("active", [3, 4, 5].includes(step));
    this.drawEdges(style, gradients);
    this.showCard(passes);
  }

  /** @param {import("../kit/theme.js").Style} style @param {number[][][]} gradients */
  drawEdges(style, gradients) {
    if (!this.stage || !this.canvas || !this.edges) return;
    const [width, height] = [this.stage.clientWidth, this.stage.clientHeight];
    const ratio = pixelRatio();
    resize(this.canvas, Math.round(width * ratio), Math.round(height * ratio));
    const brush = brushOf(this.canvas, ratio);
    brush.clearRect(0, 0, width, height);
    const largest = Math.max(1e-9, ...gradients.flat(2).map(Math.abs));
    for (const { from, to, layer, i, j, node, slope, share } of this.edges) {
      const gradient = gradients[layer][i][j];
      const isKnown = this.step >= (layer ? OUTPUT_AT : LAST);
      brush.strokeStyle = isKnown && gradient ? (gradient > 0 ? this.colours.first : this.colours.second) : style.text;
      brush.globalAlpha = isKnown && gradient ? 0.9 : 0.3;
      brush.lineWidth = isKnown ? 1 + (7 * Math.abs(gradient)) / largest : 1;
      line(brush, from[0] * width, from[1] * height, to[0] * width, to[1] * height);
      node.style.left = `${100 * (from[0] + share * (to[0] - from[0]))}%`;
      node.style.top = `${100 * (from[1] + share * (to[1] - from[1]))}%`;
      write(slope, isKnown ? `∂ ${number(gradient, 3)}` : "");
    }
  }

  /** @param {import("./passes.js").Passes} passes */
  showCard({ z, a, delta, gradients, loss }) {
    const { step, values } = this;
    if (!this.hiddenChoice || !this.outputChoice || !this.stepTitle || !this.loss || !this.norms || !this.lines) return;
    this.hiddenChoice.value = String(Math.round(values[HIDDEN]));
    this.outputChoice.value = String(Math.round(values[OUTPUT]));
    if (this.back) this.back.disabled = step === 0;
    write(this.stepTitle, tr("{step} of {last}. {title}", { step, last: LAST, title: tr(STEPS[step]) }));
    const x = values.slice(X, X + 2);
    const n = (/** @type {number} */ value) => (value < 0 ? `(${number(value, 3)})` : number(value, 3));
    const product = (/** @type {number[]} */ w, /** @type {number[]} */ v) => w.map((value, k) => `${n(value)}·${n(v[k])}`).join(" + ");
    const slope = (/** @type {number} */ layer, /** @type {number} */ k) => n(this.slopes(z)[layer][k]);
    const three = (/** @type {(k: number) => string} */ text) => [0, 1, 2].map(text);
    const texts = [
      [tr("x = ({x}), target t = {t}", { x: listed(x), t: number(values[TARGET]) })],
      three((k) => `z¹${"₁₂₃"[k]} = ${product(values.slice(W1 + 2 * k, W1 + 2 * k + 2), x)} + ${n(values[B1 + k])} = ${number(z[0][k], 3)}`),
      three((k) => `a¹${"₁₂₃"[k]} = f(${number(z[0][k], 3)}) = ${number(a[0][k], 3)}`),
      [`z² = ${product(values.slice(W2, W2 + 3), a[0])} + ${n(values[B2])} = ${number(z[1][0], 3)}`],
      [`a² = f(${number(z[1][0], 3)}) = ${number(a[1][0], 3)}`, `L = ½(${number(a[1][0], 3)} − ${n(values[TARGET])})² = ${number(loss, 4)}`],
      [`δ² = (${number(a[1][0], 3)} − ${n(values[TARGET])}) · ${slope(1, 0)} = ${number(delta[1][0], 4)}`],
      three((k) => `∂L/∂w²${"₁₂₃"[k]} = ${n(delta[1][0])} · ${n(a[0][k])} = ${number(gradients[1][0][k], 4)}`),
      three((k) => `δ¹${"₁₂₃"[k]} = ${n(values[W2 + k])} · ${n(delta[1][0])} · ${slope(0, k)} = ${number(delta[0][k], 4)}`),
      three((k) => `∂L/∂W¹${"₁₂₃"[k]} = ${n(delta[0][k])} · (${listed(x)}) = (${listed(gradients[0][k], 4)})`),
    ][step];
    this.lines.forEach((node, k) => write(node, texts[k] ?? ""));
    const norms = gradients.map((matrix) => Math.hypot(...matrix.flat()));
    const known = (/** @type {number} */ from, /** @type {number} */ value) => (step >= from ? number(value, 4) : tr("known at step {step}", { step: from }));
    write(this.loss, tr("Loss {loss}", { loss: known(LOSS_AT, loss) }));
    write(this.norms, tr("Size of the gradients: output layer {output}, hidden layer {hidden}", { output: known(OUTPUT_AT, norms[1]), hidden: known(LAST, norms[0]) }));
    this.root.dataset.loss = loss.toFixed(6);
    this.root.dataset.gradients = norms.map((norm) => norm.toFixed(6)).join(" ");
  }

  /** Derivatives of the activation functions. @param {number[][]} z */
  slopes(z) {
    const { activations } = this.network();
    return z.map((row, layer) => row.map((value) => derivative(activations[layer], value)));
  }
}

export default define(
  { class: "experiment", "data-testid": "backpropagation" },
  (root, channel, activity) => new Backpropagation(root, channel, activity),
);
