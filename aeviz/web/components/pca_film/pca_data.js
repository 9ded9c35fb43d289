// The PCA film as Python packs it (payload.py), with the points of its planes as numbers.

import { tr } from "../kit/language.js";
import { classCentres, union } from "../kit/plane.js";

/** @typedef {Uint8Array<ArrayBuffer>} Encoded an image as PNG or WebP */
/** @typedef {{ reach: number, codes: Int16Array }} Packed a plane's points, as shares of its reach */
/** @typedef {import("../kit/plane.js").PlaneFilm} PlaneFilm */
/**
 * @typedef {{
 *   step: number, mse: number, excess: number, angles: number[] | null, match: number, plane: Packed, aligned: Packed,
 *   columns: Encoded, reconstructions: Encoded
 * }} Frame
 */
/**
 * @typedef {{
 *   identity: string, n: number, columns: number, axes: [string, string], labels: Uint16Array,
 *   classes: import("../kit/legend.js").Class[], colours: Record<string, string>, pcaMse: number, pcaPlane: Packed,
 *   originals: Encoded, pcaReconstructions: Encoded, pcaColumns: Encoded, frames: Frame[],
 *   own: PlaneFilm, turned: PlaneFilm, pca: PlaneFilm
 * }} FilmData `own`: the latent plane as learned; `turned`: laid over PCA's; `pca`: of PCA.
 */

const CODES = 32767;
const TAIL = 0.005; // share of the points beyond each edge of a view

/**
 * Complete what came from Python.
 * @param {any} payload
 * @returns {FilmData}
 */
export function readPcaFilm(payload) {
  const { n, labels, classes, frames } = /** @type {FilmData} */ (payload);
  const frameOf = (/** @type {Packed} */ packed) => planeFrame(packed, labels, classes.length);
  /**
   * @param {import("../kit/plane.js").Frame[]} shown
   * @param {import("../kit/plane.js").Frame[]} seen what the view holds
   * @param {[string, string]} axes
   * @returns {PlaneFilm}
   */
  const film = (shown, seen, axes) => ({ n, labels, axes, classes, frames: shown, bounds: union(seen) });
  const pca = frameOf(payload.pcaPlane);
  const own = frames.map(({ plane }) => frameOf(plane));
  const isLine = payload.axes[1] === "image";
  const axes = /** @type {[string, string]} */ (isLine ? [payload.axes[0], tr("image")] : payload.axes);
  const components = /** @type {[string, string]} */ (["PC1", isLine ? tr("image") : "PC2"]);
  return {
    ...payload,
    own: film(own, own, axes),
    turned: film(frames.map(({ aligned }) => frameOf(aligned)), [pca], components),
    pca: film([pca], [pca], components),
  };
}

/**
 * @param {Packed} packed
 * @param {Uint16Array} labels
 * @param {number} classes
 * @returns {import("../kit/plane.js").Frame}
 */
function planeFrame({ reach, codes }, labels, classes) {
  const points = Float32Array.from(codes, (code) => (code / CODES) * reach);
  const cut = Math.floor(TAIL * (points.length / 2 - 1));
  const axes = [0, 1].map((k) => points.filter((_, i) => (i & 1) === k).sort());
  /** @param {number} from the ends */
  const end = (from) => /** @type {[number, number]} */ (axes.map((values) => values.at(from) ?? 0));
  return { points, low: end(cut), high: end(-1 - cut), centres: classCentres(points, labels, classes) };
}
