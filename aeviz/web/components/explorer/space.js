// A latent space with axes to move along, as aeviz/figures/studio.py packs it: see `Basis` in aeviz/analysis/basis.py.
//
// The blob: a 32-bit length, a JSON header of that many bytes, zero bytes up to a multiple of four, the origin
// (D float32), the axes (D times D float32, one after the other), and for each axis that has them the coordinates of
// the encoded images (n uint16, from `low` to `high` of header.spans), and their labels (n uint16).

/** @typedef {{ name: string, note: string, rest: number, deviation: number, low: number, high: number }} Axis */
/** @typedef {{ name: string, colour: string }} Class */

const NO_LABEL = 65535;

export class Space {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
    const body = bytes.slice((4 + length + 3) & ~3).buffer; // a copy, at an address that views can take
    /** @type {Axis[]} */
    this.axes = header.axes;
    /** @type {Class[]} */
    this.classes = header.classes;
    /** @type {[number, number][]} */
    this.spans = header.spans;
    /** @type {number} */
    this.count = header.count;
    const d = this.axes.length;
    this.origin = new Float32Array(body, 0, d);
    this.directions = new Float32Array(body, 4 * d, d * d);
    const start = 4 * d * (d + 1);
    this.codes = this.spans.map((_, k) => new Uint16Array(body, start + 2 * k * this.count, this.count));
    this.labels = new Uint16Array(body, start + 2 * this.spans.length * this.count, this.count);
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
   * The number of deviations by which a point is off rest along an axis.
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
