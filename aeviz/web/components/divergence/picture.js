// Draws the densities p and q, and below them the integrand of the chosen divergence: red where it adds, blue where it
// subtracts. Both have the same x axis.

import { linearTicks, readable, round } from "../kit/axis.js";
import { line } from "../kit/curves.js";
import { brushOf, element, pixelRatio, resize } from "../kit/dom.js";
import { tr } from "../kit/language.js";
import { integrand, logDensity, number } from "./gaussians.js";

/** @typedef {import("./gaussians.js").Gaussian} Gaussian */
/** @typedef {import("./gaussians.js").Direction} Direction */
/** @typedef {{ p: string, q: string }} Colours */
/** @typedef {{ p: Gaussian[], q: Gaussian[], direction: Direction, draws: Float64Array, colours: Colours, area: number }} View */
/** @typedef {{ top: number, bottom: number, low: number, high: number }} Panel in pixels and in values */

export const [FROM, TO] = [-8, 8]; // of the x axis
const [ADDS, SUBTRACTS] = ["#d03b3b", "#2b6cd4"];
const MARGIN = { left: 44, right: 12, top: 26, middle: 50, bottom: 24 };
const RUG = 200; // draws shown

export class Picture {
  /** @param {Element} parent */
  constructor(parent) {
    this.stage = element("div", { class: "stage" }, parent);
    this.canvas = element("canvas", { role: "img" }, this.stage);
    this.width = this.height = 0;
    /** @type {Panel} */
    this.above = { top: 0, bottom: 1, low: 0, high: 1 };
  }

  measure() {
    const ratio = pixelRatio();
    [this.width, this.height] = [this.stage.clientWidth, this.stage.clientHeight];
    resize(this.canvas, Math.round(this.width * ratio), Math.round(this.height * ratio));
  }

  /** @param {number} value */
  x(value) {
    return MARGIN.left + ((value - FROM) / (TO - FROM)) * (this.width - MARGIN.left - MARGIN.right);
  }

  /** @param {number} x in pixels of the stage */
  valueAt(x) {
    return FROM + ((x - MARGIN.left) / (this.width - MARGIN.left - MARGIN.right)) * (TO - FROM);
  }

  /** @param {Panel} panel @param {number} value */
  y({ top, bottom, low, high }, value) {
    return bottom - ((value - low) / (high - low)) * (bottom - top);
  }

  /**
   * @param {View} view
   * @param {import("../kit/theme.js").Style} style
   */
  draw(view, style) {
    const { width, height } = this;
    if (width < 80 || height < 80) return;
    const brush = brushOf(this.canvas, this.canvas.width / width);
    brush.clearRect(0, 0, width, height);
    brush.font = style.font;
    brush.lineJoin = "round";
    const xs = Array.from({ length: Math.round(width) }, (_, k) => this.valueAt(k)).filter((x) => x >= FROM && x <= TO);
    const [p, q] = [view.p, view.q].map((mixture) => xs.map((x) => Math.exp(logDensity(mixture, x))));
    const [first, second] = view.direction === "forward" ? [view.p, view.q] : [view.q, view.p];
    const terms = xs.map((x) => integrand(first, second, x));
    const room = height - MARGIN.top - MARGIN.middle - MARGIN.bottom;
    const split = MARGIN.top + 0.58 * room;
    this.above = { top: MARGIN.top, bottom: split, low: 0, high: round(1.08 * Math.max(...p, ...q), true) };
    const below = {
      top: split + MARGIN.middle,
      bottom: height - MARGIN.bottom,
      low: -round(Math.max(0.1, -Math.min(...terms)), true),
      high: round(Math.max(0.1, ...terms), true),
    };
    this.drawAxes(brush, style, this.above, tr("density"));
    this.drawAxes(brush, style, below, tr("{integrand}:  red − blue area = {area}", { integrand: view.direction === "forward" ? "p(x) ln(p(x) / q(x))" : "q(x) ln(q(x) / p(x))", area: number(view.area) }));
    this.drawParts(brush, view);
    for (const [values, colour] of /** @type {[number[], string][]} */ ([[p, view.colours.p], [q, view.colours.q]])) {
      this.area(brush, this.above, xs, values, colour, 0.13);
      this.curve(brush, this.above, xs, values, colour);
    }
    this.area(brush, below, xs, terms.map((term) => Math.max(0, term)), ADDS, 0.55);
    this.area(brush, below, xs, terms.map((term) => Math.min(0, term)), SUBTRACTS, 0.55);
    brush.globalAlpha = 1;
    this.curve(brush, below, xs, terms, style.text, 1.2);
    this.drawRug(brush, view);
  }

