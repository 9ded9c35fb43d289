// Least squares of a straight line and of a small network by gradient descent with batches, as aeviz/lab/batches.py has it.

import { mark } from "../kit/language.js";
import { normal, random } from "../kit/random.js";

/** @typedef {[number, number]} Pair */
/** @typedef {{ x: number[], y: number[] }} Data */
/**
 * @typedef {object} Model
 * @property {string} name
 * @property {string} formula
 * @property {readonly [string, string]} symbols of both parameters
 * @property {[Pair, Pair]} ranges that are shown
 * @property {Pair} start
 * @property {readonly number[]} levels of the risk above its least value
 * @property {(theta: Pair, x: number) => number} predict
 * @property {(theta: Pair, x: number) => Pair} slopes of the prediction by both parameters
 * @property {() => Data} makeData the same in every visit
 */

export const COUNT = 64;
export const EPOCHS = 8;

/** Noisy values of a function. @param {(x: number) => number} rule @param {number} noise @param {(next: () => number) => number} place */
function sample(rule, noise, place) {
  const next = random(5);
  const draw = normal(next);
  const x = Array.from({ length: COUNT }, () => place(next));
  return { x, y: x.map((value) => rule(value) + noise * draw()) };
}

const spread = (/** @type {() => number} */ next) => -1 + 3 * next();
const straight = (/** @type {number} */ x) => 0.3 + 0.8 * x;
/** @type {Pick<Model, "symbols" | "predict" | "slopes" | "formula" | "ranges" | "levels" | "start">} */
const LINE = {
  formula: "f(x) = a x + c",
  symbols: ["a", "c"],
  ranges: [[-1.2, 2.4], [-1.3, 2.3]],
  start: [-0.6, 1.7],
  levels: [0.02, 0.1, 0.3, 0.7, 1.3, 2.2, 3.5],
  predict: ([a, c], x) => a * x + c,
  slopes: (_, x) => [x, 1],
}; // prettier-ignore

/** @type {readonly Model[]} */
export const MODELS = [
  { ...LINE, name: mark("straight line"), makeData: () => sample(straight, 0.6, spread) },
  { ...LINE, name: mark("straight line, all x equal"), makeData: () => sample(straight, 0.6, () => 1) },
  {
    name: mark("network 1-1-1"),
    formula: "f(x) = w tanh(u x)",
    symbols: ["u", "w"],
    ranges: [[-2.4, 2.4], [-2.4, 2.4]],
    start: [0.3, -1.9],
    levels: [0.01, 0.04, 0.1, 0.2, 0.4, 0.8, 1.4, 2.2],
    predict: ([u, w], x) => w * Math.tanh(u * x),
    slopes: ([u, w], x) => {
      const unit = Math.tanh(u * x);
      return [w * (1 - unit * unit) * x, unit];
    },
    makeData: () => sample((x) => 1.3 * Math.tanh(1.4 * x), 0.3, spread),
  },
]; // prettier-ignore

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

/** @param {Pair} theta @param {Data} data @param {Model} model @returns {Pair[]} */
export function datumGradients(theta, { x, y }, model) {
  return x.map((value, k) => {
    const residual = model.predict(theta, value) - y[k];
    const [first, second] = model.slopes(theta, value);
    return [residual * first, residual * second];
  });
}

/** @param {Pair[]} gradients @returns {Pair} */
export function mean(gradients) {
  const sum = gradients.reduce(([u, v], [a, c]) => [u + a, v + c], [0, 0]);
  return [sum[0] / gradients.length, sum[1] / gradients.length];
}

/** @param {Pair} theta @param {Data} data @param {Model} model */
export function risk(theta, { x, y }, model) {
  return x.reduce((sum, value, k) => sum + (model.predict(theta, value) - y[k]) ** 2, 0) / x.length / 2;
}

/** Variance of a batch's mean gradient, both parameters together. @param {Pair[]} gradients @param {number} size */
export function batchVariance(gradients, size) {
  const centre = mean(gradients);
  const total = gradients.reduce((sum, [a, c]) => sum + (a - centre[0]) ** 2 + (c - centre[1]) ** 2, 0) / gradients.length;
  return (total / size) * ((gradients.length - size) / (gradients.length - 1));
}

/**
 * The parameters before the first step and after each one.
 * @param {{ start: Pair, data: Data, order: number[], size: number, rate: number, falls: boolean, model: Model }} options
 * @returns {Pair[]}
 */
export function descend({ start, data, order, size, rate, falls, model }) {
  const path = [start];
  for (let step = 1; step * size <= order.length; step += 1) {
    const batch = order.slice((step - 1) * size, step * size);
    const [a, c] = path[step - 1];
    const part = { x: batch.map((k) => data.x[k]), y: batch.map((k) => data.y[k]) };
    const gradient = mean(datumGradients([a, c], part, model));
    const length = falls ? rate / Math.sqrt(step) : rate;
    path.push([a - length * gradient[0], c - length * gradient[1]]);
  }
  return path;
}

/** Points of a long descent with all data, every tenth step. @param {Pair} start @param {Data} data @param {Model} model @param {number} [steps] */
export function longDescent(start, data, model, steps = 600) {
  const all = Array.from({ length: COUNT }, (_, k) => k);
  let theta = start;
  const path = [start];
  for (let k = 0; k < steps; k += 10) {
    const order = Array.from({ length: 10 }, () => all).flat();
    theta = descend({ start: theta, data, order, size: COUNT, rate: 0.3, falls: false, model })[10];
    path.push(theta);
  }
  return path;
}

/** The risk half-way between two parameters, and the mean of theirs. @param {Pair} p @param {Pair} q @param {Data} data @param {Model} model @returns {Pair} */
export function middleAndMean(p, q, data, model) {
  const middle = /** @type {Pair} */ ([(p[0] + q[0]) / 2, (p[1] + q[1]) / 2]);
  return [risk(middle, data, model), (risk(p, data, model) + risk(q, data, model)) / 2];
}
