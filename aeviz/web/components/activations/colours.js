// From activations to colours: grey is zero, orange above it, blue below; full colour is the end of a layer's scale.

/** @typedef {{ zero: number[], above: number[], below: number[], ink: number[], mark: number[] }} Palette red, green and blue of each */

const LIGHT = { zero: [232, 232, 232], above: [200, 80, 0], below: [30, 100, 190], ink: [20, 20, 20], mark: [190, 0, 120] };
const DARK = { zero: [44, 47, 54], above: [255, 160, 70], below: [100, 175, 255], ink: [255, 255, 255], mark: [255, 90, 190] };
const COMMON = 0.995; // share of a layer's values within its scale

/**
 * The colours for a page.
 * @param {import("../kit/theme.js").Style} style
 * @returns {Palette}
 */
export const paletteOn = ({ isDark }) => (isDark ? DARK : LIGHT);

/** @param {number[]} colour */
export const css = (colour) => `rgb(${colour.join(" ")})`;

/**
 * The end of a layer's scale.
 * @param {ArrayLike<number>} values that the layer has for many images
 */
export function scaleOf(values) {
  const sizes = Float32Array.from(values, Math.abs).sort();
  const end = sizes[Math.floor(COMMON * (sizes.length - 1))];
  return end > 0 ? end : sizes[sizes.length - 1] || 1;
}

/**
 * Write the colour of a value.
 * @param {Uint8ClampedArray} pixels
 * @param {number} at
 * @param {number} value
 * @param {number} scale
 * @param {Palette} palette
 */
export function put(pixels, at, value, scale, { zero, above, below }) {
  const share = Math.min(1, Math.abs(value) / scale);
  const end = value > 0 ? above : below;
  for (let k = 0; k < 3; k += 1) pixels[at + k] = zero[k] + share * (end[k] - zero[k]);
  pixels[at + 3] = 255;
}
