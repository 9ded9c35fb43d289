// Reads the blob that aeviz.figures.training_film.film_payload packs; its docstring names the parts in order.

/** @typedef {[number, number]} Pair one value for each axis of the plane */
/** @typedef {{ key: string, bytes: Uint8Array<ArrayBuffer> }} Image a picture's bytes, and a digest of them */
/** @typedef {{ name: string, colour: string, raw: Float32Array, smooth: Float32Array | null }} Curve by epoch */
/**
 * @typedef {{
 *   epoch: number, low: Pair, high: Pair, origin: Pair, step: Pair, meshRange: [Pair, Pair] | null,
 *   points: Float32Array, centres: (Pair | null)[], reconstructions: Image | null, mesh: Image | null
 * }} Frame What the network does after an epoch; `low` and `high` bound its points but for the tails.
 */
/**
 * @typedef {{
 *   run: string, total: number, live: boolean, window: number, quantity: string, notes: string, best: number,
 *   n: number, axes: [string, string], classes: { name: string, colour: string }[],
 *   colours: { gradient: string, rate: string }, epochs: Int32Array, curves: Curve[], gradientNorm: Float32Array,
 *   gradientSmooth: Float32Array | null, learningRate: Float32Array, labels: Uint16Array, originals: Image | null,
 *   frames: Frame[]
 * }} FilmData
 */

const NO_LABEL = 65535;
const NOT_FINITE = 65535;

/** @param {Uint8Array} bytes */
function headerLength(bytes) {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true);
}

/**
 * The header names every part by a digest, so equal headers mean equal films.
 * @param {Uint8Array} bytes
 */
export function headerText(bytes) {
  return new TextDecoder().decode(bytes.subarray(4, 4 + headerLength(bytes)));
}

/**
 * @param {Uint8Array} bytes
 * @param {string} text the header
 * @returns {FilmData}
 */
export function parseFilm(bytes, text) {
  const film = JSON.parse(text);
  const start = (4 + headerLength(bytes) + 3) & ~3;
  // a copy, since the blob may begin at an address that float32 views cannot take
  const body = bytes.slice(start).buffer;
  let offset = 0;
  /**
   * @template {Int32Array | Float32Array | Uint16Array | Uint8Array} T
   * @param {{ new (buffer: ArrayBuffer, offset: number, length: number): T, BYTES_PER_ELEMENT: number }} Type
   * @param {number} count
   */
  const take = (Type, count) => {
    const array = new Type(body, offset, count);
    offset += Type.BYTES_PER_ELEMENT * count;
    return array;
  };
  const count = film.epochs;
  film.epochs = take(Int32Array, count);
  for (const curve of film.curves) curve.raw = take(Float32Array, count);
  for (const curve of film.curves) curve.smooth = film.window > 1 ? take(Float32Array, count) : null;
  film.gradientNorm = take(Float32Array, count);
  film.gradientSmooth = film.window > 1 ? take(Float32Array, count) : null;
  film.learningRate = take(Float32Array, count);
  film.labels = take(Uint16Array, film.n);
  for (const frame of film.frames) frame.points = decode(frame, take(Uint16Array, 2 * film.n));
  /**
   * @param {{ bytes: number, key: string }} place
   * @returns {Image | null}
   */
  const picture = ({ bytes: size, key }) => (size ? { key, bytes: take(Uint8Array, size) } : null);
  film.originals = picture(film.originals);
  for (const frame of film.frames) {
    frame.reconstructions = picture(frame.reconstructions);
    frame.mesh = picture(frame.mesh);
    frame.centres = classCentres(frame.points, film.labels, film.classes.length);
  }
  return film;
}

/**
 * @param {Frame} frame
 * @param {Uint16Array} codes
 */
function decode({ origin, step }, codes) {
  const points = new Float32Array(codes.length);
  for (let i = 0; i < codes.length; i += 1) {
    points[i] = codes[i] === NOT_FINITE ? NaN : origin[i & 1] + codes[i] * step[i & 1];
  }
  return points;
}

/**
 * Where the name of each class stands: the median of its points, null for a class without points.
 * @param {Float32Array} points
 * @param {Uint16Array} labels
 * @param {number} classes
 * @returns {(Pair | null)[]}
 */
function classCentres(points, labels, classes) {
  const members = Array.from({ length: classes }, () => /** @type {[number[], number[]]} */ ([[], []]));
  labels.forEach((label, i) => {
    if (label === NO_LABEL || label >= classes || Number.isNaN(points[2 * i] + points[2 * i + 1])) return;
    members[label][0].push(points[2 * i]);
    members[label][1].push(points[2 * i + 1]);
  });
  /** @param {number[]} values */
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  return members.map(([x, y]) => (x.length ? [median(x), median(y)] : null));
}
