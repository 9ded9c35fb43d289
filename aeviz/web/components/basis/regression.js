// Regression with fixed and with learned basis functions, as aeviz/lab/basis.py has it.

import { normal, random } from "../kit/random.js";

/** @typedef {{ x: number[], y: number[] }} Data */

const COUNT = 40;
const NOISE = 0.08;

/** @param {number} x */
export const target = (x) => 0.4 * Math.sin(3 * x) + 0.6 * Math.tanh(15 * (x - 0.2));

/** Noisy values of the target, the same in every visit. @returns {Data} */
export function makeData() {
  const noise = normal(random(8));
  const x = Array.from({ length: COUNT }, (_, k) => -1 + (2 * k + 1) / COUNT);
  return { x, y: x.map((value) => target(value) + NOISE * noise()) };
}

/** 1 and the Gaussian bumps at x. @param {number} x @param {number} count @param {number} width */
export function bumps(x, count, width) {
  const centre = (/** @type {number} */ k) => (count > 1 ? -1 + (2 * k) / (count - 1) : 0);
  return [1, ...Array.from({ length: count }, (_, k) => Math.exp(-(((x - centre(k)) / width) ** 2) / 2))];
}

/** The network before training: bends all over the data. @param {number} count @param {number} seed */
export function initial(count, seed) {
  const next = random(seed + 40);
  const draw = normal(next);
  const parameters = new Float64Array(3 * count + 1);
  for (let k = 0; k < count; k += 1) {
    parameters[k] = 3 * draw();
    parameters[count + k] = parameters[k] * (2 * next() - 1);
    parameters[2 * count + k] = (0.5 * draw()) / Math.sqrt(count);
  }
  return parameters;
}

/** @param {Float64Array} parameters all u, all c, all w, and w₀ @param {number} k @param {number} x */
export function unit(parameters, k, x) {
  return Math.tanh(parameters[k] * x + parameters[(parameters.length - 1) / 3 + k]);
}

/** @param {Float64Array} parameters @param {number} x */
export function network(parameters, x) {
  const count = (parameters.length - 1) / 3;
  let sum = parameters[3 * count];
  for (let k = 0; k < count; k += 1) sum += parameters[2 * count + k] * unit(parameters, k, x);
  return sum;
}

/** Gradient of half the mean squared error. @param {Float64Array} parameters @param {Data} data */
export function gradient(parameters, { x, y }) {
  const count = (parameters.length - 1) / 3;
  const slopes = new Float64Array(parameters.length);
  const hidden = new Float64Array(count);
  x.forEach((value, n) => {
    let residual = parameters[3 * count] - y[n];
    for (let k = 0; k < count; k += 1) {
      hidden[k] = unit(parameters, k, value);
      residual += parameters[2 * count + k] * hidden[k];
    }
    residual /= x.length;
    for (let k = 0; k < count; k += 1) {
      const slope = residual * parameters[2 * count + k] * (1 - hidden[k] ** 2);
      slopes[k] += slope * value;
      slopes[count + k] += slope;
      slopes[2 * count + k] += residual * hidden[k];
    }
    slopes[3 * count] += residual;
  });
  return slopes;
}

/** Training by Adam on all data, which goes on where it stopped. */
export class Training {
  /** @param {Float64Array} parameters @param {Data} data @param {number} rate @param {boolean} isFixed the hidden layer stays */
  constructor(parameters, data, rate, isFixed) {
    this.parameters = Float64Array.from(parameters);
    this.data = data;
    this.rate = rate;
    this.first = isFixed ? (2 * (parameters.length - 1)) / 3 : 0; // of what is trained
    this.mean = new Float64Array(parameters.length);
    this.square = new Float64Array(parameters.length);
    this.steps = 0;
  }

  step() {
    this.steps += 1;
    const slopes = gradient(this.parameters, this.data);
    for (let k = this.first; k < slopes.length; k += 1) {
      this.mean[k] = 0.9 * this.mean[k] + 0.1 * slopes[k];
      this.square[k] = 0.999 * this.square[k] + 0.001 * slopes[k] ** 2;
      const scale = Math.sqrt(this.square[k] / (1 - 0.999 ** this.steps)) + 1e-8;
      this.parameters[k] -= (this.rate * this.mean[k]) / (1 - 0.9 ** this.steps) / scale;
    }
  }
}
