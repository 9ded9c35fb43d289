// Draws a plane with a cloud of points, curves of equal distance from its mean, and two points A and B.

import { linearTicks } from "../kit/axis.js";
import { line } from "../kit/curves.js";
import { brushOf, element, pixelRatio, resize } from "../kit/dom.js";
import { localise } from "../kit/language.js";

/** @typedef {import("../kit/covariance.js").Pair} Pair */
/** @typedef {(point: Pair) => Pair} Map */
/** @typedef {{ name: string, at: Pair, colour: string }} Marked */

const DEGREES = Array.from({ length: 121 }, (_, k) => (k * Math.PI) / 60);
/** Points of the unit circle. @type {Pair[]} */
const CIRCLE = DEGREES.map((angle) => [Math.cos(angle), Math.sin(angle)]);
const EDGE = 26; // pixels for the numbers of the axes

export class Panel {
  /** @param {Element} parent @param {string} title @param {string} label */
  constructor(parent, title, label) {
    const node = element("section", { class: "panel" }, parent);
    element("h4", { text: title }, node);
    this.stage = element("div", { class: "stage" }, node);
    this.canvas = element("canvas", { role: "img", "aria-label": label }, this.stage);
    this.side = 0;
    this.reach = 5; // of the axes
  }

  measure() {
    this.side = this.stage.clientWidth;
    const pixels = Math.round(this.side * pixelRatio());
    resize(this.canvas, pixels, pixels);
  }

  /** Where a point lies, in pixels of the stage. @param {Pair} point @returns {Pair} */
  place([x, y]) {
    const room = this.side - EDGE;
    return [EDGE + (room * (x + this.reach)) / (2 * this.reach), (room * (this.reach - y)) / (2 * this.reach)];
  }

  /** @param {PointerEvent} event @returns {Pair} */
  pointUnder(event) {
    const box = this.stage.getBoundingClientRect();
    const room = this.side - EDGE;
    const [x, y] = [event.clientX - box.left - EDGE, event.clientY - box.top];
    return [(2 * this.reach * x) / room - this.reach, this.reach - (2 * this.reach * y) / room];
  }

  /**
   * @param {{
   *   points: Pair[], circles: Map | null, ellipses: Map, axes: [Pair, Pair], marked: Marked[],
   *   style: import("../kit/theme.js").Style, accent: string
   * }} view `circles` and `ellipses` map the unit circle to curves of equal Euclidean and Mahalanobis distance
   */
  draw({ points, circles, ellipses, axes, marked, style, accent }) {
    const { side } = this;
    if (side < 60) return;
    const brush = brushOf(this.canvas, this.canvas.width / side);
    brush.clearRect(0, 0, side, side);
    brush.font = style.font;
    brush.fillStyle = brush.strokeStyle = style.text;
    const bottom = side - EDGE;
    for (const tick of linearTicks(-this.reach, this.reach, 6)) {
      const [x, y] = this.place([tick, tick]);
      brush.globalAlpha = tick === 0 ? 0.35 : 0.1;
      line(brush, x, 0, x, bottom);
      line(brush, EDGE, y, side, y);
      brush.globalAlpha = 0.75;
      const text = localise(String(Number(tick.toFixed(2))).replace("-", "−"));
      brush.textAlign = "center";
      brush.textBaseline = "top";
      if (x < side - 8 && x > EDGE + 4) brush.fillText(text, x, bottom + 6);
      brush.textAlign = "right";
      brush.textBaseline = "middle";
      if (y > 8 && y < bottom - 4) brush.fillText(text, EDGE - 5, y);
    }
    brush.save();
    brush.beginPath();
    brush.rect(EDGE, 0, side - EDGE, bottom);
    brush.clip();
    brush.globalAlpha = 0.3;
    for (const point of points) {
      brush.beginPath();
      brush.arc(...this.place(point), 2, 0, 2 * Math.PI);
      brush.fill();
    }
    brush.lineWidth = 1.2;
    if (circles) {
      brush.globalAlpha = 0.75;
      brush.setLineDash([3, 4]);
      for (const radius of [1, 2, 3]) this.loop(brush, radius, circles);
      brush.setLineDash([]);
    }
    brush.globalAlpha = 1;
    brush.strokeStyle = accent;
    brush.lineWidth = 1.8;
    for (const radius of [1, 2, 3]) this.loop(brush, radius, ellipses);
    brush.lineWidth = 3;
    for (const axis of axes) line(brush, ...this.place([0, 0]), ...this.place(axis));
    for (const { at, colour } of marked) {
      brush.strokeStyle = colour;
      brush.lineWidth = 2;
      line(brush, ...this.place([0, 0]), ...this.place(at));
    }
    brush.restore();
  }

  /** @param {CanvasRenderingContext2D} brush @param {number} radius @param {Map} map */
  loop(brush, radius, map) {
    brush.beginPath();
    for (const [x, y] of CIRCLE) brush.lineTo(...this.place(map([radius * x, radius * y])));
    brush.stroke();
  }
}

/** The variance along every direction, in degrees from 0 to 180; one is marked. */
export class VarianceChart {
  /** @param {Element} parent */
  constructor(parent) {
    this.stage = element("div", { class: "variance" }, parent);
    this.canvas = element("canvas", { role: "img" }, this.stage);
  }

  /**
   * @param {{ variance: (angle: number) => number, marked: number, angles: Pair, colour: string, accent: string,
   *   style: import("../kit/theme.js").Style }} view `angles` of both axes
   */
  draw({ variance, marked, angles, colour, accent, style }) {
    const [width, height] = [this.stage.clientWidth, this.stage.clientHeight];
    if (width < 60 || height < 60) return;
    const ratio = pixelRatio();
    resize(this.canvas, Math.round(width * ratio), Math.round(height * ratio));
    const brush = brushOf(this.canvas, this.canvas.width / width);
    brush.clearRect(0, 0, width, height);
    const [left, right, top, bottom] = [EDGE, width - 8, 10, height - 22];
    const values = Array.from({ length: 181 }, (_, angle) => variance(angle));
    const most = 1.1 * Math.max(...values);
    /** @param {number} angle */
    const x = (angle) => left + ((right - left) * angle) / 180;
    /** @param {number} value */
    const y = (value) => bottom - ((bottom - top) * value) / most;
    brush.font = style.font;
    brush.fillStyle = brush.strokeStyle = style.text;
    brush.globalAlpha = 0.35;
    line(brush, left, bottom + 0.5, right, bottom + 0.5);
    brush.globalAlpha = 0.75;
    brush.textAlign = "center";
    brush.textBaseline = "top";
    for (const angle of [0, 45, 90, 135]) brush.fillText(`${angle}°`, Math.max(x(angle), left + 8), bottom + 5);
    brush.textAlign = "right";
    brush.textBaseline = "middle";
    for (const tick of linearTicks(0, most, 3)) brush.fillText(localise(String(Number(tick.toFixed(2)))), left - 5, y(tick));
    brush.globalAlpha = 1;
    brush.lineWidth = 2;
    brush.beginPath();
    values.forEach((value, angle) => brush.lineTo(x(angle), y(value)));
    brush.stroke();
    brush.strokeStyle = accent;
    brush.setLineDash([3, 3]);
    for (const angle of angles) line(brush, x(angle), bottom, x(angle), y(variance(angle)));
    brush.setLineDash([]);
    brush.fillStyle = brush.strokeStyle = colour;
    brush.beginPath();
    brush.arc(x(marked), y(variance(marked)), 5, 0, 2 * Math.PI);
    brush.fill();
    line(brush, x(marked), bottom, x(marked), y(variance(marked)));
  }
}
