// A latent space with axes to move along: see `Basis` in aeviz/analysis/basis.py, and `space_payload` in payload.py.

import { unpack } from "../kit/wire.js";
import { Support } from "./support.js";

/** @typedef {{ name: string, note: string, rest: number, deviation: number, low: number, high: number }} Axis */
/** @typedef {import("../kit/legend.js").Class} Class */

const NO_LABEL = 65535;

export class Space {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    const payload = unpack(bytes);
    /** @type {Axis[]} */
    this.axes = payload.axes;
    /** @type {Class[]} */
    this.classes = payload.classes;
    /** @type {[number, number][]} from the least to the largest coordinate of the encoded images along an axis */
    this.spans = payload.spans;
    /** @type {number} */
    this.count = payload.count;
    /** @type {Float32Array} */
    this.origin = payload.origin;
    /** @type {Float32Array} the axes, one after the other */
    this.directions = payload.directions;
    /** @type {Uint16Array[]} coordinates of the encoded images along each axis that has a span, in shares of that */
    this.codes = payload.codes;
    /** @type {Uint16Array} */
    this.labels = payload.labels;
    /** where the data lies; null where that is unknown @type {Support | null} */
    this.support = payload.support && new Support(this, payload.support);
  }

  get dimensions() {
    return this.axes.length;
  }

  /**
   * The coordinate of a latent point along an axis.
   * @param {ArrayLike<number>} point
   * @param {number} axis
   */
  coordinate(point, axis) {
    const d = this.dimensions;
    let sum = this.axes[axis].rest;
    for (let k = 0; k < d; k += 1) sum += (point[k] - this.origin[k]) * this.directions[axis * d + k];
    return sum;
  }

  /**
   * The latent point of an encoded image; null where not all its coordinates are here.
   * @param {number} index
   */
  codeOf(index) {
    if (index < 0 || index >= this.count || this.codes.length < this.dimensions) return null;
    return this.moved(this.origin, this.axes.map((_, axis) => [axis, this.encoded(axis, index)]));
  }

  /**
   * A copy of a latent point with some coordinates set.
   * @param {ArrayLike<number>} point
   * @param {[number, number][]} changes pairs of axis and coordinate
   */
  moved(point, changes) {
    const d = this.dimensions;
    const next = Float64Array.from(point);
    for (const [axis, value] of changes) {
      const step = value - this.coordinate(point, axis);
      for (let k = 0; k < d; k += 1) next[k] += step * this.directions[axis * d + k];
    }
    return next;
  }

  /**
   * The number of deviations by which a point is off the median along an axis.
   * @param {ArrayLike<number>} point
   * @param {number} axis
   */
  deviations(point, axis) {
    const { rest, deviation } = this.axes[axis];
    return (this.coordinate(point, axis) - rest) / deviation;
  }

  /**
   * The coordinate of an encoded image along an axis that has a span.
   * @param {number} axis
   * @param {number} index
   */
  encoded(axis, index) {
    const [low, high] = this.spans[axis];
    return low + ((high - low) * this.codes[axis][index]) / 65535;
  }

  /**
   * The colour of an encoded image's class, or none.
   * @param {number} index
   */
  colour(index) {
    const label = this.labels[index];
    return label === NO_LABEL ? null : (this.classes[label]?.colour ?? null);
  }
}
