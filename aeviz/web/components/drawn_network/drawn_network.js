// A network as nodes and edges that computes: every node shows its value, an edge its weight by colour and width. A node
// that is pointed at or focused shows its sum. A composition is drawn as one network: the
// autoencoder is the encoder followed by the decoder, with equal weights.

import { TITLES } from "../kit/activations.js";
import { line } from "../kit/curves.js";
import { brushOf, button, element, pixelRatio, resize, write } from "../kit/dom.js";
import { Experiment, choice, listed, number } from "../kit/experiment.js";
import { mark, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { Scrub } from "../kit/scrub.js";
import { compose, countParameters, fitting, makeLayers, narrows, numbersToParts, parseParts, partsToNumbers, runNetwork, widens } from "./layers.js";

/** @typedef {import("../kit/activations.js").Activation} Activation */
/** @typedef {import("./layers.js").Layer} Layer */

const FIRST_VIEW = [0, 0, 0, 1, -0.5, 0.5, 0.2, -1];
const [CHOICE, ACTIVATION, SEED, X] = [0, 1, 2, 3];
const SYMBOLS = "₁₂₃₄₅₆₇₈₉";
/** @type {Activation[]} */
const ACTIVATIONS = ["relu", "tanh", "sigmoid", "identity"];
const [ENCODER, DECODER] = [[5, 4, 3, 2], [2, 3, 4, 5]]; // prettier-ignore
const OWN = 4; // index of the visitor's own networks
const TAIL = 8; // where their widths begin
/** Networks that are composed, and the index of the first, from which its weights are drawn. */
const NETWORKS = [
  { name: mark("Figure 1.1: 4-3-4-5-3-7-2"), parts: [[4, 3, 4, 5, 3, 7, 2]], first: 0 },
  { name: mark("Figure 2.1: autoencoder 5-4-3-2-3-4-5"), parts: [ENCODER, DECODER], first: 0 },
  { name: mark("Figure 2.2: encoder 5-4-3-2"), parts: [ENCODER], first: 0 },
  { name: mark("Figure 2.3: decoder 2-3-4-5"), parts: [DECODER], first: 1 },
  { name: mark("your own: N networks composed"), parts: [[5, 4], [4, 3, 2], [2, 3, 5]], first: 0 },
];

class DrawnNetwork extends Experiment {
  make() {
    const stage = (this.stage = element("div", { class: "stage", role: "group", "aria-label": tr("Network") }, this.root));
    this.canvas = element("canvas", { "aria-hidden": "true" }, stage);
    this.net = element("div", { class: "net" }, stage);
    /** @type {string} */
    this.drawn = ""; // widths of what is drawn
    /** @type {string} */
    this.problem = ""; // with the text of the visitor
    /** @type {[number, number]} */
    this.chosen = [1, 0]; // layer and unit whose sum is shown
    /** @type {HTMLElement[][]} */
    this.nodes = [];
    /** @type {Scrub[]} */
    this.inputs = [];
    const card = element("section", { class: "card", "aria-label": tr("Network") }, this.root);
    const bar = element("div", { class: "bar" }, card);
    this.choice = choice(bar, tr("Network"), NETWORKS.map(({ name }) => tr(name)), (index) => {
      this.problem = "";
      this.change({ [CHOICE]: index });
    });
    this.own = element("div", { class: "bar" }, card);
    const label = element("label", {}, this.own);
    element("span", { text: tr("Widths of f₁, f₂, …") }, label);
    this.field = element("input", { type: "text", "aria-label": tr("Widths of the networks"), spellcheck: "false", size: "22" }, label);
    this.field.onchange = () => this.takeText();
    const second = element("div", { class: "bar" }, card);
    this.activation = choice(second, tr("Activation"), ACTIVATIONS.map((name) => tr(TITLES[name])), (index) => this.change({ [ACTIVATION]: index }));
    button(second, tr("Other weights"), tr("Draw other weights and biases"), () => this.change({ [SEED]: (this.values[SEED] + 1) % 100 }));
    button(second, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.lead = element("p", { class: "verdict lead" }, card);
    this.lines = [0, 1, 2, 3].map(() => element("p", { class: "values" }, card));
    this.kinds = element("p", { class: "values" }, card);
    this.warning = element("p", { class: "verdict", role: "status" }, card);
    const key = element("p", { class: "values lead" }, card);
    element("span", { class: "key", style: `--colour:${this.colours.first}`, text: tr("positive weight  ") }, key);
    element("span", { class: "key", style: `--colour:${this.colours.second}`, text: tr("negative. ") }, key);
    element("span", { text: tr("Drag an input; point at a unit, or focus it, to see its sum.") }, key);
  }

  get index() {
    return Math.round(this.values[CHOICE]);
  }

  /** The networks that are chosen, whether or not they fit. @returns {number[][]} */
  get parts() {
    const own = this.index === OWN ? numbersToParts(this.values.slice(TAIL)) : null;
    return own ?? NETWORKS[this.index].parts;
  }

  /** The networks that can be composed. */
  get drawnParts() {
    return this.parts.slice(0, fitting(this.parts));
  }

  get widths() {
    return compose(this.drawnParts);
  }

  /** A composition joins the layers of its networks. @returns {Layer[]} */
  get layers() {
    const { first } = NETWORKS[this.index];
    return this.drawnParts.flatMap((part, k) => makeLayers(part, Math.round(this.values[SEED]) + 100 * (first + k)));
  }

  /** The chosen one for each layer, but none for the output of a network. @returns {Activation[]} */
  activations() {
    const name = ACTIVATIONS[Math.round(this.values[ACTIVATION])];
    return this.drawnParts.flatMap((part) => part.slice(1).map((_, k) => (k === part.length - 2 ? "identity" : name)));
  }

  takeText() {
    const parts = parseParts(this.field?.value ?? "");
    this.problem = typeof parts === "string" ? parts : "";
    if (typeof parts === "string") return this.redraw();
    return this.adopt([...this.values.slice(0, TAIL), ...partsToNumbers(parts)]);
  }

  /** Where a unit stands, as shares of the stage. @param {number} layer @param {number} unit */
  place(layer, unit) {
    const { widths } = this;
    const most = Math.max(...widths);
    return [0.07 + (0.86 * layer) / (widths.length - 1), 0.5 + (0.9 * (unit - (widths[layer] - 1) / 2)) / most];
  }

  makeNodes() {
    const { net, widths } = this;
    const drawn = widths.join("-");
    if (!net || this.drawn === drawn) return;
    this.drawn = drawn;
    this.chosen = [1, 0];
    net.replaceChildren();
    this.inputs = [];
    this.grips = [];
    this.nodes = widths.map((width, layer) => Array.from({ length: width }, (_, unit) => {
      const [x, y] = this.place(layer, unit);
      const node = element("div", { class: layer ? "unit" : "edge", style: `left:${100 * x}%;top:${100 * y}%` }, net);
      if (layer) {
        const choose = () => {
          this.chosen = [layer, unit];
          this.redraw();
        };
        node.tabIndex = 0;
        node.setAttribute("role", "button");
        node.onpointerenter = node.onfocus = node.onclick = choose;
      } else {
        const moved = (/** @type {number} */ value, /** @type {boolean} */ resting) => this.change({ [X + unit]: value }, resting);
        const scrub = new Scrub(node, { name: tr("input {index}", { index: unit + 1 }), min: -3, max: 3, step: 0.05, moved });
        this.inputs?.push(scrub);
        this.grips.push(scrub);
      }
      return node;
    })); // prettier-ignore
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    const { choice, activation, lead, lines } = this;
    if (!choice || !activation || !lead || !lines || !this.nodes) return;
    this.makeNodes();
    const { widths, layers } = this;
    const names = this.activations();
    const x = this.values.slice(X, X + widths[0]);
    const values = runNetwork(layers, names, x);
    this.inputs?.forEach((scrub, k) => scrub.show(x[k]));
    this.nodes.forEach((units, layer) => units.forEach((node, unit) => {
      if (!layer) return;
      write(node, number(values[layer][unit]));
      node.setAttribute("aria-label", tr("layer {layer}, unit {unit}: {value}", { layer, unit: unit + 1, value: number(values[layer][unit], 3) }));
      node.classList.toggle("active", layer === this.chosen?.[0] && unit === this.chosen[1]);
    })); // prettier-ignore
    this.drawEdges(style, layers);
    choice.value = String(this.index);
    activation.value = String(Math.round(this.values[ACTIVATION]));
    this.showSum(layers, values, names);
    const count = countParameters(widths);
    const parts = widths.slice(1).map((width, k) => `(${widths[k]} + 1)·${width}`);
    write(lead, tr("{count} parameters, depth {depth}", { count, depth: widths.length - 1 }));
    write(lines[0], `${parts.join(" + ")} = ${count}`);
    const output = listed(values.at(-1) ?? []);
    const { drawnParts } = this;
    const sums = [drawnParts.map((part) => part.length - 1), drawnParts.map(countParameters)].map((terms) => `${terms.join(" + ")} = ${terms.reduce((sum, term) => sum + term)}`); // prettier-ignore
    write(lines[3], drawnParts.length === 1 ? `f(${listed(x)}) = (${output})` : tr("f = {networks}, with the same weights: depth {depth}, parameters {parameters}. f(x) = ({output})", { networks: drawnParts.map((_, k) => `f${SYMBOLS[k]}`).reverse().join(" ∘ "), depth: sums[0], parameters: sums[1], output })); // prettier-ignore
    this.showKinds();
    this.root.dataset.output = (values.at(-1) ?? []).map((value) => value.toFixed(3)).join(" ");
    this.root.dataset.parameters = String(count);
  }

  /** Which of the networks are encoders and decoders, and which do not fit. */
  showKinds() {
    const { parts, drawnParts, kinds, warning, field, own } = this;
    if (!kinds || !warning || !field || !own) return;
    own.hidden = this.index !== OWN;
    const text = parts.map((part) => part.join("-")).join(", ");
    const { activeElement } = /** @type {Document | ShadowRoot} */ (field.getRootNode());
    if (!this.problem && activeElement !== field) field.value = text;
    write(kinds, parts.map((part, k) => {
      const at = part.findIndex((width, j) => j > 0 && width > part[j - 1]);
      const kind = narrows(part) ? (widens(part) ? tr("encoder and decoder, equal widths") : tr("encoder")) : widens(part) ? tr("decoder") : tr("no encoder: layer {layer} widens from {from} to {to}", { layer: at, from: part[at - 1], to: part[at] });
      return `f${SYMBOLS[k]} ${part.join("-")}: ${kind}`;
    }).join(". ")); // prettier-ignore
    const next = drawnParts.length;
    const misfit = next < parts.length ? tr("{second} ∘ {first} is not defined: {first} gives {given} values and {second} takes {taken}. Drawn up to {first}.", { second: `f${SYMBOLS[next]}`, first: `f${SYMBOLS[next - 1]}`, given: parts[next - 1].at(-1) ?? 0, taken: parts[next][0] }) : ""; // prettier-ignore
    write(warning, this.problem || misfit);
    this.root.dataset.parts = String(next);
  }

  /** @param {Layer[]} layers @param {number[][]} values @param {Activation[]} names */
  showSum(layers, values, names) {
    if (!this.chosen || !this.lines) return;
    const [layer, unit] = this.chosen;
    const { weights, biases } = layers[layer - 1];
    const n = (/** @type {number} */ value) => (value < 0 ? `(${number(value)})` : number(value));
    const sum = weights[unit].map((w, j) => `${n(w)}·${n(values[layer - 1][j])}`).join(" + ");
    const z = weights[unit].reduce((total, w, j) => total + w * values[layer - 1][j], biases[unit]);
    write(this.lines[1], tr("Layer {layer}, unit {unit}: z = {sum}", { layer, unit: unit + 1, sum: `${sum} + ${n(biases[unit])} = ${number(z, 3)}` }));
    write(this.lines[2], names[layer - 1] === "identity" ? tr("No activation: {value}", { value: number(z, 3) }) : `φ(z) = ${TITLES[names[layer - 1]]}(${number(z, 3)}) = ${number(values[layer][unit], 3)}`);
  }

  /** @param {import("../kit/theme.js").Style} style @param {Layer[]} layers */
  drawEdges(style, layers) {
    if (!this.stage || !this.canvas || !this.chosen) return;
    const [width, height] = [this.stage.clientWidth, this.stage.clientHeight];
    const ratio = pixelRatio();
    resize(this.canvas, Math.round(width * ratio), Math.round(height * ratio));
    const brush = brushOf(this.canvas, ratio);
    brush.clearRect(0, 0, width, height);
    layers.forEach(({ weights }, layer) => weights.forEach((row, i) => row.forEach((weight, j) => {
      const [from, to] = [this.place(layer, j), this.place(layer + 1, i)];
      const isChosen = this.chosen?.[0] === layer + 1 && this.chosen[1] === i;
      brush.strokeStyle = weight > 0 ? this.colours.first : this.colours.second;
      brush.globalAlpha = isChosen || style.isStrong ? 1 : 0.45;
      brush.lineWidth = 0.5 + 2.5 * Math.min(2, Math.abs(weight)) + (isChosen ? 1 : 0);
      line(brush, from[0] * width, from[1] * height, to[0] * width, to[1] * height);
    }))); // prettier-ignore
    this.drawBounds(brush, style, width, height);
    brush.globalAlpha = 1;
  }

  /** Dashed lines through the layers that two networks share, and the names of the networks. @param {CanvasRenderingContext2D} brush @param {import("../kit/theme.js").Style} style @param {number} width @param {number} height */
  drawBounds(brush, style, width, height) {
    const { drawnParts } = this;
    if (drawnParts.length < 2) return;
    brush.strokeStyle = brush.fillStyle = style.text;
    brush.font = style.font;
    brush.textAlign = "center";
    brush.lineWidth = 1.5;
    brush.setLineDash([5, 4]);
    let from = 0;
    drawnParts.forEach((part, k) => {
      const to = from + part.length - 1;
      const [left, right] = [this.place(from, 0)[0] * width, this.place(to, 0)[0] * width];
      brush.globalAlpha = 0.6;
      if (k) line(brush, left, 18, left, height);
      brush.globalAlpha = 1;
      brush.fillText(`f${SYMBOLS[k]}`, (left + right) / 2, 14);
      from = to;
    });
    brush.setLineDash([]);
  }
}

export default define(
  { class: "experiment", "data-testid": "drawn_network" },
  (root, channel, activity) => new DrawnNetwork(root, channel, activity),
);
