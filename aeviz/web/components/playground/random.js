// Random numbers that Python and the page draw alike; aeviz/playground/random.py says how.

import { normal, random } from "../kit/random.js";

export const PURPOSE = { weights: 1, order: 2, noise: 3, corruption: 4 };

/**
 * Spread a 32-bit number over all its bits (the finalizer of MurmurHash3).
 * @param {number} value
 */
function mix(value) {
  value ^= value >>> 16;
  value = Math.imul(value, 0x85ebca6b);
  value ^= value >>> 13;
  value = Math.imul(value, 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/**
 * The start of a stream, in [0, 2^32).
 * @param {number} seed from 0 to 2^31 - 1
 * @param {number} purpose of `PURPOSE`
 * @param {number} index from 0
 */
export function stream(seed, purpose, index) {
  return mix(mix(mix(seed) + purpose) + index);
}

/**
 * A generator of the uniform numbers of a stream, in [0, 1).
 * @param {number} start
 */
export const uniform = (start) => random(start);

/**
 * A generator of the standard normal numbers of a stream.
 * @param {number} start
 */
export const gaussian = (start) => normal(random(start));
