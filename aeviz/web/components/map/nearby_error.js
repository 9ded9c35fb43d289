// The reconstruction error of the images near each place of the plane, without a page.

import { NEIGHBOURS, centreOf } from "./field_values.js";
import { Grid } from "./grid.js";

const SIGMAS = 3; // of the kernel, within which images count

/**
 * The mean squared error of the images near the middle of each cell, weighted by a Gaussian kernel (Nadaraya-Watson). Images
 * within `reach`, three standard deviations of the kernel, count; NaN where these are fewer than 10. Yields after each row.
 *
 * E. A. Nadaraya, On estimating regression, Theory of Probability and its Applications 9 (1964), 141-142.
 * @param {import("./field_values.js").Lattice} lattice
 * @param {Pick<import("./map_data.js").Spec, "coordinates" | "errors" | "low" | "high">} spec
 * @param {number} reach in units of the plane, above 0
 * @returns {Generator<void, Float64Array, void>}
 */
export function* nearbyErrors(lattice, { coordinates, errors, low, high }, reach) {
  const grid = new Grid(coordinates, 2, low, high);
  const values = new Float64Array(lattice.columns * lattice.rows);
  const rate = SIGMAS ** 2 / (2 * reach * reach);
  for (let place = 0; place < values.length; place += 1) {
    const [x, y] = centreOf(lattice, place);
    let [count, weights, sum] = [0, 0, 0];
    grid.runs(x - reach, y - reach, x + reach, y + reach, (from, to) => {
      for (let k = from; k < to; k += 1) {
        const i = grid.order[k];
        const square = (coordinates[2 * i] - x) ** 2 + (coordinates[2 * i + 1] - y) ** 2;
        if (square > reach * reach) continue;
        const weight = Math.exp(-rate * square);
        count += 1;
        weights += weight;
        sum += weight * errors[i] ** 2;
      }
    });
    values[place] = count < Math.min(NEIGHBOURS, errors.length) ? NaN : sum / weights;
    if ((place + 1) % lattice.columns === 0) yield;
  }
  return values;
}
