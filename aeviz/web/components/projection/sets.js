// Projections onto sets of the plane in the norm of a matrix, as aeviz/lab/projection.py has them.

/** @typedef {[number, number]} Pair */
/** @typedef {{ values: Pair, axes: [Pair, Pair] }} Matrix eigenvalues and eigenvectors */
/** @typedef {"disc" | "square" | "circle"} Shape */

const HALVINGS = 200;
const SURE = 1e-12;

/** @param {number} first @param {number} second eigenvalues @param {number} angle of the first eigenvector in degrees @returns {Matrix} */
export function matrixOf(first, second, angle) {
  const [c, s] = [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)];
  return { values: [first, second], axes: [[c, s], [-s, c]] }; // prettier-ignore
}

/** Entries of the matrix: first, the one off the diagonal, last. @param {Matrix} q @returns {[number, number, number]} */
export function entries({ values, axes: [[c, s]] }) {
  return [values[0] * c * c + values[1] * s * s, (values[0] - values[1]) * c * s, values[0] * s * s + values[1] * c * c];
}

/** Coordinates along the eigenvectors. @param {Matrix} q @param {Pair} x @returns {Pair} */
function along({ axes: [u, v] }, x) {
  return [u[0] * x[0] + u[1] * x[1], v[0] * x[0] + v[1] * x[1]];
}

/** |Q^(1/2) x|. @param {Pair} x @param {Matrix} q */
export function norm(x, q) {
  const [a, b] = along(q, x);
  return Math.sqrt(q.values[0] * a * a + q.values[1] * b * b);
}

/** @param {Pair} z @param {Matrix} q @param {number} lowest @returns {Pair} */
function onCircle(z, q, lowest) {
  const pulled = along(q, z).map((value, k) => value * q.values[k]);
  const at = (/** @type {number} */ shift) => pulled.map((value, k) => value / Math.max(q.values[k] + shift, SURE));
  let [low, high] = [lowest, 1];
  while (Math.hypot(...at(high)) > 1) high *= 2;
  for (let k = 0; k < HALVINGS && high - low > 1e-15; k += 1) {
    const middle = (low + high) / 2;
    if (Math.hypot(...at(middle)) > 1) low = middle;
    else high = middle;
  }
  const found = at(high);
  const size = Math.hypot(...found);
  const [u, v] = q.axes;
  if (size <= SURE) return q.values[0] < q.values[1] ? u : v;
  const [a, b] = found.map((value) => value / size);
  return [u[0] * a + v[0] * b, u[1] * a + v[1] * b];
}

/** @param {Pair} z @param {Matrix} q @returns {Pair} */
function ontoSquare(z, q) {
  if (Math.max(Math.abs(z[0]), Math.abs(z[1])) <= 1) return [...z];
  const [first, cross, last] = entries(q);
  /** @type {Pair[]} */
  const found = [];
  for (const side of [-1, 1]) {
    const y = z[1] - (cross / last) * (side - z[0]);
    const x = z[0] - (cross / first) * (side - z[1]);
    found.push([side, Math.max(-1, Math.min(1, y))], [Math.max(-1, Math.min(1, x)), side]);
  }
  return found.reduce((best, x) => (norm([x[0] - z[0], x[1] - z[1]], q) < norm([best[0] - z[0], best[1] - z[1]], q) ? x : best));
}

/** @param {Shape} shape @param {Pair} z @param {Matrix} q @returns {Pair} */
export function project(shape, z, q) {
  if (shape === "square") return ontoSquare(z, q);
  if (shape === "circle") return onCircle(z, q, -Math.min(...q.values));
  return z[0] ** 2 + z[1] ** 2 <= 1 ? [...z] : onCircle(z, q, 0);
}

/**
 * Distance of the projections of two points by that of the points: in the norm of the matrix, and by Euclid.
 * @param {Shape} shape @param {[Pair, Pair]} points @param {Matrix} q
 */
export function ratios(shape, points, q) {
  const [u1, u2] = points.map((z) => project(shape, z, q));
  const [z1, z2] = points;
  const [u, z] = /** @type {Pair[]} */ ([[u1[0] - u2[0], u1[1] - u2[1]], [z1[0] - z2[0], z1[1] - z2[1]]]); // prettier-ignore
  return { inNorm: [norm(u, q), norm(z, q)], byEuclid: [Math.hypot(...u), Math.hypot(...z)] };
}
