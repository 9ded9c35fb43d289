// The shortest path between two points of the plane, where lengths are those of the images that the decoder gives along the
// way: a geodesic of the metric J^T J, found on the lattice of a field.
//
// G. Arvanitidis, L. K. Hansen, S. Hauberg, Latent space oddity: on the curvature of deep generative models, ICLR 2018,
// arXiv:1710.11379, section 3; the search is E. W. Dijkstra's (1959).

import { centreOf } from "./field_values.js";

// Steps to the cells around: along sides, diagonals, and the eight moves of a knight, for smoother paths.
const MOVES = [[1, 0], [0, 1], [1, 1], [1, -1], [2, 1], [1, 2], [2, -1], [1, -2]].flatMap(([x, y]) => [[x, y], [-x, -y]]); // prettier-ignore
const SMOOTHINGS = 4;

/** @typedef {import("./field_values.js").Lattice} Lattice */
/** @typedef {{ lattice: Lattice, metric: Float64Array }} Space `metric`: J^T J of each cell, row by row, as xx, xy, yy */
/** @typedef {{ points: number[][], length: number, straight: number }} Geodesic both lengths in pixel space */

/** The column and row of the cell that a point lies in, not rounded. @param {Lattice} lattice @param {number[]} point */
function cellOf({ columns, rows, from, to }, [x, y]) {
  return [((x - from[0]) / (to[0] - from[0])) * columns - 0.5, ((y - from[1]) / (to[1] - from[1])) * rows - 0.5];
}

/**
 * The length of a short step from a to b, by the metric of the cell in its middle.
 * @param {Space} space
 * @param {number[]} a
 * @param {number[]} b
 */
function lengthOf({ lattice, metric }, a, b) {
  const [column, row] = cellOf(lattice, [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2]);
  const [x, y] = [Math.min(lattice.columns - 1, Math.max(0, column)), Math.min(lattice.rows - 1, Math.max(0, row))];
  const [left, top] = [Math.min(lattice.columns - 2, Math.floor(x)), Math.min(lattice.rows - 2, Math.floor(y))];
  const [u, v] = [x - left, y - top];
  const corner = (/** @type {number} */ dx, /** @type {number} */ dy) => 3 * ((top + dy) * lattice.columns + left + dx);
  const [p, q, r, s] = [corner(0, 0), corner(1, 0), corner(0, 1), corner(1, 1)];
  const mean = (/** @type {number} */ k) =>
    (1 - v) * ((1 - u) * metric[p + k] + u * metric[q + k]) + v * ((1 - u) * metric[r + k] + u * metric[s + k]);
  const [dx, dy] = [b[0] - a[0], b[1] - a[1]];
  return Math.sqrt(Math.max(0, mean(0) * dx * dx + 2 * mean(1) * dx * dy + mean(2) * dy * dy));
}

/**
 * The length of a line through some points, each piece cut at about the cells' size.
 * @param {Space} space
 * @param {number[][]} points
 */
export function lengthOfLine(space, points) {
  let sum = 0;
  for (let k = 0; k + 1 < points.length; k += 1) {
    const [a, b] = [points[k], points[k + 1]];
    const [from, to] = [cellOf(space.lattice, a), cellOf(space.lattice, b)];
    const pieces = Math.max(1, Math.ceil(Math.hypot(to[0] - from[0], to[1] - from[1])));
    const at = (/** @type {number} */ share) => [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
    for (let piece = 0; piece < pieces; piece += 1) sum += lengthOf(space, at(piece / pieces), at((piece + 1) / pieces));
  }
  return sum;
}

/** A queue that gives the least first. */
class Queue {
  constructor() {
    /** @type {[number, number][]} lengths and cells */
    this.heap = [];
  }

  /** @param {number} length @param {number} cell */
  push(length, cell) {
    const { heap } = this;
    let k = heap.push([length, cell]) - 1;
    while (k > 0) {
      const parent = (k - 1) >> 1;
      if (heap[parent][0] <= length) break;
      heap[k] = heap[parent];
      k = parent;
    }
    heap[k] = [length, cell];
  }

  pop() {
    const { heap } = this;
    const first = heap[0];
    const last = heap.pop();
    if (!heap.length || !last) return first;
    let k = 0;
    for (;;) {
      let child = 2 * k + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && heap[child + 1][0] < heap[child][0]) child += 1;
      if (heap[child][0] >= last[0]) break;
      heap[k] = heap[child];
      k = child;
    }
    heap[k] = last;
    return first;
  }
}

/**
 * The cells of the shortest way from one to another.
 * @param {Space} space
 * @param {number} from
 * @param {number} to
 */
function search(space, from, to) {
  const { columns, rows } = space.lattice;
  const lengths = new Float64Array(columns * rows).fill(Infinity);
  const before = new Int32Array(columns * rows).fill(-1);
  const queue = new Queue();
  lengths[from] = 0;
  queue.push(0, from);
  while (queue.heap.length) {
    const [length, cell] = queue.pop();
    if (cell === to) break;
    if (length > lengths[cell]) continue;
    const [column, row] = [cell % columns, Math.floor(cell / columns)];
    const here = centreOf(space.lattice, cell);
    for (const [dx, dy] of MOVES) {
      const [x, y] = [column + dx, row + dy];
      if (x < 0 || y < 0 || x >= columns || y >= rows) continue;
      const next = y * columns + x;
      const total = length + lengthOfLine(space, [here, centreOf(space.lattice, next)]);
      if (total >= lengths[next]) continue;
      lengths[next] = total;
      before[next] = cell;
      queue.push(total, next);
    }
  }
  const cells = [to];
  while (cells[0] !== from && before[cells[0]] >= 0) cells.unshift(before[cells[0]]);
  return cells;
}

/**
 * Round off the corners that the lattice gives a path.
 * @param {number[][]} points
 */
function smoothed(points) {
  return points.map((point, k) => {
    if (!k || k === points.length - 1) return point;
    return point.map((value, axis) => (points[k - 1][axis] + 2 * value + points[k + 1][axis]) / 4);
  });
}

/**
 * The shortest path found between two points of the plane, and its length beside that of the straight line. Null where a
 * point lies outside of the lattice. It is never longer than the straight line.
 * @param {Space} space
 * @param {number[]} from
 * @param {number[]} to
 * @returns {Geodesic | null}
 */
export function geodesic(space, from, to) {
  const { columns, rows } = space.lattice;
  const ends = [from, to].map((point) => cellOf(space.lattice, point).map(Math.round));
  if (ends.some(([x, y]) => x < 0 || y < 0 || x >= columns || y >= rows)) return null;
  const [start, end] = ends.map(([x, y]) => y * columns + x);
  const inner = search(space, start, end).slice(1, -1).map((cell) => centreOf(space.lattice, cell));
  const straight = lengthOfLine(space, [from, to]);
  let best = { points: [from, to], length: straight, straight };
  let points = [from, ...inner, to];
  for (let k = 0; k <= SMOOTHINGS; k += 1) {
    const length = lengthOfLine(space, points);
    if (length <= best.length) best = { points, length, straight };
    points = smoothed(points);
  }
  return best;
}
