// The training film as Python packs it (payload.py), with the points of its frames as numbers.

import { mark, tr } from "../kit/language.js";
import { classCentres, union } from "../kit/plane.js";

/** @typedef {Uint8Array<ArrayBuffer> | null} Encoded an image as PNG or WebP */
/** @typedef {import("../kit/plane.js").Pair} Pair */
/** @typedef {{ name: string, colour: string, raw: Float32Array, smooth: Float32Array | null }} Curve by epoch */
/**
 * @typedef {import("../kit/plane.js").Frame & {
 *   epoch: number, origin: Pair, step: Pair, codes: Uint16Array, reconstructions: Encoded, mesh: Encoded
 * }} Frame What the network does after an epoch.
 */
/**
 * @typedef {{
 *   run: string, total: number, live: boolean, plays: boolean, quantity: string, notes: string, best: number,
 *   n: number, axes: [string, string], classes: import("../kit/legend.js").Class[],
 *   colours: { gradient: string, rate: string, share: string }, epochs: Int32Array, curves: Curve[], parts: Curve[], share: Float32Array | null,
 *   gradientNorm: Float32Array,
 *   gradientSmooth: Float32Array | null, learningRate: Float32Array, labels: Uint16Array, originals: Encoded, meshColumns: number,
 *   frames: Frame[], bounds: import("../kit/plane.js").Bounds
 * }} FilmData
 */

const NOT_FINITE = 65535;
/** What Python calls curves and axes: messages. */
export const NAMES = [mark("training"), mark("validation"), mark("validation loss"), mark("reconstruction"), mark("weighted KL"), mark("image")];

/**
 * Complete what came from Python.
 * @param {any} payload
 * @returns {FilmData}
 */
export function readFilm(payload) {
  for (const frame of payload.frames) {
    frame.points = decode(frame);
    frame.centres = classCentres(frame.points, payload.labels, payload.classes.length);
  }
  payload.bounds = union(payload.frames);
  payload.axes = payload.axes.map((/** @type {string} */ axis) => tr(axis));
  return payload;
}

/** @param {Pick<Frame, "origin" | "step" | "codes">} frame */
function decode({ origin, step, codes }) {
  const points = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i += 1) {
    points[i] = codes[i] === NOT_FINITE ? NaN : origin[i & 1] + codes[i] * step[i & 1];
  }
  return points;
}
