// Axes on a canvas, with what is drawn on them and grips over them.

import { digitsOf, linearTicks, logTicks, readable } from "./axis.js";
import { line } from "./curves.js";
import { brushOf, element, pixelRatio, resize, write } from "./dom.js";
import { writeApart } from "./painter.js";

/** @typedef {[number, number]} Pair */
/** @typedef {{ colour: string, width?: number, dash?: number[], alpha?: number }} Look */

const [LEFT, RIGHT] = [46, 12]; // pixels beside the axes
const MARGINS = { usual: [12, 26], named: [24, 42] }; // above and below them, and where their names stand there

export class Plot {
  /**
   * @param {Element} parent
   * @param {{ title: string, label: string, x: Pair, y: Pair, isSquare?: boolean, isLog?: boolean, isLogX?: boolean, kind?: string, isNamed?: boolean }} options
   *   `isLog`, `isLogX`: the vertical, the horizontal axis holds decimal logarithms; `kind`: a class of its section;
   *   `isNamed`: whether there is room around the axes for their names
   */
  constructor(parent, { title, label, x, y, isSquare = false, isLog = false, isLogX = false, kind = "", isNamed = false }) {
    this.section = element("section", { class: `panel ${isSquare ? "square" : ""} ${kind}` }, parent);
    this.title = element("h2", { text: title }, this.section);
    this.stage = element("div", { class: "stage" }, this.section);
    this.canvas = element("canvas", { role: "img", "aria-label": label }, this.stage);
    this.isLog = isLog;
    this.isLogX = isLogX;
    this.isSquare = isSquare;
    const [top, bottom] = isNamed ? MARGINS.named : MARGINS.usual;
    this.top = top;
    this.bottom = bottom;
    /** @type {Pair} */
    this.inner = [1, 1]; // pixels between the ends of the axes
    this.x = x;
    this.y = y;
    this.first = -Infinity; // the horizontal axis has no mark below
    this.width = 0;
    this.height = 0;
    this.brush = brushOf(this.canvas, 1);
  }

  /** @param {string} title @param {string} label */
  describe(title, label) {
    write(this.title, title);
    this.canvas.setAttribute("aria-label", label);
  }

  /** Where a point lies, in pixels of the stage. @param {Pair} point @returns {Pair} */
  place([x, y]) {
    const [width, height] = this.inner;
    return [
      LEFT + (width * (x - this.x[0])) / (this.x[1] - this.x[0]),
      this.top + (height * (this.y[1] - y)) / (this.y[1] - this.y[0]),
    ];
  }

  /** @param {PointerEvent} event @returns {Pair} */
  pointUnder(event) {
    const box = this.stage.getBoundingClientRect();
    const across = (event.clientX - box.left - LEFT) / this.inner[0];
    const up = (event.clientY - box.top - this.top) / this.inner[1];
    return [this.x[0] + across * (this.x[1] - this.x[0]), this.y[1] - up * (this.y[1] - this.y[0])];
  }

  /**
   * Empty the canvas and draw the axes; false where there is no room. `end` must follow.
   * @param {import("./theme.js").Style} style
   */
  begin(style) {
    [this.width, this.height] = [this.stage.clientWidth, this.stage.clientHeight];
    if (this.width < 80 || this.height < 60) return false;
    this.inner = [this.width - LEFT - RIGHT, this.height - this.top - this.bottom];
    if (this.isSquare) this.inner.fill(Math.min(...this.inner));
    const ratio = pixelRatio();
    resize(this.canvas, Math.round(this.width * ratio), Math.round(this.height * ratio));
    const brush = (this.brush = brushOf(this.canvas, this.canvas.width / this.width));
    brush.clearRect(0, 0, this.width, this.height);
    brush.font = style.font;
    brush.fillStyle = brush.strokeStyle = style.text;
    brush.lineWidth = 1;
    const [right, bottom] = [LEFT + this.inner[0], this.top + this.inner[1]];
    const faint = style.isStrong ? 0.3 : 0.1;
    brush.textAlign = "center";
    brush.textBaseline = "top";
    const across = ticks(this.x, this.isLogX, Math.max(2, (right - LEFT) / 70)).filter((tick) => tick >= this.first);
    for (const tick of across) {
      const [at] = this.place([tick, 0]);
      brush.globalAlpha = tick === 0 && !this.isLogX ? 0.4 : faint;
      line(brush, at, this.top, at, bottom);
      brush.globalAlpha = style.isStrong ? 1 : 0.75;
      brush.fillText(readable(this.isLogX ? 10 ** tick : tick, this.isLogX ? 3 : digitsOf(across)).replace("-", "−"), at, bottom + 6);
    }
    brush.textAlign = "right";
    brush.textBaseline = "middle";
    const up = ticks(this.y, this.isLog, Math.max(2, (bottom - this.top) / 40));
    for (const tick of up) {
      const [, at] = this.place([0, tick]);
      brush.globalAlpha = tick === 0 && !this.isLog ? 0.4 : faint;
      line(brush, LEFT, at, right, at);
      brush.globalAlpha = style.isStrong ? 1 : 0.75;
      brush.fillText(readable(this.isLog ? 10 ** tick : tick, this.isLog ? 3 : digitsOf(up)).replace("-", "−"), LEFT - 5, at);
    }
    brush.save();
    brush.beginPath();
    brush.rect(LEFT, this.top, right - LEFT, bottom - this.top);
    brush.clip();
    brush.globalAlpha = 1;
    brush.lineJoin = "round";
    return true;
  }

