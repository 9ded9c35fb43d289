// Between the coordinates of a panel and the latent space of its model.

/**
 * @typedef {{
 *   origin: number[], columns: number[][], network: import("../kit/engine.js").NetworkSpec | null, shape: number[],
 *   smooth: boolean, model: string
 * }} Lift a point (a, b, ...) of the panel is the latent point origin + a columns[0] + b columns[1] + ...
 */
/** @typedef {{ matrix: number[][], shift: number[] }} Carry a point p of one panel is p matrix + shift on another */

/** @param {ArrayLike<number>} a @param {ArrayLike<number>} b */
function dot(a, b) {
  let sum = 0;
  for (let k = 0; k < a.length; k += 1) sum += a[k] * b[k];
  return sum;
}

/**
 * Solve a x = b for a small matrix by elimination with pivots; null where it has no inverse.
 * @param {number[][]} a
 * @param {number[]} b
 */
function solve(a, b) {
  const rows = a.map((row, k) => [...row, b[k]]);
  const n = b.length;
  for (let column = 0; column < n; column += 1) {
    let best = column;
    for (let row = column; row < n; row += 1) if (Math.abs(rows[row][column]) > Math.abs(rows[best][column])) best = row;
    [rows[column], rows[best]] = [rows[best], rows[column]];
    const pivot = rows[column][column];
    if (Math.abs(pivot) < 1e-12) return null;
    for (let row = 0; row < n; row += 1) {
      if (row === column) continue;
      const factor = rows[row][column] / pivot;
      for (let k = column; k <= n; k += 1) rows[row][k] -= factor * rows[column][k];
    }
  }
  return rows.map((row, k) => row[n] / row[k]);
}

/**
 * The point of the panel that lies nearest to a latent point.
 * @param {Lift} lift
 * @param {ArrayLike<number>} z
 */
export function project({ origin, columns }, z) {
  const off = origin.map((value, k) => z[k] - value);
  const gram = columns.map((a) => columns.map((b) => dot(a, b)));
  return solve(gram, columns.map((column) => dot(column, off))) ?? columns.map(() => 0);
}

/**
 * The latent point of a point of the panel: what the panel does not show stays as it is at `z`, or in the middle.
 * @param {Lift} lift
 * @param {ArrayLike<number>} point
 * @param {ArrayLike<number> | null} z
 */
export function raise(lift, point, z) {
  const at = z ? project(lift, z) : lift.columns.map(() => 0);
  const start = z ?? lift.origin;
  return Float64Array.from({ length: start.length }, (_, k) =>
    lift.columns.reduce((sum, column, axis) => sum + (point[axis] - at[axis]) * column[k], start[k]),
  );
}

/** @param {Carry} carry @param {ArrayLike<number>} point */
export function carryOver({ matrix, shift }, point) {
  return shift.map((value, k) => matrix.reduce((sum, row, axis) => sum + point[axis] * row[k], value));
}

/** @param {Carry} carry @param {ArrayLike<number>} point */
export function carryBack({ matrix, shift }, point) {
  const transposed = shift.map((_, k) => matrix.map((row) => row[k]));
  return solve(transposed, shift.map((value, k) => point[k] - value));
}
