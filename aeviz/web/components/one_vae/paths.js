// The way of one image through a VAE and back: aeviz/lab/reparameterization.py has the gradients.

import { run, runBack } from "../kit/plain_layers.js";

/** @typedef {[number, number]} Pair */
/** @typedef {{ mean: number[], sd: number[], slope: number[], error: number, output: Float32Array, z: number[] }} Draw */

const LIMIT = 20; // of |ln sigma²|

/** Mean and standard deviations that an encoder gives. @param {import("../kit/plain_layers.js").Layer[]} encoder @param {ArrayLike<number>} image */
export function posterior(encoder, image) {
  const values = [...run(encoder, image)];
  const half = values.length / 2;
  const sd = values.slice(half).map((value) => Math.exp(Math.max(-LIMIT, Math.min(LIMIT, value)) / 2));
  return { mean: values.slice(0, half), sd };
}

/**
 * z = μ + σε, the squared error over all pixels, and its derivatives by μ and by σ.
 * @param {import("../kit/plain_layers.js").Layer[]} decoder
 * @param {ArrayLike<number>} image
 * @param {{ mean: number[], sd: number[] }} q
 * @param {number[]} noise
 * @returns {Draw}
 */
export function draw(decoder, image, { mean, sd }, noise) {
  const z = mean.map((value, k) => value + sd[k] * noise[k]);
  const { output, gradient } = runBack(decoder, z, (made) => made.map((value, k) => 2 * (value - image[k])));
  const slope = [...gradient];
  const error = output.reduce((sum, value, k) => sum + (value - image[k]) ** 2, 0);
  return { z, output, error, slope, mean: slope, sd: slope.map((value, k) => value * noise[k]) };
}

/** Mean of gradients and its standard error, by coordinate. @param {number[][]} gradients @returns {{ mean: number[], error: number[] }} */
export function estimate(gradients) {
  const count = gradients.length;
  const mean = gradients[0].map((_, k) => gradients.reduce((sum, each) => sum + each[k], 0) / count);
  const error = mean.map((centre, k) => {
    const spread = gradients.reduce((sum, each) => sum + (each[k] - centre) ** 2, 0);
    return count > 1 ? Math.sqrt(spread / (count - 1) / count) : 0;
  });
  return { mean, error };
}

/** KL from q to N(0, I), in nats. @param {{ mean: number[], sd: number[] }} q */
export const divergence = ({ mean, sd }) => mean.reduce((sum, m, k) => sum + (m * m + sd[k] ** 2 - 1) / 2 - Math.log(sd[k]), 0);
