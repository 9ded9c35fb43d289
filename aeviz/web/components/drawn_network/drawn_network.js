// A network as nodes and edges that computes: every node shows its value, an edge its weight by colour and width. A node
// that is pointed at or focused shows its sum. The autoencoder is the encoder followed by the decoder, with equal weights.

import { TITLES } from "../kit/activations.js";
import { line } from "../kit/curves.js";
import { brushOf, button, element, pixelRatio, resize, write } from "../kit/dom.js";
import { Experiment, choice, number } from "../kit/experiment.js";
import { define } from "../kit/mount.js";
import { Scrub } from "../kit/scrub.js";
import { countParameters, makeLayers, runNetwork } from "./layers.js";

/** @typedef {import("../kit/activations.js").Activation} Activation */
/** @typedef {import("./layers.js").Layer} Layer */

const FIRST_VIEW = [0, 0, 0, 1, -0.5, 0.5, 0.2, -1];
const [CHOICE, ACTIVATION, SEED, X] = [0, 1, 2, 3];
/** @type {Activation[]} */
const ACTIVATIONS = ["relu", "tanh", "sigmoid", "identity"];
const [ENCODER, DECODER] = [[5, 4, 3, 2], [2, 3, 4, 5]]; // prettier-ignore
const NETWORKS = [
  { name: "Figure 1.1: 4-3-4-5-3-7-2", widths: [4, 3, 4, 5, 3, 7, 2] },
  { name: "Figure 2.1: autoencoder 5-4-3-2-3-4-5", widths: [...ENCODER, ...DECODER.slice(1)] },
  { name: "Figure 2.2: encoder 5-4-3-2", widths: ENCODER },
  { name: "Figure 2.3: decoder 2-3-4-5", widths: DECODER },
];
const AUTOENCODER = 1;

class DrawnNetwork extends Experiment {
  make() {
    const stage = (this.stage = element("div", { class: "stage", role: "group", "aria-label": "Network" }, this.root));
    this.canvas = element("canvas", { "aria-hidden": "true" }, stage);
    this.net = element("div", { class: "net" }, stage);
    /** @type {number} */
    this.drawn = -1;
    /** @type {[number, number]} */
    this.chosen = [1, 0]; // layer and unit whose sum is shown
    /** @type {HTMLElement[][]} */
    this.nodes = [];
    /** @type {Scrub[]} */
    this.inputs = [];
    const card = element("section", { class: "card", "aria-label": "Network" }, this.root);
    const bar = element("div", { class: "bar" }, card);
    this.choice = choice(bar, "Network", NETWORKS.map(({ name }) => name), (index) => this.change({ [CHOICE]: index }));
    const second = element("div", { class: "bar" }, card);
    this.activation = choice(second, "Activation", ACTIVATIONS.map((name) => TITLES[name]), (index) => this.change({ [ACTIVATION]: index }));
    button(second, "Other weights", "Draw other weights and biases", () => this.change({ [SEED]: (this.values[SEED] + 1) % 100 }));
    button(second, "Reset", "Back to the first view", () => this.adopt(FIRST_VIEW));
    this.lead = element("p", { class: "verdict lead" }, card);
    this.lines = [0, 1, 2, 3].map(() => element("p", { class: "values" }, card));
    const key = element("p", { class: "values lead" }, card);
    element("span", { class: "key", style: `--colour:${this.colours.first}`, text: "positive weight  " }, key);
    element("span", { class: "key", style: `--colour:${this.colours.second}`, text: "negative. " }, key);
    element("span", { text: "Drag an input; point at a unit, or focus it, to see its sum." }, key);
  }

  get index() {
    return Math.round(this.values[CHOICE]);
  }

  get widths() {
    return NETWORKS[this.index].widths;
  }

