// The numbers of the fields (field.js) over the plane of a panel, without a page: distance from the data, vote of the
// neighbours, and stretching of the decoder.

import { Grid } from "./grid.js";
import { NO_LABEL } from "./map_data.js";

export const NEIGHBOURS = 10; // as in aeviz/analysis/latent.py
const SAMPLE = 500; // points whose own distances define the usual distance
const USUAL = 0.99;
const MOST_ASKED = 2500; // points whose neighbours tell which classes are mixed
const ROW = 50; // points between two pauses

/**
 * A lattice of cells over a rectangle of the plane, row by row.
 * @typedef {{ columns: number, rows: number, from: number[], to: number[] }} Lattice
 *   `from` and `to` are opposite corners, those of the first and of the last cell
 */

/**
 * The middle of a cell.
 * @param {Lattice} lattice
 * @param {number} place
 */
export function centreOf({ columns, rows, from, to }, place) {
  const [x, y] = [((place % columns) + 0.5) / columns, (Math.floor(place / columns) + 0.5) / rows];
  return [from[0] + x * (to[0] - from[0]), from[1] + y * (to[1] - from[1])];
}

/** The nearest of a set of points of the plane. */
export class Nearest {
  /**
   * @param {Float32Array} coordinates x and y of each point
   * @param {number[]} low where most of the points lie
   * @param {number[]} high
   * @param {number} [most] how many are looked for
   */
  constructor(coordinates, low, high, most = NEIGHBOURS) {
    this.coordinates = coordinates;
    this.grid = new Grid(coordinates, 2, low, high);
    /** How many are found: `most`, or all where there are fewer. */
    this.count = Math.min(most, coordinates.length / 2);
    this.indices = new Uint32Array(this.count);
    this.squares = new Float64Array(this.count); // of their distances, rising
    this.size = 0;
  }

  /**
   * Set `indices` and `squares` to those of the points nearest to a place, the nearest first. Cells of the grid are
   * searched ring by ring around the place until no point beyond can be nearer.
   * @param {number} x
   * @param {number} y
   */
  find(x, y) {
    const { grid, count } = this;
    const last = grid.side - 1;
    const [column, row] = [grid.column(x, 0), grid.column(y, 1)];
    this.size = 0;
    for (let ring = 0; ring <= last; ring += 1) {
      const [left, right] = [Math.max(0, column - ring), Math.min(last, column + ring)];
      for (let r = Math.max(0, row - ring); r <= Math.min(last, row + ring); r += 1) {
        if (Math.abs(r - row) === ring) this.search(r, left, right, x, y);
        else {
          if (column - ring >= 0) this.search(r, left, left, x, y);
          if (column + ring <= last) this.search(r, right, right, x, y);
        }
      }
      if (this.size < count) continue;
      const reach = Math.min(this.reach(x, column, ring, 0), this.reach(y, row, ring, 1));
      if (this.squares[count - 1] <= reach * reach) return;
    }
  }

  /**
   * The least distance along an axis to a cell beyond the rings; the outermost cells have no outer edge.
   * @param {number} value
   * @param {number} cell
   * @param {number} ring
   * @param {0 | 1} k
   */
  reach(value, cell, ring, k) {
    const { low, perCell, side } = this.grid;
    const edge = (/** @type {number} */ at) => low[k] + at / perCell[k];
    const below = cell - ring > 0 ? value - edge(cell - ring) : Infinity;
    const above = cell + ring < side - 1 ? edge(cell + ring + 1) - value : Infinity;
    return Math.max(0, Math.min(below, above));
  }

  /**
   * Take in the points of some cells of a row.
   * @param {number} row
   * @param {number} first
   * @param {number} last
   * @param {number} x
   * @param {number} y
   */
  search(row, first, last, x, y) {
    const { grid, coordinates, indices, squares, count } = this;
    const end = grid.starts[row * grid.side + last + 1];
    for (let k = grid.starts[row * grid.side + first]; k < end; k += 1) {
      const index = grid.order[k];
      const dx = coordinates[2 * index] - x;
      const dy = coordinates[2 * index + 1] - y;
      const square = dx * dx + dy * dy;
      if (this.size === count && square >= squares[count - 1]) continue;
      let at = this.size < count ? this.size++ : count - 1;
      for (; at > 0 && squares[at - 1] > square; at -= 1) {
        squares[at] = squares[at - 1];
        indices[at] = indices[at - 1];
      }
      squares[at] = square;
      indices[at] = index;
    }
  }
}

