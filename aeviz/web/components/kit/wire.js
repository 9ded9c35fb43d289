// The one format in which Python sends arrays: a JSON value with typed arrays in their places. See wire.py for its parts.

/** @typedef {Uint8Array | Int8Array | Uint16Array | Int16Array | Uint32Array | Int32Array | Float32Array | Float64Array} Numbers */
/** @typedef {{ shape: number[], digest: string }} About `digest` is empty where none was sent. */

const MAGIC = "AEV1";
const START = 8; // bytes before the text
const ALIGNMENT = 8;
const ARRAY = "$array";
const TYPES = /** @type {const} */ ({
  uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array, uint32: Uint32Array, int32: Int32Array,
  float32: Float32Array, float64: Float64Array,
}); // prettier-ignore

/** @type {WeakMap<object, About>} */
const known = new WeakMap();

/** A payload that cannot be read. */
export class WireError extends Error {
  name = "WireError";
}

/** @param {number} length */
const padded = (length) => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

/**
 * The text of a payload. It holds a digest of each array, so that equal texts mean equal payloads.
 * @param {Uint8Array} bytes
 * @throws {WireError}
 */
export function textOf(bytes) {
  const found = new TextDecoder().decode(bytes.subarray(0, MAGIC.length));
  if (found !== MAGIC || bytes.length < START) {
    throw new WireError(`the data for this part of the page begin with ${JSON.stringify(found)}, not with ${MAGIC}`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(MAGIC.length, true);
  if (START + length > bytes.length) {
    throw new WireError(`the data for this part of the page end after ${bytes.length} bytes, within their header`);
  }
  return new TextDecoder().decode(bytes.subarray(START, START + length));
}

/**
 * Read a payload.
 * @param {Uint8Array} bytes
 * @param {string} [text] of it, where it is known already
 * @returns {any} the value that Python packed, with typed arrays in place of its arrays
 * @throws {WireError}
 */
export function unpack(bytes, text = textOf(bytes)) {
  let header;
  try {
    header = JSON.parse(text);
  } catch {
    throw new WireError("the header of the data for this part of the page is damaged");
  }
  const { value, arrays } = header ?? {};
  if (value === undefined || !Array.isArray(arrays)) {
    throw new WireError("the header of the data for this part of the page is damaged");
  }
  const start = padded(START + new DataView(bytes.buffer, bytes.byteOffset).getUint32(MAGIC.length, true));
  const body = bytes.slice(start).buffer; // a copy: the payload may begin at an address that views cannot take
  let at = 0;
  const found = arrays.map((entry, number) => {
    const [dtype, shape, digest] = Array.isArray(entry) ? entry : [];
    const Type = TYPES[/** @type {keyof typeof TYPES} */ (dtype)];
    if (!Type || !Array.isArray(shape)) throw new WireError(`array ${number} has an unknown dtype: ${dtype}`);
    if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
      throw new WireError(`array ${number} of the data for this part of the page has a damaged shape: ${shape}`);
    }
    const count = shape.reduce((product, length) => product * length, 1);
    const size = count * Type.BYTES_PER_ELEMENT;
    if (!Number.isSafeInteger(count) || at + size > body.byteLength) {
      throw new WireError(`the data for this part of the page end after ${bytes.length} bytes, before array ${number} does`);
    }
    const array = new Type(body, at, count);
    known.set(array, { shape, digest });
    at = padded(at + size);
    return array;
  });
  return fill(value, found);
}

/**
 * Put the arrays into their places.
 * @param {any} part
 * @param {Numbers[]} arrays
 * @returns {any}
 */
function fill(part, arrays) {
  if (Array.isArray(part)) return part.map((each) => fill(each, arrays));
  if (part === null || typeof part !== "object") return part;
  if (!(ARRAY in part)) {
    for (const [name, each] of Object.entries(part)) {
      if (each !== null && typeof each === "object") part[name] = fill(each, arrays);
    }
    return part;
  }
  const array = arrays[part[ARRAY]];
  if (!array) throw new WireError(`array ${part[ARRAY]} is missing in the data for this part of the page`);
  return array;
}

/**
 * Shape and digest of an array that came in a payload.
 * @param {object} array
 * @returns {About}
 */
export function about(array) {
  return known.get(array) ?? { shape: [], digest: "" };
}
