// Bytes of an image against its squared error for several methods; a budget that is dragged chooses the best image of each.

import { readable } from "../kit/axis.js";
import { button, element, write } from "../kit/dom.js";
import { Experiment, choice, limit, number, slider } from "../kit/experiment.js";
import { Grip } from "../kit/grip.js";
import { mark, tr } from "../kit/language.js";
import { Mosaic } from "../kit/images.js";
import { define } from "../kit/mount.js";
import { Plot } from "../kit/plot.js";
import { bestWithin, curveOf, decoderOf, ownOf, sizeOf } from "./choose.js";

/** @typedef {[number, number]} Pair */
/** @typedef {import("./choose.js").Point} Point */
/** @typedef {import("./choose.js").Count} Count */
/** @typedef {{ name: string, short: string, colour: string }} Method */
/**
 * @typedef {object} Sent
 * @property {number[]} values
 * @property {import("../kit/experiment.js").Colours} colours
 * @property {Method[]} methods
 * @property {Point[]} points
 * @property {number} pixels of an image, each a byte
 * @property {number} png mean bytes
 * @property {number} side
 * @property {Uint8Array} images the original, then one for each point; none where the data is missing
 */

const FIRST_VIEW = [128, 0, 1, 9];
const [BUDGET, PRECISION, HEADER, SHARED] = [0, 1, 2, 3];
const PRECISIONS = /** @type {const} */ ([["float32", 4], ["float16", 2], [mark("8 bits"), 1]]);
const DIGITS = 3; // of an error
const GRIP = "#6b6b6b";
const [LEAST, MOST] = [1, 999];
/** @type {Pair} decimal logarithms */
const BYTES = [-0.1, 3.1];
/** @type {Pair} */
const ERRORS = [-5.1, -1];
const TITLE = mark("Mean squared error of pixels in [0, 1] by mean bytes of a test image");

class Rate extends Experiment {
  make() {
    this.plot = new Plot(this.root, { title: tr(TITLE), label: "", x: BYTES, y: ERRORS, isLog: true, isLogX: true }); // prettier-ignore
    this.plot.stage.style.cursor = "crosshair";
    this.plot.stage.onclick = (event) => {
      if (this.plot && event.target === this.plot.canvas) this.spend(this.plot.pointUnder(/** @type {PointerEvent} */ (event))[0], true);
    };
    this.grip = new Grip(this.plot, { name: tr("budget of bytes"), text: tr("bytes"), colour: GRIP, step: 0.1, moved: ([x], resting) => this.spend(x, resting) }); // prettier-ignore
    this.grips = [this.grip];
    const card = element("section", { class: "card", "aria-label": tr("Rate and distortion") }, this.root);
    const bar = element("div", { class: "bar" }, card);
    this.precision = choice(bar, tr("A number in"), PRECISIONS.map(([name]) => tr(name)), (index) => this.change({ [PRECISION]: index }));
    this.header = button(bar, tr("Count headers"), tr("Count the bytes of a file's header"), () => this.change({ [HEADER]: 1 - this.values[HEADER] }));
    button(bar, tr("Reset"), tr("Back to the first view"), () => this.adopt(FIRST_VIEW));
    this.budget = slider(card, tr("budget"), { min: 0, max: Math.log10(MOST), step: 0.01 }, (value) => this.spend(value, true));
    this.shared = slider(card, tr("images a decoder"), { min: 3, max: 9, step: 0.1 }, (value) => this.change({ [SHARED]: value }));
    const formula = element("p", { class: "values verdict", role: "status" }, card);
    this.board = element("div", { class: "thumbs" }, card);
    this.lines = [formula, element("p", { class: "values" }, card), element("p", { class: "values" }, card)];
    /** @type {{ tile: HTMLElement, mosaic: Mosaic, words: HTMLElement }[]} */
    this.tiles = [];
  }

  /** @param {Sent} sent */
  receive(sent) {
    const isOther = sent.images !== this.sent?.images;
    this.sent = sent;
    this.shown = sent.points.map(ownOf);
    super.receive(sent);
    if (isOther && this.board) this.tile(sent);
    this.redraw();
  }

  /** Make a tile for the original and for each method. @param {Sent} sent */
  tile({ methods, images, side, pixels }) {
    this.board?.replaceChildren();
    this.tiles = [{ name: tr("original"), colour: "" }, ...methods].map(({ name, colour }, k) => {
      const tile = element("figure", {}, this.board);
      const mosaic = new Mosaic([1, side, side], 1, 1, false);
      mosaic.canvas.setAttribute("role", "img");
      mosaic.canvas.setAttribute("aria-label", name);
      mosaic.canvas.hidden = !images.length;
      tile.append(mosaic.canvas);
      const words = element("figcaption", {}, tile);
      element("b", { text: name, ...(colour ? { class: "key", style: `--colour:${colour}` } : {}) }, words);
      const rest = element("span", { class: "values", text: k ? "" : tr("{count} bytes", { count: pixels }) }, words);
      if (!k && images.length) mosaic.set(Array.from(images.subarray(0, pixels), (level) => level / 255));
      return { tile, mosaic, words: rest };
    });
  }

