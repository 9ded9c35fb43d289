// A grid of numbers on a canvas, shaded by their values: pointed at, walked over by arrow keys, and, where the visitor may
// edit it, dragged up and down, typed over, or painted on.

import { brushOf, element, pixelRatio, resize } from "./dom.js";
import { localise, tr } from "./language.js";

/** @typedef {{ row: number, column: number }} Place */
/** @typedef {Place & { height: number, width: number, colour: string }} Mark a rectangle of cells */
/**
 * @typedef {object} Shown
 * @property {ArrayLike<number>} values row by row
 * @property {number} rows
 * @property {number} columns
 * @property {[number, number]} range of the shading; a signed one begins below 0
 * @property {string[]} [colours] of positive and negative numbers; without them shades of grey
 * @property {number} [pad] zeros drawn around the grid
 * @property {Mark[]} [marks]
 * @property {(value: number) => string} [format]
 */
/**
 * @typedef {object} Options
 * @property {string} label
 * @property {(place: Place) => void} [pointed] at a cell, by pointer or keys
 * @property {(index: number, value: number, isResting: boolean) => void} [edited] makes it editable
 * @property {[number, number]} [limits] of the numbers that can be edited
 */

/** @type {Record<string, [number, number]>} rows and columns */
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const DRAG_PX = 7; // for a step of 1
const TYPING_MS = 1200;

/** @param {number} value with at most two digits after its point */
export const plain = (value) => String(Number(value.toFixed(2)) + 0).replace("-", "−");

/** The same as the page's language writes it. @param {number} value */
export const written = (value) => localise(plain(value));

export class NumberGrid {
  /** @param {Element} parent @param {Options} options */
  constructor(parent, options) {
    this.options = options;
    const { label, edited } = options;
    this.stage = element("div", { class: "number-grid" }, parent);
    const keys = edited ? tr("Arrow keys move, digits, plus and minus change the number.") : tr("Arrow keys move.");
    this.canvas = element("canvas", { tabindex: "0", role: "application", "aria-label": `${label}. ${keys}`, title: edited ? tr("Drag a number up or down, or type") : "" }, this.stage); // prettier-ignore
    this.voice = element("span", { class: "voice", "aria-live": "polite" }, this.stage);
    /** @type {Shown} */
    this.shown = { values: [], rows: 0, columns: 0, range: [0, 1] };
    /** @type {Place} */
    this.cursor = { row: 0, column: 0 };
    this.pen = 0; // ink that painting adds; 0 drags numbers instead
    /** @type {{ index: number, value: number, y: number } | null} */
    this.held = null;
    this.typed = { text: "", at: 0 };
    this.canvas.onpointerdown = (event) => this.press(event);
    this.canvas.onpointermove = (event) => this.move(event);
    this.canvas.onpointerup = this.canvas.onpointercancel = () => this.drop();
    this.canvas.onkeydown = (event) => this.key(event);
    this.canvas.style.touchAction = edited ? "none" : "pan-y";
  }

  /** @param {PointerEvent} event @returns {Place | null} */
  cellUnder(event) {
    const { rows, columns, pad = 0 } = this.shown;
    const box = this.canvas.getBoundingClientRect();
    const row = Math.floor(((event.clientY - box.top) / box.height) * (rows + 2 * pad)) - pad;
    const column = Math.floor(((event.clientX - box.left) / box.width) * (columns + 2 * pad)) - pad;
    return row >= 0 && row < rows && column >= 0 && column < columns ? { row, column } : null;
  }

  /** @param {Place} place */
  indexOf({ row, column }) {
    return row * this.shown.columns + column;
  }

  /** @param {PointerEvent} event */
  press(event) {
    const place = this.cellUnder(event);
    if (!place || event.button) return;
    this.cursor = place;
    this.options.pointed?.(place);
    if (!this.options.edited) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    const index = this.indexOf(place);
    this.held = { index, value: this.shown.values[index], y: event.clientY };
    if (this.pen) this.paint(event);
  }

  /** @param {PointerEvent} event */
  move(event) {
    const place = this.cellUnder(event);
    if (!this.held) {
      if (place && event.pointerType !== "touch") {
        if (!this.options.edited) this.cursor = place;
        this.options.pointed?.(place);
      }
      return;
    }
    if (this.pen) this.paint(event);
    else this.set(this.held.index, Math.round(this.held.value + (this.held.y - event.clientY) / DRAG_PX), false);
  }

  /** Ink under the pen, the less the further a cell's middle is. @param {PointerEvent} event */
  paint(event) {
    const { rows, columns, pad = 0, values } = this.shown;
    const box = this.canvas.getBoundingClientRect();
    const y = ((event.clientY - box.top) / box.height) * (rows + 2 * pad) - pad;
    const x = ((event.clientX - box.left) / box.width) * (columns + 2 * pad) - pad;
    for (let row = 0; row < rows; row += 1) {
      for (let column = 0; column < columns; column += 1) {
        const share = Math.max(0, Math.min(1, 1.3 - Math.hypot(row + 0.5 - y, column + 0.5 - x)));
        const index = row * columns + column;
        const ink = Math.round(this.pen * share);
        if (ink > values[index]) this.set(index, ink, false);
      }
    }
  }

  drop() {
    if (!this.held) return;
    const { index } = this.held;
    this.held = null;
    this.set(index, this.shown.values[index], true);
  }

