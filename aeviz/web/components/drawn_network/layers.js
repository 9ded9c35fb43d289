// Fully connected networks given by their widths, as aeviz/lab/drawn_network.py has them.

import { activate } from "../kit/activations.js";
import { tr } from "../kit/language.js";
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

/** Whether no layer is wider than the one before. @param {readonly number[]} widths */
export const narrows = (widths) => widths.every((width, k) => !k || width <= widths[k - 1]);

/** Whether no layer is narrower than the one before. @param {readonly number[]} widths */
export const widens = (widths) => narrows([...widths].reverse());

/** How many networks can be composed: the first one that does not fit, and all after it, cannot. @param {readonly number[][]} parts */
export function fitting(parts) {
  const first = parts.findIndex((part, k) => k && part[0] !== parts[k - 1][parts[k - 1].length - 1]);
  return first < 0 ? parts.length : first;
}

/** Widths of a composition. @param {readonly number[][]} parts */
export const compose = (parts) => parts.flatMap((part, k) => (k ? part.slice(1) : part));

export const LIMITS = { layers: 10, width: 7, inputs: 5 };

/**
 * Networks of a text such as 5-4-3, 3-2; or what is wrong with it.
 * @param {string} text
 * @returns {number[][] | string}
 */
export function parseParts(text) {
  const parts = text.split(/[,;]/).map((part) => (part.match(/\d+/g) ?? []).map(Number));
  if (!/^[\d\s,;–-]+$/.test(text)) return tr("Write widths with - between them, and a comma between networks.");
  if (parts.some((part) => part.length < 2)) return tr("Each network needs the widths of its input and its output: two or more.");
  if (parts.some((part) => part.some((width) => width < 1 || width > LIMITS.width))) return tr("Widths from 1 to {most} are drawn.", { most: LIMITS.width });
  if (parts[0][0] > LIMITS.inputs) return tr("At most {most} inputs are drawn.", { most: LIMITS.inputs });
  if (compose(parts).length > LIMITS.layers) return tr("At most {most} layers after the input are drawn.", { most: LIMITS.layers - 1 });
  return parts;
}

/** Numbers that stand for networks: widths with a 0 between two networks. @param {readonly number[][]} parts */
export const partsToNumbers = (parts) => parts.flatMap((part, k) => (k ? [0, ...part] : part));

/** The reverse; nothing where numbers mean no networks. @param {readonly number[]} numbers */
export function numbersToParts(numbers) {
  const found = numbers.length ? parseParts(numbers.map((number) => Math.round(number)).join("-").replace(/-0-/g, ",")) : ""; // prettier-ignore
  return typeof found === "string" ? null : found;
}
