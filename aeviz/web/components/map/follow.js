// A point that another part of the page sends ("aeviz:place": where a model encodes an unfinished drawing) moves on the maps
// of that model, without a rerun.

/**
 * @typedef {{
 *   spec: { follow?: { model: string, mean: number[], axes: number[][] } | null, markers: { name: string, point: number[] }[] }
 * }} Panel
 */

const NAME = "drawing";

/**
 * @param {{ panels?: Panel[], redraw: () => void }} map
 * @returns {() => void} ends it
 */
export function followPoints(map) {
  const place = (/** @type {Event} */ event) => {
    const { model, z } = /** @type {CustomEvent<{ model: string, z: number[] | null }>} */ (event).detail;
    let moved = false;
    for (const { spec } of map.panels ?? []) {
      if (spec.follow?.model !== model) continue;
      const { mean, axes } = spec.follow;
      const point = z && axes.map((axis) => axis.reduce((sum, value, k) => sum + value * (z[k] - mean[k]), 0));
      spec.markers = point ? [{ name: NAME, point }] : [];
      moved = true;
    }
    if (moved) map.redraw();
  };
  window.addEventListener("aeviz:place", place);
  return () => window.removeEventListener("aeviz:place", place);
}
