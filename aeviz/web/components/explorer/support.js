// Where the data lies in a latent space, and which points lie far from it: `mark_far` in aeviz/web/kernel/distances.py.

const NEIGHBOURS = 10;

/**
 * @typedef {{ limit: number, used: Uint8Array, mean: Float32Array, whitening: Float32Array }} Content
 *   Beyond `limit` a point is far: from the tenth nearest encoded image in the dimensions `used`, or, where `whitening` is
 *   not empty, from the mean of a Gaussian, in its deviations.
 */
/** @typedef {import("./space.js").Space} Space */

export class Support {
  /** @param {Space} space @param {Content} content */
  constructor(space, content) {
    this.space = space;
    this.content = content;
  }

  /**
   * Which latent points lie far from the data.
   * @param {Float32Array} points one after the other
   * @param {number} rows
   * @returns {boolean[]}
   */
  far(points, rows) {
    const d = this.space.dimensions;
    const each = Array.from({ length: rows }, (_, row) => points.subarray(row * d, (row + 1) * d));
    if (this.content.whitening.length) return each.map((point) => this.deviation(point) > this.content.limit);
    return each.map((point) => !this.hasNeighbours(this.seen(point)));
  }

  /**
   * The Mahalanobis distance of a point from the mean.
   * @param {Float32Array} point
   */
  deviation(point) {
    const { mean, whitening } = this.content;
    const d = point.length;
    const scaled = new Float64Array(d);
    for (let i = 0; i < d; i += 1) {
      const off = point[i] - mean[i];
      for (let k = 0; k < d; k += 1) scaled[k] += off * whitening[i * d + k];
    }
    return Math.hypot(...scaled);
  }

  /**
   * What counts of a point: its latent dimensions in use, or, of a space too large for all codes, its first coordinates.
   * @param {ArrayLike<number>} point
   */
  seen(point) {
    const { space, content } = this;
    if (space.codes.length < space.dimensions)
      return Float64Array.from(space.codes, (_, axis) => space.coordinate(point, axis));
    return Float64Array.from(point).filter((_, k) => content.used[k]);
  }

  /** The same of the encoded images, one after the other. */
  get images() {
    if (this.known) return this.known;
    const { space } = this;
    const { count, codes } = space;
    const at = (/** @type {number} */ index) => codes.map((_, axis) => /** @type {[number, number]} */ ([axis, space.encoded(axis, index)]));
    const first = count ? this.seen(space.moved(space.origin, at(0))) : [];
    const found = new Float64Array(count * first.length);
    for (let i = 0; i < count; i += 1) found.set(this.seen(space.moved(space.origin, at(i))), i * first.length);
    return (this.known = found);
  }

  /**
   * The encoded images nearest to a point, the nearest first; null where there are none.
   * @param {ArrayLike<number>} point
   * @param {number} count
   * @param {Set<number>} [hidden] labels of classes that do not count
   */
  nearest(point, count, hidden = new Set()) {
    const { images } = this;
    const at = this.seen(point);
    const n = at.length;
    if (!images.length) return null;
    /** @type {{ index: number, square: number }[]} */
    const found = [];
    for (let index = 0; index < this.space.count; index += 1) {
      if (hidden.has(this.space.labels[index])) continue;
      let square = 0;
      for (let k = 0; k < n; k += 1) square += (images[index * n + k] - at[k]) ** 2;
      if (found.length === count && square >= found[count - 1].square) continue;
      let place = found.length;
      while (place > 0 && found[place - 1].square > square) place -= 1;
      found.splice(place, 0, { index, square });
      if (found.length > count) found.pop();
    }
    return found.map(({ index }) => index);
  }

  /**
   * Whether ten encoded images lie within the limit of a point.
   * @param {Float64Array} point
   */
  hasNeighbours(point) {
    const { images } = this;
    const [n, limit] = [point.length, this.content.limit ** 2];
    const needed = Math.min(NEIGHBOURS, this.space.count);
    let near = 0;
    for (let start = 0; start < images.length && near < needed; start += n) {
      let square = 0;
      for (let k = 0; k < n && square <= limit; k += 1) square += (images[start + k] - point[k]) ** 2;
      if (square <= limit) near += 1;
    }
    return near >= needed;
  }
}
