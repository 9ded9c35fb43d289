// The layers of a network in ONNX's format, and a copy of it that gives their outputs too. Runs nothing.
//
// A layer is a product with weights, dense or convolutional, and what follows it value by value up to the next one: its
// activation, and a change of shape. Batch normalisation is part of the weights in an exported file.
//
// Fields are numbered as in https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

import { NetworkError, Reader, text } from "./onnx_file.js";

/**
 * @typedef {{
 *   kind: string, activation: string, parameters: number, output: string,
 *   weights: ((unit: number) => Float32Array | null) | null
 * }} Layer `activation` is empty for none; `output` is the name of its values in the file; `weights` gives a dense
 * layer's weights from all its inputs to one unit, null where the file stores them in a way that is not read.
 */
/** @typedef {{ kind: string, inputs: string[], outputs: string[], sides: Map<string, number[]> }} Node */

const WEIGHTED = new Map([["Gemm", "Linear"], ["MatMul", "Linear"], ["Conv", "Conv"], ["ConvTranspose", "Transposed conv"]]);
const ACTIVATIONS = new Map([
  ["Relu", "ReLU"], ["LeakyRelu", "LeakyReLU"], ["PRelu", "PReLU"], ["Elu", "ELU"], ["Gelu", "GELU"],
  ["Sigmoid", "Sigmoid"], ["Tanh", "Tanh"],
]);
const GRAPH = 7; // field of the model
const OUTPUT = 12; // field of the graph

/**
 * @param {Uint8Array} bytes
 * @returns {Node}
 */
function readNode(bytes) {
  /** @type {Node} */
  const node = { kind: "", inputs: [], outputs: [], sides: new Map() };
  for (const { field, bytes: part } of new Reader(bytes).fields()) {
    if (field === 1) node.inputs.push(text(part));
    else if (field === 2) node.outputs.push(text(part));
    else if (field === 4) node.kind = text(part);
    else if (field === 5) {
      let name = "";
      const sides = [];
      for (const entry of new Reader(part).fields()) {
        if (entry.field === 1) name = text(entry.bytes);
        if (entry.field === 3) sides.push(entry.number);
        if (entry.field !== 8) continue;
        if (!entry.bytes.length) sides.push(entry.number);
        else for (const packed = new Reader(entry.bytes); packed.at < entry.bytes.length; ) sides.push(packed.number());
      }
      node.sides.set(name, sides);
    }
  }
  return node;
}

/**
 * Name and number of the values of a tensor.
 * @param {Uint8Array} bytes
 * @returns {[string, number]}
 */
function readSize(bytes) {
  let [name, size] = ["", 1];
  for (const { field, number, bytes: part } of new Reader(bytes).fields()) {
    if (field === 8) name = text(part);
    if (field !== 1) continue;
    if (!part.length) size *= number;
    else for (const packed = new Reader(part); packed.at < part.length; ) size *= packed.number();
  }
  return [name, size];
}

/** @param {number} half a number of 16 bits @returns {number} */
function widen(half) {
  const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
  const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : fraction * 2 ** -24;
  return half & 0x8000 ? -size : size;
}

/**
 * The weights of one unit.
 * @param {Uint8Array} bytes a tensor of two dimensions, of 32 or 16 bits a number
 * @param {number} unit
 * @param {boolean} byRow whether a row holds the weights of one unit, or a column
 * @returns {Float32Array | null} null where the tensor is another one
 */
function readWeights(bytes, unit, byRow) {
  /** @type {number[]} */
  const shape = [];
  let [type, raw] = [0, bytes.subarray(0, 0)];
  for (const { field, number, bytes: part } of new Reader(bytes).fields()) {
    if (field === 2) type = number;
    else if (field === 9) raw = part;
    if (field !== 1) continue;
    if (!part.length) shape.push(number);
    else for (const packed = new Reader(part); packed.at < part.length; ) shape.push(packed.number());
  }
  const [rows, columns] = shape;
  const width = { 1: 4, 10: 2 }[type];
  if (shape.length !== 2 || !width || raw.length !== rows * columns * width || unit >= (byRow ? rows : columns)) return null;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  return Float32Array.from({ length: byRow ? columns : rows }, (_, k) => {
    const at = width * (byRow ? unit * columns + k : k * columns + unit);
    return width === 4 ? view.getFloat32(at, true) : widen(view.getUint16(at, true));
  });
}