/**
 * The distance from the middle of each cell to the 10th nearest point, in units of the panel: `data_distance` of
 * aeviz/analysis/latent.py. Yields after each row.
 * @param {Lattice} lattice
 * @param {Nearest} nearest
 * @returns {Generator<void, Float64Array, void>}
 */
export function* distances(lattice, nearest) {
  const values = new Float64Array(lattice.columns * lattice.rows);
  for (let place = 0; place < values.length; place += 1) {
    const [x, y] = centreOf(lattice, place);
    nearest.find(x, y);
    values[place] = Math.sqrt(nearest.squares[nearest.count - 1]);
    if ((place + 1) % lattice.columns === 0) yield;
  }
  return values;
}

/**
 * The distance that 99 of 100 points have at most to their 10th nearest other point: `usual_distance` of
 * aeviz/analysis/latent.py, from about 500 of them. NaN where there is but one.
 * @param {Float32Array} coordinates
 * @param {number[]} low
 * @param {number[]} high
 */
export function usualDistance(coordinates, low, high) {
  const n = coordinates.length / 2;
  const nearest = new Nearest(coordinates, low, high, NEIGHBOURS + 1); // the point itself is among them
  if (n < 2) return NaN;
  const found = [];
  for (let i = 0; i < n; i += Math.max(1, Math.floor(n / SAMPLE))) {
    nearest.find(coordinates[2 * i], coordinates[2 * i + 1]);
    found.push(Math.sqrt(nearest.squares[nearest.count - 1]));
  }
  found.sort((a, b) => a - b);
  const at = USUAL * (found.length - 1);
  const below = Math.floor(at);
  return found[below] + (at - below) * ((found[below + 1] ?? found[below]) - found[below]);
}

/**
 * The points of the classes that are shown, and their labels.
 * @param {Float32Array} coordinates
 * @param {ArrayLike<number>} labels
 * @param {ArrayLike<number>} isHidden by label
 */
export function voters(coordinates, labels, isHidden) {
  const members = Uint32Array.from(labels, (_, i) => i).filter((i) => labels[i] !== NO_LABEL && !isHidden[labels[i]]);
  const shown = new Float32Array(2 * members.length);
  members.forEach((i, k) => shown.set(coordinates.subarray(2 * i, 2 * i + 2), 2 * k));
  return { coordinates: shown, labels: Uint16Array.from(members, (i) => labels[i]) };
}

/**
 * The class that most of the 10 points nearest to the middle of each cell have, the lowest of equals:
 * `vote_of_neighbours` of aeviz/analysis/latent.py. NO_LABEL where nobody votes. Yields after each row.
 * @param {Lattice} lattice
 * @param {Nearest} nearest
 * @param {Uint16Array} labels
 * @returns {Generator<void, Uint16Array, void>}
 */
export function* votes(lattice, nearest, labels) {
  const values = new Uint16Array(lattice.columns * lattice.rows).fill(NO_LABEL);
  if (!labels.length) return values;
  const count = new Uint8Array(NO_LABEL);
  for (let place = 0; place < values.length; place += 1) {
    const [x, y] = centreOf(lattice, place);
    nearest.find(x, y);
    let winner = NO_LABEL;
    for (const index of nearest.indices) count[labels[index]] += 1;
    for (const index of nearest.indices) {
      const label = labels[index];
      const lead = winner === NO_LABEL ? 1 : count[label] - count[winner];
      if (lead > 0 || (lead === 0 && label < winner)) winner = label;
    }
    for (const index of nearest.indices) count[labels[index]] = 0;
    values[place] = winner;
    if ((place + 1) % lattice.columns === 0) yield;
  }
  return values;
}

