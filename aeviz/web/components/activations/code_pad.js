// The plane of a code of two values: the codes of some images as dots, and the shown code, which the visitor drags.
// Keys move it by the sliders below.

import { brushOf, element, pixelRatio, resize } from "../kit/dom.js";
import { classColour } from "../kit/class_colours.js";
import { tr } from "../kit/language.js";
import { writeApart } from "../kit/painter.js";
import { styleOf } from "../kit/theme.js";

/** @typedef {import("./code_view.js").Range} Range */
/** @typedef {{ labels: ArrayLike<number>, classes: string[], isClear: (k: number) => boolean }} Known `isClear`: whether the decoder makes an image of the class of code `k` */

const DOT_PX = 2;
const RING_PX = 6;
const NAME_PX = 14; // names of classes closer than that would cover each other
const BESIDE_PX = 18; // from the ring to the name of a class that lies under it
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
    /** @type {number[]} */
    this.aims = [];
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

  /** @param {number[]} aims classes whose names are always there: the one shown and the one to reach */
  aimAt(aims) {
    this.aims = aims;
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
   * Write the name of each class where its codes are and the decoder makes it; those that would cover another or the ring
   * are left out, but for the aims.
   * @param {CanvasRenderingContext2D} brush
   * @param {import("../kit/theme.js").Style} style
   * @param {(x: number, y: number) => number[]} place in CSS pixels
   */
  writeNames(brush, style, place) {
    if (!this.known) return;
    const { z, aims, canvas } = this;
    const { classes } = this.known;
    const ring = place(z[0], z[1]);
    const taken = [ring];
    const isNear = (/** @type {number[]} */ one, /** @type {number[]} */ other) => Math.abs(one[0] - other[0]) < NAME_PX && Math.abs(one[1] - other[1]) < NAME_PX;
    /** @type {(number[] | null)[]} */
    const middles = classes.map(() => null);
    for (const label of new Set([...aims, ...classes.keys()])) {
      const code = this.middleOf(label);
      const at = code && place(code[0], code[1]);
      const isAim = aims.includes(label);
      if (!at || (!isAim && taken.some((other) => isNear(other, at)))) continue;
      if (isNear(ring, at)) at[1] = ring[1] + (ring[1] < 2 * BESIDE_PX ? BESIDE_PX : -BESIDE_PX);
      middles[label] = at;
      taken.push(at);
    }
    const frames = classes.map((_, label) => (aims.includes(label) ? classColour(label, canvas) : undefined));
    writeApart(brush, classes, middles, { width: canvas.clientWidth, height: canvas.clientHeight }, style, frames);
  }

  /**
   * The code nearest to the middle of a class, of those that the decoder makes an image of it from.
   * @param {number} label
   */
  middleOf(label) {
    const { codes, known } = this;
    if (!known) return null;
    const own = Array.from({ length: codes.length / 2 }, (_, k) => k).filter((k) => known.labels[k] === label);
    const clear = own.filter(known.isClear);
    const [x, y] = [0, 1].map((axis) => own.map((k) => codes[2 * k + axis]).sort((a, b) => a - b)[own.length >> 1]);
    const far = (/** @type {number} */ k) => ((codes[2 * k] - x) / this.width(0)) ** 2 + ((codes[2 * k + 1] - y) / this.width(1)) ** 2;
    const [nearest] = (clear.length ? clear : own).sort((a, b) => far(a) - far(b));
    return nearest === undefined ? null : [codes[2 * nearest], codes[2 * nearest + 1]];
  }

  /** @param {number} axis */
  width(axis) {
    return this.ranges[axis].high - this.ranges[axis].low;
  }
}
