// The plane of a code of two values: the codes of some images as dots, and the shown code, which the visitor drags.
// Keys move it by the sliders below.

import { brushOf, element, pixelRatio, resize } from "../kit/dom.js";
import { classColour } from "../kit/class_colours.js";
import { tr } from "../kit/language.js";
import { writeApart } from "../kit/painter.js";
import { styleOf } from "../kit/theme.js";
import { spotsOf } from "./spots.js";

/** @typedef {import("./code_view.js").Range} Range */
/** @typedef {{ labels: ArrayLike<number>, classes: string[], isClear: (k: number) => boolean }} Known `isClear`: whether the decoder makes an image of the class of code `k` */

const DOT_PX = 2;
const RING_PX = 6;
const NAME_PX = 14; // names of classes closer than that would cover each other
const BESIDE_PX = 18; // from the ring to the name of a class that lies under it
const MARK_PX = 8; // radius of the mark of the class to reach: the ring fits in
const ABOVE_PX = 22; // from the mark to the name of its class
const SNAP_PX = 10; // around the mark and its name: a tap there takes z to the mark
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
    /** @type {(import("./spots.js").Spot | null)[]} where the decoder makes each class */
    this.spots = [];
    /** @type {{ x: number, y: number, width: number, height: number }[]} what stands for the class to reach: the mark and its name */
    this.targets = [];
    const classes = known?.classes ?? [];
    this.middles = classes.map((_, k) => this.middleOf(k));
    const label = tr("Plane of z1 and z2, with the codes of some images: drag to change z");
    this.canvas = element("canvas", { class: "pad", role: "img", "aria-label": label, title: tr("Drag to change z") }, parent);
    /** @type {PointerEvent | null} a tap on the mark, until the pointer leaves it */
    let tap = null;
    this.canvas.onpointerdown = (event) => {
      this.canvas.setPointerCapture(event.pointerId);
      const spot = this.isOnTarget(event) ? this.target : null;
      tap = spot && event;
      moved(spot ? spot.code : this.codeAt(event));
    };
    this.canvas.onpointermove = (event) => {
      if (!this.canvas.hasPointerCapture(event.pointerId)) return;
      if (tap && Math.hypot(event.clientX - tap.clientX, event.clientY - tap.clientY) < SNAP_PX) return;
      tap = null;
      moved(this.codeAt(event));
    };
  }

  /**
   * Find where the decoder makes each class, once for a model.
   * @param {(codes: Float32Array, count: number) => Promise<ArrayLike<number>>} decode
   * @param {import("./reader.js").Read} read
   */
  async findSpots(decode, read) {
    const { codes, known, ranges, canvas } = this;
    if (known) this.spots = await spotsOf({ ranges, codes, width: canvas.clientWidth, height: canvas.clientHeight, ...known }, decode, read);
  }

  /** The code where the decoder makes the class to reach. */
  get target() {
    return this.spots[this.aims[1]] ?? null;
  }

  /** @param {PointerEvent} event */
  isOnTarget(event) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    return this.targets.some((one) => Math.abs(x - one.x) <= one.width / 2 && Math.abs(y - one.y) <= one.height / 2);
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
   * are left out, but for the aims. The one to reach stays by its mark, wherever the ring is.
   * @param {CanvasRenderingContext2D} brush
   * @param {import("../kit/theme.js").Style} style
   * @param {(x: number, y: number) => number[]} place in CSS pixels
   */
  writeNames(brush, style, place) {
    if (!this.known) return;
    const { z, aims, canvas, target } = this;
    const { classes } = this.known;
    const ring = place(z[0], z[1]);
    const taken = [ring];
    const mark = target && place(target.code[0], target.code[1]);
    const beside = mark && [mark[0], mark[1] + (mark[1] < 2 * ABOVE_PX ? ABOVE_PX : -ABOVE_PX)];
    if (mark && beside) taken.push(mark, beside);
    const isNear = (/** @type {number[]} */ one, /** @type {number[]} */ other) => Math.abs(one[0] - other[0]) < NAME_PX && Math.abs(one[1] - other[1]) < NAME_PX;
    /** @type {(number[] | null)[]} */
    const middles = classes.map(() => null);
    for (const label of new Set([...aims, ...classes.keys()])) {
      if (beside && label === aims[1]) {
        middles[label] = beside;
        continue;
      }
      const code = this.middles[label];
      const at = code && place(code[0], code[1]);
      const isAim = aims.includes(label);
      if (!at || (!isAim && taken.some((other) => isNear(other, at)))) continue;
      if (isNear(ring, at)) at[1] = ring[1] + (ring[1] < 2 * BESIDE_PX ? BESIDE_PX : -BESIDE_PX);
      middles[label] = at;
      taken.push(at);
    }
    const frames = classes.map((_, label) => (aims.includes(label) ? classColour(label, canvas) : undefined));
    const still = mark && { label: aims[1], mark: { x: mark[0], y: mark[1], width: 2 * MARK_PX } };
    const places = writeApart(brush, classes, middles, { width: canvas.clientWidth, height: canvas.clientHeight }, style, frames, still);
    const name = places[aims[1]];
    this.targets = [];
    canvas.dataset.target = mark ? mark.map(Math.round).join(" ") : "";
    if (!mark || !name) return;
    this.drawMark(brush, mark, frames[aims[1]] ?? style.text, style);
    const width = brush.measureText(classes[aims[1]]).width + SNAP_PX;
    this.targets = [{ x: mark[0], y: mark[1], width: 2 * SNAP_PX, height: 2 * SNAP_PX }, { ...name, width, height: ABOVE_PX }];
  }

  /**
   * A circle with nothing inside, so that the codes under it are seen.
   * @param {CanvasRenderingContext2D} brush
   * @param {number[]} place in CSS pixels
   * @param {string} colour
   * @param {import("../kit/theme.js").Style} style
   */
  drawMark(brush, [x, y], colour, style) {
    for (const [ink, width] of /** @type {[string, number][]} */ ([[style.background, 6], [colour, 2.5]])) {
      brush.strokeStyle = ink;
      brush.lineWidth = width;
      brush.beginPath();
      brush.arc(x, y, MARK_PX, 0, 2 * Math.PI);
      brush.stroke();
    }
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
