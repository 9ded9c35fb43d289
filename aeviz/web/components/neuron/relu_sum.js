// A sum of ReLUs through the values of a function, as aeviz/lab/relu_sum.py has it.

/** The function that is approximated, on [0, 1]. @param {number} x */
export const target = (x) => Math.sin(2 * Math.PI * x) * Math.exp(-x) + 0.3 * Math.cos(7 * x);

/** Weights of ReLUs that bend at the knots but the last one. @param {number[]} knots @param {number[]} values */
export function reluWeights(knots, values) {
  const slopes = knots.slice(1).map((knot, k) => (values[k + 1] - values[k]) / (knot - knots[k]));
  return slopes.map((slope, k) => slope - (k ? slopes[k - 1] : 0));
}

/** @param {number} x @param {number[]} knots @param {number[]} values @param {number[]} weights of `reluWeights` */
export function reluSum(x, knots, values, weights) {
  return weights.reduce((sum, weight, k) => sum + weight * Math.max(0, x - knots[k]), values[0]);
}
