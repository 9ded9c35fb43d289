// A chart over the epochs on two canvases: curves on the back one, drawn when the data or the size changes, and on the
// front one what moves: the cursor, the hovered epoch and the veil over what the film has not reached yet.

import { digitsOf, linearTicks, makeAxis, nearest, readable } from "./axis.js";
import { drawArea, drawCurve, line } from "./curves.js";
import { brushOf, element, resize } from "./dom.js";
import { number, tr } from "./language.js";

/** @typedef {CanvasRenderingContext2D} Brush */
/** @typedef {import("./theme.js").Style} Style */
/** @typedef {import("./axis.js").Axis} Axis */
/** @typedef {{ name: string, colour: string, raw: Float32Array, smooth?: Float32Array | null }} Series */
/** @typedef {{ series: Series[], log: boolean, fromZero: boolean }} Group series that share an axis */
/** @typedef {{ epoch: number, value: number, colour: string }} Mark */
/** @typedef {import("./curves.js").Scale} Scale */

const MARGIN = { left: 56, right: 14, top: 12, bottom: 26 };
const VEIL = 0.7;

export class Chart {
  /**
   * `onScrub` and `onHover` take an epoch; a negative one means that the pointer left.
   * @param {Element} parent
   * @param {{
   *   label: string, onScrub: (epoch: number) => void, onHover: (epoch: number, from: Chart) => void, unit?: string
   * }} options `unit` is what is counted along the chart
   */
  constructor(parent, { label, onScrub, onHover, unit = "epoch" }) {
    this.unit = unit;
    this.onScrub = onScrub;
    this.onHover = onHover;
    this.stage = element("div", { class: "stage chart" }, parent);
    this.back = element("canvas", { role: "img", "aria-label": label }, this.stage);
    this.front = element("canvas", { class: "front", "aria-hidden": "true" }, this.stage);
    this.tip = element("div", { class: "tip", hidden: "" }, this.stage);
    this.pressed = false;
    this.width = this.height = 0; // of the page
    this.ratio = 1;
    this.from = 0;
    this.to = 1;
    this.epochs = new Int32Array();
    /** @type {Group} */
    this.left = { series: [], log: false, fromZero: true };
    /** @type {Group | null} */
    this.right = null;
    /** @type {Mark | null} */
    this.best = null;
    /** @type {number[]} */
    this.dots = [];
    /** @type {Axis | null} */
    this.axis = null;
    /** @type {Axis | null} */
    this.rightAxis = null;
    /** @type {{ left: number, right: number, top: number, bottom: number } | null} */
    this.label = null; // of the best epoch, as drawn
    /** @param {PointerEvent} event */
    const at = (event) => this.epochAt(event.clientX - this.front.getBoundingClientRect().left);
    this.front.onpointerdown = (event) => {
      if (event.button !== 0) return;
      this.front.setPointerCapture(event.pointerId);
      this.pressed = true;
      this.onScrub(at(event));
    };
    this.front.onmousedown = (event) => event.preventDefault(); // keeps the focus where onScrub put it
    this.front.onpointermove = (event) => {
      if (event.buttons === 0) this.pressed = false; // the release went to somebody else
      if (this.pressed) this.onScrub(at(event));
      this.onHover(at(event), this);
    };
    this.front.onpointerup = (event) => {
      this.pressed = false;
      if (event.pointerType !== "mouse") this.onHover(-1, this); // a finger does not hover
    };
    this.front.onpointercancel = () => {
      this.pressed = false;
      this.onHover(-1, this);
    };
    this.front.onpointerleave = () => this.onHover(-1, this);
  }

  /**
   * Takes the curves: `left` and `right` are series on an axis each, `best` is a place to mark,
   * `dots` are epochs that the left curves have dots at.
   * @param {{
   *   epochs: Int32Array, from: number, to: number, left: Group, right?: Group | null, best?: Mark | null, dots?: number[]
   * }} content
   */
  set({ epochs, from, to, left, right = null, best = null, dots = [] }) {
    Object.assign(this, { epochs, from, to: Math.max(to, from + 1), left, right, best, dots });
  }

