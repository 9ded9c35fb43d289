// Least squares of a straight line by gradient descent with batches, as aeviz/lab/batches.py has it.

import { normal, random } from "../kit/random.js";

/** @typedef {[number, number]} Pair */
/** @typedef {{ x: number[], y: number[] }} Data */

export const COUNT = 64;
export const EPOCHS = 8;

/** Points about a line, the same in every visit. @returns {Data} */
export function makeData() {
  const next = random(5);
  const noise = normal(next);
  const x = Array.from({ length: COUNT }, () => -1 + 3 * next());
  return { x, y: x.map((value) => 0.3 + 0.8 * value + 0.6 * noise()) };
}

/** Which datum comes when: a new order of all for each epoch. @param {number} seed */
export function makeOrder(seed) {
  const next = random(seed + 100);
  const order = [];
  for (let epoch = 0; epoch < EPOCHS; epoch += 1) {
    const indices = Array.from({ length: COUNT }, (_, k) => k);
    for (let k = COUNT - 1; k > 0; k -= 1) {
      const other = Math.floor(next() * (k + 1));
      [indices[k], indices[other]] = [indices[other], indices[k]];
    }
    order.push(...indices);
  }
  return order;
}

/** @param {Pair} theta @param {Data} data @returns {Pair[]} */
export function datumGradients([a, c], { x, y }) {
  return x.map((value, k) => {
    const residual = a * value + c - y[k];
    return [residual * value, residual];
  });
}

/** @param {Pair[]} gradients @returns {Pair} */
export function mean(gradients) {
  const sum = gradients.reduce(([u, v], [a, c]) => [u + a, v + c], [0, 0]);
  return [sum[0] / gradients.length, sum[1] / gradients.length];
}

/** @param {Pair} theta @param {Data} data */
export function risk([a, c], { x, y }) {
  return x.reduce((sum, value, k) => sum + (a * value + c - y[k]) ** 2, 0) / x.length / 2;
}

/** Variance of a batch's mean gradient, both parameters together. @param {Pair[]} gradients @param {number} size */
export function batchVariance(gradients, size) {
  const centre = mean(gradients);
  const total = gradients.reduce((sum, [a, c]) => sum + (a - centre[0]) ** 2 + (c - centre[1]) ** 2, 0) / gradients.length;
  return (total / size) * ((gradients.length - size) / (gradients.length - 1));
}

/**
 * The parameters before the first step and after each one.
 * @param {{ start: Pair, data: Data, order: number[], size: number, rate: number, falls: boolean }} options
 * @returns {Pair[]}
 */
export function descend({ start, data, order, size, rate, falls }) {
  const path = [start];
  for (let step = 1; step * size <= order.length; step += 1) {
    const batch = order.slice((step - 1) * size, step * size);
    const [a, c] = path[step - 1];
    const part = { x: batch.map((k) => data.x[k]), y: batch.map((k) => data.y[k]) };
    const gradient = mean(datumGradients([a, c], part));
    const length = falls ? rate / Math.sqrt(step) : rate;
    path.push([a - length * gradient[0], c - length * gradient[1]]);
  }
  return path;
}

/** Curvature of the risk, and where it is least. @param {Data} data */
export function quadratic({ x, y }) {
  const average = (/** @type {number[]} */ values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [xx, xm, xy, ym] = [average(x.map((v) => v * v)), average(x), average(x.map((v, k) => v * y[k])), average(y)];
  const determinant = xx - xm * xm;
  /** @type {Pair} */
  const minimum = [(xy - xm * ym) / determinant, (xx * ym - xm * xy) / determinant];
  return { hessian: [xx, xm, 1], minimum };
}
