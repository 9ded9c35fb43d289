// Autoencoders of the plane in closed form, as aeviz/lab/identity_shortcut.py has them.

import { mark } from "../kit/language.js";
import { normal, random } from "../kit/random.js";

/** @typedef {[number, number]} Pair */
/** @typedef {{ mean: Pair, direction: Pair, units: Pair[] }} Line what the autoencoders know of the data */

export const MODELS = [mark("2 linear units"), mark("4 ReLU units"), mark("1 linear unit"), mark("sparse units")];
const ANGLES = [[Math.PI / 6, (7 * Math.PI) / 6], [0, (3 * Math.PI) / 4, (5 * Math.PI) / 4]]; // prettier-ignore

/** Decoder weights of the sparse units. @param {number} index of the data @returns {Pair[]} */
export const directions = (index) => ANGLES[index].map((angle) => [Math.cos(angle), Math.sin(angle)]);

/** Points near a line, or near three rays: the same in every visit. @param {number} index @returns {Pair[]} */
export function makeData(index) {
  const next = random(11 + index);
  const noise = normal(next);
  return Array.from({ length: 180 }, (_, k) => {
    const [angle, along] = index ? [[0, 3, 5][k % 3] * (Math.PI / 4), 0.3 + 2.2 * next()] : [Math.PI / 6, 1.2 * noise()];
    const [c, s, away] = [Math.cos(angle), Math.sin(angle), 0.07 * noise()];
    return [along * c - away * s, along * s + away * c];
  });
}

/** Mean of the data and the direction of their largest variance. @param {Pair[]} data @returns {{ mean: Pair, direction: Pair }} */
export function lineOf(data) {
  const sum = data.reduce(([u, v], [a, b]) => [u + a, v + b], [0, 0]);
  const mean = /** @type {Pair} */ ([sum[0] / data.length, sum[1] / data.length]);
  const [xx, xy, yy] = data.reduce(([p, q, r], [a, b]) => [p + (a - mean[0]) ** 2, q + (a - mean[0]) * (b - mean[1]), r + (b - mean[1]) ** 2], [0, 0, 0]); // prettier-ignore
  const angle = Math.atan2(2 * xy, xx - yy) / 2;
  return { mean, direction: [Math.cos(angle), Math.sin(angle)] };
}

/** The code z ≥ 0 with the least |x − Dz|² + λ Σ z. @param {Pair} x @param {Pair[]} units @param {number} weight */
export function sparseCode(x, units, weight) {
  const count = units.length;
  let best = new Array(count).fill(0);
  let least = x[0] ** 2 + x[1] ** 2;
  const right = units.map(([c, s]) => c * x[0] + s * x[1] - weight / 2);
  const take = (/** @type {number[]} */ active, /** @type {number[]} */ z) => {
    if (z.some((value) => value < 0)) return;
    const made = active.reduce(([u, v], k, at) => [u + units[k][0] * z[at], v + units[k][1] * z[at]], [0, 0]);
    const loss = (x[0] - made[0]) ** 2 + (x[1] - made[1]) ** 2 + weight * z.reduce((sum, value) => sum + value, 0);
    if (loss >= least - 1e-12) return;
    least = loss;
    best = new Array(count).fill(0);
    active.forEach((k, at) => (best[k] = z[at]));
  };
  for (let a = 0; a < count; a += 1) take([a], [right[a]]);
  for (let a = 0; a < count; a += 1) {
    for (let b = a + 1; b < count; b += 1) {
      const inner = units[a][0] * units[b][0] + units[a][1] * units[b][1];
      const determinant = 1 - inner * inner;
      if (determinant > 1e-9) take([a, b], [(right[a] - inner * right[b]) / determinant, (right[b] - inner * right[a]) / determinant]);
    }
  }
  return best;
}

/**
 * Code and reconstruction of a point.
 * @param {Pair} x @param {number} model @param {Line} line @param {number} weight
 * @returns {{ code: number[], made: Pair }}
 */
export function autoencode(x, model, { mean, direction: [u, v], units }, weight) {
  if (model === 0) return { code: [...x], made: [x[0], x[1]] };
  if (model === 1) {
    const code = [x[0], x[1], -x[0], -x[1]].map((value) => Math.max(0, value));
    return { code, made: [code[0] - code[2], code[1] - code[3]] };
  }
  if (model === 2) {
    const z = (x[0] - mean[0]) * u + (x[1] - mean[1]) * v;
    return { code: [z], made: [mean[0] + z * u, mean[1] + z * v] };
  }
  const code = sparseCode(x, units, weight);
  const made = code.reduce(([a, b], z, k) => [a + units[k][0] * z, b + units[k][1] * z], [0, 0]);
  return { code, made: [made[0], made[1]] };
}

/** The decoder's weights by unit. @param {number} model @param {Line} line @returns {Pair[]} */
export function decoderOf(model, { direction, units }) {
  return [[[1, 0], [0, 1]], [[1, 0], [0, 1], [-1, 0], [0, -1]], [direction], units][model].map(([a, b]) => /** @type {Pair} */ ([a, b])); // prettier-ignore
}
