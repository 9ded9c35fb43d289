// The page's blob store: bytes that the page is sent once and several of its parts use, under a name that stands for
// their content. The component of this script puts them there, which Python sends by blobs.py; whoever needs them asks.
//
// Streamlit serves this file once for each component, so the store itself hangs on the window, where all of them find
// the same one.

import { define } from "./mount.js";

/** @typedef {{ bytes: Uint8Array | null, users: number, waiting: ((bytes: Uint8Array) => void)[] }} Entry */
/** @typedef {{ entries: Map<string, Entry> }} Store */

const KEPT_BYTES = 64 * 2 ** 20; // what pages left behind, for a visitor who comes back
const NAME = Symbol.for("aeviz.blobs");

/** @returns {Store} */
function store() {
  const holder = /** @type {Record<symbol, Store>} */ (/** @type {unknown} */ (window));
  return (holder[NAME] ??= { entries: new Map() });
}

/**
 * @param {string} name
 * @returns {Entry}
 */
function entry(name) {
  const { entries } = store();
  const found = entries.get(name) ?? { bytes: null, users: 0, waiting: [] };
  entries.set(name, found);
  return found;
}

/**
 * Put bytes into the store; those who wait for them get them.
 * @param {string} name a digest of the bytes, or what stands for one
 * @param {Uint8Array} bytes
 */
export function put(name, bytes) {
  const found = entry(name);
  found.users += 1;
  found.bytes = bytes;
  for (const resolve of found.waiting.splice(0)) resolve(bytes);
}

/**
 * Say that the page needs the bytes no longer; they stay while there is room.
 * @param {string} name
 */
export function release(name) {
  const { entries } = store();
  const found = entries.get(name);
  if (!found) return;
  found.users = Math.max(0, found.users - 1);
  entries.delete(name);
  entries.set(name, found); // the last one left is the last one to go
  const left = [...entries].filter(([, { users, bytes }]) => !users && bytes);
  let total = left.reduce((sum, [, { bytes }]) => sum + (bytes?.length ?? 0), 0);
  for (const [other, { bytes }] of left) {
    if (total <= KEPT_BYTES) break;
    total -= bytes?.length ?? 0;
    entries.delete(other);
  }
}

/**
 * Return the bytes under a name, once they have come.
 * @param {string} name
 * @returns {Promise<Uint8Array>}
 */
export function ask(name) {
  const found = entry(name);
  if (found.bytes) return Promise.resolve(found.bytes);
  return new Promise((resolve) => found.waiting.push(resolve));
}

class Blob {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.name = "";
  }

  /** @param {{ name: string, content: Uint8Array }} payload */
  receive({ name, content }) {
    if (this.name === name) return;
    this.close();
    this.name = name;
    put(name, content);
    this.root.dataset.blob = name;
  }

  close() {
    if (this.name) release(this.name);
    this.name = "";
  }
}

export default define({ hidden: "" }, (root) => new Blob(root));
