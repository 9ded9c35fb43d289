// How far two maps of the same images lie apart once the second has been laid over the first (Procrustes).

import { carryOver } from "./lift.js";

/** @typedef {import("./map_data.js").Header} Header */

/**
 * The points of the second panel in the coordinates of the first; null where these are not comparable.
 * @param {Pick<Header, "panels" | "aligned">} header
 * @returns {Float32Array | null}
 */
export function laidOver({ panels, aligned }) {
  const [first, second] = panels;
  if (panels.length !== 2 || first.dims !== second.dims || !(aligned || second.carry)) return null;
  const { coordinates, carry, dims } = second;
  if (!carry) return coordinates;
  const moved = new Float32Array(coordinates.length);
  for (let k = 0; k < moved.length; k += dims) moved.set(carryOver(carry, coordinates.subarray(k, k + dims)), k);
  return moved;
}

/**
 * The share of the variance of the first points that the second ones explain, and the mean distance of both.
 * @param {Float32Array} from
 * @param {Float32Array} to
 * @param {number} dims
 */
export function residuals(from, to, dims) {
  const n = from.length / dims;
  const mean = new Float64Array(dims);
  for (let k = 0; k < from.length; k += 1) mean[k % dims] += from[k] / n;
  let [rest, spread, distance] = [0, 0, 0];
  for (let i = 0; i < n; i += 1) {
    let square = 0;
    for (let axis = 0; axis < dims; axis += 1) {
      const k = i * dims + axis;
      square += (from[k] - to[k]) ** 2;
      spread += (from[k] - mean[axis]) ** 2;
    }
    rest += square;
    distance += Math.sqrt(square) / n;
  }
  return { explained: spread > 0 ? 1 - rest / spread : 0, distance };
}

/**
 * The mean of the points of each class; null for a class without points.
 * @param {Float32Array} coordinates
 * @param {ArrayLike<number>} labels
 * @param {number} classes
 * @param {number} dims
 * @returns {(number[] | null)[]}
 */
export function classMeans(coordinates, labels, classes, dims) {
  const sums = Array.from({ length: classes }, () => new Float64Array(dims + 1));
  for (let i = 0; i < labels.length; i += 1) {
    const sum = sums[labels[i]];
    if (!sum) continue;
    for (let axis = 0; axis < dims; axis += 1) sum[axis] += coordinates[i * dims + axis];
    sum[dims] += 1;
  }
  return sums.map((sum) => (sum[dims] ? Array.from(sum.subarray(0, dims), (value) => value / sum[dims]) : null));
}

/**
 * Points on the way from one arrangement to another.
 * @template {Float32Array | number[]} T
 * @param {T} into
 * @param {ArrayLike<number>} from
 * @param {ArrayLike<number>} to
 * @param {number} share from 0 to 1
 * @returns {T}
 */
export function mix(into, from, to, share) {
  for (let k = 0; k < into.length; k += 1) into[k] = from[k] + (to[k] - from[k]) * share;
  return into;
}
