// An image of pixels with three channels: as it looks, as three grids of levels, and in grey. A click chooses a pixel, which sliders
// and grids set; the others stay as they are in the image.

import { button, element, write } from "../kit/dom.js";
import { Experiment, choice, listed, number } from "../kit/experiment.js";
import { Mosaic } from "../kit/images.js";
import { mark, tr } from "../kit/language.js";
import { define } from "../kit/mount.js";
import { NumberGrid } from "../kit/number_grid.js";
import { GREY_WEIGHTS, greyLevel } from "./grey.js";

const [CELL, RED, WEIGHTS] = [0, 1, 4];
const SIDE = 8;
const COUNT = SIDE * SIDE;
const TOP = 255;
const CHANNELS = /** @type {const} */ ([[mark("red"), "#e02a2a"], [mark("green"), "#1d9a3c"], [mark("blue"), "#2f6bff"]]);
const ACCENT = "#c2419f";

class RgbPixel extends Experiment {
  make() {
    const part = (/** @type {string} */ title, kind = "part") => {
      const section = element("section", { class: kind, "aria-label": title }, this.root);
      element("h4", { text: title }, section);
      return section;
    };
    const image = part(tr("The image: 8 x 8 pixels of 3 levels"));
    this.mosaic = new Mosaic([3, SIDE, SIDE], 1, 1, false);
    this.mosaic.canvas.setAttribute("role", "img");
    image.append(this.mosaic.canvas);
    this.grids = CHANNELS.map(([name], k) => {
      const edited = (/** @type {number} */ cell, /** @type {number} */ level) => this.set(k, cell, level);
      const grid = new NumberGrid(part(tr("Channel {number}: {colour}", { number: k + 1, colour: tr(name) })), { label: tr("Channel {colour}", { colour: tr(name) }), edited, limits: [0, TOP] });
      grid.canvas.style.touchAction = "pan-y"; // a phone scrolls over the grids
      return grid;
    });
    this.grey = new NumberGrid(part(tr("In grey: 1 channel")), { label: tr("The image in grey") });
    const controls = part(tr("The chosen pixel"), "part wide");
    const bar = element("div", { class: "bar" }, controls);
    this.sliders = CHANNELS.map(([name], k) => {
      const label = element("label", { class: "slide" }, bar);
      const words = element("span", {}, label);
      const input = element("input", { type: "range", min: "0", max: String(TOP), "aria-label": tr(name) }, label);
      input.oninput = () => this.change({ [RED + k]: Number(input.value) });
      return { words, input };
    });
    const second = element("div", { class: "bar" }, controls);
    this.weights = choice(second, tr("Weights of grey"), GREY_WEIGHTS.map(([name]) => tr(name)), (index) => this.change({ [WEIGHTS]: index }));
    button(second, tr("As in the image"), tr("Set the chosen pixel back"), () => this.choose(this.values[CELL]));
    this.pixel = element("p", { class: "formula", role: "status" }, controls);
    this.live = element("p", { class: "values" }, controls);
  }

  /** @param {{ values: number[], colours: import("../kit/experiment.js").Colours, pixels: number[] }} sent */
  receive(sent) {
    this.pixels = sent.pixels;
    super.receive(sent);
  }

  /** Take a pixel as it is in the image. @param {number} cell */
  choose(cell) {
    const { pixels } = this;
    if (!pixels) return;
    const changes = CHANNELS.map((_, k) => [RED + k, pixels[k * COUNT + cell]]);
    this.change(Object.fromEntries([[CELL, cell], ...changes]));
  }

  /** Set one level of a pixel, which is taken as it is in the image if another was chosen. @param {number} channel @param {number} cell @param {number} level */
  set(channel, cell, level) {
    if (cell !== this.values[CELL]) this.choose(cell);
    if (level !== this.values[RED + channel]) this.change({ [RED + channel]: level });
  }

  /** @param {import("../kit/theme.js").Style} style */
  paint(style) {
    const { pixels, mosaic, grids, grey, sliders, weights, pixel, live } = this;
    if (!pixels || !mosaic || !grids || !grey || !sliders || !weights || !pixel || !live) return;
    const cell = this.values[CELL];
    const set = this.values.slice(RED, RED + 3);
    const levels = pixels.map((level, k) => (k % COUNT === cell ? set[Math.floor(k / COUNT)] : level));
    mosaic.set(levels.map((level) => level / TOP));
    const [row, column] = [Math.floor(cell / SIDE), cell % SIDE];
    mosaic.canvas.setAttribute("aria-label", tr("The colour image; the pixel in row {row}, column {column} is chosen", { row: row + 1, column: column + 1 }));
    const marks = [{ row, column, height: 1, width: 1, colour: ACCENT }];
    const format = (/** @type {number} */ value) => String(Math.round(value));
    /** @type {[number, number]} */
    const range = [0, TOP];
    grids.forEach((grid, k) => grid.draw({ values: levels.slice(k * COUNT, (k + 1) * COUNT), rows: SIDE, columns: SIDE, range, colours: [CHANNELS[k][1], ""], marks, format }, style)); // prettier-ignore
    const [name, factors] = GREY_WEIGHTS[this.values[WEIGHTS]];
    const values = Array.from({ length: COUNT }, (_, k) => greyLevel([levels[k], levels[COUNT + k], levels[2 * COUNT + k]], factors));
    grey.draw({ values, rows: SIDE, columns: SIDE, range, marks, format }, style);
    weights.value = String(this.values[WEIGHTS]);
    sliders.forEach(({ words, input }, k) => {
      input.value = String(set[k]);
      write(words, `${tr(CHANNELS[k][0])} ${set[k]}`);
    });
    write(pixel, tr("ψ = ({levels}), as floats ({floats})", { levels: set.join(", "), floats: listed(set.map((level) => level / TOP), 3) }));
    const terms = factors.map((weight, k) => `${number(weight, weight === 1 / 3 ? 3 : String(weight).length - 2)} · ${set[k]}`);
    const by = { rule: tr(name), terms: terms.join(" + "), value: number(values[cell], 1), level: Math.round(values[cell]) };
    write(live, factors[0] === factors[1] ? tr("Grey by {rule}: {terms} = {value}, level {level}. The weights add up to 1, so white stays white. They count green most, as the eye does; the mean does not.", by) : tr("Grey by {rule}: {terms} = {value}, level {level}. The weights add up to 1, so white stays white. They count green most, as the eye does.", by)); // prettier-ignore
    this.root.dataset.grey = values[cell].toFixed(3);
  }
}

export default define(
  { class: "experiment channels", "data-testid": "rgb-pixel" },
  (root, channel, activity) => new RgbPixel(root, channel, activity),
);