  /** @param {number} ratio pixels of the screen in one of the page */
  size(ratio) {
    this.width = this.stage.clientWidth;
    this.height = this.stage.clientHeight;
    this.ratio = ratio;
    for (const canvas of [this.back, this.front]) {
      resize(canvas, Math.round(this.width * ratio), Math.round(this.height * ratio));
    }
  }

  /** @param {number} epoch */
  x(epoch) {
    const span = this.width - MARGIN.left - MARGIN.right;
    return MARGIN.left + (span * (epoch - this.from)) / (this.to - this.from);
  }

  /**
   * @param {Axis} axis
   * @param {number} value
   */
  y(axis, value) {
    return this.height - MARGIN.bottom - axis.share(value) * (this.height - MARGIN.top - MARGIN.bottom);
  }

  /**
   * @param {Axis} axis
   * @returns {[Scale, Scale]}
   */
  scales(axis) {
    return [(epoch) => this.x(epoch), (value) => this.y(axis, value)];
  }

  /** @param {number} x */
  epochAt(x) {
    const share = (x - MARGIN.left) / Math.max(1, this.width - MARGIN.left - MARGIN.right);
    return this.from + Math.max(0, Math.min(1, share)) * (this.to - this.from);
  }

  /** @param {HTMLCanvasElement} canvas */
  brush(canvas) {
    const brush = brushOf(canvas, this.ratio);
    brush.clearRect(0, 0, this.width, this.height);
    brush.lineJoin = "round";
    brush.lineCap = "round";
    return brush;
  }

  /** @param {Style} style */
  drawBack(style) {
    const brush = this.brush(this.back);
    const [right, bottom] = [this.width - MARGIN.right, this.height - MARGIN.bottom];
    if (right - MARGIN.left < 20) return;
    brush.font = style.font;
    brush.fillStyle = brush.strokeStyle = style.text;
    const most = Math.max(2, Math.floor((bottom - MARGIN.top) / 34));
    /** @param {Series[]} series */
    const arrays = (series) => series.flatMap(({ raw, smooth }) => (smooth ? [raw, smooth] : [raw]));
    const axis = (this.axis = makeAxis(arrays(this.left.series), this.left, most));
    const rightAxis = (this.rightAxis = this.right && makeAxis(arrays(this.right.series), this.right, 2));
    this.drawGrid(brush, axis, right, bottom);
    brush.save();
    brush.beginPath();
    brush.rect(MARGIN.left - 4, MARGIN.top - 4, right - MARGIN.left + 8, bottom - MARGIN.top + 6);
    brush.clip();
    if (rightAxis) for (const series of this.right?.series ?? []) drawArea(brush, this.epochs, series, this.scales(rightAxis), bottom);
    if (axis) {
      const scales = this.scales(axis);
      for (const { colour, raw, smooth } of this.left.series) {
        const crowded = raw.length > 2 * (right - MARGIN.left);
        const look = { colour, width: smooth ? 1 : 2, alpha: smooth ? (crowded ? 0.25 : 0.45) : 1 };
        drawCurve(brush, this.epochs, raw, scales, look);
      }
      for (const { colour, smooth } of this.left.series) {
        if (smooth) drawCurve(brush, this.epochs, smooth, scales, { colour, width: 2.4, alpha: 1 });
      }
      for (const series of this.left.series) this.drawDots(brush, axis, series);
    }
    brush.restore();
    if (rightAxis && this.right) this.drawRightTicks(brush, style, rightAxis, this.right.series[0].colour, right);
    this.label = null;
    if (this.best && axis) this.drawBest(brush, style, axis, this.best, bottom);
  }

  /** @param {Brush} brush @param {Axis} axis @param {Series} series */
  drawDots(brush, axis, { colour, raw }) {
    brush.fillStyle = colour;
    for (const epoch of this.dots) {
      const value = raw[this.epochs.indexOf(epoch)];
      if (!Number.isFinite(value)) continue;
      brush.beginPath();
      brush.arc(this.x(epoch), this.y(axis, value), 4, 0, 2 * Math.PI);
      brush.fill();
    }
  }

