// Batches of the page's training, the same as aeviz/playground/batches.py makes.

import { gaussian, PURPOSE, stream, uniform } from "./random.js";

/**
 * @param {number} count of images
 * @param {number} batchSize
 */
export const stepsInEpoch = (count, batchSize) => Math.max(1, Math.floor(count / batchSize));

/** The order of the images in each epoch; the last one is kept. */
export class Order {
  /**
   * @param {number} count of images
   * @param {number} batchSize
   * @param {number} seed
   */
  constructor(count, batchSize, seed) {
    this.count = count;
    this.batchSize = batchSize;
    this.seed = seed;
    this.steps = stepsInEpoch(count, batchSize);
    this.epoch = -1;
    this.places = new Int32Array(0);
  }

  /**
   * The places of the images of a step.
   * @param {number} step from 0
   */
  of(step) {
    const epoch = Math.floor(step / this.steps);
    if (epoch !== this.epoch) {
      const next = uniform(stream(this.seed, PURPOSE.order, epoch));
      const keys = Float64Array.from({ length: this.count }, next);
      this.places = Int32Array.from(keys.keys()).sort((one, other) => keys[one] - keys[other] || one - other);
      this.epoch = epoch;
    }
    const start = (step % this.steps) * this.batchSize;
    return this.places.subarray(start, start + this.batchSize);
  }
}

/**
 * Images of a step as numbers from 0 to 1.
 * @param {Uint8Array} images all, one after the other
 * @param {number} pixels of an image
 * @param {Int32Array} places
 * @param {Float32Array} target
 */
export function gather(images, pixels, places, target) {
  let at = 0;
  for (const place of places) {
    const start = place * pixels;
    for (let pixel = 0; pixel < pixels; pixel++) target[at++] = UNIT[images[start + pixel]];
  }
}

/**
 * Grey levels as numbers from 0 to 1.
 * @param {Uint8Array} images
 */
export const unit = (images) => Float32Array.from(images, (grey) => UNIT[grey]);

const UNIT = Float32Array.from({ length: 256 }, (_, grey) => Math.fround(grey) / 255);

/**
 * Draws from N(0, I) of a step.
 * @param {Float32Array} target
 * @param {number} seed
 * @param {number} step
 */
export function latentNoise(target, seed, step) {
  const next = gaussian(stream(seed, PURPOSE.noise, step));
  for (let place = 0; place < target.length; place++) target[place] = next();
}

/**
 * Images of a step with noise.
 * @param {Float32Array} images of one step
 * @param {Float32Array} target likewise
 * @param {{ name: string, level: number }} corruption
 * @param {{ pixels: number, channels: number }} shape pixels with all channels
 * @param {number} seed
 * @param {number} step
 */
export function corrupt(images, target, { name, level }, { pixels, channels }, seed, step) {
  const start = stream(seed, PURPOSE.corruption, step);
  if (name === "gaussian") {
    const next = gaussian(start);
    const size = Math.fround(level);
    for (let place = 0; place < images.length; place++) {
      const value = images[place] + Math.fround(size * Math.fround(next()));
      target[place] = value < 0 ? 0 : value > 1 ? 1 : value;
    }
    return;
  }
  const next = uniform(start);
  const area = pixels / channels;
  const half = name === "salt_pepper" ? level / 2 : level;
  for (let row = 0; row < images.length; row += pixels) {
    for (let pixel = 0; pixel < area; pixel++) {
      const chance = next();
      for (let at = row + pixel; at < row + pixels; at += area) {
        target[at] = chance < half ? 0 : chance < level ? 1 : images[at];
      }
    }
  }
}
