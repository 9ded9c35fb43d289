// The encoder of model A before the decoder of model B: the code as it is, moved by a similarity and by an affine map. Below,
// autoencoders composed one after the other.

import { classColour } from "../kit/class_colours.js";
import { decode, run } from "../kit/plain_layers.js";
import { button, element, write } from "../kit/dom.js";
import { joined, limit, listed, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { Mosaic } from "../kit/images.js";
import { localise, mark, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { NetworkExperiment } from "../kit/network_experiment.js";
import { Plot } from "../kit/plot.js";

/** @typedef {[number, number]} Pair */
/** @typedef {{ matrix: number[][], shift: number[] }} Affine z ↦ matrix z + shift */
/**
 * @typedef {{ image: number[], shape: number[], labels: number[] | null, codes: Pair[][], maps: Affine[], errors: number[],
 *   titles: string[] }} Pairing `errors`: over the test images, of A, of B and of B after each map (first none)
 */

const FIRST_VIEW = [0, 0, 6];
const CHAIN = 2;
const MOST = 12; // networks of a chain
const INK = "#c2419f";
const WAYS = [mark("as it is"), mark("similarity"), mark("affine map")];
const MARKS = ["#8c8c8c", "#7a4fa3", INK];

/** @param {Affine} map @param {ArrayLike<number>} z */
export const apply = ({ matrix, shift }, z) => matrix.map((row, k) => row.reduce((sum, value, at) => sum + value * z[at], shift[k]));

/** @param {number} value */
const count = (value) => localise(value.toLocaleString("en"));

class ForeignDecoder extends NetworkExperiment {
  /** @param {any} data */
  receive(data) {
    const isOther = JSON.stringify(data.pairing) !== JSON.stringify(this.pairing);
    this.pairing = /** @type {Pairing} */ (data.pairing);
    const done = super.receive(data);
    if (isOther && this.isMade) this.redraw();
    return done;
  }

  take() {
    this.root.replaceChildren();
    this.grips = [];
    this.isMade = false;
  }

  make() {
    const { root, pairing } = this;
    if (!pairing) return;
    const { shape, titles } = pairing;
    const left = element("div", { class: "card" }, root);
    const panels = element("div", { class: "panels pair" }, left);
    const axes = { title: "", label: "", x: /** @type {Pair} */ ([-1, 1]), y: /** @type {Pair} */ ([-1, 1]), isSquare: true, kind: "flat" };
    this.planes = [new Plot(panels, axes), new Plot(panels, { ...axes })];
    this.grip = new Grip(this.planes[0], {
      name: tr("code z of model A"), text: "z", colour: INK,
      moved: ([a, b], resting) => this.move([a, b], resting),
    }); // prettier-ignore
    this.grips.push(this.grip);
    const row = element("div", { class: "views" }, left);
    this.views = ["x", "g_A(z)", tr("g_B(z): z as it is"), tr("g_B(T z): similarity"), tr("g_B(T z): affine map")].map((text) => {
      const figure = element("figure", {}, row);
      const mosaic = new Mosaic(shape, 1, 1, false);
      mosaic.canvas.setAttribute("role", "img");
      mosaic.canvas.setAttribute("aria-label", text);
      figure.append(mosaic.canvas);
      element("figcaption", { class: "values", text }, figure);
      return { mosaic, words: element("figcaption", { class: "values" }, figure) };
    });
    const strip = element("section", { class: "way", "aria-label": tr("Composed networks") }, left);
    this.chained = element("h2", {}, strip);
    const tiles = element("div", { class: "chain" }, strip);
    this.chain = Array.from({ length: MOST + 1 }, (_, place) => {
      const mosaic = new Mosaic(shape, 1, 1, false);
      mosaic.canvas.setAttribute("role", "img");
      mosaic.canvas.setAttribute("aria-label", tr("the image after {count} autoencoders", { count: place }));
      tiles.append(mosaic.canvas);
      return mosaic;
    });

    const card = element("section", { class: "card", "aria-label": tr("Composition") }, root);
    const bar = element("div", { class: "bar" }, card);
    button(bar, "z = f(x)", tr("Back to the code of the image"), () => this.change({ 0: 0, 1: 0 }));
    button(bar, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.count = slider(card, tr("networks N"), { min: 1, max: MOST, step: 1 }, (value) => this.change({ [CHAIN]: value }));
    element("p", { class: "formula lead", role: "math", text: "x̂ = g_B(T f_A(x))" }, card);
    this.sizes = element("p", { class: "values" }, card);
    this.lines = [1, 2].map((k) => {
      const line = element("p", { class: "values" }, card);
      element("span", { class: "key", style: `--colour:${MARKS[k]}`, text: tr(WAYS[k]) }, line);
      return element("span", {}, line);
    });
    const table = element("table", {}, card);
    const head = element("tr", {}, table);
    for (const text of [tr("squared error"), tr("this image"), tr("test images")]) element("th", { text, scope: "col" }, head);
    this.cells = [tr("A alone: {model}", { model: titles[0] }), tr("B alone: {model}", { model: titles[1] }), ...WAYS.map((way) => tr("A before B: {way}", { way: tr(way) }))].map((title) => {
      const line = element("tr", {}, table);
      element("th", { text: title, scope: "row" }, line);
      return [0, 1].map(() => element("td", {}, line));
    });
    this.verdict = element("p", { class: "verdict", role: "status" }, card);
  }

  /** @param {Pair} to @param {boolean} resting */
  move([a, b], resting) {
    if (!this.own) return;
    this.change({ 0: limit(a - this.own[0], -99, 99), 1: limit(b - this.own[1], -99, 99) }, resting);
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    const { pairing, planes, views, cells, networks, values: v } = this;
    if (!pairing || !planes || !views || !cells || networks.length < 2) return;
    const [first, second] = networks;
    const pixels = Float32Array.from(pairing.image, (level) => level / 255);
    const own = [...run(first.encoder, pixels)];
    this.own = /** @type {Pair} */ ([own[0], own[1]]);
    const z = [own[0] + v[0], own[1] + v[1]];
    const moved = [z, ...pairing.maps.map((map) => apply(map, z))];
    const target = run(second.encoder, pixels);
    const images = [pixels, decode(first, z), ...moved.map((point) => decode(second, point))];
    const errorOf = (/** @type {ArrayLike<number>} */ image) => pixels.reduce((sum, value, k) => sum + (value - image[k]) ** 2, 0) / pixels.length;
    const errors = [errorOf(images[1]), errorOf(decode(second, target)), ...images.slice(2).map(errorOf)];
    images.forEach((image, k) => {
      views[k].mosaic.set(image);
      if (k) write(views[k].words, tr("error {error}", { error: number(errors[k === 1 ? 0 : k], 4) }));
    });
    planes.forEach((plane, which) => this.paintPlane(plane, style, which, which ? moved : [z], target));
    this.grip?.place([z[0], z[1]], `z ${listed(z)}`);
    this.paintChain(pixels);
    cells.forEach((pair, k) => [errors[k], pairing.errors[k]].forEach((value, at) => write(pair[at], number(value, 4))));
    this.lines?.forEach((line, k) => {
      const { matrix, shift } = pairing.maps[k];
      write(line, `T z = (${joined(matrix.map((row) => `(${listed(row)})`))}) z + (${listed(shift)})`);
    });
    const size = (/** @type {import("../kit/plain_layers.js").Layer[]} */ layers) => layers.reduce((sum, { weights, bias }) => sum + weights.length + bias.length, 0);
    const [f, g] = [first.encoder, second.decoder];
    if (this.sizes) write(this.sizes, tr("Layers: {layers}; parameters: {parameters}", { layers: `${f.length} + ${g.length} = ${f.length + g.length}`, parameters: `${count(size(f))} + ${count(size(g))} = ${count(size(f) + size(g))}` }));
    const ratios = pairing.errors.slice(3).map((error) => number(error / Math.max(1e-9, pairing.errors[2])));
    if (this.verdict) write(this.verdict, tr("Over the test images the similarity makes the error of A before B {similarity} times as large, the affine map {affine} times.", { similarity: ratios[0], affine: ratios[1] }));
    this.count?.set(v[CHAIN], number(v[CHAIN], 0));
    this.root.dataset.errors = errors.map((value) => value.toFixed(4)).join(" ");
  }

  /** @param {Plot} plane @param {import("../kit/theme.js").Style} style @param {number} which @param {number[][]} marks @param {ArrayLike<number>} target */
  paintPlane(plane, style, which, marks, target) {
    const { pairing, root } = this;
    if (!pairing) return;
    const codes = pairing.codes[which];
    const spread = [0, 1].map((axis) => codes.map((point) => point[axis]).sort((a, b) => a - b));
    const ends = spread.map((list) => [list[Math.floor(0.01 * list.length)], list[Math.floor(0.99 * (list.length - 1))]]);
    const middle = ends.map(([low, high]) => (low + high) / 2);
    const seen = marks.map((point) => [0, 1].map((axis) => Math.abs(point[axis] - middle[axis])));
    const half = Math.max(...ends.map(([low, high]) => 0.6 * (high - low)), ...(which ? seen.slice(1) : []).flat().map((value) => Math.min(value * 1.1, 2 * Math.max(...ends.map(([low, high]) => high - low)))));
    plane.x = [middle[0] - half, middle[0] + half];
    plane.y = [middle[1] - half, middle[1] + half];
    if (!plane.begin(style)) return;
    codes.forEach((point, k) => plane.dot(point, { colour: pairing.labels ? classColour(pairing.labels[k], root) : style.text, width: 2, alpha: 0.55 }));
    if (which) {
      marks.forEach((point, k) => plane.dot([point[0], point[1]], { colour: MARKS[k], width: 6 }));
      plane.dot([target[0], target[1]], { colour: style.text, width: 4 });
    }
    plane.end();
    const title = which ? tr("B, {model}: T z; grey: z; small: f_B(x)", { model: pairing.titles[1] }) : tr("A, {model}: drag z", { model: pairing.titles[0] });
    plane.describe(title, `${title}: ${marks.map((point) => listed(point)).join("; ")}`);
  }

  /** A and B in turn, one on the image of the other. @param {Float32Array} pixels */
  paintChain(pixels) {
    const { chain, networks, pairing, chained, values: v } = this;
    if (!chain || !pairing || !chained) return;
    let image = pixels;
    const count = Math.round(v[CHAIN]);
    chain.forEach((mosaic, place) => {
      mosaic.canvas.style.visibility = place > count ? "hidden" : "";
      if (place > count) return;
      const network = networks[(place + 1) % 2];
      if (place) image = decode(network, run(network.encoder, image));
      mosaic.set(image);
    });
    write(chained, tr("{count} autoencoders composed: {first} and {second} in turn", { count, first: pairing.titles[0], second: pairing.titles[1] }));
  }
}

export default define(
  { class: "experiment foreign-decoder", "data-testid": "foreign_decoder" },
  (root, channel, activity) => new ForeignDecoder(root, channel, activity),
);
