// Convolution, transposed convolution and pooling of square grids, as aeviz/lab/convolution.py has them.

import { mark } from "../kit/language.js";

/** @typedef {{ values: number[], side: number }} Grid row by row */
/** @typedef {{ kind: number, size: number, stride: number, padding: number }} Layer */
/** @typedef {{ row: number, column: number, weight: number }} Term a number of the input, and the place of its weight */

export const [CONVOLUTION, TRANSPOSED] = [0, 1];
/** Kinds of pooling, and no second layer at all. */
export const POOLINGS = ["none", mark("max"), mark("min"), mark("average")];

/** @param {number} side @param {Layer} layer side of its output; below 1 there is none */
export function outputSide(side, { kind, size, stride, padding }) {
  if (kind === TRANSPOSED) return (side - 1) * stride - 2 * padding + size;
  return Math.floor((side + 2 * padding - size) / stride) + 1;
}

/**
 * What an output is the sum of; places in the padding are left out.
 * @param {number} side of the input
 * @param {Layer} layer
 * @param {number} row of the output
 * @param {number} column
 */
export function termsOf(side, { kind, size, stride, padding }, row, column) {
  /** @type {Term[]} */
  const terms = [];
  for (let m = 0; m < size; m += 1) {
    for (let n = 0; n < size; n += 1) {
      let [y, x] = [row * stride - padding + m, column * stride - padding + n];
      if (kind === TRANSPOSED) {
        [y, x] = [(row + padding - m) / stride, (column + padding - n) / stride];
        if (!Number.isInteger(y) || !Number.isInteger(x)) continue;
      }
      if (y >= 0 && y < side && x >= 0 && x < side) terms.push({ row: y, column: x, weight: m * size + n });
    }
  }
  return terms;
}

/**
 * @param {number} side
 * @param {(row: number, column: number) => number} value
 * @returns {Grid}
 */
function fill(side, value) {
  const values = [];
  for (let row = 0; row < side; row += 1) for (let column = 0; column < side; column += 1) values.push(value(row, column));
  return { values, side: Math.max(0, side) };
}

/**
 * A convolution (as networks have it: a cross-correlation) or a transposed one.
 * @param {Grid} input
 * @param {number[]} kernel
 * @param {Layer} layer
 */
export function convolve({ values, side }, kernel, layer) {
  return fill(outputSide(side, layer), (row, column) => {
    let sum = 0;
    for (const { row: y, column: x, weight } of termsOf(side, layer, row, column)) sum += values[y * side + x] * kernel[weight];
    return sum;
  });
}

/**
 * @param {Grid} input
 * @param {string} kind of POOLINGS
 * @param {number} size
 * @param {number} stride
 */
export function pool({ values, side }, kind, size, stride) {
  const layer = { kind: CONVOLUTION, size, stride, padding: 0 };
  return fill(outputSide(side, layer), (row, column) => {
    const window = termsOf(side, layer, row, column).map(({ row: y, column: x }) => values[y * side + x]);
    if (kind === "max") return Math.max(...window);
    if (kind === "min") return Math.min(...window);
    return window.reduce((sum, value) => sum + value, 0) / window.length;
  });
}

/**
 * Side of the window of the input that one number of the last layer depends on.
 * @param {{ size: number, stride: number }[]} layers convolutions and poolings, the first one first
 */
export function receptiveField(layers) {
  let [field, jump] = [1, 1];
  for (const { size, stride } of layers) {
    field += (size - 1) * jump;
    jump *= stride;
  }
  return field;
}
