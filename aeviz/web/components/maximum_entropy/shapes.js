// Generalised normal densities c exp(−|x/a|^p) of mean 0, as aeviz/lab/information.py has them.

import { logGamma } from "../kit/gamma.js";

/** The scale a that gives a standard deviation. @param {number} p @param {number} sd */
export function scaleOf(p, sd) {
  return sd * Math.exp((logGamma(1 / p) - logGamma(3 / p)) / 2);
}

/** @param {number} x @param {number} p @param {number} sd */
export function density(x, p, sd) {
  const a = scaleOf(p, sd);
  return Math.exp(Math.log(p / (2 * a)) - logGamma(1 / p) - Math.abs(x / a) ** p);
}

/** Differential entropy in nats. @param {number} p @param {number} sd */
export function shapeEntropy(p, sd) {
  return 1 / p + Math.log((2 * scaleOf(p, sd)) / p) + logGamma(1 / p);
}
