// What an HTML file of its own holds: aeviz/web/takeaway/document.py packs it, and no server is there to ask.

import { put } from "./blobs.js";
import { unpack } from "./wire.js";

/**
 * @typedef {{ setStateValue: (name: string, value: any) => void, setTriggerValue: (name: string, value: any) => void }} Reports
 */

/** Functions that a component is given in place of Streamlit's. */
/** @type {Reports} */
export const silent = { setStateValue: () => undefined, setTriggerValue: () => undefined };

/** @param {Uint8Array | ArrayBuffer} packed by gzip @returns {Promise<Uint8Array>} */
export async function gunzip(packed) {
  const stream = new Blob([/** @type {BlobPart} */ (packed)]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** @param {string} address of a packed file @returns {Promise<Record<string, any>>} */
export async function fetchHeld(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address} was answered with status ${answer.status}`);
  return unpack(await gunzip(await answer.arrayBuffer()));
}

/**
 * Show what the page around this script holds, if it holds something: in itself, and in the files that it names.
 * @template {{ blobs: { name: string, content: Uint8Array }[] }} Held
 * @param {(place: HTMLElement, held: Held) => void} show
 */
export async function showHeld(show) {
  const [place, content] = ["aeviz", "aeviz-content"].map((name) => document.getElementById(name));
  if (!place || !content) return;
  try {
    const files = (content.dataset.files ?? "").split(" ").filter(Boolean);
    const parts = await Promise.all([unpackText(content.textContent ?? ""), ...files.map(fetchHeld)]);
    /** @type {Record<string, any>} */
    const held = {};
    for (const [name, value] of parts.flatMap((part) => Object.entries(part))) {
      held[name] = Array.isArray(value) && held[name] ? [...held[name], ...value] : value;
    }
    for (const { name, content: bytes } of held.blobs) put(name, bytes);
    show(place, /** @type {any} */ (held));
  } catch (error) {
    place.textContent = `This part of the page failed: ${error instanceof Error ? error.message : error}. Reload the page.`;
  }
}

/**
 * Read what Python packed (aeviz/web/takeaway/document.py), and put its blobs into the store.
 * @param {string} text base64 of gzip
 * @returns {Promise<any>}
 */
export async function readHeld(text) {
  const held = await unpackText(text);
  for (const { name, content } of held.blobs) put(name, content);
  return held;
}

/** @param {string} text base64 of gzip @returns {Promise<Record<string, any>>} */
async function unpackText(text) {
  return unpack(await gunzip(Uint8Array.from(atob(text.trim()), (letter) => letter.charCodeAt(0))));
}
