// Jensen's inequality for two points, and q = N(θ, σ²) beside p = N(0, 1), as aeviz/lab/jensen.py has it.

import { mark } from "../kit/language.js";

/** @typedef {[number, number]} Pair */
/** @typedef {{ name: string, rule: (x: number) => number, x: Pair, y: Pair, ends: Pair }} Rule ranges of the axes, first a and b */

/** @type {readonly Rule[]} */
export const RULES = [
  { name: "−ln x", rule: (x) => -Math.log(x), x: [0.05, 5], y: [-2, 3.1], ends: [0.3, 4] },
  { name: "x²", rule: (x) => x * x, x: [-3, 3], y: [-0.6, 9.6], ends: [-1, 2.5] },
  { name: "eˣ", rule: Math.exp, x: [-3, 2.3], y: [-0.6, 10.4], ends: [-2, 2] },
  { name: mark("sin x, not convex"), rule: Math.sin, x: [-3.2, 3.2], y: [-1.4, 1.4], ends: [0.3, 2.8] },
];
export const ENTROPY = 0.5 * Math.log(2 * Math.PI * Math.E); // of p

/** The chord's height over the curve. @param {(x: number) => number} rule @param {number} a @param {number} b @param {number} weight */
export function chordGap(rule, a, b, weight) {
  return (1 - weight) * rule(a) + weight * rule(b) - rule((1 - weight) * a + weight * b);
}

/** ln(q/p) at x. @param {number} x @param {number} theta @param {number} sd */
export function logRatio(x, theta, sd) {
  return 0.5 * x * x - 0.5 * ((x - theta) / sd) ** 2 - Math.log(sd);
}

/** KL(p ‖ q). @param {number} theta @param {number} sd */
export function divergence(theta, sd) {
  return Math.log(sd) + (1 + theta * theta) / (2 * sd * sd) - 0.5;
}

/** Mean of −ln q over the draws. @param {readonly number[]} draws @param {number} theta @param {number} sd */
export function meanLoss(draws, theta, sd) {
  const squares = draws.reduce((sum, x) => sum + ((x - theta) / sd) ** 2, 0);
  return 0.5 * Math.log(2 * Math.PI * sd * sd) + squares / (2 * draws.length);
}
