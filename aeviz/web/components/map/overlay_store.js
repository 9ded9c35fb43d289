// What a map shows beyond its points reaches it here, under the map's name, without its points being sent again.
//
// Streamlit serves this file once for each component, so the store itself hangs on the window.

/**
 * @typedef {object} Scale
 * @property {string} title what the colours mean
 * @property {string[]} colours #rrggbb of each step
 * @property {string} low the least value, as text
 * @property {string} middle the median
 * @property {string} high the largest value
 * @property {string} note where the ends are cut off; may be empty
 */

/**
 * @typedef {object} Contour
 * @property {string | null} colour null for the colour of the text
 * @property {number} label of its class; -1 for all points
 * @property {number} weight from 0 to 1, of the line
 * @property {Float32Array[]} lines x and y of the corners of each, one after the other
 */

/**
 * @typedef {object} Overlay
 * @property {number} n points of the map that it belongs to
 * @property {string | null} sprite name in the blob store of the small images
 * @property {string} hint what the visitor can do with the images
 * @property {Scale | null} scale
 * @property {Contour[][]} contours of each panel
 * @property {number[][]} neighbours of the chosen image, of each panel, the nearest first
 * @property {number} chosen the image whose neighbours these are, -1 for none
 * @property {number} move counts how often the page, not the map, has chosen the image
 * @property {Uint8Array[]} codes step of the scale of each point, of each panel
 */

/** @typedef {(overlay: Overlay | null) => void} Listener */
/** @typedef {{ overlay: Overlay | null, listeners: Set<Listener> }} Entry */

const NAME = Symbol.for("aeviz.overlays");

/**
 * @param {string} map
 * @returns {Entry}
 */
function entry(map) {
  const holder = /** @type {Record<symbol, Map<string, Entry>>} */ (/** @type {unknown} */ (window));
  const entries = (holder[NAME] ??= new Map());
  const found = entries.get(map) ?? { overlay: null, listeners: new Set() };
  entries.set(map, found);
  return found;
}

/**
 * Show an overlay on the map of that name, now and when it comes.
 * @param {string} map
 * @param {Overlay} overlay
 */
export function post(map, overlay) {
  const found = entry(map);
  found.overlay = overlay;
  for (const listener of found.listeners) listener(overlay);
}

/**
 * Take an overlay away, unless another has taken its place.
 * @param {string} map
 * @param {Overlay} overlay
 */
export function withdraw(map, overlay) {
  const found = entry(map);
  if (found.overlay !== overlay) return;
  found.overlay = null;
  for (const listener of found.listeners) listener(null);
}

/**
 * Receive the overlay of a map, the present one included.
 * @param {string} map
 * @param {Listener} listener
 * @returns {() => void} ends that
 */
export function listen(map, listener) {
  const found = entry(map);
  found.listeners.add(listener);
  if (found.overlay) listener(found.overlay);
  return () => found.listeners.delete(listener);
}
