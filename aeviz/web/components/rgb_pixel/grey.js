// Grey levels of RGB pixels, as aeviz/lab/pixels.py has them.

import { mark } from "../kit/language.js";

/** Weights of red, green and blue by name. @type {readonly (readonly [string, readonly [number, number, number]])[]} */
export const GREY_WEIGHTS = [
  ["BT.601 (Pillow)", [0.299, 0.587, 0.114]],
  ["BT.709", [0.2126, 0.7152, 0.0722]],
  [mark("mean"), [1 / 3, 1 / 3, 1 / 3]],
];

/** @param {ArrayLike<number>} pixel three levels @param {readonly number[]} weights */
export const greyLevel = (pixel, weights) => weights.reduce((sum, weight, k) => sum + weight * pixel[k], 0);
