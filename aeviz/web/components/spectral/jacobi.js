// Jacobi's rotations of a symmetric matrix, as aeviz/lab/spectral.py has them. Matrices are rows of numbers.

/** @typedef {number[][]} Matrix */
/** @typedef {{ turned: Matrix, axes: Matrix }} State QᵀAQ and Q */

const SMALLEST = 1e-13;

/** @param {Matrix} matrix */
export const norm = (matrix) => Math.sqrt(matrix.flat().reduce((sum, value) => sum + value * value, 0));

/** @param {Matrix} matrix */
export const offDiagonal = (matrix) => norm(matrix.map((row, i) => row.map((value, j) => (i === j ? 0 : value))));

/** @param {Matrix} a @param {Matrix} b */
export const difference = (a, b) => a.map((row, i) => row.map((value, j) => value - b[i][j]));

/** AᵀA @param {Matrix} a */
export const gram = (a) => a[0].map((_, i) => a[0].map((__, j) => a.reduce((sum, row) => sum + row[i] * row[j], 0)));

/** @param {number} size @returns {Matrix} */
export const identity = (size) => Array.from({ length: size }, (_, i) => Array.from({ length: size }, (__, j) => Number(i === j)));

/** The states after 0, 1, 2... rotations, until the matrix is diagonal. @param {Matrix} matrix @param {number} most */
export function rotations(matrix, most) {
  const size = matrix.length;
  const least = SMALLEST * norm(matrix);
  /** @type {State[]} */
  const states = [{ turned: matrix, axes: identity(size) }];
  while (states.length <= most) {
    const last = states[states.length - 1];
    if (offDiagonal(last.turned) <= least) break;
    const [turned, axes] = [last.turned, last.axes].map((one) => one.map((row) => [...row]));
    let [i, j] = [0, 1];
    for (let k = 0; k < size; k += 1) {
      for (let l = k + 1; l < size; l += 1) if (Math.abs(turned[k][l]) > Math.abs(turned[i][j])) [i, j] = [k, l];
    }
    const ratio = (turned[j][j] - turned[i][i]) / (2 * turned[i][j]);
    const tangent = (ratio >= 0 ? 1 : -1) / (Math.abs(ratio) + Math.sqrt(1 + ratio * ratio));
    const c = 1 / Math.sqrt(1 + tangent * tangent);
    const s = tangent * c;
    for (const one of [turned, axes]) for (const row of one) [row[i], row[j]] = [c * row[i] - s * row[j], s * row[i] + c * row[j]]; // prettier-ignore
    [turned[i], turned[j]] = [turned[i].map((value, k) => c * value - s * turned[j][k]), turned[j].map((value, k) => s * turned[i][k] + c * value)]; // prettier-ignore
    turned[i][j] = turned[j][i] = 0;
    states.push({ turned, axes });
  }
  return states;
}

/** Indices of the diagonal, the largest value first. @param {Matrix} turned */
export const ordered = (turned) => turned.map((_, i) => i).sort((i, j) => turned[j][j] - turned[i][i]);

/** The sum of λ u uᵀ over the largest values. @param {State} state @param {number} rank @returns {Matrix} */
export function lowRank({ turned, axes }, rank) {
  const chosen = ordered(turned).slice(0, rank);
  return axes.map((row) => axes.map((other) => chosen.reduce((sum, k) => sum + turned[k][k] * row[k] * other[k], 0)));
}