  /**
   * @param {Brush} brush
   * @param {Axis | null} axis
   * @param {number} right
   * @param {number} bottom
   */
  drawGrid(brush, axis, right, bottom) {
    brush.lineWidth = 1;
    brush.textBaseline = "middle";
    brush.textAlign = "right";
    if (axis) {
      const digits = digitsOf(axis.ticks);
      for (const value of axis.ticks) {
        const y = Math.round(this.y(axis, value)) + 0.5;
        brush.globalAlpha = 0.1;
        line(brush, MARGIN.left, y, right, y);
        brush.globalAlpha = 0.72;
        brush.fillText(readable(value, digits), MARGIN.left - 8, y);
      }
    }
    brush.globalAlpha = 0.35;
    line(brush, MARGIN.left, bottom + 0.5, right, bottom + 0.5);
    brush.textBaseline = "alphabetic";
    const most = Math.max(2, Math.min(10, Math.floor((right - MARGIN.left) / 60)));
    for (const epoch of linearTicks(this.from, this.to, most)) {
      if (epoch !== Math.round(epoch)) continue;
      const x = this.x(epoch);
      brush.globalAlpha = 0.35;
      line(brush, Math.round(x) + 0.5, bottom, Math.round(x) + 0.5, bottom + 4);
      const text = number(epoch);
      const half = brush.measureText(text).width / 2;
      brush.globalAlpha = 0.72;
      brush.textAlign = "center";
      brush.fillText(text, Math.min(x, this.width - half - 1), this.height - 6);
    }
    brush.globalAlpha = 0.72;
    brush.textAlign = "right";
    brush.fillText(tr(this.unit), MARGIN.left - 9, this.height - 6);
    brush.globalAlpha = 1;
  }

  /**
   * Inside the chart, so that all charts have the same margins and their epochs stand below each other.
   * @param {Brush} brush
   * @param {Style} style
   * @param {Axis} axis
   * @param {string} colour
   * @param {number} right
   */
  drawRightTicks(brush, style, axis, colour, right) {
    brush.textAlign = "right";
    brush.textBaseline = "middle";
    brush.lineWidth = 3;
    for (const value of axis.ticks.filter((tick) => tick > 0)) {
      const y = this.y(axis, value);
      brush.strokeStyle = style.background;
      brush.strokeText(readable(value, 3), right - 2, y);
      brush.fillStyle = colour;
      brush.fillText(readable(value, 3), right - 2, y);
    }
    brush.textBaseline = "alphabetic";
  }

  /**
   * @param {Brush} brush
   * @param {Style} style
   * @param {Axis} axis
   * @param {Mark} best
   * @param {number} bottom
   */
  drawBest(brush, style, axis, { epoch, value, colour }, bottom) {
    const [x, y] = [this.x(epoch), this.y(axis, value)];
    if (!Number.isFinite(y)) return;
    brush.strokeStyle = colour;
    brush.lineWidth = 1;
    brush.globalAlpha = 0.8;
    brush.setLineDash([2, 3]);
    line(brush, x, y + 6, x, bottom);
    const top = MARGIN.top + 13; // where curves that fall leave room, unless the best epoch is an early one
    const isHigh = x > this.width / 3 && y - 40 > top;
    if (isHigh) line(brush, x, top + 5, x, y - 6);
    brush.setLineDash([]);
    brush.globalAlpha = 1;
    brush.beginPath();
    brush.arc(x, y, 5, 0, 2 * Math.PI);
    brush.fillStyle = style.background;
    brush.fill();
    brush.lineWidth = 2;
    brush.stroke();
    const text = tr("best: epoch {epoch}", { epoch: number(epoch) });
    const half = brush.measureText(text).width / 2;
    const middle = Math.max(MARGIN.left + half + 4, Math.min(this.width - MARGIN.right - half, x));
    brush.textAlign = "center";
    brush.lineWidth = 4;
    brush.strokeStyle = style.background;
    brush.fillStyle = style.text;
    const below = isHigh ? top : y + 24 < bottom ? y + 21 : y - 13; // the curve it belongs to is nowhere lower
    brush.strokeText(text, middle, below);
    brush.fillText(text, middle, below);
    this.label = { left: middle - half - 2, right: middle + half + 2, top: below - 13, bottom: below + 4 };
  }

