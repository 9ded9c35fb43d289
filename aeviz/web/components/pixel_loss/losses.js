// Losses of one pixel in [0, 1] and the constants that they prefer, as aeviz/lab/pixel_losses.py has them.

/** Squared error, absolute error, cross-entropy. @param {number} t target @param {number} y output */
export function losses(t, y) {
  const cost = (/** @type {number} */ share, /** @type {number} */ value) => (share === 0 ? 0 : share * Math.log(value));
  return [(y - t) ** 2, Math.abs(y - t), -cost(t, y) - cost(1 - t, 1 - y) + 0];
}

/** Their derivatives along the output. @param {number} t @param {number} y */
export function gradients(t, y) {
  const difference = y - t;
  return [2 * difference, Math.sign(difference), difference === 0 ? 0 : difference / (y * (1 - y))];
}

/** Where the mean loss over targets is least: mean, median, mean. @param {number[]} targets */
export function bestConstants(targets) {
  const mean = targets.reduce((sum, value) => sum + value, 0) / targets.length;
  const sorted = [...targets].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = Number.isInteger(middle) ? (sorted[middle - 1] + sorted[middle]) / 2 : sorted[Math.floor(middle)];
  return [mean, median, mean];
}

/** Mean losses of a constant. @param {number[]} targets @param {number} constant */
export function meanLosses(targets, constant) {
  const all = targets.map((target) => losses(target, constant));
  return [0, 1, 2].map((k) => all.reduce((sum, one) => sum + one[k], 0) / targets.length);
}
