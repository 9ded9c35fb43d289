// The transition of points and camera of a panel from one arrangement of the same images to another.

const LASTS_MS = 600;
const MOST_POINTS = 300_000; // beyond, a frame takes too long for the eye to follow

/** @typedef {import("./map_data.js").CameraState} CameraState */
/** @typedef {{ coordinates: Float32Array, camera: CameraState }} Arrangement */

/**
 * Whether a transition is shown: not where the visitor asked for less motion or where there are too many points.
 * @param {number} n
 */
export function isShown(n) {
  return n <= MOST_POINTS && !matchMedia("(prefers-reduced-motion: reduce)").matches;
}

export class Transition {
  /**
   * @param {Arrangement} from
   * @param {Arrangement} to
   */
  constructor(from, to) {
    this.from = from;
    this.to = to;
    this.coordinates = from.coordinates.slice();
    this.start = -1;
  }

  /**
   * Move `coordinates` on and return the camera for this moment; null when the end is reached.
   * @param {number} now in milliseconds
   * @returns {CameraState | null}
   */
  step(now) {
    if (this.start < 0) this.start = now;
    const passed = Math.min(1, (now - this.start) / LASTS_MS);
    if (passed >= 1) return null;
    const share = passed * passed * (3 - 2 * passed); // slow at both ends
    const [{ coordinates: a, camera: before }, { coordinates: b, camera: after }] = [this.from, this.to];
    const mixed = this.coordinates;
    for (let k = 0; k < mixed.length; k += 1) mixed[k] = a[k] + (b[k] - a[k]) * share;
    const mix = (/** @type {number} */ x, /** @type {number} */ y) => x + (y - x) * share;
    return {
      centre: before.centre.map((value, k) => mix(value, after.centre[k])),
      half: mix(before.half, after.half),
      yaw: mix(before.yaw, after.yaw),
      pitch: mix(before.pitch, after.pitch),
    };
  }
}
