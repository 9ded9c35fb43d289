// A disc by its three factors, its code and its reconstruction, and the discs along each latent dimension. All networks
// run here; the linear probe comes from Python.

import { button, element, write } from "../kit/dom.js";
import { decode, run } from "../kit/plain_layers.js";
import { choice, joined, limit, listed, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { Mosaic } from "../kit/images.js";
import { mark, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { NetworkExperiment } from "../kit/network_experiment.js";
import { Plot } from "../kit/plot.js";
import { SIDE, discError, mse, read, render } from "./discs.js";

/** @typedef {[number, number]} Pair */
/** @typedef {import("./discs.js").Disc} Disc */
/** @typedef {{ low: number[], high: number[], lines: number[][], r2: number[], correlations: number[][], trained: Pair[] }} Probe */

const FIRST_VIEW = [14, 14, 4.5, 3];
const ALONG = 3;
const [LEAST, LARGEST] = [0.5, 13]; // radius in pixels
const NAMES = [mark("centre x"), mark("centre y"), mark("radius")];
const TILES = 11;
const STEPS = 40; // of a curve
const BROKEN = 0.001; // squared error above which an image is called no disc

class Circles extends NetworkExperiment {
  /** @param {{ probe: Probe }} data */
  take({ probe }) {
    this.probe = probe;
    this.root.replaceChildren();
    this.grips = [];
    this.isMade = false;
  }

  make() {
    const { root, probe, colours } = this;
    if (!probe) return;
    this.inks = [colours.first, colours.second, "#c2419f"];
    const dimensions = probe.low.map((_, k) => `z${k + 1}`);
    const left = element("div", { class: "card" }, root);
    const panels = element("div", { class: "panels pair" }, left);
    const axes = { label: "", x: /** @type {Pair} */ ([0, SIDE]), y: /** @type {Pair} */ ([SIDE, 0]), isSquare: true, kind: "short" };
    this.drawn = new Plot(panels, { title: tr("Disc: drag its centre and its edge"), ...axes });
    this.made = new Plot(panels, { title: "", ...axes });
    this.pictures = [new Mosaic([1, SIDE, SIDE]), new Mosaic([1, SIDE, SIDE])];
    this.centre = new Grip(this.drawn, {
      name: tr("centre of the disc"), text: "c", colour: this.inks[0],
      moved: ([x, y], resting) => this.change({ 0: limit(x, 0, SIDE), 1: limit(y, 0, SIDE) }, resting),
    }); // prettier-ignore
    this.edge = new Grip(this.drawn, {
      name: tr("edge of the disc"), text: "", colour: this.inks[1],
      moved: ([x], resting) => this.change({ 2: limit(x - this.values[0], LEAST, LARGEST) }, resting),
    }); // prettier-ignore
    this.grips.push(this.centre, this.edge);
    this.strips = dimensions.map((name, k) => {
      const strip = element("button", { type: "button", class: "strip", title: tr("Show the curves along {name}", { name }) }, left);
      strip.onclick = () => this.change({ [ALONG]: 3 + k });
      const words = element("span", { class: "values" }, strip);
      const mosaic = new Mosaic([1, SIDE, SIDE], TILES);
      strip.append(mosaic.canvas);
      return { strip, words, mosaic };
    });

    const card = element("section", { class: "card", "aria-label": tr("Factors and code") }, root);
    const bar = element("div", { class: "bar" }, card);
    this.along = choice(bar, tr("Curves along"), [...NAMES.map((name) => tr(name)), ...dimensions], (index) => this.change({ [ALONG]: index }));
    button(bar, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.sliders = NAMES.map((name, k) => {
      const [min, max] = k === 2 ? [LEAST, LARGEST] : [0, SIDE];
      return slider(card, tr(name), { min, max, step: 0.1 }, (value) => this.change({ [k]: value }));
    });
    this.code = element("p", { class: "formula lead", role: "math" }, card);
    this.error = element("p", { class: "verdict", role: "status" }, card);
    this.curves = new Plot(card, { title: "", label: "", x: [0, 1], y: [0, SIDE], kind: "low" });
    this.keys = element("p", { class: "values" }, card);
    const table = element("table", {}, card);
    const head = element("tr", {}, table);
    for (const text of ["", ...NAMES.map((name) => tr(name))]) element("th", { text, scope: "col" }, head);
    const row = (/** @type {string} */ title, /** @type {string[]} */ texts) => {
      const line = element("tr", {}, table);
      element("th", { text: title, scope: "row" }, line);
      return texts.map((text) => element("td", { text }, line));
    };
    this.probed = row(tr("linear probe / true"), NAMES.map(() => ""));
    row(tr("its R²"), probe.r2.map((value) => number(value)));
    dimensions.forEach((name, k) => {
      const cells = row(tr("correlation with {name}", { name }), probe.correlations[k].map((value) => number(value)));
      cells.forEach((cell, f) => {
        const share = Math.round(70 * Math.abs(probe.correlations[k][f]));
        cell.style.background = `color-mix(in srgb, ${probe.correlations[k][f] < 0 ? colours.second : colours.first} ${share}%, transparent)`;
      });
    });
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    const { values: v, probe, networks, drawn, made, pictures, strips } = this;
    if (!probe || !drawn || !made || !pictures || !strips || !this.inks) return;
    const [network] = networks;
    const disc = /** @type {Disc} */ (v.slice(0, 3));
    const along = Math.min(v[ALONG], 2 + probe.low.length);
    const image = render(disc);
    const z = run(network.encoder, image);
    const decoded = decode(network, z);
    const found = read(decoded);
    const isInside = disc.every((value, k) => value >= probe.trained[k][0] && value <= probe.trained[k][1]);
    [image, decoded].forEach((pixels, k) => pictures[k].set(pixels));
    if (drawn.begin(style)) {
      this.paintImage(drawn, 0);
      const [[left, right], [top, bottom]] = probe.trained;
      drawn.curve([[left, top], [right, top], [right, bottom], [left, bottom]], { colour: "#fff", width: 1.5, dash: [5, 4] }, true); // prettier-ignore
      drawn.end();
      drawn.describe(tr("Disc: drag its centre and its edge"), tr("Disc at {disc}; dashed: where the centres of the training images lie", { disc: listed(disc, 1) }));
      this.centre?.place([disc[0], disc[1]], joined([`x ${number(disc[0], 1)}`, `y ${number(disc[1], 1)}`]));
      this.edge?.place([disc[0] + disc[2], disc[1]], tr("radius {radius}", { radius: number(disc[2], 1) }));
    }
    if (made.begin(style)) {
      this.paintImage(made, 1);
      this.outline(made, disc, { colour: this.inks[0], width: 2, dash: [4, 3] });
      made.end();
      made.describe(tr("Reconstruction; dashed: the disc"), tr("Reconstruction: disc at {disc}", { disc: listed(found, 1) }));
    }
    strips.forEach(({ strip, words, mosaic }, k) => {
      const point = Float32Array.from(z);
      const [low, high] = [probe.low[k], probe.high[k]];
      for (let tile = 0; tile < TILES; tile += 1) {
        point[k] = low + ((high - low) * tile) / (TILES - 1);
        mosaic.set(decode(network, point), tile);
      }
      mosaic.brush.fillStyle = "#888";
      for (let tile = 1; tile < TILES; tile += 1) mosaic.brush.fillRect(tile * SIDE, 0, 1, SIDE);
      write(words, tr("z{index} from {low} to {high}; now {value}", { index: k + 1, low: number(low, 1), high: number(high, 1), value: number(z[k], 1) }));
      strip.setAttribute("aria-pressed", String(along === 3 + k));
    });
    this.paintCurves(style, disc, z, along);
    if (!this.code || !this.error || !this.probed || !this.along) return;
    disc.forEach((value, k) => this.sliders?.[k].set(value, number(value, 1)));
    this.along.value = String(along);
    write(this.code, `z = f(x) = (${listed(z)})`);
    const error = mse(image, decoded);
    const shape = discError(decoded) > BROKEN ? tr("The reconstruction is no disc.") : tr("It is the disc ({disc}).", { disc: listed(found, 1) });
    write(this.error, `${tr("Squared error {error}.", { error: number(error, 4) })} ${shape}${isInside ? "" : ` ${tr("No training image has such a disc.")}`}`);
    this.probed.forEach((cell, f) => {
      const { lines } = probe;
      write(cell, `${number(z.reduce((sum, value, k) => sum + value * lines[k][f], lines[z.length][f]), 1)} / ${number(disc[f], 1)}`);
    });
    Object.assign(this.root.dataset, { code: [...z].map((value) => value.toFixed(3)).join(" "), error: error.toFixed(5) });
  }

  /** @param {Plot} plot @param {number} index */
  paintImage(plot, index) {
    if (!this.pictures) return;
    const [[left, top], [right, bottom]] = [plot.place([0, 0]), plot.place([SIDE, SIDE])];
    plot.brush.imageSmoothingEnabled = false;
    plot.brush.drawImage(this.pictures[index].canvas, left, top, right - left, bottom - top);
  }

  /** @param {Plot} plot @param {Disc} disc @param {import("../kit/plot.js").Look} look */
  outline(plot, [x, y, radius], look) {
    const at = (/** @type {number} */ k) => /** @type {Pair} */ ([x + radius * Math.cos(k), y + radius * Math.sin(k)]);
    plot.curve(Array.from({ length: 64 }, (_, k) => at((k * Math.PI) / 32)), look, true);
  }

  /**
   * The code along a factor, or the discs' factors along a latent dimension.
   * @param {import("../kit/theme.js").Style} style @param {Disc} disc @param {Float32Array} z @param {number} along
   */
  paintCurves(style, disc, z, along) {
    const { probe, curves, networks: [network], keys, inks } = this; // prettier-ignore
    if (!probe || !curves || !keys || !inks) return;
    const isFactor = along < 3;
    const [low, high] = isFactor ? probe.trained[along] : [probe.low[along - 3], probe.high[along - 3]];
    const names = isFactor ? probe.low.map((_, k) => `z${k + 1}`) : NAMES.map((name) => tr(name));
    /** @type {Pair[][]} */
    const lines = names.map(() => []);
    for (let step = 0; step <= STEPS; step += 1) {
      const at = low + ((high - low) * step) / STEPS;
      const moved = isFactor ? [...disc] : Array.from(z);
      moved[isFactor ? along : along - 3] = at;
      const found = isFactor ? run(network.encoder, render(/** @type {Disc} */ (moved))) : read(decode(network, moved));
      lines.forEach((line, k) => line.push([at, found[k]]));
    }
    const all = lines.flat().map(([, y]) => y);
    curves.x = [low, high];
    curves.y = isFactor ? [Math.min(...all) - 0.5, Math.max(...all) + 0.5] : [0, SIDE];
    if (!curves.begin(style)) return;
    lines.forEach((line, k) => curves.curve(line, { colour: inks[k % 3], width: 2.2, dash: [[], [8, 4], [3, 3]][k % 3] }));
    const now = isFactor ? disc[along] : z[along - 3];
    curves.curve([[now, curves.y[0]], [now, curves.y[1]]], { colour: style.text, width: 1, dash: [2, 3] }); // prettier-ignore
    curves.end();
    const title = isFactor ? tr("Code by the {factor} of the disc", { factor: tr(NAMES[along]) }) : tr("Discs decoded along z{index}, in pixels", { index: along - 2 });
    curves.describe(title, `${title}: ${names.join(", ")}`);
    if (keys.dataset.names === names.join()) return;
    keys.dataset.names = names.join();
    keys.replaceChildren();
    names.forEach((name, k) => element("span", { class: "key", style: `--colour:${inks[k % 3]}`, text: `${name} ${[tr("solid"), tr("dashed"), tr("dotted")][k % 3]}  ` }, keys));
  }
}

export default define(
  { class: "experiment circles", "data-testid": "circles" },
  (root, channel, activity) => new Circles(root, channel, activity),
);
