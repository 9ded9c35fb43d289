// Both passes through a fully connected network, as aeviz/lab/backpropagation.py has them.

import { activate, derivative } from "../kit/activations.js";

/** @typedef {import("../kit/activations.js").Activation} Activation */
/** @typedef {{ weights: number[][][], biases: number[][], activations: Activation[] }} Network a matrix, or a list, a layer */
/** @typedef {{ z: number[][], a: number[][], loss: number, delta: number[][], gradients: number[][][] }} Passes */

/**
 * The gradients of the biases are the deltas.
 * @param {Network} network
 * @param {number[]} x
 * @param {number[]} target
 * @returns {Passes}
 */
export function backpropagate({ weights, biases, activations }, x, target) {
  /** @type {number[][]} */
  const z = [];
  const a = [x];
  weights.forEach((matrix, layer) => {
    z.push(matrix.map((row, i) => row.reduce((sum, w, j) => sum + w * a[layer][j], biases[layer][i])));
    a.push(z[layer].map((value) => activate(activations[layer], value)));
  });
  const last = weights.length - 1;
  const error = a[last + 1].map((value, i) => value - target[i]);
  /** @type {number[][]} */
  const delta = [];
  delta[last] = error.map((value, i) => value * derivative(activations[last], z[last][i]));
  for (let layer = last - 1; layer >= 0; layer -= 1) {
    delta[layer] = z[layer].map((value, j) => {
      const sum = delta[layer + 1].reduce((total, d, i) => total + weights[layer + 1][i][j] * d, 0);
      return sum * derivative(activations[layer], value);
    });
  }
  const gradients = delta.map((row, layer) => row.map((d) => a[layer].map((value) => d * value)));
  return { z, a: a.slice(1), loss: error.reduce((sum, value) => sum + (value * value) / 2, 0), delta, gradients };
}
