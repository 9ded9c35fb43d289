// What an HTML file of its own holds: aeviz/web/takeaway/document.py packs it, and no server is there to ask.

import { put } from "./blobs.js";
import { unpack } from "./wire.js";

/**
 * @typedef {{ setStateValue: (name: string, value: any) => void, setTriggerValue: (name: string, value: any) => void }} Reports
 */

/** Functions that a component is given in place of Streamlit's. */
/** @type {Reports} */
export const silent = { setStateValue: () => undefined, setTriggerValue: () => undefined };

/**
 * Show what the file around this script holds, if it holds something.
 * @template {{ blobs: { name: string, content: Uint8Array }[] }} Held
 * @param {(place: HTMLElement, held: Held) => void} show
 */
export async function showHeld(show) {
  const [place, content] = ["aeviz", "aeviz-content"].map((name) => document.getElementById(name));
  if (!place || !content) return;
  show(place, await readHeld(content.textContent ?? ""));
}

/**
 * Read what Python packed (aeviz/web/takeaway/document.py), and put its blobs into the store.
 * @param {string} text base64 of gzip
 * @returns {Promise<any>}
 */
export async function readHeld(text) {
  const packed = Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  const held = unpack(new Uint8Array(await new Response(stream).arrayBuffer()));
  for (const { name, content } of held.blobs) put(name, content);
  return held;
}
