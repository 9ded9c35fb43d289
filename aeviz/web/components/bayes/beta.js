// Bayes' rule with a Beta prior, as aeviz/lab/beta_posterior.py has it.

import { logGamma } from "../kit/gamma.js";

/** @param {number} a @param {number} b */
const logBeta = (a, b) => logGamma(a) + logGamma(b) - logGamma(a + b);

/** Density of Beta(a, b). @param {number} x strictly between 0 and 1 @param {number} a @param {number} b */
export function betaDensity(x, a, b) {
  return Math.exp((a - 1) * Math.log(x) + (b - 1) * Math.log1p(-x) - logBeta(a, b));
}

/** p(D) of s successes and f failures. @param {number} a @param {number} b @param {number} s @param {number} f */
export function evidence(a, b, s, f) {
  return Math.exp(logBeta(a + s, b + f) - logBeta(a, b));
}

/** Probability that the next trial succeeds. @param {number} a @param {number} b @param {number} s @param {number} f */
export function predicted(a, b, s, f) {
  return (a + s) / (a + b + s + f);
}
