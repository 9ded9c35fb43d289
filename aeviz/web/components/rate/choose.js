// Which result of each method a budget of bytes buys.

/**
 * @typedef {object} Point
 * @property {number} method its place in the list of methods
 * @property {number} precision place of that of its numbers; -1 where it has none
 * @property {string} name
 * @property {number} bytes mean over the test images, headers included
 * @property {number} body without them
 * @property {number} weights of its decoder; 0 for files
 * @property {number} mse
 * @property {[number, number, number]} [own] bytes, body and error of the image that is shown
 */

/** @typedef {{ hasHeader: boolean, images: number }} Count whether headers count; how many images share a decoder */

const WEIGHT = 2; // bytes, float16

/** Bytes of a decoder that fall to one image. @param {Point} point @param {Count} count */
export const decoderOf = ({ weights }, { images }) => (WEIGHT * weights) / images;

/** @param {Point} point @param {Count} count */
export const sizeOf = (point, count) => (count.hasHeader ? point.bytes : point.body) + decoderOf(point, count);

/** A point for the image that is shown in place of the mean; as it is without one. @param {Point} point @returns {Point} */
export const ownOf = (point) => (point.own ? { ...point, bytes: point.own[0], body: point.own[1], mse: point.own[2] } : point);

/**
 * Places of the points of a method that a choice of precision leaves, by size.
 * @param {readonly Point[]} points
 * @param {number} method
 * @param {number} precision
 * @param {Count} count
 */
export function curveOf(points, method, precision, count) {
  return [...points.keys()]
    .filter((k) => points[k].method === method && (points[k].precision < 0 || points[k].precision === precision))
    .sort((a, b) => sizeOf(points[a], count) - sizeOf(points[b], count));
}

/**
 * The place of the least error that costs no more than a budget, in whole bytes, or -1.
 * @param {readonly Point[]} points
 * @param {readonly number[]} curve
 * @param {number} budget
 * @param {Count} count
 */
export function bestWithin(points, curve, budget, count) {
  const bought = curve.filter((k) => Math.round(sizeOf(points[k], count)) <= budget);
  return bought.reduce((best, k) => (best < 0 || points[k].mse < points[best].mse ? k : best), -1);
}