  end() {
    this.brush.restore();
    this.brush.globalAlpha = 1;
  }

  /** @param {Look} look */
  take({ colour, width = 2, dash = [], alpha = 1 }) {
    this.brush.strokeStyle = this.brush.fillStyle = colour;
    this.brush.lineWidth = width;
    this.brush.globalAlpha = alpha;
    this.brush.setLineDash(dash);
  }

  /** @param {Iterable<Pair>} points @param {Look} look @param {boolean} [isClosed] */
  curve(points, look, isClosed = false) {
    this.take(look);
    this.brush.beginPath();
    for (const point of points) this.brush.lineTo(...this.place(point));
    if (isClosed) this.brush.closePath();
    this.brush.stroke();
    this.brush.setLineDash([]);
  }

  /**
   * Cover the axes with cells, the stronger the colour the larger the share.
   * @param {(point: Pair) => number} share from 0 to 1, at the middle of a cell
   * @param {string} colour
   * @param {number} [cells] along each axis
   */
  shade(share, colour, cells = 48) {
    const [left, top] = this.place([this.x[0], this.y[1]]);
    const [wide, tall] = this.inner.map((size) => size / cells);
    this.take({ colour });
    for (let k = 0; k < cells * cells; k += 1) {
      const [column, row] = [k % cells, Math.floor(k / cells)];
      const x = this.x[0] + ((column + 0.5) / cells) * (this.x[1] - this.x[0]);
      const alpha = share([x, this.y[1] - ((row + 0.5) / cells) * (this.y[1] - this.y[0])]);
      if (alpha < 0.003) continue;
      this.brush.globalAlpha = alpha;
      this.brush.fillRect(left + column * wide, top + row * tall, wide + 0.3, tall + 0.3);
    }
  }

  /** Many short lines at once. @param {readonly Pair[][]} ends @param {Look} look */
  segments(ends, look) {
    this.take(look);
    this.brush.beginPath();
    for (const [from, to] of ends) {
      this.brush.moveTo(...this.place(from));
      this.brush.lineTo(...this.place(to));
    }
    this.brush.stroke();
    this.brush.setLineDash([]);
  }

  /** @param {(x: number) => number} rule @param {Look} look */
  graph(rule, look) {
    const count = Math.ceil(this.width / 2);
    const at = (/** @type {number} */ k) => this.x[0] + ((this.x[1] - this.x[0]) * k) / count;
    this.curve(Array.from({ length: count + 1 }, (_, k) => /** @type {Pair} */ ([at(k), rule(at(k))])), look);
  }

  /** @param {Pair} point @param {Look} look `width` is the radius */
  dot(point, look) {
    this.take(look);
    this.brush.beginPath();
    this.brush.arc(...this.place(point), look.width ?? 3, 0, 2 * Math.PI);
    this.brush.fill();
  }

  /** @param {Pair} from @param {Pair} to @param {Look} look */
  arrow(from, to, look) {
    this.take(look);
    const [[x1, y1], [x2, y2]] = [this.place(from), this.place(to)];
    line(this.brush, x1, y1, x2, y2);
    const length = Math.hypot(x2 - x1, y2 - y1);
    const head = Math.min(length, 4 + 2.5 * (look.width ?? 2));
    if (length < 1) return;
    const [u, v] = [((x2 - x1) * head) / length, ((y2 - y1) * head) / length];
    this.brush.setLineDash([]);
    this.brush.beginPath();
    this.brush.moveTo(x2, y2);
    this.brush.lineTo(x2 - u + 0.45 * v, y2 - v - 0.45 * u);
    this.brush.lineTo(x2 - u - 0.45 * v, y2 - v + 0.45 * u);
    this.brush.fill();
  }

  /** @param {string} text @param {Pair} at @param {Look} look @param {CanvasTextAlign} [align] */
  write(text, at, look, align = "left") {
    this.take(look);
    this.brush.textAlign = align;
    this.brush.textBaseline = "bottom";
    const [x, y] = this.place(at);
    this.brush.fillText(text, x, y);
  }

  /**
   * The names of classes, framed in their colours, at their centres; those that would cover each other apart.
   * @param {{ name: string, colour: string, centre: Pair | null }[]} classes @param {import("./theme.js").Style} style
   */
  names(classes, style) {
    const { brush } = this;
    const [width, height] = this.inner;
    const middles = classes.map(({ centre }) => centre && this.place(centre)).map((at) => at && [at[0] - LEFT, at[1] - this.top]);
    brush.save();
    brush.translate(LEFT, this.top);
    brush.globalAlpha = 1;
    writeApart(brush, classes.map(({ name }) => name), middles, { width, height }, style, classes.map(({ colour }) => colour));
    brush.restore();
  }
}

/**
 * @param {Pair} range either end may be the lower
 * @param {boolean} isLog whether it holds decimal logarithms
 * @param {number} most
 */
function ticks(range, isLog, most) {
  const [low, high] = [Math.min(...range), Math.max(...range)];
  return isLog ? logTicks(10 ** low, 10 ** high, most).map(Math.log10) : linearTicks(low, high, most);
}
