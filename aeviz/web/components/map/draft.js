// An outline that is being drawn on a panel, by a pointer or by keys: a lasso or a box.

import { box, simplify } from "./lasso.js";

const CLOSE_PX = 2; // a lasso's next vertex lies at least this far from the last

/** @typedef {number[]} Point */

export class Draft {
  /**
   * @param {"lasso" | "box"} kind
   * @param {Point} start in pixels
   */
  constructor(kind, start) {
    this.kind = kind;
    this.line = [start];
    this.end = start;
  }

  /** @param {Point} at */
  extend(at) {
    this.end = at;
    const last = this.line[this.line.length - 1];
    if (this.kind === "lasso" && Math.hypot(at[0] - last[0], at[1] - last[1]) >= CLOSE_PX) this.line.push(at);
  }

  /** @returns {Point[]} the outline so far */
  outline() {
    return this.kind === "box" ? box(this.line[0], this.end) : [...this.line, this.end];
  }

  /** @returns {Point[] | null} the outline by few vertices; null if it encloses nothing */
  finish() {
    const outline = this.kind === "box" ? this.outline() : simplify(this.line);
    const isWide = [0, 1].every((k) => {
      const values = outline.map((at) => at[k]);
      return Math.max(...values) - Math.min(...values) > 1;
    });
    return outline.length >= 3 && isWide ? outline : null;
  }
}

/**
 * Draw an outline in pixels, closed.
 * @param {CanvasRenderingContext2D} brush
 * @param {Point[]} outline
 * @param {{ text: string, background: string }} style
 */
export function drawOutline(brush, outline, style) {
  brush.beginPath();
  outline.forEach(([x, y], k) => (k ? brush.lineTo(x, y) : brush.moveTo(x, y)));
  brush.closePath();
  brush.globalAlpha = 0.08;
  brush.fillStyle = style.text;
  brush.fill("evenodd");
  brush.globalAlpha = 1;
  for (const [colour, width] of /** @type {[string, number][]} */ ([
    [style.background, 3.5],
    [style.text, 1.5],
  ])) {
    brush.setLineDash(colour === style.text ? [5, 4] : []);
    brush.strokeStyle = colour;
    brush.lineWidth = width;
    brush.stroke();
  }
  brush.setLineDash([]);
}

/**
 * Draw the cross that keys move while a tool waits for a place.
 * @param {CanvasRenderingContext2D} brush
 * @param {Point} at
 * @param {{ text: string, background: string }} style
 */
export function drawCursor(brush, [x, y], style) {
  for (const [colour, width] of /** @type {[string, number][]} */ ([
    [style.background, 4],
    [style.text, 1.5],
  ])) {
    brush.strokeStyle = colour;
    brush.lineWidth = width;
    brush.beginPath();
    brush.moveTo(x - 11, y), brush.lineTo(x + 11, y);
    brush.moveTo(x, y - 11), brush.lineTo(x, y + 11);
    brush.stroke();
  }
}
