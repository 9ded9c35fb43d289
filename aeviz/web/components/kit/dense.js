// Encoders and decoders of dense layers, computed in the page: aeviz/analysis/dense.py sends their layers.

/** @typedef {{ weights: Float32Array, bias: Float32Array, activation: string }} Layer `weights` row by row, a row an output */
/** @typedef {{ encoder: Layer[], decoder: Layer[] }} DenseNetwork */

/** @type {Record<string, (x: number) => number>} */
const RULES = { identity: (x) => x, relu: (x) => Math.max(0, x), sigmoid: (x) => 1 / (1 + Math.exp(-x)), tanh: Math.tanh };
/** Derivatives by the value of the activation. @type {Record<string, (a: number) => number>} */
const SLOPES = { identity: () => 1, relu: (a) => Number(a > 0), sigmoid: (a) => a * (1 - a), tanh: (a) => 1 - a * a };

/** @param {Layer} layer @param {ArrayLike<number>} input */
function apply({ weights, bias, activation }, input) {
  const rule = RULES[activation];
  const wide = weights.length / bias.length;
  const output = new Float32Array(bias.length);
  for (let row = 0, at = 0; row < bias.length; row += 1) {
    let sum = bias[row];
    for (let k = 0; k < wide; k += 1, at += 1) sum += weights[at] * input[k];
    output[row] = rule(sum);
  }
  return output;
}

/** The output for one input. @param {Layer[]} layers @param {ArrayLike<number>} input @returns {Float32Array} */
export function run(layers, input) {
  return /** @type {Float32Array} */ (layers.reduce((values, layer) => apply(layer, values), input));
}

/**
 * The output for one input, and what becomes of a gradient at the output on its way back to the input.
 * @param {Layer[]} layers
 * @param {ArrayLike<number>} input
 * @param {(output: Float32Array) => ArrayLike<number>} slope derivative of a number by the output
 */
export function runBack(layers, input, slope) {
  /** @type {Float32Array[]} */
  const passed = [];
  const output = layers.reduce((values, layer) => {
    passed.push(apply(layer, values));
    return passed[passed.length - 1];
  }, /** @type {ArrayLike<number>} */ (input));
  let gradient = slope(/** @type {Float32Array} */ (output));
  for (let at = layers.length - 1; at >= 0; at -= 1) {
    const { weights, bias, activation } = layers[at];
    const wide = weights.length / bias.length;
    const before = new Float32Array(wide);
    for (let row = 0; row < bias.length; row += 1) {
      const share = gradient[row] * SLOPES[activation](passed[at][row]);
      if (share) for (let k = 0; k < wide; k += 1) before[k] += share * weights[row * wide + k];
    }
    gradient = before;
  }
  return { output: /** @type {Float32Array} */ (output), gradient: Float32Array.from(gradient) };
}

/** The image of a latent point, in [0, 1]. @param {DenseNetwork} network @param {ArrayLike<number>} z */
export const decode = (network, z) => run(network.decoder, z).map((value) => Math.max(0, Math.min(1, value)));
