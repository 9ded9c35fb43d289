// Which result of each method a budget of bytes buys.

/**
 * @typedef {object} Point
 * @property {number} method its place in the list of methods
 * @property {number} precision place of that of its numbers; -1 where it has none
 * @property {string} name
 * @property {number} bytes mean over the test images, headers included
 * @property {number} body without them
 * @property {number} mse
 * @property {[number, number, number]} [own] bytes, body and error of the image that is shown
 */

/** @param {Point} point @param {boolean} hasHeader */
export const sizeOf = (point, hasHeader) => (hasHeader ? point.bytes : point.body);

/**
 * Places of the points of a method that a choice of precision leaves, by size.
 * @param {readonly Point[]} points
 * @param {number} method
 * @param {number} precision
 * @param {boolean} hasHeader
 */
export function curveOf(points, method, precision, hasHeader) {
  return [...points.keys()]
    .filter((k) => points[k].method === method && (points[k].precision < 0 || points[k].precision === precision))
    .sort((a, b) => sizeOf(points[a], hasHeader) - sizeOf(points[b], hasHeader));
}

/**
 * The place of the least error that costs no more than a budget, or -1.
 * @param {readonly Point[]} points
 * @param {readonly number[]} curve
 * @param {number} budget
 * @param {boolean} hasHeader
 */
export function bestWithin(points, curve, budget, hasHeader) {
  const bought = curve.filter((k) => sizeOf(points[k], hasHeader) <= budget);
  return bought.reduce((best, k) => (best < 0 || points[k].mse < points[best].mse ? k : best), -1);
}