  /** @param {number} index @param {number} value @param {boolean} isResting */
  set(index, value, isResting) {
    const [low, high] = this.options.limits ?? [-Infinity, Infinity];
    this.options.edited?.(index, Math.max(low, Math.min(high, value)), isResting);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { rows, columns, values } = this.shown;
    const step = ARROWS[event.key];
    if (step) {
      event.preventDefault();
      const [row, column] = [this.cursor.row + step[0], this.cursor.column + step[1]];
      this.cursor = { row: Math.max(0, Math.min(rows - 1, row)), column: Math.max(0, Math.min(columns - 1, column)) };
      this.typed.text = "";
      this.options.pointed?.(this.cursor);
      this.say();
      return;
    }
    if (!this.options.edited) return;
    const index = this.indexOf(this.cursor);
    const value = this.wanted(event.key, values[index]);
    if (value === null) return;
    event.preventDefault();
    this.set(index, value, true);
    this.say();
  }

  /** The number that a key asks for. @param {string} key @param {number} value @returns {number | null} */
  wanted(key, value) {
    if (key === "+" || key === "PageUp") return value + 1;
    if (key === "PageDown" || (key === "-" && value !== 0)) return value - 1;
    if (key === "Delete" || key === "Backspace") return 0;
    if (!/^[-0-9]$/.test(key)) return null;
    const now = performance.now();
    const text = now - this.typed.at < TYPING_MS ? this.typed.text + key : key;
    this.typed = { text, at: now };
    return text === "-" ? -1 : Number(text);
  }

  say() {
    const { row, column } = this.cursor;
    const { values, format = written } = this.shown;
    this.voice.textContent = tr("row {row}, column {column}: {value}", { row: row + 1, column: column + 1, value: format(values[this.indexOf(this.cursor)] ?? 0) });
  }

  /** @param {Shown} shown @param {import("./theme.js").Style} style */
  draw(shown, style) {
    this.shown = shown;
    const { values, rows, columns, range, colours, pad = 0, marks = [], format = written } = shown;
    this.cursor = { row: Math.min(this.cursor.row, Math.max(0, rows - 1)), column: Math.min(this.cursor.column, Math.max(0, columns - 1)) };
    const width = this.stage.clientWidth;
    if (!width || !rows) return;
    const [wide, tall] = [columns + 2 * pad, rows + 2 * pad];
    const cell = width / wide;
    this.canvas.style.height = `${cell * tall}px`;
    const ratio = pixelRatio();
    resize(this.canvas, Math.round(width * ratio), Math.round(cell * tall * ratio));
    const brush = brushOf(this.canvas, this.canvas.width / width);
    brush.clearRect(0, 0, width, cell * tall);
    const most = Math.max(Math.abs(range[0]), Math.abs(range[1])) || 1;
    const size = Math.min(15 * style.scale, cell * 0.44);
    brush.font = `${size}px ${style.font.replace(/^\S+\s/, "")}`;
    brush.textAlign = "center";
    brush.textBaseline = "middle";
    for (let row = -pad; row < rows + pad; row += 1) {
      for (let column = -pad; column < columns + pad; column += 1) {
        const isInside = row >= 0 && row < rows && column >= 0 && column < columns;
        const value = isInside ? values[row * columns + column] : 0;
        const [x, y] = [(column + pad) * cell, (row + pad) * cell];
        let ink = style.text;
        if (isInside && colours) {
          brush.fillStyle = colours[Number(value < 0)];
          brush.globalAlpha = Math.min(0.62, (0.62 * Math.abs(value)) / most);
          brush.fillRect(x, y, cell, cell);
          brush.globalAlpha = 1;
        } else if (isInside) {
          const level = Math.round(255 * Math.max(0, Math.min(1, (value - range[0]) / (range[1] - range[0] || 1))));
          brush.fillStyle = `rgb(${level}, ${level}, ${level})`;
          brush.fillRect(x, y, cell, cell);
          ink = level > 127 ? "#000" : "#fff";
        }
        brush.strokeStyle = style.text;
        brush.globalAlpha = style.isStrong ? 0.6 : isInside ? 0.22 : 0.12;
        brush.lineWidth = 1;
        brush.strokeRect(x + 0.5, y + 0.5, cell - 1, cell - 1);
        brush.globalAlpha = isInside || style.isStrong ? 1 : 0.5;
        brush.fillStyle = ink;
        const text = format(value);
        if (cell >= 18 && brush.measureText(text).width < cell - 1) brush.fillText(text, x + cell / 2, y + cell / 2);
        brush.globalAlpha = 1;
      }
    }
    for (const mark of marks) this.frame(brush, mark, cell, pad, 3, style.background);
    if (this.options.edited) this.frame(brush, { ...this.cursor, height: 1, width: 1, colour: style.text }, cell, pad, 1.5, style.background);
  }

  /**
   * @param {CanvasRenderingContext2D} brush @param {Mark} mark @param {number} cell @param {number} pad
   * @param {number} line @param {string} ground
   */
  frame(brush, { row, column, height, width, colour }, cell, pad, line, ground) {
    for (const [colourOf, thick] of /** @type {[string, number][]} */ ([[ground, line + 2], [colour, line]])) { // prettier-ignore
      brush.strokeStyle = colourOf;
      brush.lineWidth = thick;
      const inset = (line + 2) / 2;
      brush.strokeRect((column + pad) * cell + inset, (row + pad) * cell + inset, width * cell - 2 * inset, height * cell - 2 * inset);
    }
  }
}
