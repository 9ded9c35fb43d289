// Fully connected networks given by their widths, as aeviz/lab/drawn_network.py has them.

import { activate } from "../kit/activations.js";
import { normal, random } from "../kit/random.js";

/** @typedef {{ weights: number[][], biases: number[] }} Layer */

/** @param {number[]} widths */
export function countParameters(widths) {
  return widths.slice(1).reduce((sum, width, k) => sum + (widths[k] + 1) * width, 0);
}

/** Weights of variance 2 / fan_in and small biases. @param {number[]} widths @param {number} seed @returns {Layer[]} */
export function makeLayers(widths, seed) {
  const next = normal(random(seed + 1));
  return widths.slice(1).map((width, k) => ({
    weights: Array.from({ length: width }, () => Array.from({ length: widths[k] }, () => Math.sqrt(2 / widths[k]) * next())),
    biases: Array.from({ length: width }, () => 0.2 * next()),
  }));
}

/**
 * Values of all layers, the input first; each layer has an activation function.
 * @param {Layer[]} layers
 * @param {import("../kit/activations.js").Activation[]} activations
 * @param {number[]} x
 */
export function runNetwork(layers, activations, x) {
  const values = [x];
  layers.forEach(({ weights, biases }, at) => {
    const z = weights.map((row, i) => row.reduce((sum, w, j) => sum + w * values[at][j], biases[i]));
    values.push(z.map((value) => activate(activations[at], value)));
  });
  return values;
}
