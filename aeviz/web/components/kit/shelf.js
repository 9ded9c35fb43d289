// What a page has been sent once and several of its parts use: bytes under a name that tells their content.
//
// A carrier puts them here, whoever needs them asks. Streamlit serves this file once for each component, so the shelf
// itself hangs on the window, where all of them find the same one.

/** @typedef {{ bytes: Uint8Array | null, users: number, waiting: ((bytes: Uint8Array) => void)[] }} Place */
/** @typedef {{ places: Map<string, Place> }} Shelf */

const KEPT_BYTES = 64 * 2 ** 20; // what pages left behind, for a visitor who comes back
const NAME = Symbol.for("aeviz.shelf");

/** @returns {Shelf} */
function shelf() {
  const holder = /** @type {Record<symbol, Shelf>} */ (/** @type {unknown} */ (window));
  return (holder[NAME] ??= { places: new Map() });
}

/**
 * @param {string} name
 * @returns {Place}
 */
function place(name) {
  const { places } = shelf();
  const found = places.get(name) ?? { bytes: null, users: 0, waiting: [] };
  places.set(name, found);
  return found;
}

/**
 * Lay bytes on the shelf; those who wait for them get them.
 * @param {string} name a digest of the bytes, or what stands for one
 * @param {Uint8Array} bytes
 */
export function put(name, bytes) {
  const found = place(name);
  found.users += 1;
  found.bytes = bytes;
  for (const answer of found.waiting.splice(0)) answer(bytes);
}

/**
 * Say that the page needs the bytes no longer; they stay while there is room.
 * @param {string} name
 */
export function leave(name) {
  const { places } = shelf();
  const found = places.get(name);
  if (!found) return;
  found.users = Math.max(0, found.users - 1);
  places.delete(name);
  places.set(name, found); // the last one left is the last one to go
  const left = [...places].filter(([, { users, bytes }]) => !users && bytes);
  let total = left.reduce((sum, [, { bytes }]) => sum + (bytes?.length ?? 0), 0);
  for (const [other, { bytes }] of left) {
    if (total <= KEPT_BYTES) break;
    total -= bytes?.length ?? 0;
    places.delete(other);
  }
}

/**
 * Return the bytes under a name, once a carrier has brought them.
 * @param {string} name
 * @returns {Promise<Uint8Array>}
 */
export function ask(name) {
  const found = place(name);
  if (found.bytes) return Promise.resolve(found.bytes);
  return new Promise((answer) => found.waiting.push(answer));
}
