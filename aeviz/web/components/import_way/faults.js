// How an import may go wrong: what happens to an image before the encoder, and to what the decoder returns.

import { number } from "../kit/experiment.js";
import { mark, tr } from "../kit/language.js";

/** @typedef {"" | "range" | "axes" | "upside down" | "inverted"} Fault */
/** @typedef {ArrayLike<number>} Pixels channel by channel, row by row */
/**
 * @typedef {{ fault: Fault, name: string, right: string, hint: string, why: string, mended: string }} Explained
 *   Texts in English; `right`: to who has found it; `hint`: what tells it from others
 */

/** What may be suspected. @type {Explained[]} */
export const FAULTS = [
  {
    fault: "range",
    name: mark("Wrong value range"),
    right: mark("Right: wrong value range."),
    hint: mark("The ground of each image is black, that of each output is grey. Which value stands for black?"),
    why: mark(
      "This import scales pixels to −1 … 1, but the network learned 0 … 1. Black enters as −1 (blue), a value that it has never seen. " +
        "It returns black as 0; read on a scale from −1 to 1, 0 is the middle: grey.",
    ),
    mended: mark("The same files, imported with pixels from 0 to 1, as the network learned them."),
  },
  {
    fault: "axes",
    name: mark("Swapped axes"),
    right: mark("Right: swapped axes."),
    hint: mark("Many outputs look like digits that lie on their side. What would set them upright?"),
    why: mark(
      "The files take columns before rows: each image enters transposed, and what returns is transposed back. A stroke at exactly " +
        "45 degrees stays as it is, and so does a round 0. A steeper one, such as a 1, enters lying down: no digit that the network knows.",
    ),
    mended: mark("The same files, imported with each image transposed before the encoder and behind the decoder."),
  },
  { fault: "upside down", name: mark("Upside down"), right: "", hint: "", why: "", mended: "" },
  {
    fault: "inverted",
    name: mark("Black and white exchanged"),
    right: mark("Right: black and white exchanged."),
    hint: mark("Put an image beside its output: which of their parts are bright, which are dark?"),
    why: mark(
      "The files take 1 − p in place of each pixel p: black digits on white enter, but the network learned white ones on black. All " +
        "images land near one z, so all outputs show one digit. The decoder still draws white on black; exchanged back, the ground is white.",
    ),
    mended: mark("The same files, imported with each pixel p as 1 − p before the encoder and behind the decoder."),
  },
];

/** @param {Pixels} image @param {number[]} shape channels, height, width */
function transposed(image, [channels, height, width]) {
  const found = new Float32Array(image.length);
  for (let c = 0; c < channels; c += 1) {
    for (let y = 0; y < height; y += 1) {
      for (let x = 0; x < width; x += 1) found[(c * width + x) * height + y] = image[(c * height + y) * width + x];
    }
  }
  return found;
}

/** @param {Pixels} image @param {number[]} shape */
function turnedOver(image, [, height, width]) {
  return Float32Array.from(image, (_, k) => {
    const [c, y, x] = [Math.floor(k / (height * width)), Math.floor(k / width) % height, k % width];
    return image[(c * height + height - 1 - y) * width + x];
  });
}

/** @param {Pixels} image @param {(value: number) => number} rule */
const each = (image, rule) => Float32Array.from(image, rule);

/** @param {Pixels} image @param {number[]} shape @param {Fault} fault */
function changed(image, shape, fault) {
  if (fault === "axes") return transposed(image, shape);
  if (fault === "upside down") return turnedOver(image, shape);
  return fault === "inverted" ? each(image, (value) => 1 - value) : Float32Array.from(image);
}

/** What the encoder receives of an image in [0, 1]. @param {Pixels} image @param {number[]} shape @param {Fault} fault */
export const entering = (image, shape, fault) => (fault === "range" ? each(image, (value) => 2 * value - 1) : changed(image, shape, fault));

/** The image that is made of what the decoder returns. @param {Pixels} made @param {number[]} shape @param {Fault} fault */
export const leaving = (made, shape, fault) => (fault === "range" ? each(made, (value) => (value + 1) / 2) : changed(made, shape, fault));

const BELOW = [0.2, 0.5, 1]; // the colour of −1

/**
 * Pixels of one channel on a scale from −1, blue, over 0, black, to 1, white: an image of three channels.
 * @param {Pixels} image
 */
export function signed(image) {
  const colours = new Float32Array(3 * image.length);
  for (let k = 0; k < image.length; k += 1) {
    const value = Math.max(-1, Math.min(1, image[k]));
    for (let c = 0; c < 3; c += 1) colours[c * image.length + k] = value < 0 ? -value * BELOW[c] : value;
  }
  return colours;
}

/** One digit after the point, unless it is 0. @param {number} value */
const short = (value) => number(value, Number.isInteger(Number(value.toFixed(1))) ? 0 : 1);

/** @param {Pixels} image */
export function extent(image) {
  const values = Array.from(image);
  return tr("values {low} to {high}", { low: short(Math.min(...values)), high: short(Math.max(...values)) });
}
