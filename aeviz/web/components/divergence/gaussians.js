// Densities of one dimension, their entropy and KL divergence, as aeviz/lab/information.py has them.

import { localise } from "../kit/language.js";
import { normal, random } from "../kit/random.js";

/** @typedef {{ mean: number, sd: number, weight: number }} Gaussian a component of a mixture */
/** @typedef {"forward" | "reverse"} Direction forward is KL(p || q), reverse KL(q || p) */
/** @typedef {{ entropy: number, crossEntropy: number, kl: number }} Measures */

const [LOW, HIGH, COUNT] = [-30, 30, 3001]; // of the grid of integrals
const STEP = (HIGH - LOW) / (COUNT - 1);
const GRID = Float64Array.from({ length: COUNT }, (_, k) => LOW + k * STEP);
const FIT_RATE = 0.1;
const LARGEST_STEP = 0.25;
const [LEAST_SD, LARGEST_SD] = [0.15, 6];
const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

/** @param {number} value @param {number} low @param {number} high */
export function clamp(value, low, high) {
  return Math.max(low, Math.min(high, value));
}

/** @param {number} value @param {number} [digits] */
export function number(value, digits = 3) {
  const text = value.toFixed(digits);
  return localise(Number(text) === 0 ? text.replace("-", "") : text.replace("-", "−"));
}

/** @param {Gaussian} part @param {number} x */
function weighted(part, x) {
  const z = (x - part.mean) / part.sd;
  return Math.log(part.weight) - Math.log(part.sd) - HALF_LOG_2PI - 0.5 * z * z;
}

/**
 * @param {Gaussian[]} mixture
 * @param {number} x
 */
export function logDensity(mixture, x) {
  if (mixture.length === 1) return weighted(mixture[0], x);
  const terms = mixture.map((part) => weighted(part, x));
  const most = Math.max(...terms);
  return most + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - most), 0));
}

/**
 * Derivative of the log-density.
 * @param {Gaussian[]} mixture
 * @param {number} x
 */
function score(mixture, x) {
  const whole = logDensity(mixture, x);
  return mixture.reduce((sum, part) => {
    return sum + (Math.exp(weighted(part, x) - whole) * (part.mean - x)) / (part.sd * part.sd);
  }, 0);
}

/**
 * Value of the integrand of KL(p || q).
 * @param {Gaussian[]} p
 * @param {Gaussian[]} q
 * @param {number} x
 */
export function integrand(p, q, x) {
  const logP = logDensity(p, x);
  return Math.exp(logP) * (logP - logDensity(q, x));
}

/**
 * Entropy of p, its cross-entropy with q, and KL(p || q): closed forms for two Gaussians, integrals for mixtures.
 * @param {Gaussian[]} p
 * @param {Gaussian[]} q
 * @returns {Measures}
 */
export function measure(p, q) {
  if (p.length > 1 || q.length > 1) return integrate(p, q);
  const [{ mean, sd }, other] = [p[0], q[0]];
  const entropy = HALF_LOG_2PI + 0.5 + Math.log(sd);
  const square = (sd * sd + (mean - other.mean) ** 2) / (2 * other.sd * other.sd);
  const crossEntropy = HALF_LOG_2PI + Math.log(other.sd) + square;
  return { entropy, crossEntropy, kl: Math.log(other.sd / sd) + square - 0.5 };
}

/**
 * The same by the trapezoidal rule; the densities are as good as 0 at both ends of the grid.
 * @param {Gaussian[]} p
 * @param {Gaussian[]} q
 * @returns {Measures}
 */
export function integrate(p, q) {
  let [entropy, crossEntropy] = [0, 0];
  for (const x of GRID) {
    const logP = logDensity(p, x);
    const weight = Math.exp(logP) * STEP;
    entropy -= weight * logP;
    crossEntropy -= weight * logDensity(q, x);
  }
  return { entropy, crossEntropy, kl: crossEntropy - entropy };
}

/**
 * Standard normal draws, and uniform ones, which choose the component.
 * @param {number} count
 * @param {number} seed
 */
export function makeNoise(count, seed) {
  const next = random(seed);
  return { normal: Float64Array.from({ length: count }, normal(next)), uniform: Float64Array.from({ length: count }, next) };
}

/**
 * Draws from a mixture: they move with it, since the noise stays.
 * @param {Gaussian[]} mixture
 * @param {{ normal: Float64Array, uniform: Float64Array }} noise
 */
export function drawFrom(mixture, { normal, uniform }) {
  return normal.map((z, k) => {
    const part = mixture.length > 1 && uniform[k] >= mixture[0].weight ? mixture[1] : mixture[0];
    return part.mean + part.sd * z;
  });
}

/**
 * Monte Carlo estimate of KL(p || q) from draws of p, and its standard error.
 * @param {Gaussian[]} p
 * @param {Gaussian[]} q
 * @param {ArrayLike<number>} draws
 */
export function estimate(p, q, draws) {
  const terms = Float64Array.from(draws, (x) => logDensity(p, x) - logDensity(q, x));
  const mean = terms.reduce((sum, term) => sum + term, 0) / terms.length;
  const squares = terms.reduce((sum, term) => sum + (term - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (terms.length - 1) / terms.length) };
}

export const MOST_STEPS = 400; // of a fit
export const SETTLED = 1e-5; // change of q in a step by which a fit has ended

/** How far a step has moved q. @param {Gaussian} before @param {Gaussian} after */
export const changeOf = (before, after) => Math.abs(after.mean - before.mean) + Math.abs(after.sd - before.sd);

/** The least KL(q‖p) that descents reach from the components of a mixture. @param {Gaussian[]} p */
export function leastFromModes(p) {
  const reached = p.map(({ mean, sd }) => {
    let q = { mean, sd, weight: 1 };
    for (let k = 0, change = 1; k < MOST_STEPS && change >= SETTLED; k += 1) {
      const next = fitStep(p, q, "reverse");
      [change, q] = [changeOf(q, next), next];
    }
    return measure([q], p).kl;
  });
  return Math.min(...reached);
}

/**
 * q after one step of gradient descent on a divergence: see `fit_step` in Python.
 * @param {Gaussian[]} p
 * @param {Gaussian} q
 * @param {Direction} direction
 * @returns {Gaussian}
 */
export function fitStep(p, q, direction) {
  let [first, second] = [0, 0];
  for (const x of GRID) {
    const z = (x - q.mean) / q.sd;
    if (direction === "forward") {
      const weight = Math.exp(logDensity(p, x)) * STEP;
      first += weight * z;
      second += weight * (z * z - 1);
    } else if (Math.abs(z) < 9) {
      const weight = Math.exp(logDensity([q], x)) * STEP;
      const pull = q.sd * score(p, x);
      first += weight * pull;
      second += weight * pull * z;
    }
  }
  if (direction === "reverse") second += 1;
  const [meanStep, sdStep] = [first, second / 2].map((step) => clamp(FIT_RATE * step, -LARGEST_STEP, LARGEST_STEP));
  const sd = clamp(q.sd * Math.exp(sdStep), LEAST_SD, LARGEST_SD);
  return { mean: q.mean + q.sd * meanStep, sd, weight: 1 };
}
