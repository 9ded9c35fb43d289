// What an HTML file of its own holds: aeviz/web/takeaway/document.py packs it, and no server is there to ask.

import { put } from "./blobs.js";
import { unpack } from "./wire.js";

/** Functions that a component is given in place of Streamlit's. */
export const silent = { setStateValue: () => undefined, setTriggerValue: () => undefined };

/**
 * Show what the file around this script holds, if it holds something.
 * @template {{ blobs: { name: string, content: Uint8Array }[] }} Held
 * @param {(place: HTMLElement, held: Held) => void} show
 */
export async function showHeld(show) {
  const [place, content] = ["aeviz", "aeviz-content"].map((name) => document.getElementById(name));
  if (!place || !content) return;
  const packed = Uint8Array.from(atob(content.textContent?.trim() ?? ""), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  /** @type {Held} */
  const held = unpack(new Uint8Array(await new Response(stream).arrayBuffer()));
  for (const { name, content: bytes } of held.blobs) put(name, bytes);
  show(place, held);
}
