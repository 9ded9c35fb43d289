// Reads a network in ONNX's format: what goes in and comes out, its operators and weights. Runs nothing.
//
// Only what aeviz writes (aeviz/export/onnx.py) is understood: float32 in and out, weights in float32 or float16.
// Fields are numbered as in https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

/** @typedef {{ name: string, shape: (number | null)[] }} End An input or output; null stands for a free length. */
/** @typedef {{ shape: number[], values: Float32Array | number[] }} Tensor */
/** @typedef {{ type: string, inputs: string[], outputs: string[], settings: Map<string, number> }} Node */
/**
 * @typedef {{
 *   inputs: End[], outputs: End[], nodes: Node[], tensors: Map<string, Tensor>, properties: Map<string, string>
 * }} OnnxFile
 */

const FLOAT = 1, INT64 = 7, FLOAT16 = 10;
const BYTES = new Map([[FLOAT, 4], [INT64, 8], [FLOAT16, 2]]);

/** What is wrong with a network, in words for the visitor. */
export class NetworkError extends Error {
  name = "NetworkError";
}

/** The fields of a protocol buffer's message. */
class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = 0;
  }

  number() {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      if (this.at >= this.bytes.length) throw new NetworkError("the file ends too early");
      const byte = this.bytes[this.at++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return Number(BigInt.asIntN(64, value));
    }
    throw new NetworkError("the file is damaged");
  }

  /** @param {number} length */
  take(length) {
    if (length < 0 || this.at + length > this.bytes.length) throw new NetworkError("the file ends too early");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** @returns {Generator<{ field: number, number: number, bytes: Uint8Array }>} */
  *fields() {
    const none = new Uint8Array(0);
    while (this.at < this.bytes.length) {
      const tag = this.number();
      const [field, wire] = [tag >>> 3, tag & 7];
      if (wire === 0) yield { field, number: this.number(), bytes: none };
      else if (wire === 1) yield { field, number: NaN, bytes: this.take(8) };
      else if (wire === 2) yield { field, number: NaN, bytes: this.take(this.number()) };
      else if (wire === 5) {
        const bytes = this.take(4);
        yield { field, number: new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true), bytes };
      } else throw new NetworkError("the file is no ONNX network, or damaged");
    }
  }
}

/** @param {Uint8Array} bytes */
const text = (bytes) => new TextDecoder().decode(bytes);

/** @param {number} half the 16 bits of an IEEE 754 half-precision number */
function fromHalf(half) {
  const sign = half & 0x8000 ? -1 : 1;
  const [exponent, fraction] = [(half >> 10) & 31, half & 1023];
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * @param {Uint8Array} bytes
 * @returns {[string, Tensor]}
 */
function readTensor(bytes) {
  /** @type {number[]} */
  const shape = [];
  let [name, type] = ["", 0];
  /** @type {Uint8Array} */
  let raw = new Uint8Array(0);
  for (const { field, number, bytes: part } of new Reader(bytes).fields()) {
    if (field === 1 && part.length) {
      const packed = new Reader(part);
      while (packed.at < part.length) shape.push(packed.number());
    } else if (field === 1) shape.push(number);
    else if (field === 2) type = number;
    else if (field === 8) name = text(part);
    else if (field === 9) raw = part;
  }
  const size = shape.reduce((product, length) => product * length, 1);
  const width = BYTES.get(type);
  if (!width) throw new NetworkError(`the weights ${name} are of a kind that aeviz does not write`);
  if (shape.some((length) => length < 1) || raw.length !== size * width) {
    throw new NetworkError(`the weights ${name} are incomplete`);
  }
  const view = new DataView(raw.buffer, raw.byteOffset, raw.length);
  if (type === INT64) {
    return [name, { shape, values: Array.from({ length: size }, (_, i) => Number(view.getBigInt64(8 * i, true))) }];
  }
  const values = new Float32Array(size);
  for (let i = 0; i < size; i += 1) {
    values[i] = type === FLOAT ? view.getFloat32(4 * i, true) : fromHalf(view.getUint16(2 * i, true));
  }
  return [name, { shape, values }];
}

/**
 * @param {Uint8Array} bytes
 * @returns {Node}
 */
function readNode(bytes) {
  /** @type {Node} */
  const node = { type: "", inputs: [], outputs: [], settings: new Map() };
  for (const { field, bytes: part } of new Reader(bytes).fields()) {
    if (field === 1) node.inputs.push(text(part));
    else if (field === 2) node.outputs.push(text(part));
    else if (field === 4) node.type = text(part);
    else if (field === 5) {
      let [name, value] = ["", NaN];
      for (const setting of new Reader(part).fields()) {
        if (setting.field === 1) name = text(setting.bytes);
        else if (setting.field === 2 || setting.field === 3) value = setting.number;
      }
      node.settings.set(name, value);
    }
  }
  return node;
}

/**
 * @param {Uint8Array} bytes
 * @returns {End}
 */
function readEnd(bytes) {
  /** @type {End} */
  const end = { name: "", shape: [] };
  for (const { field, bytes: part } of new Reader(bytes).fields()) {
    if (field === 1) end.name = text(part);
    if (field !== 2) continue;
    for (const type of new Reader(part).fields()) {
      if (type.field !== 1) continue;
      for (const tensor of new Reader(type.bytes).fields()) {
        if (tensor.field !== 2) continue;
        for (const dimension of new Reader(tensor.bytes).fields()) {
          let length = null;
          for (const { field: kind, number } of new Reader(dimension.bytes).fields()) if (kind === 1) length = number;
          end.shape.push(length);
        }
      }
    }
  }
  return end;
}

/**
 * Read a network.
 * @param {Uint8Array} bytes the file
 * @param {boolean} [weights] whether to read the weights too; without them `tensors` is empty
 * @returns {OnnxFile}
 * @throws {NetworkError} the file is truncated, damaged or of another kind
 */
export function readOnnx(bytes, weights = true) {
  /** @type {OnnxFile} */
  const file = { inputs: [], outputs: [], nodes: [], tensors: new Map(), properties: new Map() };
  let graph = null;
  for (const { field, bytes: part } of new Reader(bytes).fields()) {
    if (field === 7) graph = part;
    if (field !== 14) continue;
    let [key, value] = ["", ""];
    for (const entry of new Reader(part).fields()) {
      if (entry.field === 1) key = text(entry.bytes);
      else if (entry.field === 2) value = text(entry.bytes);
    }
    file.properties.set(key, value);
  }
  if (!graph) throw new NetworkError("the file holds no network");
  for (const { field, bytes: part } of new Reader(graph).fields()) {
    if (field === 1) file.nodes.push(readNode(part));
    else if (field === 5 && weights) file.tensors.set(...readTensor(part));
    else if (field === 11) file.inputs.push(readEnd(part));
    else if (field === 12) file.outputs.push(readEnd(part));
  }
  return file;
}
