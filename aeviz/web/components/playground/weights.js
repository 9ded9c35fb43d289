// Initial weights, the same as aeviz/playground/weights.py draws.

import { gaussian, PURPOSE, stream, uniform } from "./random.js";

/** @typedef {{ name: string, shape: number[], offset: number, fan_in: number }} Slot the place of a tensor of weights */

const SMALL = 0.01;

/**
 * The vector of all weights at the start.
 * @param {Slot[]} slots
 * @param {number} size
 * @param {number} seed
 * @param {string} law default, xavier, he, small or zero
 */
export function initialWeights(slots, size, seed, law) {
  const values = new Float32Array(size);
  slots.forEach(({ shape, offset, fan_in }, place) => {
    const length = shape.reduce((product, side) => product * side, 1);
    const start = stream(seed, PURPOSE.weights, place);
    const even = uniform(start);
    const target = values.subarray(offset, offset + length);
    /** @param {() => number} next */
    const fill = (next) => {
      for (let at = 0; at < length; at++) target[at] = next();
    };
    if (law === "default") {
      const bound = Math.sqrt(fan_in);
      fill(() => (2 * even() - 1) / bound);
    } else if (shape.length === 1 || law === "zero") return;
    else if (law === "xavier") {
      const bound = Math.sqrt(6 / (shape[0] + shape[1]));
      fill(() => (2 * even() - 1) * bound);
    } else {
      const [next, deviation] = [gaussian(start), law === "he" ? Math.sqrt(2 / fan_in) : SMALL];
      fill(() => next() * deviation);
    }
  });
  return values;
}
