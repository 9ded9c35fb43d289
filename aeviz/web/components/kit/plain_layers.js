// Encoders and decoders of dense and convolutional layers, computed in the page: aeviz/analysis/plain_layers.py sends them.

/** @typedef {{ small: number[], large: number[], kernel: number[], stride: number, padding: number }} Grid channels, height, width */
/**
 * @typedef {{ kind: "dense" | "convolution" | "transposed", weights: Float32Array, bias: Float32Array, activation: string,
 *   grid: Grid | null }} Layer
 */
/** @typedef {{ encoder: Layer[], decoder: Layer[] }} PlainNetwork */

/** @type {Record<string, (x: number) => number>} */
const RULES = {
  identity: (x) => x,
  relu: (x) => Math.max(0, x),
  leaky_relu: (x) => (x > 0 ? x : 0.01 * x),
  elu: (x) => (x > 0 ? x : Math.expm1(x)),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  unit_tanh: (x) => (Math.tanh(x) + 1) / 2,
};
/** Derivatives by the value of the activation. @type {Record<string, (a: number) => number>} */
const SLOPES = {
  identity: () => 1,
  relu: (a) => Number(a > 0),
  leaky_relu: (a) => (a > 0 ? 1 : 0.01),
  elu: (a) => (a > 0 ? 1 : a + 1),
  sigmoid: (a) => a * (1 - a),
  tanh: (a) => 1 - a * a,
  unit_tanh: (a) => 2 * a * (1 - a),
};

/** @param {Float32Array} weights @param {ArrayLike<number>} input @param {number} count of outputs */
function multiply(weights, input, count) {
  const wide = weights.length / count;
  const output = new Float32Array(count);
  for (let row = 0, at = 0; row < count; row += 1) {
    let sum = 0;
    for (let k = 0; k < wide; k += 1, at += 1) sum += weights[at] * input[k];
    output[row] = sum;
  }
  return output;
}

/** The same with the transposed matrix. @param {Float32Array} weights @param {ArrayLike<number>} input @param {number} count of inputs */
function multiplyBack(weights, input, count) {
  const wide = weights.length / count;
  const output = new Float32Array(wide);
  for (let row = 0; row < count; row += 1) {
    const share = input[row];
    if (share) for (let k = 0; k < wide; k += 1) output[k] += share * weights[row * wide + k];
  }
  return output;
}

/**
 * A convolution from the large images to the small ones, or what it is transposed.
 * @param {Float32Array} weights @param {Grid} grid @param {ArrayLike<number>} input @param {boolean} isTransposed
 */
function convolve(weights, { small: [a, h, w], large: [b, tall, wide], kernel: [kh, kw], stride, padding }, input, isTransposed) {
  if (h * w === 1 && tall === kh && wide === kw) return isTransposed ? multiplyBack(weights, input, a) : multiply(weights, input, a);
  const output = new Float32Array(isTransposed ? b * tall * wide : a * h * w);
  const values = Float32Array.from(input); // of one type, which makes the loops quick
  let at = 0;
  for (let s = 0; s < a; s += 1) {
    for (let l = 0; l < b; l += 1) {
      for (let ky = 0; ky < kh; ky += 1) {
        const top = ky - padding;
        const first = top < 0 ? Math.ceil(-top / stride) : 0;
        const last = Math.min(h - 1, Math.floor((tall - 1 - top) / stride));
        for (let kx = 0; kx < kw; kx += 1, at += 1) {
          const weight = weights[at];
          const left = kx - padding;
          const from = left < 0 ? Math.ceil(-left / stride) : 0;
          const to = Math.min(w - 1, Math.floor((wide - 1 - left) / stride));
          for (let y = first; y <= last; y += 1) {
            let near = (s * h + y) * w + from;
            let far = (l * tall + y * stride + top) * wide + left + from * stride;
            for (let x = from; x <= to; x += 1, near += 1, far += stride) {
              if (isTransposed) output[far] += weight * values[near];
              else output[near] += weight * values[far];
            }
          }
        }
      }
    }
  }
  return output;
}

/** @param {Layer} layer @param {ArrayLike<number>} input */
function apply({ kind, weights, bias, activation, grid }, input) {
  const rule = RULES[activation];
  const output = grid ? convolve(weights, grid, input, kind === "transposed") : multiply(weights, input, bias.length);
  const size = output.length / bias.length;
  for (let channel = 0, k = 0; channel < bias.length; channel += 1) {
    for (const end = k + size; k < end; k += 1) output[k] = rule(output[k] + bias[channel]);
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
  for (const layer of layers) passed.push(apply(layer, passed.at(-1) ?? input));
  const output = passed[passed.length - 1];
  let gradient = Float32Array.from(slope(output));
  for (let at = layers.length - 1; at >= 0; at -= 1) {
    const { kind, weights, bias, activation, grid } = layers[at];
    const [rule, values] = [SLOPES[activation], passed[at]];
    for (let k = 0; k < gradient.length; k += 1) gradient[k] *= rule(values[k]);
    gradient = grid ? convolve(weights, grid, gradient, kind !== "transposed") : multiplyBack(weights, gradient, bias.length);
  }
  return { output, gradient };
}

/** The image of a latent point, in [0, 1]. @param {PlainNetwork} network @param {ArrayLike<number>} z */
export const decode = (network, z) => run(network.decoder, z).map((value) => Math.max(0, Math.min(1, value)));