  /** @param {number} log @param {boolean} resting */
  spend(log, resting) {
    this.change({ [BUDGET]: Math.round(limit(10 ** log, LEAST, MOST)) }, resting);
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    const { plot, grip, sent, shown, lines, precision, header, shared, budget: line } = this;
    if (!plot || !grip || !sent || !shown || !lines || !precision || !header || !shared || !line) return;
    const [budget, kind] = [this.values[BUDGET], Math.round(this.values[PRECISION])];
    const hasHeader = this.values[HEADER] > 0.5;
    precision.value = String(kind);
    header.setAttribute("aria-pressed", String(hasHeader));
    const count = { hasHeader, images: 10 ** this.values[SHARED] };
    shared.set(this.values[SHARED], readable(count.images, 2));
    line.set(Math.log10(budget), `${budget} B`);
    const curves = sent.methods.map((_, method) => curveOf(sent.points, method, kind, count));
    const mean = curves.map((curve) => bestWithin(sent.points, curve, budget, count));
    const chosen = curves.map((curve) => bestWithin(shown, curve, budget, count));
    const hasImage = sent.images.length > 0;
    if (plot.begin(style)) {
      curves.forEach((curve, method) => this.drawCurve(plot, curve, sent.methods[method], mean[method], count, style));
      const x = Math.log10(budget);
      plot.curve([[x, ERRORS[0]], [x, ERRORS[1]]], { colour: style.text, width: 1.5, dash: [5, 4] });
      if (hasImage) chosen.filter((k) => k >= 0).forEach((k) => {
        const at = placeOf(shown[k], count);
        plot.dot(at, { colour: sent.methods[shown[k].method].colour, width: 7 });
        plot.dot(at, { colour: style.background, width: 4.5 });
      }); // prettier-ignore
      plot.end();
      grip.place([x, ERRORS[0] + 0.2], tr("{count} bytes", { count: budget }));
    }
    const found = sent.methods.map(({ name }, k) => (mean[k] < 0 ? "" : `${name} ${readable(sent.points[mean[k]].mse, DIGITS)}`));
    plot.describe(tr(TITLE), tr("Within {budget} bytes on average: {methods}", { budget, methods: found.filter(Boolean).join(", ") || tr("no method") }));
    this.showImages(chosen, count);
    const each = PRECISIONS[kind][1];
    const numbers = Math.floor(budget / each);
    const { pixels } = sent;
    write(lines[0], numbers
      ? tr("{pixels} : {numbers} = {ratio} : 1 in numbers. In bytes {pixels} : ({numbers} · {each}) = {bytes} : 1.", { pixels, numbers, each, ratio: number(pixels / numbers, 1), bytes: number(pixels / (numbers * each), 1) })
      : tr("A number in {precision} needs {each} bytes.", { precision: tr(PRECISIONS[kind][0]), each })); // prettier-ignore
    const jpeg = sent.points.filter(({ precision: one, bytes, body }) => one < 0 && bytes > body + 100)[0];
    const tables = jpeg ? `${tr("A JPEG's header has {count} bytes of tables, the same for all images of a size and quality, a WebP's 30.", { count: Math.round(jpeg.bytes - jpeg.body) })} ` : "";
    write(lines[1], hasImage ? tr("The least error within {budget} bytes: ● mean over the test images, ○ and above: this image.", { budget }) : tr("The least error within {budget} bytes: ● mean over the test images.", { budget }));
    write(lines[2], tables + tr("PNG, without loss: {count} bytes. A decoder's weights are counted in float16.", { count: Math.round(sent.png) }));
    this.root.dataset.chosen = chosen.map((k) => (k < 0 ? "-" : sent.points[k].name)).join("|");
  }

  /**
   * @param {Plot} plot
   * @param {number[]} curve
   * @param {Method} method
   * @param {number} chosen
   * @param {Count} count
   * @param {import("../kit/theme.js").Style} style
   */
  drawCurve(plot, curve, { short, colour }, chosen, count, style) {
    const points = this.sent?.points ?? [];
    const place = (/** @type {number} */ k) => placeOf(points[k], count);
    plot.curve(curve.map(place), { colour, width: 2 });
    for (const k of curve) plot.dot(place(k), { colour, width: k === chosen ? 7 : 3.5 });
    if (!curve.length) return;
    const [x, y] = place(curve[0]);
    plot.write(short, [x, y + 0.05], { colour: style.text }, x > 2.2 ? "right" : "left");
  }

  /** @param {number[]} chosen @param {Count} count */
  showImages(chosen, count) {
    const { sent, shown } = this;
    if (!sent || !shown) return;
    const { pixels, images } = sent;
    chosen.forEach((k, method) => {
      const tile = this.tiles?.[method + 1];
      if (!tile) return;
      const point = k < 0 ? null : shown[k];
      const from = (k + 1) * pixels;
      if (images.length) tile.mosaic.set(point ? Array.from(images.subarray(from, from + pixels), (level) => level / 255) : new Array(pixels).fill(0.5));
      const size = point && Math.round(sizeOf({ ...point, weights: 0 }, count));
      const more = point ? Math.round(decoderOf(point, count)) : 0;
      write(tile.words, point ? tr("{name}: {size} bytes, error {error}", { name: point.name, size: `${size}${more ? ` + ${more}` : ""}`, error: readable(point.mse, DIGITS) }) : tr("needs more bytes"));
      tile.mosaic.canvas.style.opacity = point ? "" : "0.4";
    });
  }
}

/** Where a point lies, in decimal logarithms; no bytes or no error at all at the edge. @param {Point} point @param {Count} count @returns {Pair} */
const placeOf = (point, count) => [Math.log10(Math.max(0.5, sizeOf(point, count))), Math.max(Math.log10(point.mse), ERRORS[0])];

export default define(
  { class: "experiment", "data-testid": "rate" },
  (root, channel, activity) => new Rate(root, channel, activity),
);
