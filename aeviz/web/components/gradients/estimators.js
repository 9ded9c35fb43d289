// Gradients of E f(z) from samples of z ~ N(mean, sd²), as aeviz/lab/noise_gradients.py has them.

/** @typedef {{ name: string, f: (z: number, k: number) => number, slope: (z: number, k: number) => number }} Rule */
/** @typedef {{ index: number, k: number, mean: number, sd: number }} Setting */

/** @type {Rule[]} */
export const RULES = [
  { name: "z²", f: (z) => z * z, slope: (z) => 2 * z },
  { name: "z³", f: (z) => z ** 3, slope: (z) => 3 * z * z },
  { name: "sin(kz)", f: (z, k) => Math.sin(k * z), slope: (z, k) => k * Math.cos(k * z) },
  { name: "eᶻ", f: Math.exp, slope: Math.exp },
];

/** E f(z) and its derivatives with respect to mean and standard deviation. @param {Setting} setting @returns {[number, number, number]} */
export function expectation({ index, k, mean, sd }) {
  const wave = Math.exp(-((k * sd) ** 2) / 2);
  const growth = Math.exp(mean + sd ** 2 / 2);
  return /** @type {[number, number, number][]} */ ([
    [mean ** 2 + sd ** 2, 2 * mean, 2 * sd],
    [mean ** 3 + 3 * mean * sd ** 2, 3 * mean ** 2 + 3 * sd ** 2, 6 * mean * sd],
    [wave * Math.sin(k * mean), wave * k * Math.cos(k * mean), -(k ** 2) * sd * wave * Math.sin(k * mean)],
    [growth, growth, sd * growth],
  ])[index];
}

/**
 * The gradient of both estimators from one sample: with respect to the mean, and to the standard deviation.
 * @param {Setting} setting
 * @param {number} e standard normal noise
 * @param {number} baseline
 */
export function estimate({ index, k, mean, sd }, e, baseline) {
  const z = mean + sd * e;
  const { f, slope } = RULES[index];
  const reward = f(z, k) - baseline;
  const steep = slope(z, k);
  return { score: [(reward * e) / sd, (reward * (e * e - 1)) / sd], path: [steep, steep * e] };
}

/** Mean and variance. @param {Float64Array} values @returns {[number, number]} */
export function moments(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [mean, values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1)];
}
