// What is drawn on the pad: strokes are kept as lines, not as pixels, so that each can be undone and redrawn at any size.

import { context as contextOf, element } from "../kit/dom.js";

export const SIDE = 280; // of the image, and the unit of all coordinates
const INK = 32; // browsers that blur canvases against fingerprinting change black by less

/** @typedef {{ x: number, y: number }} Place on the image */
/** @typedef {Place & { width: number }} Corner of a stroke, and how wide the stroke is there */
/** @typedef {{ erase: boolean, points: Corner[] }} Stroke */

/**
 * Draw one stroke: curves from middle to middle of its corners, in one go as long as the width stays the same.
 * @param {CanvasRenderingContext2D} context
 * @param {Stroke} stroke
 */
export function paint(context, { erase, points }) {
  const ink = erase ? "#000" : "#fff";
  Object.assign(context, { strokeStyle: ink, fillStyle: ink, lineCap: "round", lineJoin: "round" });
  const [first] = points;
  if (points.length === 1) {
    context.beginPath();
    context.arc(first.x, first.y, first.width / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  /** @type {Place} */
  let from = first;
  let width = 0;
  for (let i = 1; i < points.length; i += 1) {
    const corner = points[i];
    const next = points[i + 1];
    if (corner.width !== width) {
      if (width) context.stroke();
      context.lineWidth = width = corner.width;
      context.beginPath();
      context.moveTo(from.x, from.y);
    }
    from = next ? { x: (corner.x + next.x) / 2, y: (corner.y + next.y) / 2 } : corner;
    context.quadraticCurveTo(corner.x, corner.y, from.x, from.y);
  }
  context.stroke();
}

/** What was drawn under one name: strokes and clearings in order, and what was undone. */
export class Board {
  constructor() {
    /** @type {(Stroke | "clear")[]} */
    this.done = [];
    /** @type {(Stroke | "clear")[]} */
    this.undone = [];
    /** @type {Stroke | null} */
    this.live = null; // the one that is being drawn
    this.width = 22;
    this.erase = false;
    this.cursor = { x: SIDE / 2, y: SIDE / 2 };
    this.number = 0; // of the image that was sent last
    /** @type {string | null | undefined} */
    this.sent = null;
    const canvas = element("canvas", { width: String(SIDE), height: String(SIDE) });
    this.context = contextOf(canvas, { alpha: false, willReadFrequently: true });
  }

  strokes() {
    return this.done.slice(this.done.lastIndexOf("clear") + 1).filter((entry) => entry !== "clear");
  }

  /** @param {Stroke | "clear"} entry */
  add(entry) {
    this.done.push(entry);
    this.undone = [];
  }

  undo() {
    const entry = this.done.pop();
    if (entry) this.undone.push(entry);
  }

  redo() {
    const entry = this.undone.pop();
    if (entry) this.done.push(entry);
  }

  /** The image as a data URL; null if nothing is to be seen on it. */
  image() {
    const { context } = this;
    context.fillStyle = "#000";
    context.fillRect(0, 0, SIDE, SIDE);
    for (const stroke of this.strokes()) paint(context, stroke);
    if (this.live) paint(context, this.live);
    const { data } = context.getImageData(0, 0, SIDE, SIDE);
    for (let i = 0; i < data.length; i += 4) if (data[i] > INK) return context.canvas.toDataURL("image/png");
    return null;
  }
}
