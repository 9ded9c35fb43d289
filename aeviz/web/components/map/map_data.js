// What Python sends to the latent map, read into typed arrays.
//
// One blob: a 32-bit length, a JSON header of that many bytes, zero bytes up to a multiple of four, then for each panel
// the coordinates (n * dims float32), the errors of each panel (n float32), for each panel whose posteriors lie apart
// from its points their means (n * 2 float32), the labels (n uint16), and for each panel with posteriors their half
// axes, in steps, and angles (n * 3 uint16).

import { readMeans, readShapes } from "./posteriors.js";

export const NO_LABEL = 65535;

/**
 * What the visitor chose on a panel: a polygon in its plane, or on the screen of a camera in space.
 * @typedef {{ centre: number[], half: number, yaw: number, pitch: number }} CameraState
 * @typedef {{ panel: number, polygon: number[][], camera: CameraState | null }} Selection
 */

/**
 * One cloud of points.
 * @typedef {object} Spec
 * @property {string} title
 * @property {2 | 3} dims
 * @property {string[]} axes
 * @property {number[]} centre middle of the first view
 * @property {number} half half the side of the first view
 * @property {number[]} low
 * @property {number[]} high
 * @property {{ name: string, point: number[] }[]} guests
 * @property {(number[] | null)[]} names where the name of each class stands
 * @property {number} yaw degrees
 * @property {number} pitch degrees
 * @property {{ step: number, apart: boolean } | null} posteriors
 * @property {{ centre: number[], radius: number, label: number }[]} priors
 * @property {import("./pin_view.js").Lift | null} [lift] how its points are decoded
 * @property {{ model: string, mean: number[], axes: number[][] } | null} [follow] whose points, told in the page, move here
 * @property {string} view changes when the first view does
 * @property {string} description
 * @property {Float32Array} coordinates n * dims
 * @property {Float32Array} errors n
 * @property {Float32Array} [means] n * 2
 * @property {Uint16Array} [shapes] n * 3
 */

/**
 * @typedef {object} Header
 * @property {number} n
 * @property {Spec[]} panels
 * @property {{ name: string, colour: string }[]} classes
 * @property {number[]} hidden
 * @property {number} selected
 * @property {"off" | "chosen" | "all"} ellipses
 * @property {boolean} prior
 * @property {number} height largest height of a panel in pixels
 * @property {string} digest of the arrays
 * @property {string} meaning
 * @property {string} hint
 * @property {Selection | null} selection
 * @property {boolean} decode whether a point can be dragged to be decoded
 * @property {{ panel: number, at: number[] } | null} point where that point lies
 * @property {Uint16Array} labels n
 */

/** @param {Uint8Array} bytes */
function headerLength(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
}

/**
 * Return the header as text; it holds a digest of the arrays, so equal texts mean equal data.
 * @param {Uint8Array} bytes
 */
export function headerText(bytes) {
  return new TextDecoder().decode(bytes.subarray(4, 4 + headerLength(bytes)));
}

/**
 * @param {Uint8Array} bytes
 * @param {string} text its header
 * @returns {Header}
 */
export function parse(bytes, text) {
  const header = JSON.parse(text);
  const start = (4 + headerLength(bytes) + 3) & ~3;
  // a copy, since the blob may begin at an address that float32 views cannot take
  const body = bytes.slice(start).buffer;
  let offset = 0;
  const floats = (/** @type {number} */ count) => {
    const array = new Float32Array(body, offset, count);
    offset += 4 * count;
    return array;
  };
  for (const panel of header.panels) panel.coordinates = floats(header.n * panel.dims);
  for (const panel of header.panels) panel.errors = floats(header.n);
  readMeans(header, floats);
  header.labels = new Uint16Array(body, offset, header.n);
  readShapes(header, body, offset + 2 * header.n);
  return header;
}
