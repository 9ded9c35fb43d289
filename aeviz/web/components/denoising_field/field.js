// The best denoiser of data on a curve, as aeviz/lab/denoising_field.py has it.

import { mark } from "../kit/language.js";

/** @typedef {[number, number]} Pair */

export const CURVES = [mark("circle"), mark("wave"), mark("spiral"), mark("cross")];
const LEAST_SIGMA = 0.05;

/** @param {number} index @param {number} count @returns {Pair[]} */
export function curvePoints(index, count) {
  return Array.from({ length: count }, (_, k) => {
    const t = (k + 0.5) / count;
    if (index === 0) return [1.7 * Math.cos(2 * Math.PI * t), 1.7 * Math.sin(2 * Math.PI * t)];
    if (index === 1) return [5 * t - 2.5, 1.2 * Math.sin(2 * Math.PI * (1.2 * t - 0.1))];
    if (index === 2) {
      const [turn, radius] = [3.5 * Math.PI * Math.sqrt(t), 0.3 + 2 * Math.sqrt(t)];
      return [radius * Math.cos(turn), radius * Math.sin(turn)];
    }
    return [4 * t - 2, (k % 2 ? -1 : 1) * (4 * t - 2)];
  });
}

/**
 * The mean of x given a noisy point, and the logarithm of the noisy points' density there.
 * @param {Pair} noisy @param {Pair[]} points @param {number} sigma
 * @returns {{ mean: Pair, logDensity: number }}
 */
export function denoise([x, y], points, sigma) {
  const exponents = points.map(([a, b]) => -((x - a) ** 2 + (y - b) ** 2) / (2 * sigma * sigma));
  const most = Math.max(...exponents);
  let [sum, u, v] = [0, 0, 0];
  exponents.forEach((exponent, k) => {
    const weight = Math.exp(exponent - most);
    sum += weight;
    u += weight * points[k][0];
    v += weight * points[k][1];
  });
  return { mean: [u / sum, v / sum], logDensity: most + Math.log(sum) - Math.log(points.length * 2 * Math.PI * sigma * sigma) };
}

/**
 * Half of the way to the mean, step by step.
 * @param {Pair} start @param {Pair[]} points @param {number} sigma @param {number} steps @param {boolean} falls
 */
export function walk(start, points, sigma, steps, falls) {
  const path = [start];
  for (let step = 0; step < steps; step += 1) {
    const share = step / Math.max(1, steps - 1);
    const now = falls ? sigma * (Math.min(LEAST_SIGMA, sigma) / sigma) ** share : sigma;
    const [x, y] = path[step];
    const [u, v] = denoise([x, y], points, now).mean;
    path.push([(x + u) / 2, (y + v) / 2]);
  }
  return path;
}

/** The gradient of the log-density by differences, without the denoiser. @param {Pair} at @param {Pair[]} points @param {number} sigma @returns {Pair} */
export function score([x, y], points, sigma) {
  const h = 1e-4 * sigma;
  const at = (/** @type {number} */ u, /** @type {number} */ v) => denoise([u, v], points, sigma).logDensity;
  return [(at(x + h, y) - at(x - h, y)) / (2 * h), (at(x, y + h) - at(x, y - h)) / (2 * h)];
}
