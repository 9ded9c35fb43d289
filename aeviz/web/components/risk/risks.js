// Risk and empirical risk of polynomials, as aeviz/lab/risk.py has them.

import { leastSquares } from "../kit/least_squares.js";
import { random } from "../kit/random.js";

/** @typedef {{ x: number[], y: number[] }} Data */

const ROUNDS = 20;
const NEAREST = 1e-4;
const POINTS = 1000;
const GRID = Array.from({ length: POINTS }, (_, k) => -1 + (2 * k + 1) / POINTS);

/** @param {number} x */
export const target = (x) => Math.sin(3 * x) + 0.5 * x;
const TARGETS = GRID.map(target);

/** A sample; a smaller one with the same seed is its beginning. @param {number} count @param {number} noise @param {number} seed @returns {Data} */
export function draw(count, noise, seed) {
  const next = random(seed + 300);
  /** @type {Data} */
  const data = { x: [], y: [] };
  for (let k = 0; k < count; k += 1) {
    const x = 2 * next() - 1;
    const share = next() - 0.5;
    data.x.push(x);
    data.y.push(target(x) - (noise / Math.SQRT2) * Math.sign(share) * Math.log(Math.max(1e-12, 1 - 2 * Math.abs(share))));
  }
  return data;
}

/** Legendre polynomials 0 to degree. @param {number} x @param {number} degree */
export function legendre(x, degree) {
  const values = [1, x].slice(0, degree + 1);
  for (let k = 1; k < degree; k += 1) values.push(((2 * k + 1) * x * values[k] - k * values[k - 1]) / (k + 1));
  return values;
}

/** @param {readonly number[]} features @param {readonly number[]} weights */
function product(features, weights) {
  let sum = 0;
  for (let k = 0; k < weights.length; k += 1) sum += weights[k] * features[k];
  return sum;
}

/** @param {readonly number[]} weights @param {number} x */
export const predict = (weights, x) => product(legendre(x, weights.length - 1), weights);

/** @param {number} gap of y and its prediction @param {boolean} isAbsolute */
export const lossOf = (gap, isAbsolute) => (isAbsolute ? Math.abs(gap) : gap * gap);

/** @param {Data} data @param {number} degree @param {boolean} isAbsolute */
export function fit({ x, y }, degree, isAbsolute) {
  const features = x.map((value) => legendre(value, degree));
  let weights = leastSquares(features, y);
  for (let round = 0; isAbsolute && round < ROUNDS; round += 1) {
    const shares = features.map((row, k) => 1 / Math.max(Math.abs(y[k] - product(row, weights)), NEAREST));
    weights = leastSquares(features, y, shares);
  }
  return weights;
}

/** @param {readonly number[]} weights @param {Data} data @param {boolean} isAbsolute */
export function empiricalRisk(weights, { x, y }, isAbsolute) {
  return x.reduce((sum, value, k) => sum + lossOf(y[k] - predict(weights, value), isAbsolute), 0) / x.length;
}

/** Expected loss at one x. @param {number} gap of target and prediction @param {number} noise @param {boolean} isAbsolute */
function expected(gap, noise, isAbsolute) {
  const scale = noise / Math.SQRT2;
  return isAbsolute ? Math.abs(gap) + scale * Math.exp(-Math.abs(gap) / scale) : gap * gap + noise * noise;
}

/** @type {number[][]} */
let table = []; // polynomials on the grid, of the highest degree so far

/** @param {readonly number[]} weights @param {number} noise @param {boolean} isAbsolute */
export function risk(weights, noise, isAbsolute) {
  if ((table[0] ?? []).length < weights.length) table = GRID.map((x) => legendre(x, weights.length - 1));
  return TARGETS.reduce((sum, value, k) => sum + expected(value - product(table[k], weights), noise, isAbsolute), 0) / POINTS;
}

/** @param {number} noise @param {boolean} isAbsolute */
export const leastRisk = (noise, isAbsolute) => expected(0, noise, isAbsolute);