  /** @param {CanvasRenderingContext2D} brush @param {View} view */
  drawRug(brush, { draws, colours, direction }) {
    brush.strokeStyle = direction === "forward" ? colours.p : colours.q;
    brush.lineWidth = 1;
    brush.globalAlpha = 0.6;
    for (const draw of draws.subarray(0, RUG)) {
      if (draw > FROM && draw < TO) line(brush, this.x(draw), this.above.bottom + 2, this.x(draw), this.above.bottom + 8);
    }
    brush.globalAlpha = 1;
  }

  /**
   * The components of a mixture, dashed.
   * @param {CanvasRenderingContext2D} brush
   * @param {View} view
   */
  drawParts(brush, { p, colours }) {
    if (p.length < 2) return;
    brush.setLineDash([4, 4]);
    for (const part of p) {
      const xs = Array.from({ length: 121 }, (_, k) => part.mean + part.sd * (k / 20 - 3)).filter((x) => x >= FROM && x <= TO);
      this.curve(brush, this.above, xs, xs.map((x) => Math.exp(logDensity([part], x))), colours.p, 1);
    }
    brush.setLineDash([]);
  }

  /**
   * @param {CanvasRenderingContext2D} brush
   * @param {import("../kit/theme.js").Style} style
   * @param {Panel} panel
   * @param {string} title
   */
  drawAxes(brush, style, panel, title) {
    brush.fillStyle = brush.strokeStyle = style.text;
    brush.lineWidth = 1;
    brush.textAlign = "right";
    brush.textBaseline = "middle";
    for (const tick of linearTicks(panel.low, panel.high, Math.max(3, (panel.bottom - panel.top) / 40))) {
      const y = Math.round(this.y(panel, tick)) + 0.5;
      brush.globalAlpha = tick === 0 ? 0.45 : 0.1;
      line(brush, MARGIN.left, y, this.width - MARGIN.right, y);
      brush.globalAlpha = 0.75;
      brush.fillText(readable(tick, 3).replace("-", "−"), MARGIN.left - 6, y);
    }
    brush.textAlign = "center";
    brush.textBaseline = "top";
    for (const tick of linearTicks(FROM, TO, this.width < 420 ? 4 : 8)) {
      brush.fillText(String(tick).replace("-", "−"), this.x(tick), panel.bottom + 9);
    }
    brush.globalAlpha = 1;
    brush.textAlign = "left";
    brush.textBaseline = "bottom";
    brush.fillText(title, 2, panel.top - 8);
  }

  /**
   * @param {CanvasRenderingContext2D} brush
   * @param {Panel} panel
   * @param {number[]} xs
   * @param {number[]} values
   * @param {string} colour
   */
  curve(brush, panel, xs, values, colour, width = 2.4) {
    brush.strokeStyle = colour;
    brush.lineWidth = width;
    brush.beginPath();
    xs.forEach((x, k) => brush.lineTo(this.x(x), this.y(panel, values[k])));
    brush.stroke();
  }

  /**
   * @param {CanvasRenderingContext2D} brush
   * @param {Panel} panel
   * @param {number[]} xs
   * @param {number[]} values
   * @param {string} colour
   * @param {number} alpha
   */
  area(brush, panel, xs, values, colour, alpha) {
    brush.fillStyle = colour;
    brush.globalAlpha = alpha;
    brush.beginPath();
    brush.moveTo(this.x(xs[0]), this.y(panel, 0));
    xs.forEach((x, k) => brush.lineTo(this.x(x), this.y(panel, values[k])));
    brush.lineTo(this.x(xs.at(-1) ?? 0), this.y(panel, 0));
    brush.fill();
    brush.globalAlpha = 1;
  }
}
