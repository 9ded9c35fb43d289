// Distortions of an image in [0, 1], and the amount that gives a squared error, as aeviz/lab/image_losses.py has them.

/** @typedef {{ values: Float64Array, height: number, width: number }} Picture row by row */
/** @typedef {{ normal: Float64Array, uniform: Float64Array }} Noise */

export const DISTORTIONS = ["brightness", "contrast", "inversion", "noise", "blur", "shift", "mask", "salt"];
const SIDES_SHIFTED = 0.5;
/** @type {Record<string, number>} */
const MOST = { blur: 8, noise: 2 };
const STEPS = 24;
const SEARCHES = 12;
const CLOSE = 1e-6; // relative difference that ends the search

/** @param {string} kind @param {number} side */
export function largestAmount(kind, side) {
  return kind === "shift" ? SIDES_SHIFTED * side : (MOST[kind] ?? 1);
}

/** The error function, to 1e-13: a series near 0, a continued fraction beyond. @param {number} x */
function erf(x) {
  const z = Math.abs(x);
  if (z < 3) {
    let [term, sum] = [z, z];
    for (let n = 1; Math.abs(term) > 1e-17 * sum && n < 200; n += 1) {
      term *= (-z * z) / n;
      sum += term / (2 * n + 1);
    }
    return (Math.sign(x) * 2 * sum) / Math.sqrt(Math.PI);
  }
  let fraction = 0;
  for (let n = 60; n > 0; n -= 1) fraction = n / 2 / (z + fraction);
  return Math.sign(x) * (1 - Math.exp(-z * z) / (z + fraction) / Math.sqrt(Math.PI));
}

/** @param {Picture} image @param {number} sd @returns {Float64Array} */
function blur({ values, height, width }, sd) {
  if (sd < 1e-3) return values;
  const reach = Math.ceil(3 * sd);
  const taps = Array.from({ length: 2 * reach + 1 }, (_, k) => {
    return erf((k - reach + 0.5) / (sd * Math.SQRT2)) - erf((k - reach - 0.5) / (sd * Math.SQRT2));
  });
  const whole = taps.reduce((sum, tap) => sum + tap, 0);
  const weights = Float64Array.from(taps, (tap) => tap / whole);
  const half = along(values, height, width, 1, width, weights, reach);
  return along(half, width, height, width, 1, weights, reach);
}

/**
 * Average along lines whose ends are repeated.
 * @param {Float64Array} values @param {number} lines @param {number} length @param {number} step within a line
 * @param {number} jump to the next line @param {Float64Array} weights @param {number} reach
 */
function along(values, lines, length, step, jump, weights, reach) {
  const found = new Float64Array(values.length);
  const padded = new Float64Array(length + 2 * reach);
  for (let line = 0; line < lines; line += 1) {
    const start = line * jump;
    for (let k = 0; k < padded.length; k += 1) padded[k] = values[start + step * Math.max(0, Math.min(length - 1, k - reach))];
    for (let k = 0; k < length; k += 1) {
      let sum = 0;
      for (let t = 0; t < weights.length; t += 1) sum += weights[t] * padded[k + t];
      found[start + step * k] = sum;
    }
  }
  return found;
}

/** How much of each pixel the middle part of a line covers. @param {number} length @param {number} amount */
function cover(length, amount) {
  const [low, high] = [(length * (1 - amount)) / 2, (length * (1 + amount)) / 2];
  return Float64Array.from({ length }, (_, k) => Math.max(0, Math.min(1, Math.min(k + 1, high) - Math.max(k, low))));
}

/** @param {Float64Array} values */
const meanOf = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * @param {Picture} image
 * @param {string} kind
 * @param {number} amount
 * @param {Noise} noise
 * @returns {Float64Array}
 */
export function distort(image, kind, amount, { normal, uniform }) {
  const { values, height, width } = image;
  /** @param {(value: number, index: number) => number} change */
  const each = (change) => values.map((value, k) => Math.max(0, Math.min(1, change(value, k))));
  if (kind === "brightness") return each((value) => value + amount);
  if (kind === "contrast") {
    const mean = meanOf(values);
    return each((value) => value + amount * (mean - value));
  }
  if (kind === "inversion") return each((value) => value + amount * (1 - 2 * value));
  if (kind === "noise") return each((value, k) => value + amount * normal[k]);
  if (kind === "blur") return blur(image, amount).map((value) => Math.max(0, Math.min(1, value)));
  if (kind === "shift") {
    const whole = Math.floor(amount);
    return each((_, k) => {
      const [row, column] = [k - (k % width), k % width];
      const near = values[row + Math.max(0, column - whole)];
      return near + (amount - whole) * (values[row + Math.max(0, column - whole - 1)] - near);
    });
  }
  if (kind === "mask") {
    const [rows, columns] = [cover(height, amount), cover(width, amount)];
    return each((value, k) => value + rows[Math.floor(k / width)] * columns[k % width] * (0.5 - value));
  }
  return each((value, k) => (uniform[k] < amount ? Number(normal[k] > 0) : value));
}

/** @param {Float64Array} one @param {Float64Array} other */
export function mse(one, other) {
  let sum = 0;
  for (let k = 0; k < one.length; k += 1) sum += (one[k] - other[k]) ** 2;
  return sum / one.length;
}

/** Errors of a distortion on a grid of amounts. @param {Picture} image @param {string} kind @param {Noise} noise */
export function tried(image, kind, noise) {
  const most = largestAmount(kind, image.width);
  return Array.from({ length: STEPS + 1 }, (_, k) => {
    const amount = most * (k / STEPS) ** 2;
    return { amount, error: mse(distort(image, kind, amount, noise), image.values) };
  });
}

/**
 * The smallest amount with an error, or the one that comes nearest: false position, where an end that stays counts half.
 * @param {Picture} image
 * @param {string} kind
 * @param {number} wanted
 * @param {Noise} noise
 * @param {ReturnType<typeof tried>} grid
 */
export function amountFor(image, kind, wanted, noise, grid) {
  const place = grid.findIndex(({ error }) => error >= wanted);
  if (place < 0) return grid.reduce((best, one) => (one.error > best.error ? one : best)).amount;
  if (place === 0) return 0;
  let [low, high] = [grid[place - 1].amount, grid[place].amount];
  let [below, above] = [grid[place - 1].error - wanted, grid[place].error - wanted];
  let [best, nearest, side] = [high, above, 0];
  for (let k = 0; k < SEARCHES && Math.abs(nearest) >= CLOSE * wanted; k += 1) {
    const middle = (low * above - high * below) / (above - below);
    const found = mse(distort(image, kind, middle, noise), image.values) - wanted;
    if (Math.abs(found) < Math.abs(nearest)) [best, nearest] = [middle, found];
    if (found >= 0) [high, above, below, side] = [middle, found, side === 1 ? below / 2 : below, 1];
    else [low, below, above, side] = [middle, found, side === -1 ? above / 2 : above, -1];
  }
  return best;
}
