// Reads what goes into a network in ONNX's format, what comes out, and from which weights it was made. Runs nothing.
//
// Fields are numbered as in https://github.com/onnx/onnx/blob/main/onnx/onnx.proto

/** @typedef {{ name: string, shape: (number | null)[] }} End An input or output; null stands for a free length. */
/** @typedef {{ inputs: End[], outputs: End[], operators: Set<string>, properties: Map<string, string> }} OnnxFile */

/** What is wrong with a network, in words for the visitor. */
export class NetworkError extends Error {
  name = "NetworkError";
}

/** The fields of a protocol buffer's message. */
export class Reader {
  /** @param {Uint8Array} bytes */
  constructor(bytes) {
    this.bytes = bytes;
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
      else if (wire === 5) yield { field, number: NaN, bytes: this.take(4) };
      else throw new NetworkError("the file is no ONNX network, or damaged");
    }
  }
}

/** @param {Uint8Array} bytes */
export const text = (bytes) => new TextDecoder().decode(bytes);

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
 * @returns {OnnxFile}
 * @throws {NetworkError} the file is truncated, damaged or of another kind
 */
export function readOnnx(bytes) {
  /** @type {OnnxFile} */
  const file = { inputs: [], outputs: [], operators: new Set(), properties: new Map() };
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
    if (field === 11) file.inputs.push(readEnd(part));
    else if (field === 12) file.outputs.push(readEnd(part));
    else if (field === 1) {
      for (const { field: kind, bytes: name } of new Reader(part).fields()) if (kind === 4) file.operators.add(text(name));
    }
  }
  return file;
}
