// A mixture of two Gaussians of which one mean is unknown, as aeviz/lab/mixture_line.py has it.

import { normal, random } from "../kit/random.js";

export const KNOWN = 0;
const COUNT = 40;

/** Data about −3, 0 and 3.5. @param {number} seed */
export function makeData(seed) {
  const noise = normal(random(seed + 20));
  return Array.from({ length: COUNT }, (_, k) => [0, 0, -3, 3.5, 3.5][k % 5] + 0.7 * noise());
}

/** ln N(x; mean, sd²) @param {number} x @param {number} mean @param {number} sd */
const logNormal = (x, mean, sd) => -0.5 * ((x - mean) / sd) ** 2 - Math.log(sd) - 0.5 * Math.log(2 * Math.PI);

/** ln p_θ(x) @param {number} x @param {number} theta @param {number} sd */
export function logDensity(x, theta, sd) {
  const [a, b] = [logNormal(x, KNOWN, sd), logNormal(x, theta, sd)];
  return Math.log(0.5) + Math.max(a, b) + Math.log1p(Math.exp(-Math.abs(a - b)));
}

/** @param {readonly number[]} data @param {number} theta @param {number} sd */
export const logLikelihood = (data, theta, sd) => data.reduce((sum, x) => sum + logDensity(x, theta, sd), 0);

/** Responsibility of the second component for each datum. @param {readonly number[]} data @param {number} theta @param {number} sd */
export const responsibilities = (data, theta, sd) => data.map((x) => 1 / (1 + Math.exp(logNormal(x, KNOWN, sd) - logNormal(x, theta, sd))));

/** The bound at θ for fixed responsibilities. @param {readonly number[]} data @param {readonly number[]} shares @param {number} theta @param {number} sd */
export function bound(data, shares, theta, sd) {
  const term = (/** @type {number} */ share, /** @type {number} */ log) => (share > 0 ? share * (Math.log(0.5) + log - Math.log(share)) : 0);
  return data.reduce((sum, x, k) => sum + term(shares[k], logNormal(x, theta, sd)) + term(1 - shares[k], logNormal(x, KNOWN, sd)), 0);
}

/** θ of the M-step. @param {readonly number[]} data @param {readonly number[]} shares */
export function top(data, shares) {
  const count = shares.reduce((sum, share) => sum + share, 0);
  return data.reduce((sum, x, k) => sum + shares[k] * x, 0) / count;
}