  /**
   * An upright line that leaves out the label of the best epoch.
   * @param {Brush} brush
   * @param {number} x
   * @param {number} top
   * @param {number} bottom
   */
  drawUpright(brush, x, top, bottom) {
    const { label } = this;
    if (!label || x < label.left || x > label.right) return line(brush, x, top, x, bottom);
    line(brush, x, top, x, label.top);
    return line(brush, x, label.bottom, x, bottom);
  }

  /**
   * `cursor` and `hovered` are epochs or null; `veiled` fades what comes after the cursor.
   * @param {Style} style
   * @param {{ cursor: number | null, veiled: boolean, hovered: number | null, pointed: boolean }} state
   */
  drawFront(style, { cursor, veiled, hovered, pointed }) {
    const brush = this.brush(this.front);
    const [right, bottom] = [this.width - MARGIN.right, this.height - MARGIN.bottom];
    this.tip.hidden = true;
    if (right - MARGIN.left < 20) return;
    if (cursor !== null) {
      const x = this.x(cursor);
      if (veiled) {
        brush.globalAlpha = VEIL;
        brush.fillStyle = style.background;
        brush.beginPath();
        brush.rect(x, MARGIN.top - 6, Math.max(0, right - x + 8), bottom - MARGIN.top + 5);
        const { label } = this; // stays readable
        if (label && label.right > x) {
          const left = Math.max(label.left, x);
          brush.rect(left, label.top, label.right - left, label.bottom - label.top);
        }
        brush.fill("evenodd");
      }
      brush.globalAlpha = 0.85;
      brush.fillStyle = brush.strokeStyle = style.text;
      brush.lineWidth = 1.25;
      this.drawUpright(brush, x, MARGIN.top - 6, bottom);
      brush.beginPath(); // a handle, since it can be taken
      brush.moveTo(x - 5, MARGIN.top - 11);
      brush.lineTo(x + 5, MARGIN.top - 11);
      brush.lineTo(x, MARGIN.top - 3);
      brush.fill();
    }
    if (hovered === null || !this.epochs.length) return;
    const index = nearest(this.epochs, hovered);
    const x = this.x(this.epochs[index]);
    brush.globalAlpha = 0.3;
    brush.strokeStyle = style.text;
    brush.lineWidth = 1;
    this.drawUpright(brush, x, MARGIN.top, bottom);
    brush.globalAlpha = 1;
    /** @type {[string, string, string][]} */
    const rows = [];
    /** @type {[Group | null, Axis | null][]} */
    const groups = [
      [this.left, this.axis],
      [this.right, this.rightAxis],
    ];
    for (const [group, axis] of groups) {
      if (!group || !axis) continue;
      for (const { name, colour, raw } of group.series) {
        const y = this.y(axis, raw[index]);
        rows.push([name, colour, readable(raw[index])]);
        if (!Number.isFinite(y)) continue;
        brush.beginPath();
        brush.arc(x, y, 3.5, 0, 2 * Math.PI);
        brush.fillStyle = colour;
        brush.strokeStyle = style.background;
        brush.lineWidth = 1.5;
        brush.fill();
        brush.stroke();
      }
    }
    if (pointed) this.showTip(x, this.epochs[index], rows);
  }

  /**
   * @param {number} x
   * @param {number} epoch
   * @param {[string, string, string][]} rows name, colour and value
   */
  showTip(x, epoch, rows) {
    this.tip.hidden = false;
    this.tip.replaceChildren();
    element("b", { text: `${tr(this.unit)} ${number(epoch)}` }, this.tip);
    for (const [name, colour, value] of rows) {
      const row = element("span", { class: "row" }, this.tip);
      element("i", { style: `background:${colour}` }, row);
      element("span", { text: name }, row);
      element("span", { class: "value", text: value }, row);
    }
    const width = this.tip.offsetWidth;
    const left = x + 14 + width > this.width ? x - 14 - width : x + 14;
    this.tip.style.left = `${Math.max(2, left)}px`;
    this.tip.style.top = `${MARGIN.top}px`;
  }
}
