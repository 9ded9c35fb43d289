// The loss of a linear autoencoder 2-1-2 with tied weights, as aeviz/lab/loss_surface.py has it.

import { unwhiten } from "../kit/covariance.js";
import { normal, random } from "../kit/random.js";

/** @typedef {[number, number]} Pair */
/** @typedef {[number, number, number]} Moment xx, xy and yy: means over the data */

const COUNT = 60;
const ALONG = 1.4; // standard deviation of the data along their first axis

/** @param {number} across standard deviation @param {number} angle in degrees @returns {Pair[]} */
export function makeData(across, angle) {
  const next = normal(random(31));
  return Array.from({ length: COUNT }, () => unwhiten({ sds: [ALONG, across], angle }, [next(), next()]));
}

/** @param {readonly Pair[]} points @returns {Moment} */
export function momentOf(points) {
  const mean = (/** @type {(point: Pair) => number} */ of) => points.reduce((sum, point) => sum + of(point), 0) / points.length;
  return [mean(([x]) => x * x), mean(([x, y]) => x * y), mean(([, y]) => y * y)];
}

/** @param {Pair} w @param {Pair} x @returns {Pair} */
export function reconstruct(w, x) {
  const z = w[0] * x[0] + w[1] * x[1];
  return [z * w[0], z * w[1]];
}

/** @param {Pair} w @param {Moment} moment */
export function loss([a, b], [xx, xy, yy]) {
  return xx + yy + (a * a + b * b - 2) * (a * a * xx + 2 * a * b * xy + b * b * yy);
}

/** @param {Pair} w @param {Moment} moment @returns {Pair} */
export function gradient([a, b], [xx, xy, yy]) {
  const [u, v] = [xx * a + xy * b, xy * a + yy * b];
  const [first, second] = [2 * (a * a + b * b - 2), 2 * (a * u + b * v)];
  return [first * u + second * a, first * v + second * b];
}

/** @param {Pair} start @param {Moment} moment @param {number} rate @param {number} steps @returns {Pair[]} */
export function descend(start, moment, rate, steps) {
  const path = [start];
  for (let k = 0; k < steps && Math.hypot(...path[k]) <= 10; k += 1) {
    const [a, b] = gradient(path[k], moment);
    path.push([path[k][0] - rate * a, path[k][1] - rate * b]);
  }
  return path;
}