  /** The autoencoder joins the layers of the encoder and of the decoder. @returns {Layer[]} */
  get layers() {
    const seed = Math.round(this.values[SEED]);
    if (this.index === 0) return makeLayers(this.widths, seed);
    const [encoder, decoder] = [makeLayers(ENCODER, seed), makeLayers(DECODER, seed + 100)];
    return this.index === AUTOENCODER ? [...encoder, ...decoder] : this.index === 2 ? encoder : decoder;
  }

  /** The chosen one for each layer, but none for the output and the code. @returns {Activation[]} */
  activations() {
    const name = ACTIVATIONS[Math.round(this.values[ACTIVATION])];
    const last = this.widths.length - 2;
    return this.widths.slice(1).map((_, k) => (k === last || (this.index === AUTOENCODER && k === ENCODER.length - 2) ? "identity" : name));
  }

  /** Where a unit stands, as shares of the stage. @param {number} layer @param {number} unit */
  place(layer, unit) {
    const { widths } = this;
    const most = Math.max(...widths);
    return [0.07 + (0.86 * layer) / (widths.length - 1), 0.5 + (0.9 * (unit - (widths[layer] - 1) / 2)) / most];
  }

  makeNodes() {
    const { net, widths } = this;
    if (!net || this.drawn === this.index) return;
    this.drawn = this.index;
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
        const scrub = new Scrub(node, { name: `input ${unit + 1}`, min: -3, max: 3, step: 0.05, moved });
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
      node.setAttribute("aria-label", `layer ${layer}, unit ${unit + 1}: ${number(values[layer][unit], 3)}`);
      node.classList.toggle("active", layer === this.chosen?.[0] && unit === this.chosen[1]);
    })); // prettier-ignore
    this.drawEdges(style, layers);
    choice.value = String(this.index);
    activation.value = String(Math.round(this.values[ACTIVATION]));
    this.showSum(layers, values, names);
    const count = countParameters(widths);
    const parts = widths.slice(1).map((width, k) => `(${widths[k]} + 1)·${width}`);
    write(lead, `${count} parameters, depth ${widths.length - 1}`);
    write(lines[0], `${parts.join(" + ")} = ${count}`);
    const [encoder, decoder] = [countParameters(ENCODER), countParameters(DECODER)];
    write(lines[3], this.index === 0 ? `f(${x.map((value) => number(value)).join(", ")}) = (${(values.at(-1) ?? []).map((value) => number(value)).join(", ")})` : `Encoder ${encoder}, decoder ${decoder} parameters: composed, depths 3 + 3 = 6 and parameters ${encoder} + ${decoder} = ${encoder + decoder}. Figure 2.1 is Figure 2.3 after Figure 2.2, with the same weights.`);
    this.root.dataset.output = (values.at(-1) ?? []).map((value) => value.toFixed(3)).join(" ");
    this.root.dataset.parameters = String(count);
  }

  /** @param {Layer[]} layers @param {number[][]} values @param {Activation[]} names */
  showSum(layers, values, names) {
    if (!this.chosen || !this.lines) return;
    const [layer, unit] = this.chosen;
    const { weights, biases } = layers[layer - 1];
    const n = (/** @type {number} */ value) => (value < 0 ? `(${number(value)})` : number(value));
    const sum = weights[unit].map((w, j) => `${n(w)}·${n(values[layer - 1][j])}`).join(" + ");
    const z = weights[unit].reduce((total, w, j) => total + w * values[layer - 1][j], biases[unit]);
    write(this.lines[1], `Layer ${layer}, unit ${unit + 1}: z = ${sum} + ${n(biases[unit])} = ${number(z, 3)}`);
    write(this.lines[2], names[layer - 1] === "identity" ? `No activation: ${number(z, 3)}` : `φ(z) = ${TITLES[names[layer - 1]]}(${number(z, 3)}) = ${number(values[layer][unit], 3)}`);
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
    brush.globalAlpha = 1;
  }
}

export default define(
  { class: "experiment", "data-testid": "drawn_network" },
  (root, channel, activity) => new DrawnNetwork(root, channel, activity),
);
