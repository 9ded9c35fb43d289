// Values by step, kept for a curve: thinned so that a long run takes no more room than a short one.

const MOST = 4096; // points before each second one goes

export class Curve {
  /** @param {number} width values of a point */
  constructor(width) {
    this.width = width;
    /** @type {number[]} */
    this.steps = [];
    /** @type {number[][]} */
    this.values = [];
    this.every = 1; // steps that a point stands for: their mean
    this.count = 0;
    this.sums = new Float64Array(width);
    /** @type {number[]} */
    this.last = []; // the newest values, not thinned
    this.clear();
  }

  clear() {
    this.steps = [];
    this.values = Array.from({ length: this.width }, () => []);
    this.every = 1;
    this.count = 0;
    this.sums.fill(0);
    this.last = [];
  }

  /**
   * @param {number} step
   * @param {ArrayLike<number>} values
   */
  add(step, values) {
    this.last = Array.from(values);
    this.last.forEach((value, k) => (this.sums[k] += value));
    this.count += 1;
    if (this.count < this.every) return;
    this.steps.push(step);
    this.values.forEach((column, k) => column.push(this.sums[k] / this.count));
    this.sums.fill(0);
    this.count = 0;
    if (this.steps.length < MOST) return;
    /** @param {number[]} column */
    const halved = (column) => Array.from({ length: MOST / 2 }, (_, k) => (column[2 * k] + column[2 * k + 1]) / 2);
    this.values = this.values.map(halved);
    this.steps = this.steps.filter((_, k) => k % 2 === 1);
    this.every *= 2;
  }

  /**
   * The mean of the newest points of a column; NaN where there are none.
   * @param {number} column
   * @param {number} [most]
   */
  recent(column, most = 50) {
    const found = this.values[column].slice(-most);
    return found.reduce((sum, value) => sum + value, 0) / found.length;
  }
}
