// Runs a small network of fully connected layers in plain JavaScript, where the browser has no WebAssembly.

/** @typedef {import("./onnx_file.js").OnnxFile} OnnxFile */
/** @typedef {{ rows: number, values: Float32Array }} Batch */

/** @type {Record<string, (value: number, slope: number) => number>} */
const POINTWISE = {
  Relu: (value) => Math.max(0, value),
  LeakyRelu: (value, slope) => (value < 0 ? slope * value : value),
  Sigmoid: (value) => 1 / (1 + Math.exp(-value)),
  Tanh: Math.tanh,
};
const KNOWN = new Set(["Cast", "Reshape", "Gemm", "Clip", ...Object.keys(POINTWISE)]);

/**
 * Whether a network has only layers that can be run here.
 * @param {OnnxFile} file
 */
export function isPlain(file) {
  return file.nodes.every(({ type, settings }) => KNOWN.has(type) && (type !== "Gemm" || settings.get("transB") === 1));
}

/**
 * @param {Batch} input
 * @param {import("./onnx_file.js").Tensor} weights (M, K)
 * @param {import("./onnx_file.js").Tensor | undefined} bias (M)
 * @returns {Batch}
 */
function multiply({ rows, values }, weights, bias) {
  const [wide, deep] = weights.shape;
  if (values.length !== rows * deep) throw new Error(`a layer takes ${deep} numbers and gets ${values.length / rows}`);
  const found = new Float32Array(rows * wide);
  for (let row = 0; row < rows; row += 1) {
    for (let unit = 0; unit < wide; unit += 1) {
      let sum = bias ? bias.values[unit] : 0;
      const [from, at] = [unit * deep, row * deep];
      for (let k = 0; k < deep; k += 1) sum += weights.values[from + k] * values[at + k];
      found[row * wide + unit] = sum;
    }
  }
  return { rows, values: found };
}

/**
 * Send a batch through a network for which `isPlain` holds.
 * @param {OnnxFile} file
 * @param {Float32Array} input its rows one after the other
 * @param {number} rows
 * @returns {Float32Array}
 */
export function runPlain(file, input, rows) {
  /** @type {Map<string, Batch>} */
  const known = new Map([[file.inputs[0].name, { rows, values: input }]]);
  const tensors = new Map(file.tensors);
  for (const { type, inputs, outputs, settings } of file.nodes) {
    const [first, second, third] = inputs;
    const stored = tensors.get(first);
    if (type === "Cast" && stored) {
      tensors.set(outputs[0], stored); // weights in float16, already read as numbers
      continue;
    }
    const batch = known.get(first);
    if (!batch) throw new Error(`nothing is known of ${first}`);
    let next = batch; // rows stay rows, whatever their shape
    if (type === "Gemm") {
      const weights = tensors.get(second);
      if (!weights) throw new Error(`no weights ${second}`);
      next = multiply(batch, weights, tensors.get(third));
    } else if (type === "Clip") {
      const [low, high] = [second, third].map((name) => tensors.get(name)?.values[0]);
      next = { rows, values: batch.values.map((x) => Math.min(high ?? Infinity, Math.max(low ?? -Infinity, x))) };
    } else if (POINTWISE[type]) {
      const slope = settings.get("alpha") ?? 0.01;
      next = { rows, values: batch.values.map((value) => POINTWISE[type](value, slope)) };
    }
    known.set(outputs[0], next);
  }
  const found = known.get(file.outputs[0].name);
  if (!found) throw new Error("the network has no output");
  return found.values;
}
