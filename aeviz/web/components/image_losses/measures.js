// What losses say of two images in [0, 1], as aeviz/objectives has them: means over pixels; SSIM with its three maps.

/** @typedef {import("./distortions.js").Picture} Picture */
/** @typedef {{ luminance: Float64Array, contrast: Float64Array, structure: Float64Array, height: number, width: number }} Maps */

const [C1, C2] = [0.01 ** 2, 0.03 ** 2];
const SD = 1.5;
const WEIGHTS = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333];
const LARGEST = 11;

/** @param {Float64Array} values @param {Float64Array} original */
export function l1(values, original) {
  return values.reduce((sum, value, k) => sum + Math.abs(value - original[k]), 0) / values.length;
}

/** Logarithms are cut off at -100, as PyTorch does. @param {Float64Array} values @param {Float64Array} original */
export function bce(values, original) {
  const log = (/** @type {number} */ value) => Math.max(-100, Math.log(value));
  return -values.reduce((sum, y, k) => sum + original[k] * log(y) + (1 - original[k]) * log(1 - y), 0) / values.length;
}

/** Whether an image halved scales - 1 times holds the window. @param {number} side @param {number} window @param {number} scales */
const fits = (side, window, scales) => (window - 1) * 2 ** (scales - 1) < side;

/** Widest window that fits. @param {number} side @param {number} scales */
export function widest(side, scales) {
  let window = 1;
  for (let width = 3; width <= LARGEST; width += 2) if (fits(side, width, scales)) window = width;
  return window;
}

/** Means under the window, where it lies inside. @param {Float64Array} values @param {number} height @param {number} width @param {Float64Array} taps */
function filter(values, height, width, taps) {
  const [tall, wide] = [height - taps.length + 1, width - taps.length + 1];
  const rows = new Float64Array(height * wide);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < wide; x += 1) {
      let sum = 0;
      for (let t = 0; t < taps.length; t += 1) sum += taps[t] * values[y * width + x + t];
      rows[y * wide + x] = sum;
    }
  }
  const found = new Float64Array(tall * wide);
  for (let y = 0; y < tall; y += 1) {
    for (let t = 0; t < taps.length; t += 1) {
      const [tap, from, to] = [taps[t], (y + t) * wide, y * wide];
      for (let x = 0; x < wide; x += 1) found[to + x] += tap * rows[from + x];
    }
  }
  return found;
}

/** @param {number} window */
function tapsOf(window) {
  const raw = Float64Array.from({ length: window }, (_, k) => Math.exp(-((k - (window - 1) / 2) ** 2) / (2 * SD * SD)));
  const whole = raw.reduce((sum, value) => sum + value, 0);
  return raw.map((value) => value / whole);
}

/**
 * Means of an image and of its squares under each window; kept for the image that all others are compared with.
 * @param {Picture} image @param {number} window
 */
function momentsOf({ values, height, width }, window) {
  const taps = tapsOf(window);
  return { taps, first: filter(values, height, width, taps), second: filter(values.map((v) => v * v), height, width, taps) };
}

/** @type {WeakMap<Float64Array, Map<number, ReturnType<typeof momentsOf>>>} */
const kept = new WeakMap();

/** @param {Picture} one whose moments are kept @param {Picture} other @param {number} window @returns {Maps} */
export function ssimMaps(one, other, window) {
  const { values: a, height, width } = one;
  const known = kept.get(a) ?? new Map();
  kept.set(a, known);
  if (!known.has(window)) known.set(window, momentsOf(one, window));
  const { taps, first: mx, second: xx } = known.get(window);
  const { first: my, second: yy } = momentsOf(other, window);
  const xy = filter(a.map((v, k) => v * other.values[k]), height, width, taps);
  const size = mx.length;
  const maps = { luminance: new Float64Array(size), contrast: new Float64Array(size), structure: new Float64Array(size) };
  for (let k = 0; k < size; k += 1) {
    const [vx, vy, cov] = [xx[k] - mx[k] ** 2, yy[k] - my[k] ** 2, xy[k] - mx[k] * my[k]];
    const product = Math.sqrt(Math.max(0, vx)) * Math.sqrt(Math.max(0, vy));
    maps.luminance[k] = (2 * mx[k] * my[k] + C1) / (mx[k] ** 2 + my[k] ** 2 + C1);
    maps.contrast[k] = (2 * product + C2) / (vx + vy + C2);
    maps.structure[k] = (cov + C2 / 2) / (product + C2 / 2);
  }
  return { ...maps, height: height - window + 1, width: width - window + 1 };
}

/** @param {Maps} maps with or without the luminance @param {boolean} [all] */
export function meanSsim({ luminance, contrast, structure }, all = true) {
  let sum = 0;
  for (let k = 0; k < contrast.length; k += 1) sum += (all ? luminance[k] : 1) * contrast[k] * structure[k];
  return sum / contrast.length;
}

/** Means of 2 x 2 pixels; at an odd side the last ones hold what there is. @param {Picture} image @returns {Picture} */
function halve({ values, height, width }) {
  const [tall, wide] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  const found = new Float64Array(tall * wide);
  for (let y = 0; y < tall; y += 1) {
    for (let x = 0; x < wide; x += 1) {
      let [sum, count] = [0, 0];
      for (let j = 2 * y; j < Math.min(height, 2 * y + 2); j += 1) {
        for (let i = 2 * x; i < Math.min(width, 2 * x + 2); i += 1) [sum, count] = [sum + values[j * width + i], count + 1];
      }
      found[y * wide + x] = sum / count;
    }
  }
  return { values: found, height: tall, width: wide };
}

/** @type {WeakMap<Float64Array, Picture>} */
const halves = new WeakMap();

/**
 * @param {Picture} one whose halves are kept
 * @param {Picture} other
 * @param {Maps | null} [finest] the maps of the first scale, if their window is that of MS-SSIM
 * @returns {{ value: number, scales: number, window: number }}
 */
export function msSsim(one, other, finest = null) {
  const side = Math.min(one.height, one.width);
  const window = Math.max(widest(side, 2), 3);
  const scales = [1, 2, 3, 4, 5].filter((count) => fits(side, window, count)).length;
  const kept = WEIGHTS.slice(0, scales);
  const whole = scales === WEIGHTS.length ? 1 : kept.reduce((sum, weight) => sum + weight, 0);
  let value = 1;
  for (let scale = 1; scale <= scales; scale += 1) {
    const maps = scale === 1 && finest?.width === one.width - window + 1 ? finest : ssimMaps(one, other, window);
    const term = meanSsim(maps, scale === scales);
    value *= Math.max(0, term) ** (kept[scale - 1] / whole);
    const half = halves.get(one.values) ?? halve(one);
    halves.set(one.values, half);
    [one, other] = [half, halve(other)];
  }
  return { value, scales, window };
}
