// Where on the plane of z the decoder makes each class: of the codes that are read as the class, the one with most room.

import { isPlain } from "./reader.js";

/** @typedef {{ code: Float32Array, room: number }} Spot `room`: pixels around the code that are read as the class too */
/**
 * @typedef {{
 *   ranges: import("./code_view.js").Range[], width: number, height: number, codes: ArrayLike<number>,
 *   labels: ArrayLike<number>, classes: string[]
 * }} Plane its size in pixels, and the codes of images of known classes, two values each
 */

const AT_ONCE = 40; // codes that are read without a pause
const STEP = 8; // pixels between the codes that are tried
const NEAR = 16; // pixels from a code of the class, at most: elsewhere nobody looks for it
const FALLBACK = { width: 240, height: 200 }; // of a plane that is not laid out yet

/**
 * @param {Plane} plane
 * @param {(codes: Float32Array, count: number) => Promise<ArrayLike<number>>} decode gives the images one after the other
 * @param {import("./reader.js").Read} read
 * @returns {Promise<(Spot | null)[]>} one for each class; null for a class that the decoder makes nowhere near its codes
 */
export async function spotsOf({ ranges, width, height, codes, labels, classes }, decode, read) {
  const [across, up] = width && height ? [width, height] : [FALLBACK.width, FALLBACK.height];
  const [columns, rows] = [across, up].map((size) => Math.max(1, Math.floor(size / STEP)));
  const count = columns * rows;
  const places = Array.from({ length: count }, (_, k) => [(((k % columns) + 0.5) * across) / columns, ((Math.floor(k / columns) + 0.5) * up) / rows]);
  const size = [across, up];
  const valueAt = (/** @type {number} */ at, /** @type {number} */ axis) => ranges[axis].low + (at / size[axis]) * (ranges[axis].high - ranges[axis].low);
  const tried = Float32Array.from({ length: 2 * count }, (_, k) => valueAt(places[k >> 1][k % 2], k % 2));
  const images = Float32Array.from(await decode(tried, count)); // the runtime reuses its memory
  const pixels = images.length / count;
  const made = new Int32Array(count);
  for (let k = 0; k < count; k += 1) {
    if (k % AT_ONCE === AT_ONCE - 1) await new Promise((done) => setTimeout(done)); // let the page answer meanwhile
    const seen = read(images.subarray(k * pixels, (k + 1) * pixels));
    made[k] = seen && isPlain(seen) ? seen.label : -1;
  }
  const placeOf = (/** @type {number} */ value, /** @type {number} */ axis) =>
    ((value - ranges[axis].low) / (ranges[axis].high - ranges[axis].low)) * size[axis];
  const known = Array.from(labels, (_, k) => [placeOf(codes[2 * k], 0), placeOf(codes[2 * k + 1], 1)]);
  const far = (/** @type {number[]} */ one, /** @type {number[]} */ other) => Math.hypot(one[0] - other[0], one[1] - other[1]);
  return classes.map((_, label) => {
    const own = known.filter((_, k) => labels[k] === label);
    /** @type {Spot | null} */
    let best = null;
    places.forEach((place, k) => {
      if (made[k] !== label || !own.some((other) => far(place, other) < NEAR)) return;
      let room = Math.min(place[0], place[1], across - place[0], up - place[1]);
      for (let j = 0; j < count && room > (best?.room ?? -1); j += 1) {
        if (made[j] !== label) room = Math.min(room, far(place, places[j]) - STEP / 2);
      }
      if (room > (best?.room ?? -1)) best = { code: tried.slice(2 * k, 2 * k + 2), room };
    });
    return best;
  });
}
