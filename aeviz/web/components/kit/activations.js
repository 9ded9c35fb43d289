// Activation functions and their derivatives, as aeviz/lab/activations.py has them.

import { mark } from "./language.js";

/** @typedef {"sigmoid" | "tanh" | "relu" | "leaky_relu" | "prelu" | "elu" | "identity"} Activation */

/** @type {Record<Activation, string>} */
export const TITLES = {
  sigmoid: "sigmoid", tanh: "tanh", relu: "ReLU", leaky_relu: "Leaky ReLU", prelu: "PReLU", elu: "ELU", identity: mark("identity"),
}; // prettier-ignore

/** @param {Activation} name @param {number} x @param {number} [alpha] slope, or depth of ELU, below 0 */
export function activate(name, x, alpha = 0) {
  switch (name) {
    case "sigmoid":
      return 1 / (1 + Math.exp(-x));
    case "tanh":
      return Math.tanh(x);
    case "relu":
      return Math.max(0, x);
    case "elu":
      return x > 0 ? x : alpha * Math.expm1(x);
    case "identity":
      return x;
    default:
      return x > 0 ? x : alpha * x;
  }
}

/** The derivative; at 0 that from the left for those with a bend there. @param {Activation} name @param {number} x @param {number} [alpha] */
export function derivative(name, x, alpha = 0) {
  switch (name) {
    case "sigmoid": {
      const s = activate("sigmoid", x);
      return s * (1 - s);
    }
    case "tanh":
      return 1 - Math.tanh(x) ** 2;
    case "relu":
      return x > 0 ? 1 : 0;
    case "elu":
      return x > 0 ? 1 : alpha * Math.exp(x);
    case "identity":
      return 1;
    default:
      return x > 0 ? 1 : alpha;
  }
}
