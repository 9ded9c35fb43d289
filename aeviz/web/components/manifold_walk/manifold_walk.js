// From one image to another: their pixels mixed, and the line between their codes decoded, each with the nearest test
// image. Python has found distances and errors along both; the images between are computed here.

import { decode, run } from "../kit/plain_layers.js";
import { element, write } from "../kit/dom.js";
import { limit, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { mark, tr } from "../kit/language.js";
import { Mosaic } from "../kit/images.js";
import { define } from "../kit/mount.js";
import { NetworkExperiment } from "../kit/network_experiment.js";
import { Plot } from "../kit/plot.js";

/** @typedef {[number, number]} Pair */
/**
 * @typedef {{ ends: Uint8Array, codes: Float32Array, distances: Float32Array, errors: Float32Array, nearest: Uint8Array,
 *   numbers: Int32Array, usual: number, shape: number[], steps: number }} Walk
 *   first the pixels' line, then the latent one; `nearest` holds the images, `numbers` their places in the test set
 */

const TILES = 11;
const WAYS = [mark("pixels"), mark("latent")];

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b @param {number} t */
export const mix = (a, b, t) => Float32Array.from(a, (value, k) => (1 - t) * value + t * b[k]);

class ManifoldWalk extends NetworkExperiment {
  take() {
    this.root.replaceChildren();
    this.grips = [];
    this.isMade = false;
  }

  make() {
    const { root, colours } = this;
    const { shape } = /** @type {Walk} */ (/** @type {unknown} */ (this.networks[1]));
    this.inks = [colours.second, colours.first];
    const left = element("div", { class: "card" }, root);
    this.ways = [tr("Mixed pixels: (1 − t) x₀ + t x₁"), tr("Decoded: g((1 − t) z₀ + t z₁)")].map((title, k) => {
      const section = element("section", { class: "way", "aria-label": title }, left);
      const head = element("h2", {}, section);
      element("span", { class: "key", style: `--colour:${this.inks?.[k]}`, text: title }, head);
      const row = element("div", { class: "two" }, section);
      const images = [tr("at t"), tr("nearest test image")].map((name) => {
        const figure = element("figure", {}, row);
        const mosaic = new Mosaic(shape, 1, 1, false);
        mosaic.canvas.setAttribute("role", "img");
        figure.append(mosaic.canvas);
        return { mosaic, words: element("figcaption", { class: "values", text: name }, figure) };
      });
      const strip = new Mosaic(shape, TILES, 1, false);
      strip.canvas.setAttribute("role", "img");
      strip.canvas.setAttribute("aria-label", tr("{title}, in {count} steps", { title, count: TILES }));
      section.append(strip.canvas);
      return { images, strip };
    });
    const card = element("section", { class: "card", "aria-label": tr("Distances") }, root);
    this.slider = slider(card, "t", { min: 0, max: 1, step: 0.02 }, (value) => this.change({ 0: value }));
    element("p", { class: "formula lead", role: "math", text: tr("distance to the data: minᵢ |x − xᵢ|") }, card);
    this.far = element("p", { class: "values" }, card);
    this.chart = new Plot(card, { title: "", label: "", x: [0, 1], y: [0, 1], kind: "low" });
    element("p", { class: "formula", role: "math", text: tr("error: |x − g(f(x))|² / P") }, card);
    this.error = element("p", { class: "values" }, card);
    this.curve = new Plot(card, { title: "", label: "", x: [0, 1], y: [0, 1], kind: "low" });
    this.grip = new Grip(this.chart, {
      name: tr("place t on both walks"), text: "t", colour: "#c2419f", step: 0.02,
      moved: ([t], resting) => this.change({ 0: Math.round(50 * limit(t, 0, 1)) / 50 }, resting),
    }); // prettier-ignore
    this.grips.push(this.grip);
    this.verdict = element("p", { class: "verdict lead", role: "status" }, card);
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    const { ways, chart, curve, inks, values: [t] } = this; // prettier-ignore
    const [network] = this.networks;
    const walk = /** @type {Walk} */ (/** @type {unknown} */ (this.networks[1]));
    if (!ways || !chart || !curve || !inks || !this.far || !this.error || !this.verdict) return;
    const size = walk.ends.length / 2;
    const dimensions = walk.codes.length / 2;
    const ends = [0, 1].map((k) => Float32Array.from(walk.ends.subarray(k * size, (k + 1) * size), (level) => level / 255));
    const codes = [0, 1].map((k) => walk.codes.subarray(k * dimensions, (k + 1) * dimensions));
    const rules = [(/** @type {number} */ at) => mix(ends[0], ends[1], at), (/** @type {number} */ at) => decode(network, mix(codes[0], codes[1], at))]; // prettier-ignore
    const step = Math.round(t * (walk.steps - 1));
    const at = (/** @type {Float32Array} */ list, /** @type {number} */ way) => list[way * walk.steps + step];
    ways.forEach(({ images, strip }, way) => {
      const place = way * walk.steps + step;
      images[0].mosaic.set(rules[way](t));
      images[0].mosaic.canvas.setAttribute("aria-label", tr("{way} at t {t}", { way: tr(WAYS[way]), t: number(t) }));
      write(images[0].words, tr("at t = {t}", { t: number(t) }));
      images[1].mosaic.set(Float32Array.from(walk.nearest.subarray(place * size, (place + 1) * size), (level) => level / 255));
      images[1].mosaic.canvas.setAttribute("aria-label", tr("nearest test image, number {number}", { number: walk.numbers[place] }));
      write(images[1].words, tr("nearest: {number}", { number: walk.numbers[place] }));
      for (let tile = 0; tile < TILES; tile += 1) strip.set(rules[way](tile / (TILES - 1)), tile);
      strip.brush.fillStyle = "#888";
      for (let tile = 1; tile < TILES; tile += 1) strip.brush.fillRect(tile * walk.shape[2], 0, 1, walk.shape[1]);
    });
    const draw = (/** @type {Plot} */ plot, /** @type {Float32Array} */ list, /** @type {string} */ title, /** @type {number} */ least) => {
      plot.y = [0, 1.1 * Math.max(least, ...list)];
      if (!plot.begin(style)) return;
      [0, 1].forEach((way) => {
        const line = Array.from({ length: walk.steps }, (_, k) => /** @type {Pair} */ ([k / (walk.steps - 1), list[way * walk.steps + k]]));
        plot.curve(line, { colour: inks[way], width: 2.4, dash: way ? [] : [7, 3] });
        plot.dot([t, at(list, way)], { colour: inks[way], width: 4 });
      });
      if (plot === chart) plot.curve([[0, walk.usual], [1, walk.usual]], { colour: style.text, width: 1.2, dash: [2, 3] }); // prettier-ignore
      plot.curve([[t, 0], [t, plot.y[1]]], { colour: style.text, width: 1, alpha: 0.4 }); // prettier-ignore
      plot.end();
      plot.describe(title, tr("{title}; at t {t}: pixels {pixels}, latent {latent}", { title, t: number(t), pixels: number(at(list, 0), 3), latent: number(at(list, 1), 3) }));
    };
    draw(chart, walk.distances, tr("Distance to the nearest test image; dotted: usual"), walk.usual);
    draw(curve, walk.errors, tr("Squared error when encoded and decoded again"), 0);
    this.grip?.place([t, 0], `t ${number(t)}`);
    this.slider?.set(t);
    const both = (/** @type {Float32Array} */ list, /** @type {number} */ digits) => ({ mixed: number(at(list, 0), digits), decoded: number(at(list, 1), digits) });
    write(this.far, tr("mixed {mixed}, decoded {decoded}; between test images usually {usual}", { ...both(walk.distances, 2), usual: number(walk.usual, 2) }));
    write(this.error, tr("mixed {mixed}, decoded {decoded}", both(walk.errors, 4)));
    const [mixed, decoded] = [0, 1].map((way) => at(walk.distances, way));
    const times = { times: number(Math.max(mixed, decoded) / Math.max(0.01, Math.min(mixed, decoded)), 1) };
    write(this.verdict, mixed > decoded ? tr("Here the mixed pixels are further from the data, {times} times as far.", times) : tr("Here the decoded image is further from the data, {times} times as far.", times));
    const again = run(network.encoder, rules[1](t));
    Object.assign(this.root.dataset, { distances: `${mixed.toFixed(3)} ${decoded.toFixed(3)}`, code: [...again].map((value) => value.toFixed(2)).join(" ") });
  }
}

export default define(
  { class: "experiment manifold-walk", "data-testid": "manifold_walk" },
  (root, channel, activity) => new ManifoldWalk(root, channel, activity),
);
