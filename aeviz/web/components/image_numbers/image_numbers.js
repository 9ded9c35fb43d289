// An image as numbers: its pixels, the vector of its rows and the way back, and how pixels in [0, 1] become levels. Python
// gets the choices once a gesture rests.

import { line } from "../kit/curves.js";
import { brushOf, element, pixelRatio, resize, write } from "../kit/dom.js";
import { KeptNumbers } from "../kit/kept_numbers.js";
import { localise, mark, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { NumberGrid } from "../kit/number_grid.js";
import { styleOf, watchLooks } from "../kit/theme.js";
import { largestLevel, roundingError, tiesThatDiffer, toLevel, toLevelEven } from "./levels.js";

/** @typedef {import("../kit/theme.js").Style} Style */
/**
 * @typedef {object} Data
 * @property {number[]} values image, cell, bits, columns of the way back, what the cells show, 255 times the pixel p
 * @property {number[][]} images pixels in [0, 1]
 * @property {string[]} names
 * @property {string[]} colours of S1's and of NumPy's rounding
 * @property {string} accent
 */

const [IMAGE, CELL, BITS, COLUMNS, SHOWN, P] = [0, 1, 2, 3, 4, 5];
const SIDE = 8;
const WIDTHS = [2, 4, 8, 16, 32];
const SHOWS = [mark("pixel p in [0, 1]"), mark("p times the largest level"), mark("level, ties down (S1)"), mark("level, ties to even (NumPy)")];

/** @param {number} value @param {number} [digits] */
const number = (value, digits = 4) => localise(String(Number(value.toFixed(digits))).replace("-", "−"));

class ImageNumbers {
  /**
   * @param {HTMLElement} root
   * @param {import("../kit/mount.js").Channel} channel
   * @param {import("../kit/mount.js").Activity} activity
   */
  constructor(root, channel, activity) {
    this.root = root;
    /** @type {number[]} */
    this.values = [];
    this.frame = 0;
    this.kept = new KeptNumbers(channel, activity, () => this.values.map((value) => Math.round(100 * value) / 100));
    const first = this.part(tr("The image as a matrix"));
    this.image = this.pick(first.bar, tr("Image"), [], IMAGE, (k) => k);
    this.shows = this.pick(first.bar, tr("Cells show"), SHOWS.map((text) => tr(text)), SHOWN, (k) => k);
    this.matrix = new NumberGrid(first.part, { label: tr("The image as a matrix"), pointed: ({ row, column }) => this.point(SIDE * row + column) });
    const second = this.part(tr("The vector in rows of another length"));
    this.columns = this.pick(second.bar, tr("Columns"), WIDTHS.map(String), COLUMNS, (k) => WIDTHS[k]);
    this.back = new NumberGrid(second.part, { label: tr("The vector in rows"), pointed: ({ row, column }) => this.point(this.values[COLUMNS] * row + column) });
    const third = this.part(tr("From p to a level"));
    this.bits = this.slider(third.part, tr("Bits"), BITS, ["1", "8", "1"], (value) => value);
    this.p = this.slider(third.part, "p", P, ["0", "255", "0.25"], (value) => (255 * value) / largestLevel(this.values[BITS]));
    this.stage = element("div", { class: "chart" }, third.part);
    this.canvas = element("canvas", { role: "img" }, this.stage);
    this.rounded = element("p", { class: "values lead", role: "status" }, third.part);
    this.bound = element("p", { class: "values" }, third.part);
    this.ties = element("p", { class: "values" }, third.part);
    const vector = element("section", { class: "part wide", "aria-label": tr("The image as a vector") }, root);
    this.place = element("p", { class: "values" }, vector);
    this.vector = new NumberGrid(vector, { label: tr("The image as a vector"), pointed: ({ column }) => this.point(column) });
    this.unwatch = watchLooks(root, () => this.redraw());
  }

  /** @param {string} title */
  part(title) {
    const part = element("section", { class: "part", "aria-label": title }, this.root);
    const heading = element("h4", { text: title }, part);
    return { part, heading, bar: element("div", { class: "bar" }, part) };
  }

  /** @param {Element} parent @param {string} title @param {string[]} options @param {number} at @param {(k: number) => number} value */
  pick(parent, title, options, at, value) {
    const label = element("label", {}, parent);
    element("span", { text: title }, label);
    const select = element("select", { "aria-label": title }, label);
    options.forEach((text, k) => element("option", { value: String(k), text }, select));
    select.onchange = () => this.change(at, value(Number(select.value)));
    return select;
  }

  /** @param {Element} parent @param {string} title @param {number} at @param {string[]} range @param {(value: number) => number} value */
  slider(parent, title, at, [min, max, step], value) {
    const label = element("label", { class: "slide" }, parent);
    const words = element("span", {}, label);
    const input = element("input", { type: "range", min, max, step, "aria-label": title }, label);
    input.oninput = () => this.change(at, value(Number(input.value)));
    return { words, input };
  }

  /** @param {Data} data */
  receive(data) {
    if (!this.data) data.names.forEach((text, k) => element("option", { value: String(k), text }, this.image));
    this.data = data;
    if (!this.kept.isNews(data.values, false)) return;
    this.values = [...data.values];
    this.redraw();
  }

  /** @param {number} at @param {number} value */
  change(at, value) {
    this.values[at] = value;
    this.redraw();
    this.kept.start();
  }

  /** @param {number} cell */
  point(cell) {
    const p = this.data?.images[this.values[IMAGE]]?.[cell];
    if (p === undefined || (cell === this.values[CELL] && 255 * p === this.values[P])) return;
    this.values[CELL] = cell;
    this.change(P, 255 * p);
  }

  redraw() {
    if (!this.frame) this.frame = requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.frame = 0;
    if (!this.values.length || !this.data || !this.root.isConnected) return;
    const [image, cell, bits, columns, shown] = this.values;
    const pixels = this.data.images[image];
    const style = styleOf(this.root);
    const top = largestLevel(bits);
    const level = shown === 3 ? toLevelEven : toLevel;
    const show = [(/** @type {number} */ p) => p, (/** @type {number} */ p) => top * p, ...Array(2).fill((/** @type {number} */ p) => level(p, bits))][shown];
    const range = /** @type {[number, number]} */ ([0, shown === 0 ? 1 : top]);
    const format = (/** @type {number} */ value) => number(value, shown === 0 ? 2 : 1);
    const values = pixels.map(show);
    const frame = (/** @type {number} */ wide) => [{ row: Math.floor(cell / wide), column: cell % wide, height: 1, width: 1, colour: this.data?.accent ?? "" }];
    this.matrix.draw({ values, rows: SIDE, columns: SIDE, range, marks: frame(SIDE), format }, style);
    this.back.stage.style.maxWidth = `calc(clamp(12rem, 100vh - 27rem, 26rem) * ${Math.min(1, (columns * columns) / 64)})`; // no taller than the image
    this.back.draw({ values, rows: values.length / columns, columns, range, marks: frame(columns), format }, style);
    this.vector.draw({ values, rows: 1, columns: values.length, range, marks: frame(values.length), format }, style);
    this.image.value = String(image);
    this.shows.value = String(shown);
    this.columns.value = String(WIDTHS.indexOf(columns));
    const [row, column] = [Math.floor(cell / SIDE) + 1, (cell % SIDE) + 1];
    const at = { row, column, entry: cell + 1, columns, newRow: Math.floor(cell / columns) + 1, newColumn: (cell % columns) + 1 };
    write(this.place, columns === SIDE
      ? tr("The image as a vector of 64 entries, row after row: row i = {row}, column j = {column} is entry 8(i − 1) + j = {entry}. With {columns} columns it stands in row {newRow}, column {newColumn}: the image again.", at)
      : tr("The image as a vector of 64 entries, row after row: row i = {row}, column j = {column} is entry 8(i − 1) + j = {entry}. With {columns} columns it stands in row {newRow}, column {newColumn}.", at)); // prettier-ignore
    this.drawRounding(pixels, bits, style);
    this.root.dataset.shown = values.slice(0, SIDE).map((value) => number(value, 2)).join(" ");
  }

  /** @param {number[]} pixels @param {number} bits @param {Style} style */
  drawRounding(pixels, bits, style) {
    const top = largestLevel(bits);
    const p = this.values[P] / 255;
    const exact = top * p;
    const [down, even] = [toLevel(p, bits), toLevelEven(p, bits)];
    Object.assign(this.bits.input, { value: String(bits) });
    write(this.bits.words, tr("Bits: {bits}, levels 0 to {top}", { bits, top }));
    Object.assign(this.p.input, { max: String(top), value: String(exact) });
    this.p.input.setAttribute("aria-valuetext", number(p));
    write(this.p.words, tr("p = {p}, {top}p = {exact}", { p: number(p), top, exact: number(exact, 3) }));
    const isTie = exact % 1 === 0.5;
    const rounded = { top, exact: number(exact - 0.5, 3), down, even };
    write(this.rounded, isTie ? tr("⌈{top}p − 0.5⌉ = ⌈{exact}⌉ = {down}; NumPy rounds to {even} (a tie: the even one).", rounded) : tr("⌈{top}p − 0.5⌉ = ⌈{exact}⌉ = {down}; NumPy rounds to {even}.", rounded));
    const error = Math.abs(down / top - p);
    write(this.bound, tr("Error |{down}/{top} − p| = {error}, at most 1/{double} = {most}.", { down, top, error: number(error, 5), double: 2 * top, most: number(1 / (2 * top), 5) }));
    const all = roundingError(pixels, bits);
    const inImage = pixels.filter((one) => toLevel(one, bits) !== toLevelEven(one, bits)).length;
    write(this.ties, tr("This image: largest error {largest}, root mean square {rms}. The rules differ on {differ} of the {top} ties and nowhere else; in this image on {count} pixels.", { largest: number(all.largest, 5), rms: number(all.rms, 5), differ: tiesThatDiffer(bits), top, count: inImage }));
    const [width, height] = [this.stage.clientWidth, this.stage.clientHeight];
    if (width < 60 || !this.data) return;
    const ratio = pixelRatio();
    resize(this.canvas, Math.round(width * ratio), Math.round(height * ratio));
    const brush = brushOf(this.canvas, this.canvas.width / width);
    brush.clearRect(0, 0, width, height);
    const middle = Math.floor(exact);
    const x = (/** @type {number} */ value) => ((value - middle + 1.2) / 3.4) * width;
    const y = height * 0.62;
    brush.font = style.font;
    brush.strokeStyle = brush.fillStyle = style.text;
    brush.textAlign = "center";
    brush.textBaseline = "top";
    brush.lineWidth = 1.5;
    line(brush, 0, y, width, y);
    for (let k = middle - 1; k <= middle + 2; k += 1) {
      if (k < 0 || k > top) continue;
      line(brush, x(k), y - 7, x(k), y + 7);
      brush.fillText(String(k), x(k), y + 11);
      if (k < top) line(brush, x(k + 0.5), y - 3, x(k + 0.5), y + 3);
    }
    [down, even].forEach((to, k) => {
      brush.strokeStyle = brush.fillStyle = this.data?.colours[k] ?? "";
      brush.lineWidth = 2.5;
      const lift = y - (k ? 0.55 : 0.3) * height;
      brush.beginPath();
      brush.moveTo(x(exact), y - 6);
      brush.quadraticCurveTo(x((exact + to) / 2), lift, x(to), y - 9);
      brush.stroke();
      brush.beginPath();
      brush.arc(x(to), y - 9, 4, 0, 2 * Math.PI);
      brush.fill();
      brush.textAlign = k ? "right" : "left";
      brush.textBaseline = "top";
      brush.fillText(k ? tr("NumPy: ties to even") : tr("S1: ties down"), k ? width - 4 : 4, 2);
    });
    brush.fillStyle = style.text;
    brush.beginPath();
    brush.arc(x(exact), y, 5.5, 0, 2 * Math.PI);
    brush.fill();
    this.canvas.setAttribute("aria-label", tr("{top}p = {exact} between levels: S1 takes {down}, NumPy {even}", { top, exact: number(exact, 3), down, even }));
    this.root.dataset.rounded = `${down} ${even}`;
  }

  close() {
    this.unwatch();
    this.kept.stop();
    cancelAnimationFrame(this.frame);
  }
}

export default define(
  { class: "experiment numbers", "data-testid": "image-numbers" },
  (root, channel, activity) => new ImageNumbers(root, channel, activity),
);
