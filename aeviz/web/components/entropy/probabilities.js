// Information and entropy of a few outcomes, as aeviz/lab/information.py has them.

/** @param {number[]} values not negative; equal probabilities where all are 0 */
export function normalise(values) {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => (sum > 0 ? value / sum : 1 / values.length));
}

/**
 * Information -log p of an outcome; infinite for an impossible one.
 * @param {number} probability
 * @param {number} base
 */
export function information(probability, base) {
  return probability > 0 ? -Math.log(probability) / Math.log(base) + 0 : Infinity;
}

/** Functions that fall from p = 0 to 1, as surprise does. @type {readonly [string, (p: number, base: number) => number][]} */
export const RIVALS = [
  ["−log p", information],
  ["1 − p", (p) => 1 - p],
  ["1 / p", (p) => 1 / p],
  ["1 / p − 1", (p) => 1 / p - 1],
  ["(log p)²", (p, base) => information(p, base) ** 2],
];

/** @param {number[]} probabilities @param {number} base */
export function entropy(probabilities, base) {
  return probabilities.reduce((sum, p) => sum + (p > 0 ? p * information(p, base) : 0), 0);
}

/**
 * Give one outcome another probability; the others keep their proportions, or share equally where they all were 0.
 * @param {number[]} probabilities
 * @param {number} index
 * @param {number} value
 */
export function withProbability(probabilities, index, value) {
  const rest = 1 - probabilities[index];
  return probabilities.map((p, k) => {
    if (k === index) return value;
    return (1 - value) * (rest > 1e-9 ? p / rest : 1 / (probabilities.length - 1));
  });
}