/**
 * The two classes that are mixed most: those of which the largest share of images has a majority of the other among the 10
 * nearest other points. From at most 2,500 points, evenly spread by index; null where no image is.
 * @param {Float32Array} coordinates
 * @param {Uint16Array} labels
 * @param {number[]} low
 * @param {number[]} high
 * @returns {Generator<void, { pair: [number, number], share: number } | null, void>}
 */
export function* mostMixed(coordinates, labels, low, high) {
  const nearest = new Nearest(coordinates, low, high, NEIGHBOURS + 1); // the point itself is among them
  /** @type {Map<string, number>} */
  const mixed = new Map();
  /** @type {Map<number, number>} */
  const totals = new Map();
  const step = Math.max(1, labels.length / MOST_ASKED);
  for (let k = 0; k * step < labels.length; k += 1) {
    const index = Math.floor(k * step);
    const own = labels[index];
    totals.set(own, (totals.get(own) ?? 0) + 1);
    nearest.find(coordinates[2 * index], coordinates[2 * index + 1]);
    /** @type {Map<number, number>} */
    const counts = new Map();
    for (const other of nearest.indices) if (other !== index) counts.set(labels[other], (counts.get(labels[other]) ?? 0) + 1);
    const [winner] = [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0] ?? [own];
    if (winner !== own) {
      const pair = [own, winner].sort((a, b) => a - b).join();
      mixed.set(pair, (mixed.get(pair) ?? 0) + 1);
    }
    if (k % ROW === ROW - 1) yield;
  }
  /** @type {{ pair: [number, number], share: number } | null} */
  let most = null;
  for (const [name, count] of mixed) {
    const [a, b] = name.split(",").map(Number);
    const share = count / ((totals.get(a) ?? 0) + (totals.get(b) ?? 0));
    if (!most || share > most.share) most = { pair: [a, b], share };
  }
  return most;
}

/**
 * The four points around one, from whose images `stretching` is computed.
 * @param {number[]} point of a panel
 * @param {number} step
 */
export function stencil([x, y], step) {
  return [[x + step, y], [x - step, y], [x, y + step], [x, y - step]]; // prettier-ignore
}

/**
 * The metric J^T J that a decoder gives some points of a plane. J, of P pixels x 2, holds the derivatives of the image
 * along the two axes of the plane, by central differences.
 *
 * G. Arvanitidis, L. K. Hansen, S. Hauberg, Latent space oddity: on the curvature of deep generative models, ICLR 2018,
 * arXiv:1710.11379: the metric of a deterministic decoder.
 * @param {ArrayLike<number>} images those of the `stencil` of each point, P numbers each, one after the other
 * @param {number} pixels P
 * @param {number} step of the stencil, in units of the plane
 * @returns {Float64Array} xx, xy and yy of each point
 */
export function metricOf(images, pixels, step) {
  const values = new Float64Array((3 * images.length) / (4 * pixels));
  for (let k = 0; 3 * k < values.length; k += 1) {
    const [a, b, c, d] = [0, 1, 2, 3].map((image) => (4 * k + image) * pixels);
    let [xx, yy, xy] = [0, 0, 0];
    for (let pixel = 0; pixel < pixels; pixel += 1) {
      const along = images[a + pixel] - images[b + pixel];
      const up = images[c + pixel] - images[d + pixel];
      xx += along * along;
      yy += up * up;
      xy += along * up;
    }
    values.set([xx, xy, yy].map((value) => value / (2 * step) ** 2), 3 * k);
  }
  return values;
}

/**
 * The decoder's local change of area, sqrt(det(J^T J)): the area of the image space, with pixel values as coordinates, that
 * a unit of area of the plane is decoded to. It is the measure of volume of the metric (see `metricOf`).
 * @param {Float64Array} metric xx, xy and yy of each point
 */
export function stretching(metric) {
  return Float64Array.from({ length: metric.length / 3 }, (_, k) => {
    const [xx, xy, yy] = metric.subarray(3 * k, 3 * k + 3);
    return Math.sqrt(Math.max(0, xx * yy - xy * xy));
  });
}