/** @param {Node} node */
function kindOf({ kind, sides }) {
  const name = WEIGHTED.get(kind) ?? kind;
  const [kernel, strides] = [sides.get("kernel_shape"), sides.get("strides")];
  if (!kernel) return name;
  return `${name} ${kernel.join("×")}${strides && strides[0] > 1 ? `, stride ${strides[0]}` : ""}`;
}

/**
 * @param {Uint8Array} bytes the file
 * @returns {Uint8Array}
 */
function graphOf(bytes) {
  for (const { field, bytes: part } of new Reader(bytes).fields()) if (field === GRAPH) return part;
  throw new NetworkError("the file holds no network");
}

/**
 * The layers of a network, from its input to its output.
 * @param {Uint8Array} bytes the file
 * @returns {Layer[]} the last one's output is the network's
 * @throws {NetworkError} the file is truncated or damaged, or has no layers
 */
export function readLayers(bytes) {
  /** @type {Node[]} */
  const nodes = [];
  /** @type {Map<string, number>} */
  const sizes = new Map();
  /** @type {Map<string, Uint8Array>} */
  const tensors = new Map();
  let end = "";
  for (const { field, bytes: part } of new Reader(graphOf(bytes)).fields()) {
    if (field === 1) nodes.push(readNode(part));
    else if (field === 5) {
      const [name, size] = readSize(part);
      sizes.set(name, size);
      tensors.set(name, part);
    }
    else if (field === OUTPUT) for (const entry of new Reader(part).fields()) if (entry.field === 1) end = text(entry.bytes);
  }
  /** @type {Layer[]} */
  const layers = [];
  let follows = ""; // the value that a part of the same layer takes
  for (const node of nodes) {
    const [output] = node.outputs;
    const constant = node.inputs.length > 0 && node.inputs.every((name) => sizes.has(name));
    const parameters = node.inputs.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
    const tensor = tensors.get(node.inputs[constant ? 0 : 1]);
    if (constant) {
      sizes.set(output, parameters); // weights that are stored in another type
      if (tensor && node.kind === "Cast") tensors.set(output, tensor);
    } else if (WEIGHTED.has(node.kind)) {
      const byRow = node.sides.get("transB")?.[0] === 1;
      const isDense = WEIGHTED.get(node.kind) === "Linear";
      const weights = isDense && tensor ? (/** @type {number} */ unit) => readWeights(tensor, unit, byRow) : null;
      layers.push({ kind: kindOf(node), activation: "", parameters, output, weights });
    } else if (layers.length && node.inputs.includes(follows)) {
      const layer = layers[layers.length - 1];
      if (node.kind === "PRelu") layer.parameters += parameters; // its slope
      layer.activation ||= ACTIVATIONS.get(node.kind) ?? "";
      if (node.kind === "Add" && !layer.activation && parameters > 1) layer.parameters += parameters; // after MatMul
      layer.output = output;
    } else continue;
    if (!constant) follows = output;
  }
  if (!layers.length) throw new NetworkError("the file has no layers with weights");
  layers[layers.length - 1].output = end;
  return layers;
}

/** @param {number} value @returns {number[]} as a protocol buffer writes it */
function varint(value) {
  const bytes = [];
  for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
  return [...bytes, value];
}

/**
 * Copy a network and make values inside it outputs too.
 * @param {Uint8Array} bytes the file
 * @param {string[]} names of the values; those that are outputs already stay so
 * @returns {Uint8Array}
 * @throws {NetworkError} the file is truncated or damaged
 */
export function withOutputs(bytes, names) {
  const graph = graphOf(bytes);
  const known = new Set();
  for (const { field, bytes: part } of new Reader(graph).fields()) {
    if (field === OUTPUT) for (const entry of new Reader(part).fields()) if (entry.field === 1) known.add(text(entry.bytes));
  }
  const added = names
    .filter((name) => !known.has(name))
    .flatMap((name) => {
      const encoded = [...new TextEncoder().encode(name)];
      const value = [(1 << 3) | 2, ...varint(encoded.length), ...encoded];
      return [(OUTPUT << 3) | 2, ...varint(value.length), ...value];
    });
  // the graph begins anew behind everything else: the reader of protocol buffers joins parts of the same message
  const head = [(GRAPH << 3) | 2, ...varint(added.length)];
  const copy = new Uint8Array(bytes.length + head.length + added.length);
  copy.set(bytes);
  copy.set([...head, ...added], bytes.length);
  return copy;
}
