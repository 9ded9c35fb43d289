// The plane of a code of two values: the codes of some images as dots, and the shown code, which the visitor drags.
// Keys move it by the sliders below.

import { brushOf, element, pixelRatio, resize } from "../kit/dom.js";
import { classColour } from "../kit/class_colours.js";
import { tr } from "../kit/language.js";
import { writeApart } from "../kit/painter.js";
import { styleOf } from "../kit/theme.js";

/** @typedef {import("./code_view.js").Range} Range */
/** @typedef {{ labels: ArrayLike<number>, classes: string[] }} Known */

const DOT_PX = 2;
const RING_PX = 6;
const NAME_PX = 14; // names of classes closer than that would cover each other
const RING = "#832db6"; // that of the bottleneck

export class CodePad {
  /**
   * @param {Element} parent
   * @param {ArrayLike<number>} codes of several images, one after the other, two values each
   * @param {Range[]} ranges of the two
   * @param {Known | null} known classes of the images
   * @param {(z: Float32Array) => void} moved
   */
  constructor(parent, codes, ranges, known, moved) {
    this.codes = codes;
    this.known = known;
    this.ranges = ranges;
    /** @type {Float32Array} */
    this.z = new Float32Array(2);
    const label = tr("Plane of z1 and z2, with the codes of some images: drag to change z");
    this.canvas = element("canvas", { class: "pad", role: "img", "aria-label": label, title: tr("Drag to change z") }, parent);
    const move = (/** @type {PointerEvent} */ event) => moved(this.codeAt(event));
    this.canvas.onpointerdown = (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      move(event);
    };
    this.canvas.onpointermove = (event) => {
      if (this.canvas.hasPointerCapture(event.pointerId)) move(event);
    };
  }

  /** @param {PointerEvent} event */
  codeAt(event) {
    const box = this.canvas.getBoundingClientRect();
    const shares = [(event.clientX - box.left) / box.width, (box.bottom - event.clientY) / box.height];
    return Float32Array.from(shares, (share, k) => {
      const { low, high } = this.ranges[k];
      return low + Math.min(1, Math.max(0, share)) * (high - low);
    });
  }

  /** @param {Float32Array} z */
  draw(z) {
    this.z = z;
    this.paint();
  }

  paint() {
    const { canvas, codes, z } = this;
    const [width, height, ratio] = [canvas.clientWidth, canvas.clientHeight, pixelRatio()];
    if (!width || !height) return;
    resize(canvas, Math.round(width * ratio), Math.round(height * ratio));
    const brush = brushOf(canvas, ratio);
    const style = styleOf(canvas);
    brush.clearRect(0, 0, width, height);
    const share = (/** @type {number} */ value, /** @type {number} */ k) =>
      (value - this.ranges[k].low) / (this.ranges[k].high - this.ranges[k].low);
    brush.fillStyle = style.text;
    brush.globalAlpha = this.known ? 0.85 : 0.4;
    const inside = (/** @type {number} */ value, /** @type {number} */ size, radius = RING_PX) =>
      Math.min(size - radius - 2, Math.max(radius + 2, value)); // what lies beyond the plane stands on its edge
    for (let k = 0; k < codes.length; k += 2) {
      if (this.known) brush.fillStyle = classColour(this.known.labels[k / 2], canvas);
      brush.beginPath();
      const [x, y] = [share(codes[k], 0) * width, (1 - share(codes[k + 1], 1)) * height];
      brush.arc(inside(x, width, DOT_PX), inside(y, height, DOT_PX), DOT_PX, 0, 2 * Math.PI);
      brush.fill();
    }
    brush.globalAlpha = 1;
    this.writeNames(brush, style, (x, y) => [share(x, 0) * width, (1 - share(y, 1)) * height]);
    brush.beginPath();
    brush.arc(inside(share(z[0], 0) * width, width), inside((1 - share(z[1], 1)) * height, height), RING_PX, 0, 2 * Math.PI);
    brush.fillStyle = RING;
    brush.fill();
    brush.strokeStyle = style.text;
    brush.lineWidth = 1.5;
    brush.stroke();
  }

  /**
   * Write the name of each class at the middle of its codes, but for those that would cover another or the ring.
   * @param {CanvasRenderingContext2D} brush
   * @param {import("../kit/theme.js").Style} style
   * @param {(x: number, y: number) => number[]} place in CSS pixels
   */
  writeNames(brush, style, place) {
    if (!this.known) return;
    const { codes, z } = this;
    const taken = [place(z[0], z[1])];
    const { labels, classes } = this.known;
    const middles = classes.map((_, label) => {
      const own = Array.from({ length: codes.length / 2 }, (_, k) => k).filter((k) => labels[k] === label);
      if (!own.length) return null;
      const [x, y] = [0, 1].map((axis) => own.map((k) => codes[2 * k + axis]).sort((a, b) => a - b)[own.length >> 1]);
      const at = place(x, y);
      if (taken.some((other) => Math.abs(other[0] - at[0]) < NAME_PX && Math.abs(other[1] - at[1]) < NAME_PX)) return null;
      taken.push(at);
      return at;
    });
    writeApart(brush, classes, middles, { width: this.canvas.clientWidth, height: this.canvas.clientHeight }, style);
  }
}
