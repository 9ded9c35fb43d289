// An index of points in the plane: which of them lie in a rectangle, which is the nearest.

const CROWD = 4; // points a cell should hold
const MOST_CELLS = 512; // along an axis

export class Grid {
  /**
   * @param {Float32Array} coordinates x and y of each point, with whatever else the stride leaves room for
   * @param {number} stride numbers a point
   * @param {number[]} low where most points lie; the few beyond are kept in the outermost cells
   * @param {number[]} high
   */
  constructor(coordinates, stride, low, high) {
    this.coordinates = coordinates;
    this.stride = stride;
    const n = coordinates.length / stride;
    const side = Math.max(1, Math.min(MOST_CELLS, Math.ceil(Math.sqrt(n / CROWD))));
    this.side = side;
    this.low = low;
    this.perCell = [0, 1].map((k) => side / Math.max(high[k] - low[k], 1e-12));
    const cells = new Uint32Array(n);
    this.starts = new Uint32Array(side * side + 1);
    for (let i = 0; i < n; i += 1) {
      const cell = this.column(coordinates[stride * i + 1], 1) * side + this.column(coordinates[stride * i], 0);
      cells[i] = cell;
      this.starts[cell + 1] += 1;
    }
    for (let cell = 0; cell < side * side; cell += 1) this.starts[cell + 1] += this.starts[cell];
    const next = this.starts.slice();
    /** Points in the order of their cells, row by row. */
    this.order = new Uint32Array(n);
    for (let i = 0; i < n; i += 1) this.order[next[cells[i]]++] = i;
  }

  /**
   * The row (k = 1) or column (k = 0) of a coordinate.
   * @param {number} value
   * @param {0 | 1} k
   */
  column(value, k) {
    const at = (value - this.low[k]) * this.perCell[k];
    return at > 0 ? Math.min(this.side - 1, Math.floor(at)) : 0; // also where it is not a number
  }

  /**
   * Call back for each run of `order` whose cells touch a rectangle.
   * @param {number} left
   * @param {number} bottom
   * @param {number} right
   * @param {number} top
   * @param {(from: number, to: number) => void} act
   */
  runs(left, bottom, right, top, act) {
    const [first, last] = [this.column(left, 0), this.column(right, 0)];
    for (let row = this.column(bottom, 1); row <= this.column(top, 1); row += 1) {
      const from = this.starts[row * this.side + first];
      const to = this.starts[row * this.side + last + 1];
      if (from < to) act(from, to);
    }
  }

  /**
   * The nearest point within a distance, or -1.
   * @param {number} x
   * @param {number} y
   * @param {number} reach
   * @param {(index: number) => boolean} counts whether a point may be returned
   */
  nearest(x, y, reach, counts) {
    let best = -1;
    let least = reach * reach;
    this.runs(x - reach, y - reach, x + reach, y + reach, (from, to) => {
      for (let k = from; k < to; k += 1) {
        const i = this.order[k];
        const dx = this.coordinates[this.stride * i] - x;
        const dy = this.coordinates[this.stride * i + 1] - y;
        const distance = dx * dx + dy * dy;
        if (distance < least && counts(i)) [least, best] = [distance, i];
      }
    });
    return best;
  }
}
